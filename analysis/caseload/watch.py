"""Who needs a look now: the findings of open episodes, most urgent first.

A flag asks for a conversation. It is neither a verdict on the client nor a figure to
compare clinicians by.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis.caseload.cohort import Cohort, Tables
from analysis.caseload.records import ClinicianLook, Lifted, Watch, WatchList
from analysis.records import Scale
from analysis.settings import Settings

# Most urgent first. Risk stands first whatever its date (docs/rules.md, section 5).
URGENCY = (
    "risk_item",
    "deterioration",
    "setback",
    "not_on_track",
    "plateau",
    "overdue",
    "alliance",
)
# A flagged risk item of an earlier month stands in the client's own report.
RISK_THAT_STANDS = ("now", "unknown")
# The flags of one client are held together at this false discovery rate, so that a
# client who does not change is flagged with at most this probability (section 8).
ALARM_BUDGET = 0.05
# A risk item that was flagged once is history, not something that was lifted.
NEVER_LIFTED = frozenset({"risk_item"})
# Scores drawn in the small line.
SPARK_SCORES = 12

Recent = Mapping[tuple[str, str], tuple[tuple[date, float], ...]]

FLAG_COLUMNS = (
    "client_id",
    "clinician_id",
    "programme",
    "kind",
    "grade",
    "scale",
    "since",
    "days",
    "last_score",
    "is_first",
)


def watch_list(
    tables: Tables,
    scales: Mapping[str, Scale],
    settings: Settings,
    cohort: Cohort,
    before: Tables | None = None,
) -> WatchList:
    """Gather the flags of open episodes.

    before: the tables as of a month earlier; flags that stood then and do not stand
    now are `lifted`, for clients who are still open.
    """
    flags = flags_of(tables, cohort)
    first = flags[flags["is_first"]]
    kinds = first["kind"].value_counts()
    n_judged = _n_judged(tables, settings, cohort)
    return WatchList(
        is_known=True,
        clients=_watched(flags, scales, _recent_scores(tables, scales, flags)),
        n_open=int(cohort.open()["client_id"].nunique()),
        n_flagged=len(first),
        n_by_kind={kind: int(kinds.get(kind, 0)) for kind in URGENCY},
        n_judged=n_judged,
        expected_by_chance=ALARM_BUDGET * n_judged,
        lifted=() if before is None else _lifted(flags, before, scales, cohort),
        lifted_is_known=before is not None,
        by_clinician=_by_clinician(first, settings, cohort),
        table=flags[list(FLAG_COLUMNS)],
    )


def unknown_watch_list() -> WatchList:
    """What leaves the practice says nothing about single clients."""
    empty = pd.DataFrame({name: [] for name in FLAG_COLUMNS})
    nothing: Mapping[str, int | None] = dict.fromkeys(URGENCY)
    return WatchList(False, (), None, None, nothing, None, None, (), False, (), empty)


def flags_of(tables: Tables, cohort: Cohort) -> pd.DataFrame:
    """Every flag of an open episode, in order of the list.

    Columns: FLAG_COLUMNS, episode_id and evidence (a mapping). One row per client,
    kind and scale: of several the newest finding. `is_first` marks the client's most
    urgent one.
    """
    open_now = cohort.open()[["clinician_id", "programme", "last_score"]]
    found = tables["findings"].join(open_now, on="episode_id", how="inner")
    found = standing(found)
    found = found.assign(since=found["date"])
    found = found.sort_values("since", kind="stable").drop_duplicates(
        ["client_id", "kind", "scale"], keep="last"
    )
    found = found.assign(
        days=(pd.Timestamp(cohort.until) - found["since"]).dt.days,
        _urgency=found["kind"].map({kind: n for n, kind in enumerate(URGENCY)}),
        _natural=found["client_id"].map(natural),
    )
    order = ["_urgency", "since", "_natural", "scale"]
    found = found.sort_values(order, kind="stable").reset_index(drop=True)
    return found.assign(is_first=~found.duplicated("client_id"))


def standing(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings that ask for a look now; `evidence` becomes a mapping.

    A risk item that was flagged in an earlier month is history, not a flag.
    """
    found = findings[findings["kind"].isin(URGENCY)]
    evidence = [_evidence(text) for text in found["evidence"]]
    stands = [
        kind != "risk_item" or facts.get("status", "now") in RISK_THAT_STANDS
        for kind, facts in zip(found["kind"], evidence, strict=True)
    ]
    return found.assign(evidence=evidence)[np.array(stands, dtype=bool)]


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts 2 before 10: runs of digits count as numbers."""
    parts = re.findall(r"\d+|\D+", str(text))
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)


def _evidence(text: Any) -> Mapping[str, Any]:
    return json.loads(text) if isinstance(text, str) and text else {}


def _watched(
    flags: pd.DataFrame, scales: Mapping[str, Scale], recent: Recent
) -> tuple[Watch, ...]:
    others: dict[str, list[tuple[str, str | None]]] = {}
    firsts = []
    # column by column: reading rows of text columns one by one takes seconds
    columns = {str(name): flags[name].tolist() for name in flags}
    for values in zip(*columns.values(), strict=True):
        flag = dict(zip(columns, values, strict=True))
        if flag["is_first"]:
            firsts.append(flag)
        else:
            further = (flag["kind"], _text(flag["scale"]) or None)
            others.setdefault(flag["client_id"], []).append(further)
    return tuple(
        _watch(flag, others.get(flag["client_id"], []), scales, recent)
        for flag in firsts
    )


def _watch(
    flag: Mapping[str, Any],
    also: list[tuple[str, str | None]],
    scales: Mapping[str, Scale],
    recent: Recent,
) -> Watch:
    scale = scales.get(_text(flag["scale"]))
    drawn = scales.get(_drawn_scale(flag["scale"], flag["evidence"], scales) or "")
    scores = recent.get((flag["episode_id"], drawn.id), ()) if drawn else ()
    return Watch(
        client_id=flag["client_id"],
        clinician_id=flag["clinician_id"],
        programme=flag["programme"],
        kind=flag["kind"],
        grade=_text(flag["grade"]),
        scale=scale,
        evidence=flag["evidence"],
        since=flag["since"].date(),
        last_score=_day(flag["last_score"]),
        scores=scores,
        scores_scale=drawn if scores else None,
        also=tuple(also),
    )


def _scale_of_measure(measure: Any, scales: Mapping[str, Scale]) -> Scale | None:
    """The headline score of a measure, to draw beside its risk item."""
    own = [s for s in scales.values() if s.measure == measure and s.is_headline]
    return own[0] if own else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _recent_scores(
    tables: Tables, scales: Mapping[str, Scale], flags: pd.DataFrame
) -> Recent:
    """The latest scores of every client's first flag, by episode and scale."""
    first = flags[flags["is_first"]]
    pairs = zip(first["scale"], first["evidence"], strict=True)
    drawn = [_drawn_scale(scale, evidence, scales) or "" for scale, evidence in pairs]
    keys = ["episode_id", "scale"]
    wanted = pd.DataFrame({"episode_id": first["episode_id"], "scale": drawn})
    wanted = wanted.astype("str")
    series = tables["series"]
    own = series[series["episode_id"].isin(wanted["episode_id"])]
    scores = own.astype(dict.fromkeys(keys, "str")).merge(wanted, on=keys)
    latest = scores.sort_values([*keys, "date"]).groupby(keys).tail(SPARK_SCORES)
    recent: dict[tuple[str, str], list[tuple[date, float]]] = {}
    columns = (latest["episode_id"], latest["scale"], latest["date"].dt.date)
    plain = (column.tolist() for column in (*columns, latest["value"].astype(float)))
    for episode, scale, day, value in zip(*plain, strict=True):
        recent.setdefault((episode, scale), []).append((day, value))
    return {key: tuple(scores) for key, scores in recent.items()}


