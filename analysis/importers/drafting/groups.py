"""Numbered columns and totals to questionnaires: by name, by number of questions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.importers.drafting.draft import FormGuess, Told
from analysis.importers.drafting.looks import Look
from analysis.importers.layout import Rules
from analysis.importers.values.answer_columns import allowed_of, allowed_total
from analysis.importers.values.answers import Allowed
from analysis.importers.values.quoting import may_be_repeated
from analysis.importers.values.vocabulary import columns, plain, spellings
from analysis.importers.values.wording import answer_words, item_words
from analysis.measures import Measure

_AT_END = re.compile(r"(?P<stem>.*?)[\W_]*(?P<number>\d{1,2})\W*", re.DOTALL)
_IN_FRONT = re.compile(r"\D{0,12}?(?P<number>\d{1,2})\s*[.):\]–-]\s*\D.*", re.DOTALL)


@dataclass(frozen=True)
class Group:
    """Columns numbered one by one under the same name."""

    stem: str
    columns: Mapping[int, Look]

    @property
    def n(self) -> int:
        """How many questions there are."""
        return len(self.columns)

    @property
    def is_counted_from_1(self) -> bool:
        """Whether the numbers are those of a form's questions, none left out."""
        return sorted(self.columns) == list(range(1, self.n + 1))


def groups_of(looks: Sequence[Look]) -> list[Group]:
    """Columns of answers that are numbered, by the name they share."""
    found: dict[str, dict[int, Look]] = {}
    for look in looks:
        if look.kind not in ("number", "label", "word", "empty"):
            continue
        at_end = _AT_END.fullmatch(look.name)
        in_front = _IN_FRONT.fullmatch(look.name)
        match = at_end or in_front
        if match is not None:
            stem = plain(at_end["stem"]) if at_end else ""
            found.setdefault(stem, {}).setdefault(int(match["number"]), look)
    return [
        Group(stem, columns)
        for stem, columns in found.items()
        if len(columns) > 1 and any(c.kind != "empty" for c in columns.values())
    ]


def form_of(group: Group, rules: Rules, told: Told) -> FormGuess:
    """The questionnaire that a group of columns may be."""
    key = group.stem or "numbered questions"
    names = {n: look.name for n, look in sorted(group.columns.items())}
    chosen = told[f"measure:{key}"]
    if chosen:
        guess = FormGuess(key, chosen, "sure", "you said so", names)
        return with_answers(guess, group.columns, rules, told)
    named = _named(group.stem, rules)
    fitting = [m for m in named if _fits(m, group)]
    if len(fitting) == 1 and group.is_counted_from_1:
        why = f"the name and {group.n} numbered questions fit"
        guess = FormGuess(key, fitting[0].id, "likely", why, names)
        return with_answers(guess, group.columns, rules, told)
    others = named or list(rules.measures.values())
    may_be = tuple(m.id for m in others if _fits(m, group))
    why = f"{group.n} numbered questions"
    if named and not may_be:
        sizes = " or ".join(f"{m.instrument} has {_n_items(m)}" for m in named[:3])
        why = f"{group.n} numbered questions, while the {sizes}"
    return FormGuess(key, "", "unsure", why, names, may_be=may_be)


def _named(stem: str, rules: Rules) -> list[Measure]:
    """Measures whose name, or the letters it begins with, stands in a stem."""
    found = [m for m in rules.measures.values() if _says(stem, spellings(m))]
    if found:
        longest = max(len(_longest(stem, m)) for m in found)
        return [m for m in found if len(_longest(stem, m)) == longest]
    return [m for m in rules.measures.values() if _says(stem, [_family(m)])]


def _longest(stem: str, measure: Measure) -> str:
    return max((s for s in spellings(measure) if _says(stem, [s])), key=len)


def _family(measure: Measure) -> str:
    """phq of phq9, core of core10: forms of one family differ in their length."""
    match = re.match(r"[a-z]{3,}", measure.id)
    return match[0] if match else measure.id


