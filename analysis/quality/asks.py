"""What to ask the exporting system for, or the team: most useful first.

Each rule looks at the tables as they are and names what is missing for good reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from analysis.measures import Measure
from analysis.quality.records import Ask, FileQuality, FormQuality

# Below this an item left open is everyday life; a tenth of the forms is a pattern.
OFTEN_SKIPPED = 0.10
# Shares of fewer forms say nothing.
LEAST_FORMS = 20
# An item that no form of so many holds was left out of the export.
LEAST_FOR_NEVER = 5
# Forms filled in this much more rarely than before are worth a word.
RARER = 1.5
# A first score later than this after the start is no baseline any more.
LATE_DAYS = 14
RECENT_DAYS = 30
# Purposes of measures whose scores make a course.
COURSES = ("outcome", "screen", "profile")


def asks(
    files: Sequence[FileQuality],
    forms: Sequence[FormQuality],
    tables: Mapping[str, pd.DataFrame],
    measures: Mapping[str, Measure],
    until: date,
) -> tuple[Ask, ...]:
    """Everything worth asking for.

    tables: clients, episodes, sessions, goals, scores and administrations.
    """
    return (
        *_of_files(files),
        *_of_forms(forms, measures),
        *_of_courses(tables, measures, until),
        *_of_registers(tables),
        *_of_signs(tables, forms, measures),
    )


def _of_files(files: Sequence[FileQuality]) -> Iterator[Ask]:
    for file in files:
        if file.action in ("reject", "needs_config"):
            yield Ask(f"file_{file.action}", file.quarantined, file.rows_in, file.file)
        elif file.quarantined:
            yield Ask("rows_set_aside", file.quarantined, file.rows_in, file.file)


def _of_forms(
    forms: Sequence[FormQuality], measures: Mapping[str, Measure]
) -> Iterator[Ask]:
    for form in forms:
        name = form.instrument
        if form.totals_only:
            has_risk = bool(measures[form.measure].risks)
            kind = "totals_hide_risk" if has_risk else "totals_only"
            yield Ask(kind, form.totals_only, form.forms, name)
        risky = {n for rule in measures[form.measure].risks for n in rule.items}
        for one in form.skipped:
            if one.item in risky:
                yield Ask("risk_open", one.count, one.of, name, one.item)
            elif one.count == one.of and one.of >= LEAST_FOR_NEVER:
                yield Ask("item_never", one.count, one.of, name, one.item)
            elif one.of >= LEAST_FORMS and one.count / one.of >= OFTEN_SKIPPED:
                yield Ask("item_often_open", one.count, one.of, name, one.item)
        if form.not_scored:
            yield Ask("not_scored", form.not_scored, form.forms, name)
        if _is_rarer(form):
            yield Ask(
                "rarer", round(form.days_now or 0), round(form.days_before or 0), name
            )


def _is_rarer(form: FormQuality) -> bool:
    if form.days_before is None or form.days_now is None or form.forms < LEAST_FORMS:
        return False
    return form.days_now >= RARER * max(form.days_before, 1.0)


def _of_courses(
    tables: Mapping[str, pd.DataFrame], measures: Mapping[str, Measure], until: date
) -> Iterator[Ask]:
    """Episodes without a baseline in time, and open ones not heard of lately."""
    episodes, scores = tables["episodes"], tables["scores"]
    judged = [name for name, one in measures.items() if one.purpose in COURSES]
    scores = scores[scores["score"].notna() & scores["measure"].isin(judged)]
    scores = scores[scores["date"] <= pd.Timestamp(until)]
    episodes = episodes[episodes["started_on"] <= pd.Timestamp(until)]
    days = scores.groupby("episode_id")["date"].agg(["min", "max"])
    # not map: without any score it has no days to take its kind from
    known = days.reindex(episodes["episode_id"]).set_axis(episodes.index)
    first, last = known["min"], known["max"]
    late = (first - episodes["started_on"]).dt.days > LATE_DAYS
    if late.any():
        yield Ask("late_baseline", int(late.sum()), len(episodes))
    none = first.isna()
    if none.any():
        yield Ask("no_score", int(none.sum()), len(episodes))
    once = first.notna() & (first == last)
    if once.any():
        yield Ask("single_score", int(once.sum()), len(episodes))
    is_open = episodes["ended_on"].isna() | (episodes["ended_on"] > pd.Timestamp(until))
    since = pd.Timestamp(until - timedelta(days=RECENT_DAYS))
    silent = is_open & ~none & (last < since)
    if silent.any():
        yield Ask("not_recent", int(silent.sum()), int(is_open.sum()))


def _of_registers(tables: Mapping[str, pd.DataFrame]) -> Iterator[Ask]:
    clients, episodes = tables["clients"], tables["episodes"]
    for column in ("clinician_id", "programme"):
        open_cells = int(clients[column].isna().sum())
        if open_cells:
            yield Ask(f"no_{column}", open_cells, len(clients))
    if tables["sessions"].empty:
        yield Ask("no_sessions")
    derived = int(episodes["is_derived"].sum())
    if derived:
        yield Ask("derived_episodes", derived, len(episodes))
    ended = episodes[episodes["ended_on"].notna()]
    unnamed = int(ended["end_reason"].isna().sum())
    if unnamed:
        yield Ask("no_end_reason", unnamed, len(ended))


def _of_signs(
    tables: Mapping[str, pd.DataFrame],
    forms: Sequence[FormQuality],
    measures: Mapping[str, Measure],
) -> Iterator[Ask]:
    """Signs of progress nobody is asked about."""
    purposes = {measures[form.measure].purpose for form in forms}
    if "check-in" not in purposes:
        yield Ask("no_check_ins")
    if "alliance" not in purposes:
        yield Ask("no_alliance")
    if tables["goals"].empty:
        yield Ask("no_goals")
