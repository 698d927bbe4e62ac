"""What an import would read of one file, before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.importers.drafting.draft import Draft
from analysis.importers.keeping.outcome import Outcome, outcomes_of
from analysis.importers.keeping.people import people_of
from analysis.importers.layout import Rules
from analysis.importers.one_file import OpenedFile, read_file
from analysis.importers.profile import Profile
from analysis.importers.readers.reading import ACCEPTED
from analysis.importers.report import files_report


@dataclass(frozen=True)
class Preview:
    """format, counts, what is said: the file's row of imports.csv. lines: to print."""

    format: str
    action: str
    lines: tuple[str, ...]


def preview_of(
    opened: OpenedFile, rules: Rules, profiles: Sequence[Profile]
) -> Preview:
    """Read one file in memory only, and count."""
    read = read_file(opened, rules, profiles)
    people = people_of(read.readings)
    outcomes = outcomes_of(read.readings, people)
    row = files_report([read], outcomes).iloc[0]
    lines = [
        f"{row['rows_in']} rows = {row['accepted']} accepted + {row['quarantined']} "
        f"quarantined + {row['duplicates']} duplicates + {row['ignored']} ignored"
    ]
    if read.refusal is None:
        lines += [line for outcome in outcomes for line in _said(outcome, rules)]
    if row["messages"]:
        lines.append(str(row["messages"]))
    return Preview(str(row["format"]), str(row["action"]), tuple(lines))


def _said(outcome: Outcome, rules: Rules) -> list[str]:
    """Clients and days by number only, and the forms of each questionnaire."""
    kept = outcome.bins == ACCEPTED
    clients = np.unique(outcome.client[kept & (outcome.client >= 0)])
    lines = [f"{len(clients)} client(s)"] if len(clients) else []
    forms = outcome.reading.forms
    for code, name in enumerate(forms.measures if forms is not None else ()):
        if forms is None:
            continue
        mine = (forms.measure == code) & outcome.form_kept
        if mine.any():
            first, last = forms.day[mine].min(), forms.day[mine].max()
            what = rules.measures[name].instrument
            lines.append(f"{what}: {mine.sum()} form(s), {first} to {last}")
    return lines


def columns_table(draft: Draft) -> list[str]:
    """Every column and what it is taken for."""
    said = {
        name: "nothing is read from it" + (f" ({why})" if why else "")
        for name, why in draft.left.items()
    }
    for role, guess in draft.columns.items():
        said[guess.column] = f"{role:<14} {guess.sure}: {guess.why}"
    for form in draft.forms:
        name = form.measure or "?"
        for number, column in form.items.items():
            said[column] = f"{f'{name} {number}':<14} {form.sure}: {form.why}"
        for score, column in form.totals.items():
            said[column] = f"{f'{name} {score}':<14} {form.sure}: {form.why}"
    said |= dict.fromkeys(draft.notes, "note")
    said |= dict.fromkeys(draft.dropped, "dropped: it names or locates a person")
    width = min(max((len(_short(n)) for n in draft.names), default=0), 40)
    return [
        f"  {_short(name):<{width}}  {said.get(name, said.get(name.strip(), '-'))}"
        for name in draft.names
        if name.strip()
    ]


def _short(name: str) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return text if len(text) <= 40 else text[:39] + "…"
