"""The scales of a report: what each course chart and each tile shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pandas as pd

from analysis import trend
from analysis.findings import expected_course
from analysis.measures import Measure
from analysis.records import Course, Finding, Note, Scale, Stretch, Trend
from analysis.reports.records import Count, Episode, ScaleFacts
from analysis.settings import Settings

_STRETCHES = ("plateau", "setback", "early_dip")
_NOTES = {"sudden_gain": "gain", "sudden_loss": "loss"}
# A gap this much longer than usual holds a score that did not come.
_LATE = 1.75


@dataclass(frozen=True)
class Context:
    """What every course of a report is read from."""

    tables: Mapping[str, pd.DataFrame]
    scales: Mapping[str, Scale]
    measures: Mapping[str, Measure]
    findings: tuple[Finding, ...]
    episode: Episode
    settings: Settings


def scale_facts(context: Context, month: date, until: date) -> tuple[ScaleFacts, ...]:
    """Facts of every headline scale with a score, in the order of the panels.

    Order: scales where lower is better before the others (the two never share a
    group), symptoms before the alliance, scales that are judged before those only
    shown, measures that ask about risk first, then the scale with more scores.
    """
    series = context.tables["series"]
    facts = []
    for name in series["scale"].unique():
        if not has_panel(name, context.scales, context.measures):
            continue
        points = series[series["scale"] == name].sort_values("date")
        facts.append(_facts(context, context.scales[name], points, month, until))
    return tuple(sorted(facts, key=lambda one: _order(one, context.measures)))


# Measures with a panel of their own; check-ins and goals have their own pages.
_PANELS = ("outcome", "alliance")


def has_panel(
    name: str, scales: Mapping[str, Scale], measures: Mapping[str, Measure]
) -> bool:
    """Whether a scale stands for a whole questionnaire that is followed."""
    scale = scales.get(name)
    if scale is None or not scale.is_headline or scale.measure not in measures:
        return False
    return measures[scale.measure].purpose in _PANELS


def _order(facts: ScaleFacts, measures: Mapping[str, Measure]) -> tuple[Any, ...]:
    scale = facts.course.scale
    directions = ("worse", "better", "neither")
    return (
        directions.index(scale.higher_is),
        facts.is_alliance,
        scale.reliable_change is None,
        not measures[scale.measure].risks,
        -len(facts.course.values),
        scale.label,
    )


def _facts(
    context: Context, scale: Scale, points: pd.DataFrame, month: date, until: date
) -> ScaleFacts:
    course = _course(context, scale, points, until)
    latest = course.values[-1]
    in_month = [day >= month for day in course.dates]
    before = [v for v, new in zip(course.values, in_month, strict=True) if not new]
    judged = _row(context.tables["trends"], scale.id)
    since = None if judged is None else judged["since"]
    return ScaleFacts(
        course=course,
        band=scale.band(latest),
        side_since=_side_since(scale, course),
        is_case=None if scale.caseness is None else scale.is_case(latest),
        status="" if course.trend is None else course.trend.status,
        status_since=None if pd.isna(since) else pd.Timestamp(since).date(),
        more_scores_needed=_whole(judged, "more_scores_needed"),
        scores_in_month=sum(in_month),
        value_before_month=before[-1] if before else None,
        baseline_is_known=True,
        is_alliance=context.measures[scale.measure].purpose == "alliance",
        is_stale=not any(in_month) and _is_late(context, course, until),
    )


def _is_late(context: Context, course: Course, until: date) -> bool:
    """Whether the latest score is older than the rule for overdue allows."""
    usual = _usual_days(course.scale, course.dates, context.settings)
    limit = context.settings.thresholds.overdue_intervals * usual
    return (until - course.dates[-1]).days > limit


def _whole(row: Mapping[str, Any] | None, name: str) -> int | None:
    if row is None or pd.isna(row[name]):
        return None
    return int(row[name])


def _row(rows: pd.DataFrame, scale_id: str) -> Mapping[str, Any] | None:
    found = rows[rows["scale"] == scale_id]
    return None if not len(found) else found.iloc[-1].to_dict()


def _side_since(scale: Scale, course: Course) -> date | None:
    """First day of the unbroken run of scores on today's side of the cut-off."""
    if scale.caseness is None:
        return None
    side = scale.is_case(course.values[-1])
    since = course.dates[-1]
    for day, value in zip(course.dates[::-1], course.values[::-1], strict=True):
        if scale.is_case(value) != side:
            return since
        since = day
    return None  # it has always been on this side