def _drawn_scale(
    scale: Any, evidence: Mapping[str, Any], scales: Mapping[str, Scale]
) -> str | None:
    """Id of the scale drawn beside a flag: its own, or its risk item's measure's."""
    own = scales.get(_text(scale))
    drawn = own or _scale_of_measure(evidence.get("measure"), scales)
    return None if drawn is None else drawn.id


def _n_judged(tables: Tables, settings: Settings, cohort: Cohort) -> int:
    """Open clients with enough scores on some scale for a flag to arise by chance."""
    trends = tables["trends"]
    enough = trends["n"] >= settings.thresholds.trend_min_scores
    judged = trends[enough & trends["episode_id"].isin(cohort.open().index)]
    return int(judged["client_id"].nunique())


def _lifted(
    flags: pd.DataFrame, before: Tables, scales: Mapping[str, Scale], cohort: Cohort
) -> tuple[Lifted, ...]:
    standing = set(zip(flags["client_id"], flags["kind"], strict=True))
    earlier = flags_of(before, cohort).drop_duplicates(["client_id", "kind"])
    names = ("client_id", "clinician_id", "kind", "scale")
    columns = (earlier[name] for name in names)
    return tuple(
        Lifted(client, clinician, kind, scales.get(_text(scale)))
        for client, clinician, kind, scale in zip(*columns, strict=True)
        if (client, kind) not in standing and kind not in NEVER_LIFTED
    )


def _by_clinician(
    first: pd.DataFrame, settings: Settings, cohort: Cohort
) -> tuple[ClinicianLook, ...]:
    n_open = cohort.open().groupby("clinician_id")["client_id"].nunique()
    to_look_at = first.groupby("clinician_id")["client_id"].agg(tuple)
    looks = [
        ClinicianLook(
            clinician_id=str(clinician),
            name=settings.clinician_name(str(clinician)),
            n_open=int(n),
            to_look_at=to_look_at.get(clinician, ()),
        )
        for clinician, n in n_open.items()
    ]
    return tuple(sorted(looks, key=lambda look: (look.name.casefold(), look.name)))