def _says(stem: str, names: Sequence[str]) -> bool:
    """Whether a name stands in a stem as a word of its own."""
    return any(
        f"_{name}_" in f"_{stem}_" or (len(name) > 3 and stem.startswith(name))
        for name in names
    )


def _n_items(measure: Measure) -> int:
    return sum(not item.is_extra for item in measure.items)


def _fits(measure: Measure, group: Group) -> bool:
    """As many questions as the form has, and no answer far out of its range."""
    if not measure.items or measure.is_open_ended:
        return False
    if group.n not in (_n_items(measure), len(measure.items)):
        return False
    return all(
        look.kind != "number" or _within(allowed_of(item), look)
        for item, look in zip(measure.items, _in_order(group), strict=False)
    )


def _in_order(group: Group) -> list[Look]:
    return [look for _, look in sorted(group.columns.items())]


def _within(allowed: Allowed, look: Look) -> bool:
    return allowed.low <= look.low and look.high <= allowed.high + 1


def with_answers(
    guess: FormGuess, columns: Mapping[int, Look], rules: Rules, told: Told
) -> FormGuess:
    """What answers need besides: counted from another number, in words."""
    measure = rules.measures[guess.measure]
    looks = [look for _, look in sorted(columns.items())]
    numbered = [look for look in looks if look.kind == "number"]
    items = measure.items[: len(looks)]
    add = 0
    if numbered and items:
        allowed = allowed_of(items[0])
        low = min(look.low for look in numbered)
        high = max(look.high for look in numbered)
        is_shifted = low == allowed.low + 1 and high == allowed.high + 1
        add = -1 if is_shifted else 0
    yes = told[f"add:{guess.key}"]
    words, answers = _words(guess, measure, looks, told)
    add = 0 if yes.startswith("n") else add
    return replace(
        guess, add=add, is_add_told=bool(add and yes), words=words, answers=answers
    )


def _words(
    guess: FormGuess, measure: Measure, looks: Sequence[Look], told: Told
) -> tuple[tuple[str, ...], dict[str, float]]:
    """Labels that no number is known for, and the numbers the user gave for some.

    What answers one question only may be somebody's own words, and is not listed.
    """
    own = {w for item in measure.items for w in item_words(measure, item.number)}
    known = {*answer_words(measure).words, *own}
    labels = Counter(word for look in looks for word in look.words)
    unknown: list[str] = []
    answers: dict[str, float] = {}
    for word, n in labels.items():
        lower = " ".join(word.split()).casefold()
        given = told[f"answer:{guess.key}:{lower}"]
        if lower in known or word.lstrip("-").isdigit():
            continue
        if given:
            answers[word] = float(given.replace(",", "."))
        elif n > 1 or may_be_repeated(word):
            unknown.append(word)
    return tuple(unknown), answers


def totals_of(
    looks: Sequence[Look], rules: Rules, there: Sequence[str]
) -> list[tuple[Look, str, str]]:
    """Columns that seem to hold a score: column, measure, score.

    there: measures whose items stand in the table; a total is rather theirs.
    """
    found = []
    for look in looks:
        name = plain(look.name)
        named = _named(name, rules) if look.kind == "number" else []
        fitting = [m for m in named if m.has_total and _within_total(m, look)]
        own = [m for m in fitting if m.id in there] or fitting
        if len(own) == 1 and (_is_called_total(name) or name in spellings(own[0])):
            found.append((look, own[0].id, own[0].headline.id))
    return found


def _is_called_total(name: str) -> bool:
    parts = name.split("_")
    words = columns()["other"]["totals"]
    return any(
        word in parts or any(p.startswith(word) for p in parts if len(word) > 4)
        for word in words
    )


def _within_total(measure: Measure, look: Look) -> bool:
    allowed = allowed_total(measure, measure.headline.id)
    return allowed.low <= look.low and look.high <= allowed.high