def _course(
    context: Context, scale: Scale, points: pd.DataFrame, until: date
) -> Course:
    tables, settings = context.tables, context.settings
    own = [finding for finding in context.findings if finding.scale == scale.id]
    dates = tuple(day.date() for day in points["date"])
    changed = _row(tables["changes"], scale.id) or {}
    return Course(
        scale=scale,
        start=min(context.episode.started_on, dates[0]),
        until=until,
        dates=dates,
        values=tuple(float(value) for value in points["value"]),
        prorated=_is_prorated(tables["scores"], scale.id, dates),
        trend=_trend(tables["trends"], scale.id),
        smoothed=trend.smooth(
            points, scale, settings.thresholds, models=tables.get("models")
        ),
        baseline=_number(changed.get("baseline", points["value"].iloc[0])),
        latest=_number(changed.get("latest", points["value"].iloc[-1])),
        is_reliably_better=_truth(changed.get("reliable_improvement")),
        is_reliably_worse=_truth(changed.get("reliable_deterioration")),
        is_recovered=_truth(changed.get("recovery")),
        stretches=_stretches(context, scale, points, own),
        notes=tuple(
            Note(_NOTES[f.kind], f.date, f.evidence["after"], f.evidence["before"],
                 bool(f.evidence["held"]))
            for f in own
            if f.kind in _NOTES
        ),
        events=tuple(
            (day.date(), str(label))
            for day, label in zip(
                tables["events"]["date"], tables["events"]["label"], strict=True
            )
            if pd.notna(label)
        ),
        missed=missed_days(dates, _usual_days(scale, dates, settings)),
        expected=expected_course(
            tables.get("models"), scale, float(points["value"].iloc[0]), dates[0], until
        ),
    )  # fmt: skip


def _stretches(
    context: Context, scale: Scale, points: pd.DataFrame, own: list[Finding]
) -> tuple[Stretch, ...]:
    """Setbacks that were made good, then what holds up to the latest score."""
    rule = context.settings.thresholds
    models = context.tables.get("models")
    first, last = points["date"].iloc[0].date(), points["date"].iloc[-1].date()
    early = first + timedelta(weeks=rule.early_dip_weeks)
    past = [
        Stretch("early_dip" if since < early else "setback", since, until, "")
        for since, until in trend.past_setbacks(points, scale, rule, models)
    ]
    now = [Stretch(f.kind, f.date, last, f.grade) for f in own if f.kind in _STRETCHES]
    return (*past, *now)


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _truth(value: Any) -> bool:
    return value is not None and not pd.isna(value) and bool(value)


def _trend(rows: pd.DataFrame, scale_id: str) -> Trend | None:
    row = _row(rows, scale_id)
    if row is None:
        return None
    return Trend(
        scale=scale_id,
        until=pd.Timestamp(row["until"]).date(),
        n=int(row["n"]),
        weeks=float(row["weeks"]),
        gain_per_week=_number(row["gain_per_week"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        p_better=_number(row["p_better"]),
        p_flat=_number(row["p_flat"]),
        p_worse=_number(row["p_worse"]),
        status=row["status"],
        since=None if pd.isna(row["since"]) else pd.Timestamp(row["since"]).date(),
    )


def _is_prorated(
    scores: pd.DataFrame, scale_id: str, dates: tuple[date, ...]
) -> tuple[bool, ...]:
    rows = scores[(scores["scale"] == scale_id) & (scores["status"] == "prorated")]
    days = {day.date() for day in rows["date"]}
    return tuple(day in days for day in dates)


def _usual_days(scale: Scale, dates: tuple[date, ...], settings: Settings) -> int:
    """The practice's interval for the measure, else this client's own rhythm.

    Two scores alone show no rhythm: then none between them is called missing.
    """
    if scale.measure in settings.intervals:
        return settings.intervals[scale.measure]
    gaps = [(b - a).days for a, b in pairwise(dates)]
    return max(1, round(median(gaps))) if gaps else scale.usual_interval_days


def missed_days(dates: tuple[date, ...], usual_days: int) -> tuple[date, ...]:
    """Days on which a score was due and none came, between the first and the last."""
    missed = []
    for before, after in pairwise(dates):
        gap = (after - before).days
        if gap < _LATE * usual_days:
            continue
        n_due = round(gap / usual_days)
        missed += [
            before + timedelta(days=round(gap * due / n_due)) for due in range(1, n_due)
        ]
    return tuple(missed)


def completeness(facts: tuple[ScaleFacts, ...]) -> Count:
    """Scores that came, of those that were due, over all scales."""
    came = sum(len(one.course.values) for one in facts)
    return Count(came, came + sum(len(one.course.missed) for one in facts))


def prorated(scores: pd.DataFrame) -> tuple[tuple[str, date, int], ...]:
    """Scores worked out although items were skipped."""
    rows = scores[scores["status"] == "prorated"].sort_values("date")
    return tuple(
        (row.scale, pd.Timestamp(row.date).date(), int(row.n_missing))
        for row in rows.itertuples()
    )


def not_scored(scores: pd.DataFrame) -> tuple[tuple[str, date, int, str], ...]:
    """Administrations without a score, with the reason."""
    rows = scores[scores["status"] == "not_scored"].sort_values("date")
    return tuple(
        (
            row.scale,
            pd.Timestamp(row.date).date(),
            0 if pd.isna(row.n_missing) else int(row.n_missing),
            "" if pd.isna(row.why) else str(row.why),
        )
        for row in rows.itertuples()
    )
