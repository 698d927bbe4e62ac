"""Client ids as file names: reversible, without collisions, on every file system."""

from __future__ import annotations

import re
import string

from analysis.errors import AnalysisError

# Windows keeps these for devices, also with an ending ("NUL.txt").
_DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL"]
    + [f"{port}{number}" for port in ("COM", "LPT") for number in range(10)]
)
_KEPT = frozenset(string.ascii_letters + string.digits + "-_.")
_LETTERS = frozenset(string.ascii_letters)
_ESCAPE = re.compile("=([0-9A-F]{2})")
_CASE_MARK = "+"
_ALL_SMALL = "L"  # no hex digit, so it is never taken for a pattern
_LONGEST = 200  # most file systems stop at 255 bytes; temporary names need some


def safe_name(client_id: str) -> str:
    """The file name of an id: as it is where that is safe ("A-1042").

    Anything but letters, digits, "-", "_" and inner dots becomes "=" and two hex
    digits per UTF-8 byte. Windows and macOS take "a-1" and "A-1" for one name, so an
    id with small letters also carries which letters are small: "a-1+L" (all of them),
    "Ab-1+1" (a pattern, one bit a letter, as hex digits). Raises AnalysisError for an
    id too long to be a file name.
    """
    body = "".join(
        character if _stays(client_id, position) else _escaped(character)
        for position, character in enumerate(client_id)
    )
    name = body + _case_pattern(client_id)
    if len(name) > _LONGEST:
        raise AnalysisError(
            f"A client id of {len(client_id)} characters is too long for a file name "
            f"(at most {_LONGEST} after encoding). Give that client a shorter id."
        )
    return name or _CASE_MARK


def client_id_of(name: str) -> str:
    """The id a file name stands for; raises AnalysisError where it is none of ours."""
    body = name.partition(_CASE_MARK)[0].encode("ascii", "replace")
    raw = re.sub(rb"=([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), body)
    try:
        client_id = raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        client_id = None
    if client_id is None or safe_name(client_id) != name:
        raise AnalysisError("A folder's name is no client id written by this program.")
    return client_id


def _stays(client_id: str, position: int) -> bool:
    character = client_id[position]
    first, last = position == 0, position == len(client_id) - 1
    if first and client_id.partition(".")[0].upper() in _DEVICES:
        return False
    if character == ".":
        return not (first or last)  # hidden, or dropped by Windows
    if character == "-":
        return not first  # would read as an option
    return character in _KEPT


def _escaped(character: str) -> str:
    # a lone surrogate cannot be encoded strictly, and must not stop a month's run
    raw = character.encode("utf-8", "surrogatepass")
    return "".join(f"={byte:02X}" for byte in raw)


def _case_pattern(client_id: str) -> str:
    letters = [
        character
        for position, character in enumerate(client_id)
        if character in _LETTERS and _stays(client_id, position)
    ]
    small = [letter.islower() for letter in letters]
    if not any(small):
        return ""
    if all(small):
        return _CASE_MARK + _ALL_SMALL
    bits = "".join("1" if is_small else "0" for is_small in small)
    return f"{_CASE_MARK}{int(bits, 2):X}"
