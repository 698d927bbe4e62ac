"""Many words looked for at once in what files hold."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.privacy.words import NAME, Word

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_WORD = re.compile(r"[^\W_]+")
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([nrt\"'/\\]))")
# Long texts are cut by pages and lists: pieces of them are looked for.
_PIECE = 48


@dataclass(frozen=True)
class Found:
    """What kind of word stood somewhere, whose, and how many different ones."""

    kind: str
    client_id: str
    times: int


class Search:
    """Words ready to be looked for.

    A word is found whatever its case, its spaces and the way a page or a list in JSON
    writes its signs. A name is found as a whole word, a text also in pieces.
    """

    def __init__(self, words: Iterable[Word]) -> None:
        self.words = tuple(words)
        self._by_anchor: dict[str, list[tuple[str, Word]]] = {}
        self._anywhere: list[tuple[str, Word]] = []
        for word in self.words:
            for piece in _pieces(_plain(word.text)):
                anchor = _anchor(piece)
                if anchor:
                    self._by_anchor.setdefault(anchor, []).append((piece, word))
                else:
                    self._anywhere.append((piece, word))

    def found(self, text: str) -> tuple[Found, ...]:
        """Which kinds of words stand in a text, by client."""
        plain = _plain(text)
        candidates = list(self._anywhere)
        for token in set(_LETTERS.findall(plain)) & self._by_anchor.keys():
            candidates += self._by_anchor[token]
        hits = {word for piece, word in candidates if _stands(piece, word, plain)}
        counts: dict[tuple[str, str], int] = {}
        for word in hits:
            key = (word.kind, word.client_id)
            counts[key] = counts.get(key, 0) + 1
        return tuple(Found(*key, n) for key, n in sorted(counts.items()))


def _plain(text: str) -> str:
    """Escapes undone, case and spaces made one."""
    if "\\" in text:
        text = _ESCAPED.sub(_unescaped, text)
    if "&" in text:
        text = html.unescape(text)
    return " ".join(text.casefold().split())


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    return " " if found[2] in "nrt" else found[2]


def _pieces(text: str) -> list[str]:
    if len(text) <= 2 * _PIECE:
        return [text]
    middle = (len(text) - _PIECE) // 2
    starts = (0, middle, len(text) - _PIECE)
    return [text[start : start + _PIECE].strip() for start in starts]


def _anchor(piece: str) -> str:
    """The longest run of letters that a text with this piece must hold whole.

    At the ends of a cut piece a run may go on; scripts without spaces have no anchor.
    """
    if _has_no_spaces(piece):
        return ""
    inner = [
        run[0]
        for run in _LETTERS.finditer(piece)
        if run.start() > 0 or run.end() == len(piece) or len(piece) < _PIECE
    ]
    return max(inner, key=len, default="")


def _has_no_spaces(text: str) -> bool:
    """Whether a text is in a script that sets no spaces: Chinese, Japanese, Thai, …"""
    return any("\u2e80" <= s <= "\uffef" or "\u0e00" <= s <= "\u0eff" for s in text)


def _stands(piece: str, word: Word, text: str) -> bool:
    if (word.kind != NAME and not _is_id(word)) or _has_no_spaces(piece):
        return piece in text
    at = text.find(piece)
    while at >= 0:
        before, after = text[at - 1 : at] if at else "", text[at + len(piece) :][:1]
        if not (_WORD.match(before) or _WORD.match(after)):
            return True
        at = text.find(piece, at + 1)
    return False


def _is_id(word: Word) -> bool:
    return word.text == word.client_id
