"""Codes and the labels a file or a dictionary gives them: what each code stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.importers.sheets.sheet import Refusal
from analysis.importers.values.answers import Allowed, is_missing_word, number_of
from analysis.measures import Measure


def codes_by_label(
    measure: Measure,
    columns: Iterable[tuple[Mapping[str, str], Allowed, Mapping[str, float]]],
) -> tuple[dict[str, float], frozenset[str]] | Refusal:
    """Number by code where the labels of the choices are those of the form.

    An item coded 1 to 4 is then read as 0 to 3. columns: for each item its label by
    code, the numbers it allows, and the number by label (in lower case) of the form.
    The second part are codes that mean no answer. Refused: codes that cannot be taken
    as numbers of the form and whose labels are not known.
    """
    found: dict[str, set[float]] = {}
    missing: set[str] = set()
    unknown: dict[str, Allowed] = {}
    for choices, allowed, words in columns:
        for code, label in choices.items():
            plain = " ".join(label.split()).casefold()
            if plain in words:
                found.setdefault(code, set()).add(words[plain])
            elif is_missing_word(plain):
                missing.add(code)
            elif plain:
                unknown[code] = allowed
    torn = sorted(code for code, numbers in found.items() if len(numbers) > 1)
    if torn:
        return _refusal(measure, f"{', '.join(torn)} mean different answers in it")
    codes = {code: numbers.pop() for code, numbers in found.items()}
    is_moved = any(number_of(code) != number for code, number in codes.items())
    left = sorted(unknown.keys() - codes.keys())
    if is_moved and left:
        return _refusal(measure, f"{', '.join(left)} have labels that are not known")
    if not codes and _is_shifted(unknown):
        return _refusal(measure, f"run from {left[0]} to {left[-1]}")
    return codes, frozenset(missing)


def _is_shifted(unknown: Mapping[str, Allowed]) -> bool:
    """Codes with labels that cover the form's range, all of them one higher."""
    if len(set(unknown.values())) != 1:
        return False
    allowed = next(iter(unknown.values()))
    numbers = [number_of(code) for code in unknown]
    known = [number for number in numbers if number is not None]
    if not known or len(known) < len(numbers) or allowed.only:
        return False
    return min(known) == allowed.low + 1 and max(known) == allowed.high + 1


def _refusal(measure: Measure, what: str) -> Refusal:
    return Refusal(
        f"codes the answers to the {measure.instrument} otherwise than the form: the "
        f"codes {what}. Say in a profile which number each stands for ([answers], or "
        "add = -1).",
        "needs_config",
    )
