"""Which letters the fonts can print, and text made printable without hiding anything.

Client text comes from anywhere. Before it is set or drawn: control characters become
visible signs, direction overrides are taken out, and a letter that no font has becomes
□. Nothing is changed in silence: what was replaced is told by code point.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

from analysis.look import font_files, read_look

MISSING = "□"
# Embedding, override and isolate controls can print a note in another order than it
# was typed (U+202A to U+202E, U+2066 to U+2069); marks and invisible joiners of other
# standards have no glyph anywhere.
_DROPPED = re.compile(
    "[\u200e\u200f\u061c\u202a-\u202e\u2060-\u206f\ufeff\u00ad\u180e\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029\v\f]")
# ␀ to ␟ and ␡: a control character shows as its sign.
_CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
_JOINERS = {0x200B, 0x200C, 0x200D, 0xFE0E, 0xFE0F}
_PLAIN = re.compile(r"[\n\x20-\x7e\xa1-\xac\xae-\xff]*")


@dataclass
class Letters:
    """The letters a set of fonts can print, and what had to be replaced so far.

    replaced: code points met and not printable, in the order they were met.
    """

    folders: tuple[Path, ...] = ()
    replaced: list[int] = field(default_factory=list)

    def printable(self, text: str) -> str:
        """The text with every character printable; what changed is in `replaced`."""
        if _PLAIN.fullmatch(text):
            return text
        text = _LINE_ENDS.sub("\n", text).replace("\t", "    ")
        text = unicodedata.normalize("NFC", _DROPPED.sub("", text))
        if _PLAIN.fullmatch(text):
            return text
        return "".join(self._cluster(part) for part in _clusters(text))

    def without(self, text: str, cluster: str) -> str:
        """The text with one cluster of letters replaced wherever it stands."""
        codes = [ord(letter) for letter in cluster]
        self.replaced += [code for code in codes if code not in _JOINERS]
        return text.replace(cluster, MISSING)

    def _cluster(self, cluster: str) -> str:
        """One letter with its marks, from one font; else what can be kept of it."""
        wanted = frozenset(ord(c) for c in cluster) - _JOINERS - {0x0A}
        if not wanted:
            # a joiner without a letter to join says nothing and has no glyph
            return cluster if cluster in ("\n", "\u200b") else ""
        if all(map(_is_text, cluster)) and _is_covered(wanted, self.folders):
            return cluster
        return "".join(self._letter(letter) for letter in cluster)

    def _letter(self, letter: str) -> str:
        code = ord(letter)
        if code in _JOINERS:
            return ""
        is_mark = unicodedata.category(letter)[0] == "M"
        if (
            _is_text(letter)
            and not is_mark
            and _is_covered(frozenset({code}), self.folders)
        ):
            return letter
        self.replaced.append(code)
        return _CONTROL_PICTURES.get(code, MISSING)


def read_coverage(folders: tuple[Path, ...] = ()) -> None:
    """Read which letters every font has, once, before processes are forked.

    A fifth of a second, which otherwise the first emoji of each process costs.
    """
    for path in _ordered_files(folders):
        _code_points(path)


def _is_text(letter: str) -> bool:
    """No control, surrogate, private-use or non-character, whatever fonts may map."""
    code = ord(letter)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return letter == "\n" or (
        unicodedata.category(letter) not in ("Cc", "Cs", "Co") and not is_noncharacter
    )


def _clusters(text: str) -> Iterable[str]:
    """Letters with the marks, joiners and joined letters that follow them."""
    start = 0
    for i in range(1, len(text)):
        if not _continues(text[i], text[i - 1]):
            yield text[start:i]
            start = i
    if text:
        yield text[start:]


def _continues(letter: str, before: str) -> bool:
    code = ord(letter)
    if letter.isascii() or before == "\n":
        return False
    is_part = code in _JOINERS and code != 0x200B
    is_skin_tone = 0x1F3FB <= code <= 0x1F3FF
    is_mark = unicodedata.category(letter)[0] == "M"
    is_joined = before == "\u200d" and code >= 0x2190  # joined emoji, not scripts
    return is_part or is_skin_tone or is_mark or is_joined


@cache
def _is_covered(codes: frozenset[int], folders: tuple[Path, ...]) -> bool:
    """Whether one single font has all these code points."""
    return any(codes <= _code_points(path) for path in _ordered_files(folders))


@cache
def _ordered_files(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Font files, the text family first: most letters are found there.

    Then the small before the large, which take long to read.
    """
    family = read_look().family.replace(" ", "") + "-"

    def rank(path: Path) -> tuple[bool, int, str]:
        return not path.name.startswith(family), path.stat().st_size, path.name

    return tuple(sorted(font_files(*folders), key=rank))


@cache
def _code_points(path: Path) -> frozenset[int]:
    if path.suffix.lower() == ".ttc":
        with TTCollection(path, lazy=True) as collection:
            return frozenset(collection.fonts[0].getBestCmap())
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())
