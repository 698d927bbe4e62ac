"""A row per episode with all that is counted about it, and who is in a period."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.episodes import are_open
from analysis.methods.measure_rules import MeasureRule, judge_episodes
from analysis.records import Scale
from analysis.settings import Settings

Tables = Mapping[str, pd.DataFrame]
Truths = npt.NDArray[np.bool_]

# A finished course has at least so many attended treatment sessions (NHS rule).
SESSIONS_OF_A_COURSE = 2
# "Score from the last 30 days" (docs/rules.md, section 9).
RECENT_DAYS = 30
# Sessions of these kinds are no treatment; "assessment and treatment" is.
NOT_TREATMENT = frozenset(
    {"assessment", "initial assessment", "triage", "screening", "administrative"}
)
# Own ratings, and how client and clinician get on, are followed but are no outcome.
OWN_RATINGS = frozenset({"checkin", "goal", "gbo", "gas"})
ALLIANCE = frozenset({"srs", "wai_sr", "wai_s"})

VERDICTS = (
    "is_paired",
    "caseness_known",
    "at_case",
    "improved",
    "deteriorated",
    "unchanged",
    "recovered",
    "reliably_recovered",
)


@dataclass(frozen=True)
class Cohort:
    """All episodes known at `until`, with the facts that are counted.

    episodes: episode_id (index), client_id, clinician_id, programme ("" where not
    recorded), started_on, end (missing while open), end_reason, is_open, n_attended,
    n_treatment, n_missed, n_unknown, last_score, and the columns of VERDICTS.
    """

    episodes: pd.DataFrame
    until: date
    basis: str  # what sessions are counted from: "sessions" or "score days"
    programme: str | None = None  # the only one in it; None = all

    def during(self, since: date, until: date) -> pd.DataFrame:
        """Episodes open at any time from `since` to `until`."""
        rows = self.episodes
        begun = rows["started_on"] <= pd.Timestamp(until)
        left_before = rows["end"] < pd.Timestamp(since)
        return rows[begun & ~left_before]

    def ended(self, since: date, until: date) -> pd.DataFrame:
        """Episodes that ended from `since` to `until`."""
        end = self.episodes["end"]
        inside = (end >= pd.Timestamp(since)) & (end <= pd.Timestamp(until))
        return self.episodes[inside]

    def finished(self, since: date, until: date) -> pd.DataFrame:
        """Finished courses: ended in the period, after two or more sessions."""
        ended = self.ended(since, until)
        return ended[ended["n_treatment"] >= SESSIONS_OF_A_COURSE]

    def open(self) -> pd.DataFrame:
        """Episodes open at `until` that have started."""
        rows = self.episodes
        return rows[rows["is_open"] & (rows["n_attended"] > 0)]


def build_cohort(
    tables: Tables,
    scales: Mapping[str, Scale],
    settings: Settings,
    rule: MeasureRule,
    until: date,
    programme: str | None = None,
) -> Cohort:
    """Gather the facts of every episode (of one programme, where given)."""
    gap = settings.thresholds.episode_gap_days
    rows = tables["episodes"].set_index("episode_id").sort_index()
    rows = rows.assign(
        programme=rows["programme"].fillna(""),  # "" is "not recorded", its own group
        clinician_id=rows["clinician_id"].fillna(""),
        is_open=are_open(rows, until, gap),
    )
    if programme is not None:
        rows = rows[rows["programme"] == programme]
    rows = rows.assign(end=_ends(rows, until))
    counted, basis = _sessions(tables, scales)
    rows = rows.join(counted)
    counts = list(counted.columns)
    rows[counts] = rows[counts].fillna(0).astype(int)  # no row: no session
    rows = rows.join(_last_scores(tables, scales))
    rows = rows.join(verdicts(tables, scales, rule, rows.index))
    return Cohort(rows, until, basis, programme)


def verdicts(
    tables: Tables, scales: Mapping[str, Scale], rule: MeasureRule, episodes: pd.Index
) -> pd.DataFrame:
    """Judge these episodes under a rule: columns of VERDICTS, False where unjudged."""
    changes = tables["changes"]
    is_outcome = changes["scale"].isin([s.id for s in outcome_scales(scales)])
    judged = judge_episodes(changes[is_outcome], rule)[list(VERDICTS)]
    # an episode without any score is unpaired, which is_paired = False says
    return judged.reindex(episodes, fill_value=False).astype(bool)


def outcome_scales(scales: Mapping[str, Scale]) -> tuple[Scale, ...]:
    """Scales that an outcome may be judged on, by instrument."""
    chosen = [
        scale
        for scale in scales.values()
        if scale.followed
        and scale.is_headline
        and scale.higher_is != "neither"
        and scale.reliable_change is not None
        and scale.measure not in OWN_RATINGS | ALLIANCE
    ]
    return tuple(sorted(chosen, key=lambda scale: (scale.instrument, scale.id)))


def year_before(day: date) -> date:
    """The same day a year earlier; the last day of a month stays the last day."""
    is_last = day.day == monthrange(day.year, day.month)[1]
    last = monthrange(day.year - 1, day.month)[1]
    return date(day.year - 1, day.month, last if is_last else min(day.day, last))


def _ends(rows: pd.DataFrame, until: date) -> pd.Series:
    """The exported end; the last contact where an episode lapsed without one."""
    lapsed = ~rows["is_open"] & rows["ended_on"].isna()
    end = rows["ended_on"].where(~lapsed, rows["last_contact"])
    return end.where(end <= pd.Timestamp(until))


def _sessions(tables: Tables, scales: Mapping[str, Scale]) -> tuple[pd.DataFrame, str]:
    sessions = tables["sessions"]
    if not len(sessions):
        return _score_days(tables, scales), "score days"
    attended = sessions["attended"].astype("boolean")
    came = attended.fillna(False).to_numpy(dtype=bool)  # counted as unknown instead
    kind = sessions["kind"].astype("str").str.strip().str.casefold()
    facts = pd.DataFrame(
        {
            "episode_id": sessions["episode_id"],
            "n_attended": came,
            "n_treatment": came & ~kind.isin(NOT_TREATMENT).to_numpy(),
            "n_missed": (~attended).fillna(False).to_numpy(dtype=bool),
            "n_unknown": attended.isna(),
        }
    )
    return facts.groupby("episode_id").sum(), "sessions"


def _score_days(tables: Tables, scales: Mapping[str, Scale]) -> pd.DataFrame:
    """Days with a questionnaire, for practices that export no sessions."""
    days = questionnaire_scores(tables, scales)[["episode_id", "date"]]
    n = days.drop_duplicates().groupby("episode_id").size()
    n = n.set_axis(n.index.astype("str"))
    return pd.DataFrame(
        {"n_attended": n, "n_treatment": n, "n_missed": 0, "n_unknown": 0}
    )


def questionnaire_scores(tables: Tables, scales: Mapping[str, Scale]) -> pd.DataFrame:
    """Rows of the series that come from questionnaires, not from own ratings."""
    ids = [s.id for s in scales.values() if s.measure not in OWN_RATINGS]
    series = tables["series"]
    return series[series["scale"].isin(ids)]


def _last_scores(tables: Tables, scales: Mapping[str, Scale]) -> pd.Series:
    scores = questionnaire_scores(tables, scales)
    last = scores.groupby("episode_id")["date"].max().rename("last_score")
    return last.set_axis(last.index.astype("str"))
