"""Who a row is about: ids as text, spellings made one, nobody merged in silence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.importers.values.answers import is_missing_word
from analysis.importers.values.cells import Words

MAX_ID = 120
# Controls, signs that turn text round or are not seen, code points without a letter:
# with them, ids that look alike would be different people.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_DASHES = "[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"
# A plain id needs no second look: letters, digits and the signs systems put between.
_PLAIN = r"^[A-Za-z0-9][A-Za-z0-9_.:/@#-]*$"
# Plain ids that may still name nobody: words for missing, numbers such as 1E+05, the
# very long.
_ODD = r"^\d{1,2}-\w{3}$|^\w{3}-\d\d$|^[a-z/#.]*$|^\d+([.,]\d+)?e|^.{100}|^#"
_SCIENTIFIC = re.compile(r"\d+([.,]\d+)?e\+\d+", re.IGNORECASE)
_ERRORS = re.compile(
    r"#(n/a|ref!|name\?|value!|null!|div/0!|num!|formula!)", re.IGNORECASE
)
_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_AS_DATE = re.compile(rf"\d{{1,2}}-{_MONTH}|{_MONTH}-\d\d", re.IGNORECASE)
_FLOAT = re.compile(r"\d+\.0")


@dataclass(frozen=True)
class Ids:
    """The distinct ids of a column: as kept ("" where refused), and what is wrong."""

    kept: list[str]
    problems: list[str]


def read_ids(words: Words) -> Ids:
    """Bring distinct ids to one form, and refuse those that name nobody."""
    texts = words.list()
    plain = pc.match_substring_regex(words.texts, _PLAIN)
    is_plain = plain.to_numpy(zero_copy_only=False)
    kept = list(texts)
    for number in np.flatnonzero(~is_plain):
        kept[number] = one_form(texts[number])
    problems = [""] * len(kept)
    odd = pc.match_substring_regex(pc.utf8_lower(words.texts), _ODD)
    looked_at = ~is_plain | odd.to_numpy(zero_copy_only=False)
    for number in np.flatnonzero(looked_at):
        problems[number] = problem_of(kept[number])
    _zeros(kept, problems)
    return Ids(["" if p else k for k, p in zip(kept, problems, strict=True)], problems)


def one_form(text: str) -> str:
    """Compatibility forms, dashes and spaces made one; case is left as it is."""
    if text[:1] in "=+@-":
        return text
    form = unicodedata.normalize("NFKC", re.sub(_DASHES, "-", text))
    return " ".join(re.sub(_DASHES, "-", form).split())


def problem_of(word: str) -> str:
    """Why a word is no client id; "" where it may be one."""
    if not word:
        return "the client id is empty"
    if word[0] in "=+@-" or "\t" in word:
        return "the client id begins like a formula"
    if _ERRORS.fullmatch(word):
        return "the client id is an error of a spreadsheet"
    if _is_missing(word):
        return "the client id is a word for missing"
    if _SCIENTIFIC.fullmatch(word):
        return _AS_NUMBER
    if _AS_DATE.fullmatch(word):
        return "the client id was turned into a date by a spreadsheet"
    if len(word) > MAX_ID:
        return f"the client id is longer than {MAX_ID} characters"
    if any(unicodedata.category(sign) in _UNSEEN for sign in word):
        return "the client id holds control characters"
    if not any(sign.isalnum() for sign in word):
        return "the client id holds no letter and no digit"
    return ""


_AS_NUMBER = (
    "the client id was turned into a number such as 1E+05 by a spreadsheet, "
    "its digits are lost"
)


def _is_missing(word: str) -> bool:
    return len(word) <= 24 and is_missing_word(word.casefold())


def _zeros(kept: list[str], problems: list[str]) -> None:
    """Take 7.0 for 7; refuse 7 beside 007, which may be the same person."""
    digits = {word for word in kept if word.isdigit()}
    floats = [word for word in kept if _FLOAT.fullmatch(word)]
    if floats and all(_FLOAT.fullmatch(w) or w.isdigit() or not w for w in kept):
        kept[:] = [word.removesuffix(".0") for word in kept]
        return
    padded = {word.lstrip("0") for word in digits if word.startswith("0")}
    if not padded:
        return
    for number, word in enumerate(kept):
        if word in padded and not problems[number]:
            problems[number] = (
                "the client id may have lost its leading zeros: the same number "
                "stands in the file with zeros"
            )


def spelling_keys(ids: pa.Array) -> pa.Array:
    """Ids that differ only in case or in spaces and dashes share a key."""
    keys = pc.utf8_lower(ids)
    return pc.replace_substring_regex(keys, r"[\s_-]+", "-")


def chosen_spellings(
    ids: pa.Array, counts: np.ndarray
) -> tuple[Mapping[str, str], dict[str, list[str]]]:
    """One spelling per client: the most frequent, then the first in the files.

    ids: distinct ids over all files; counts: rows of each. Returns the spelling for
    every id that changes, and per kept spelling those merged into it.
    """
    keys = spelling_keys(ids).dictionary_encode()
    codes = keys.indices.to_numpy(zero_copy_only=False)
    twice = np.bincount(codes, minlength=len(keys.dictionary)) > 1
    if not twice.any():
        return {}, {}
    texts = ids.to_pylist()
    groups: dict[int, list[int]] = {}
    for position in np.flatnonzero(twice[codes]):
        groups.setdefault(int(codes[position]), []).append(int(position))
    changed: dict[str, str] = {}
    merged: dict[str, list[str]] = {}
    for members in groups.values():
        first = min(members, key=lambda m: (-counts[m], m))
        others = [texts[m] for m in members if m != first]
        changed |= dict.fromkeys(others, texts[first])
        merged[texts[first]] = others
    return changed, merged
