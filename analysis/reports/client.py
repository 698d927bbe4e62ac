"""From one client's tables to ClientMonth: the one table of facts behind both readers.

The progress report and the handout are made from the same record; they differ in
wording and selection only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analysis import signs as signs_of_progress
from analysis.errors import NothingToReport, UnknownClient
from analysis.measures import Measure
from analysis.records import Audience, Finding, Scale
from analysis.reports import courses, life, wins
from analysis.reports.records import (
    ClientMonth,
    Episode,
    RiskHistory,
    ScaleFacts,
    Words,
)
from analysis.settings import Settings

Tables = Mapping[str, pd.DataFrame]

# Most pressing first .
URGENCY = (
    "risk_item",
    "deterioration",
    "setback",
    "sudden_loss",
    "not_on_track",
    "early_dip",
    "plateau",
    "alliance",
    "overdue",
    "goal_stalled",
)


def client_month(
    tables: Tables,
    client_id: str,
    *,
    month: date,
    until: date,
    audience: Audience,
    settings: Settings,
    measures: Mapping[str, Measure],
    scales: Mapping[str, Scale],
    version: str,
    receipt: str = "",
    logo_svg: str = "",
    is_demo: bool = False,
) -> ClientMonth:
    """Gather all that the reports on one client show.

    tables: the client's rows of every tidy and derived table, as of `until`.
    Raises UnknownClient or NothingToReport where there is nobody or nothing to show.
    """
    client = _client(tables, client_id)
    episode, rows = _episode(tables, client, until, settings)
    scoped = _of_episode(tables, episode, until)
    start = month.replace(day=1)
    findings = _findings(scoped["findings"])
    context = courses.Context(scoped, scales, measures, findings, episode, settings)
    facts = courses.scale_facts(context, start, until)
    events = scoped["sessions"]
    last = min(until, episode.ended_on or until)
    return ClientMonth(
        client_id=client_id,
        name=_text(client.get("name_on_report")) or client_id,
        audience=audience,
        settings=settings,
        month=start,
        until=until,
        is_demo=is_demo,
        version=version,
        receipt=receipt,
        episode=episode,
        n_episodes=len(rows),
        known_scales=scales,
        measures=measures,
        logo_svg=logo_svg,
        scales=facts,
        findings=_ranked([f for f in findings if f.kind not in wins.KINDS], facts),
        wins=wins.celebrated(findings, facts, month_start=start),
        risks=_risks(scoped["risks"], measures),
        signs=life.signs(scoped, scales),
        agreement=signs_of_progress.agreement(scoped["signs"]),
        goals=life.goals(scoped, until, settings),
        check_ins=life.check_ins(scoped, scales, measures),
        words=_words(scoped["notes"]),
        sessions=life.attendance(events, episode.started_on, last),
        sessions_in_month=life.attendance(events, start, last),
        check_ins_done=life.adherence(scoped, measures, episode.started_on, last),
        check_ins_in_month=life.adherence(scoped, measures, start, last),
        expected_scores=courses.completeness(facts),
        prorated=courses.prorated(scoped["scores"]),
        not_scored=courses.not_scored(scoped["scores"]),
    )


def _text(value: Any) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _client(tables: Tables, client_id: str) -> Mapping[str, Any]:
    known = tables["clients"]
    rows = known[known["client_id"] == client_id]
    if len(rows):
        return rows.iloc[0].to_dict()
    episodes = tables["episodes"]
    if (episodes["client_id"] == client_id).any():  # an export without a client list
        return {"client_id": client_id}
    raise UnknownClient(
        f"There is no client {client_id!r} in the tables. Ids are taken as exported; "
        "`python -m analysis check` lists how many clients each raw file holds."
    )


def _episode(
    tables: Tables, client: Mapping[str, Any], until: date, settings: Settings
) -> tuple[Episode, pd.DataFrame]:
    """The latest episode begun by `until`, and all episodes of the client."""
    rows = tables["episodes"]
    rows = rows[rows["client_id"] == client["client_id"]].sort_values("started_on")
    rows = rows[rows["started_on"] <= pd.Timestamp(until)]
    if not len(rows):
        raise NothingToReport(
            f"Client {client['client_id']!r} has no data up to {until:%d %B %Y}. "
            "Choose a later month with --month."
        )
    last = rows.iloc[-1]
    started = pd.Timestamp(last["started_on"]).date()
    ended = _day(last["ended_on"])
    if ended is not None and ended > until:
        ended = None
    clinician = _text(last.get("clinician_id")) or _text(client.get("clinician_id"))
    return (
        Episode(
            id=last["episode_id"],
            number=len(rows),
            started_on=started,
            ended_on=ended,
            end_reason=_text(last["end_reason"]),
            week=(min(until, ended or until) - started).days // 7 + 1,
            clinician=settings.clinician_name(clinician),
            programme=_text(last.get("programme")) or _text(client.get("programme")),
        ),
        rows,
    )


def _of_episode(tables: Tables, episode: Episode, until: date) -> dict[str, Any]:
    """Every table cut down to the episode: by its id, or by its dates."""
    first = pd.Timestamp(episode.started_on)
    last = pd.Timestamp(episode.ended_on or until)
    scoped = {}
    for name, rows in tables.items():
        if "episode_id" in rows and name != "episodes":
            rows = rows[rows["episode_id"] == episode.id]
        elif name in ("events", "notes"):
            rows = rows[(rows["date"] >= first) & (rows["date"] <= last)]
        elif name == "goals":
            rows = rows[~(rows["closed_on"] < first) & ~(rows["set_on"] > last)]
        scoped[name] = rows
    return scoped


def _findings(rows: pd.DataFrame) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            kind=row.kind,
            scale=None if pd.isna(row.scale) else row.scale,
            date=pd.Timestamp(row.date).date(),
            grade=_text(row.grade),
            evidence=json.loads(row.evidence),
            audience=row.audience,
        )
        for row in rows.itertuples()
    )


def _ranked(
    findings: Sequence[Finding], facts: Sequence[ScaleFacts]
) -> tuple[Finding, ...]:
    """Most pressing kind first, then the oldest, then in the order of the panels."""
    order = {one.id: number for number, one in enumerate(facts)}

    def pressing(finding: Finding) -> tuple[int, date, int]:
        place = order.get(finding.scale or "", len(order))
        return (URGENCY.index(finding.kind), finding.date, place)

    return tuple(sorted(findings, key=pressing))


def _risks(
    rows: pd.DataFrame, measures: Mapping[str, Measure]
) -> tuple[RiskHistory, ...]:
    histories = []
    for (measure, item), group in rows.groupby(["measure", "item"], sort=True):
        group = group.sort_values("date")
        histories.append(
            RiskHistory(
                measure=str(measure),
                instrument=measures[str(measure)].instrument,
                item=int(item),
                meaning=_text(group["meaning"].iloc[-1]),
                dates=tuple(day.date() for day in group["date"]),
                answers=tuple(
                    None if pd.isna(a) else float(a) for a in group["answer"]
                ),
                flags=tuple(group["risk"]),
            )
        )
    return tuple(histories)


def _words(rows: pd.DataFrame) -> tuple[Words, ...]:
    return tuple(
        Words(
            date=pd.Timestamp(row.date).date(),
            kind=_text(row.kind) or "note",
            text=row.text,
            may_be_shown=bool(row.may_be_shown)
            if pd.notna(row.may_be_shown)
            else False,
        )
        for row in rows.sort_values("date").itertuples()
        if isinstance(row.text, str) and row.text.strip() and row.author == "client"
    )
