"""Signs, goals, sessions, staying and leaving across the caseload."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from analysis.caseload.cohort import Cohort, Tables, outcome_scales
from analysis.caseload.records import SessionFacts, Staying
from analysis.methods.sudden_change import sudden_changes
from analysis.methods.survival import kaplan_meier
from analysis.records import Rate, Scale

DIRECTIONS = ("moving", "steady", "slipping", "not_known")
# Staying is followed for people who began in the two years up to the report's day.
STAYING_YEARS = 2
# Words in an exported reason of the end. Unplanned ones are looked for first, as
# "not completed" holds "completed"; what fits neither is counted as not known.
UNPLANNED = (
    "unplanned", "drop", "dna", "did not", "not complet", "incomplete", "lost contact",
    "no contact", "disengag", "withdr", "declin", "left without", "stopped coming",
)  # fmt: skip
PLANNED = (
    "complet", "planned", "goals met", "goals reached", "agreed", "finished",
    "discharg",
)  # fmt: skip


def sign_counts(tables: Tables, cohort: Cohort) -> pd.DataFrame:
    """Count open clients by sign (rows, in order) and direction (columns)."""
    signs = tables["signs"]
    rows = signs[signs["episode_id"].isin(cohort.open().index)]
    latest = rows.sort_values("until").drop_duplicates(
        ["client_id", "sign"], keep="last"
    )
    counts = pd.crosstab(latest["sign"], latest["direction"])
    counts = counts.reindex(columns=list(DIRECTIONS), fill_value=0)
    order = sorted(counts.index, key=lambda sign: (not sign.isdecimal(), _number(sign)))
    return counts.reindex(order).astype("Int64")


def _number(sign: str) -> tuple[int, str]:
    return (int(sign), "") if sign.isdecimal() else (0, sign)


def goal_counts(tables: Tables, cohort: Cohort, since: date, until: date) -> pd.Series:
    """Count goals: set, revised and met in the period, open at its end, and clients."""
    goals = tables["goals"]
    goals = goals[goals["client_id"].isin(cohort.episodes["client_id"])]
    first, last = pd.Timestamp(since), pd.Timestamp(until)
    is_new = goals["set_on"].between(first, last)
    is_met = (goals["status"] == "reached") & goals["closed_on"].between(first, last)
    is_open = goals["closed_on"].isna() & goals["status"].isin(["open", "paused"])
    open_clients = cohort.open()["client_id"].unique()
    with_goals = set(goals.loc[is_open, "client_id"]) & set(open_clients)
    return pd.Series(
        {
            "set": is_new.sum(),
            "revised": (is_new & goals["replaces"].notna()).sum(),
            "met": is_met.sum(),
            "open": is_open.sum(),
            "clients_with_goals": len(with_goals),
            "open_clients": len(open_clients),
        },
        dtype="Int64",
    )


def session_counts(
    tables: Tables, cohort: Cohort, since: date, until: date
) -> pd.Series:
    """Count sessions of the period: attended, missed, not recorded."""
    sessions = tables["sessions"]
    inside = sessions["date"].between(pd.Timestamp(since), pd.Timestamp(until))
    own = sessions["episode_id"].isin(cohort.episodes.index)
    attended = sessions.loc[inside & own, "attended"].astype("boolean")
    counts = {
        "attended": attended.sum(),
        "missed": (~attended).sum(),
        "unknown": attended.isna().sum(),
    }
    return pd.Series(counts, dtype="Int64")


def clients_back_again(cohort: Cohort, since: date, until: date) -> tuple[int, int]:
    """Count clients of the period, and those of them with an earlier episode."""
    begun = cohort.episodes.groupby("client_id")["started_on"].transform("min")
    rows = cohort.during(since, until)
    back = rows.loc[rows["started_on"] > begun[rows.index], "client_id"]
    return int(rows["client_id"].nunique()), int(back.nunique())


def session_facts(
    counts: pd.Series,
    courses: pd.DataFrame,
    basis: str,
    least_n: int,
    clients: tuple[int, int] | None,
) -> SessionFacts:
    """Sessions of the period, with quartiles over courses where there are enough.

    clients: as `clients_back_again` counts them; None where they are not to leave.
    """
    known = {name: None if pd.isna(n) else int(n) for name, n in counts.items()}
    n = courses["n_treatment"]
    weeks = (courses["end"] - courses["started_on"]).dt.days / 7
    enough = len(courses) >= least_n
    low, middle, high = n.quantile([0.25, 0.5, 0.75]) if enough else (None,) * 3
    return SessionFacts(
        attended=known["attended"],
        missed=known["missed"],
        unknown=known["unknown"],
        median_per_course=middle,
        quarter_per_course=low,
        three_quarters_per_course=high,
        median_weeks=float(weeks.median()) if enough else None,
        basis=basis,
        clients=None if clients is None else clients[0],
        back_again=None if clients is None else clients[1],
    )


def endings(cohort: Cohort, since: date, until: date) -> pd.Series:
    """Count how started episodes ended in the period, and drop-outs.

    Drop-out: an unplanned ending before reliable improvement.
    """
    ended = cohort.ended(since, until)
    ended = ended[ended["n_attended"] > 0]
    kind = kinds_of_ending(ended["end_reason"])
    unplanned = kind == "unplanned"
    return pd.Series(
        {
            "planned": (kind == "planned").sum(),
            "unplanned": unplanned.sum(),
            "reason_unknown": (kind == "unknown").sum(),
            "dropped_out": (unplanned & ~ended["improved"]).sum(),
        },
        dtype="Int64",
    )


def kinds_of_ending(reasons: pd.Series) -> pd.Series:
    """planned, unplanned or unknown, by the words of the exported reason."""
    unique = reasons.dropna().unique()
    kinds = {reason: _kind(str(reason).casefold()) for reason in unique}
    return reasons.map(kinds).fillna("unknown")


def _kind(reason: str) -> str:
    if any(word in reason for word in UNPLANNED):
        return "unplanned"
    return "planned" if any(word in reason for word in PLANNED) else "unknown"


def staying_curve(
    cohort: Cohort, since: date
) -> tuple[pd.DataFrame, int, float | None]:
    """Kaplan–Meier of weeks in therapy, for people who began in the last two years.

    From `since` where that is earlier. Only beginners are followed, from their first
    day: counting everybody who is here would over-count those who stay long.
    """
    rows = cohort.episodes
    start = pd.Timestamp(cohort.until) - pd.DateOffset(years=STAYING_YEARS)
    began = rows["started_on"] > min(start, pd.Timestamp(since))
    rows = rows[began & (rows["started_on"] <= pd.Timestamp(cohort.until))]
    rows = rows[rows["n_attended"] > 0]
    left = rows["end"].notna()
    end = rows["end"].fillna(pd.Timestamp(cohort.until))
    weeks = np.ceil((end - rows["started_on"]).dt.days / 7)
    km = kaplan_meier(weeks, left)
    curve = km.curve.rename(columns={"time": "weeks"})
    return curve[["weeks", "staying", "low", "high", "at_risk"]], km.n, km.median


def staying_of(
    curve: pd.DataFrame, n: int | None, median: float | None, counts: pd.Series
) -> Staying:
    """Staying and leaving, from the curve and the counted endings."""
    known = {name: None if pd.isna(c) else int(c) for name, c in counts.items()}
    planned, unplanned = known["planned"], known["unplanned"]
    dropped = known["dropped_out"]
    rate = None
    if planned is not None and unplanned is not None and dropped is not None:
        rate = Rate(dropped, planned + unplanned)
    return Staying(
        curve=curve,
        n=n,
        median_weeks=median,
        planned=planned,
        unplanned=unplanned,
        reason_unknown=known["reason_unknown"],
        dropped_out=rate,
    )


def sudden_counts(
    tables: Tables,
    scales: Mapping[str, Scale],
    cohort: Cohort,
    since: date,
    until: date,
) -> pd.Series:
    """Count clients with a sudden gain, and a sudden loss, in the period."""
    judged = outcome_scales(scales)
    series = tables["series"]
    begun = cohort.during(since, until).index
    changes = sudden_changes(
        series[series["episode_id"].isin(begun)],
        {scale.id: float(scale.reliable_change or 0) for scale in judged},
        {scale.id: scale.higher_is for scale in judged},
    )
    inside = changes["date"].between(pd.Timestamp(since), pd.Timestamp(until))
    clients = changes[inside].groupby("kind")["client_id"].nunique()
    counts = {kind: int(clients.get(kind, 0)) for kind in ("gain", "loss")}
    return pd.Series(counts, dtype="Int64")
