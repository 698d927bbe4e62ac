"""Bytes to text: byte-order marks, UTF-8, UTF-16, Windows-1252; never a guess unsaid.

Detection by statistics is not used: on short tables it names a wrong code page with
confidence.
"""

from __future__ import annotations

import codecs
import re

from analysis.importers.sheets.sheet import Refusal, Said

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control characters that no table holds. NUL is looked at row by row.
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1f]")
# More of them than one in a hundred bytes: this is no text.
_MOST_CONTROLS = 0.01
_FEW = 8
_R_ESCAPE = re.compile(rb"<U\+([0-9A-F]{4})>")
_LEFT_OUT = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")  # bytes Windows-1252 does not use


def decode(data: bytes, encoding: str = "") -> tuple[bytes, tuple[Said, ...]] | Refusal:
    """Return the text as UTF-8 bytes without a mark, and what was done to get there.

    encoding: as declared in a profile; "" = find out.
    """
    found = _declared(data, encoding) if encoding else _found_out(data)
    if isinstance(found, Refusal):
        return found
    text, said = found
    # files pasted together have a mark in the middle
    return _without_escapes(text.replace(codecs.BOM_UTF8, b""), said)


def _without_escapes(
    data: bytes, said: tuple[Said, ...]
) -> tuple[bytes, tuple[Said, ...]]:
    """Letters that R wrote as <U+043E> become letters again."""
    if not _R_ESCAPE.search(data):
        return data, said
    text, n = _R_ESCAPE.subn(
        lambda m: chr(int(m[1], 16)).encode(errors="replace"), data
    )
    repaired = Said(
        f"{n} letter(s) written as codes such as <U+043E> were put back.", "repair"
    )
    return text, (*said, repaired)


def _found_out(data: bytes) -> tuple[bytes, tuple[Said, ...]] | Refusal:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _marked(data, mark, name)
    unmarked = _utf16_without_mark(data[:4096])
    if unmarked:
        said = Said("The encoding is UTF-16 without its mark.", "repair")
        return _through(data, unmarked, (said,))
    n_controls = len(_CONTROLS.findall(data[:100_000]))
    if n_controls > max(_FEW, _MOST_CONTROLS * min(len(data), 100_000)):
        return Refusal("holds bytes that are no text. Export it again as CSV or Excel.")
    return _utf8_or_windows(data)


def _declared(data: bytes, encoding: str) -> tuple[bytes, tuple[Said, ...]] | Refusal:
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        return Refusal(
            f"is not in the encoding {encoding} that its profile declares. Mend "
            "`encoding` in the profile."
        )
    return text.removeprefix("\ufeff").encode(), ()


def _marked(
    data: bytes, mark: bytes, name: str
) -> tuple[bytes, tuple[Said, ...]] | Refusal:
    if name == "utf-8":
        return _utf8_or_windows(data[len(mark) :])
    said = Said(f"The encoding is {name.upper()}.")
    return _through(data, name, (said,))


def _through(
    data: bytes, name: str, said: tuple[Said, ...]
) -> tuple[bytes, tuple[Said, ...]] | Refusal:
    text = data.decode(name, errors="replace").removeprefix("\ufeff")
    n_lost = text.count("\ufffd")
    if n_lost > 1 + len(text) * _MOST_CONTROLS:
        return Refusal(
            "cannot be read: its encoding is damaged. Export it again, best as CSV in "
            "UTF-8."
        )
    return text.encode(errors="replace"), said


def _utf16_without_mark(head: bytes) -> str:
    """UTF-16 where every other byte is NUL."""
    even, odd = head[0::2], head[1::2]
    if len(head) < 8:
        return ""
    if odd.count(0) > 0.4 * len(odd) and not even.count(0):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and not odd.count(0):
        return "utf-16-be"
    return ""


def _utf8_or_windows(data: bytes) -> tuple[bytes, tuple[Said, ...]] | Refusal:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as problem:
        if problem.end == len(data) and problem.reason == "unexpected end of data":
            said = Said(
                "The file ends in the middle of a character: it was cut off.", "repair"
            )
            return data[: problem.start], (said,)
        return _line_by_line(data)
    return data, ()


def _line_by_line(data: bytes) -> tuple[bytes, tuple[Said, ...]] | Refusal:
    """Lines that are UTF-8 stay; the others are read as Windows-1252, and counted."""
    lines = data.split(b"\n")
    n_utf8, others = 0, []
    for number, line in enumerate(lines):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            n_utf8 += 1
        except UnicodeDecodeError:
            if _LEFT_OUT.search(line) and not n_utf8:
                return Refusal(
                    "is in an encoding that is neither UTF-8 nor Windows-1252. Declare "
                    'it in a profile (encoding = "cp1250", for example), or export '
                    "the file as UTF-8."
                )
            # a cut-off character in a file of UTF-8 is shown as such
            lines[number] = line.decode("cp1252", errors="replace").encode()
            others.append(number + 1)
    if n_utf8:
        listed = ", ".join(str(n) for n in others[:8])
        text = (
            f"Two encodings stand in one file: {len(others)} line(s) are Windows-1252 "
            f"(line {listed}), the others UTF-8. Each was read in its own."
        )
    else:
        text = (
            "The encoding was taken to be Windows-1252 (cp1252) because the file is "
            "not UTF-8. If letters look wrong, declare the encoding in a profile."
        )
    return b"\n".join(lines), (Said(text, "repair"),)
