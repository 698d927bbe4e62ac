"""Rules that judge one episode on two or more measures, as services publish them.

NHS Talking Therapies (England): reliably improved = a reliable gain on one measure and
no reliable loss on another; gain on one and loss on another is no reliable change.
CORC (children's services): the same improvement, but any reliable loss counts as
deterioration. Recovered, under both: on the unwell side of at least one cut-off at
baseline, of none at latest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Truths = npt.NDArray[np.bool_]

# A gain and a loss in one episode count as …
MIXED_IS_NO_CHANGE = "no_reliable_change"
MIXED_IS_LOSS = "reliable_deterioration"


@dataclass(frozen=True)
class MeasureRule:
    """How several measures of one episode become one outcome."""

    id: str
    name: str
    source: str
    mixed: str  # what a gain on one measure and a loss on another count as
    # Where an episode has any of these scales it is judged on them alone.
    preferred: tuple[str, ...] = ()
    # Finished courses without a last score stay in the published denominator.
    counts_unpaired: bool = False


@dataclass(frozen=True)
class Reference:
    """Published shares by outcome, with the rule they were counted by."""

    name: str
    rule: str
    source: str
    shares: Mapping[str, float]


ENGLAND = Reference(
    name="England 2024–25",
    rule="nhs",
    source="NHS Talking Therapies annual report 2024–25, 670,419 finished courses "
    "(NHS England, Open Government Licence v3.0)",
    shares={
        "reliable_improvement": 0.675,
        "recovery": 0.505,
        "reliable_recovery": 0.475,
        "no_reliable_change": 0.254,
        "reliable_deterioration": 0.058,
    },
)

NHS = MeasureRule(
    id="nhs",
    name="NHS Talking Therapies",
    source="NHS Talking Therapies, annual report metadata 2024–25 (NHS England)",
    mixed=MIXED_IS_NO_CHANGE,
    # PHQ-9 and the measure of the anxiety disorder treated (NHS Talking Therapies
    # manual); the functioning measure beside them does not decide outcomes.
    preferred=(
        "phq9.total",
        "gad7.total",
        "pcl5.total",
        "iesr.total",
        "oci42.total",
        "ocir.total",
        "spin.total",
        "pdss_sr.total",
    ),
    counts_unpaired=True,
)
CORC = MeasureRule(
    id="corc",
    name="CORC",
    source="Child Outcomes Research Consortium, reporting of reliable change",
    mixed=MIXED_IS_LOSS,
)
RULES: Mapping[str, MeasureRule] = {rule.id: rule for rule in (NHS, CORC)}


def judge_episodes(changes: pd.DataFrame, rule: MeasureRule) -> pd.DataFrame:
    """Judge every episode under a rule.

    changes: one row per episode and outcome scale (columns of the changes table; of
        several scores the first and the last). A scale with one score has no change,
        but its cut-off counts, for baseline and latest are then the same score.
    Returns a row per episode (index episode_id): n_scales, is_paired (a first and a
    last score on at least one scale), caseness_known, at_case (at baseline), improved,
    deteriorated, unchanged, recovered, reliably_recovered. All False where not paired.
    """
    rows = changes[_counts(changes, rule)]
    facts = pd.DataFrame(
        {
            "episode_id": rows["episode_id"],
            "pair": (rows["n_scores"] >= 2) & rows["reliable_change"].notna(),
            "gain": _yes(rows["reliable_improvement"]),
            "loss": _yes(rows["reliable_deterioration"]),
            "known": rows["is_case_at_baseline"].notna(),
            "case": _yes(rows["is_case_at_baseline"]),
            "still": _yes(rows["is_case_now"]),
        }
    )
    by_episode = facts.groupby("episode_id", sort=True)
    any_of = by_episode[["pair", "gain", "loss", "known", "case", "still"]].any()
    return _verdicts(any_of, by_episode.size(), rule)


def _counts(changes: pd.DataFrame, rule: MeasureRule) -> Truths:
    """Rows the rule looks at: the preferred scales where an episode has any."""
    if not rule.preferred:
        return np.ones(len(changes), dtype=bool)
    preferred = changes["scale"].isin(rule.preferred)
    has_any = changes["episode_id"].isin(changes.loc[preferred, "episode_id"])
    return (preferred | ~has_any).to_numpy()


def _yes(column: pd.Series) -> Truths:
    # an unknown verdict is not a yes; who could be judged is told by is_paired
    return column.astype("boolean").fillna(False).to_numpy(dtype=bool)


def _verdicts(
    any_of: pd.DataFrame, sizes: pd.Series, rule: MeasureRule
) -> pd.DataFrame:
    paired = any_of["pair"]
    improved = paired & any_of["gain"] & ~any_of["loss"]
    mixed_counts = rule.mixed == MIXED_IS_LOSS
    deteriorated = paired & any_of["loss"] & (mixed_counts | ~any_of["gain"])
    recovered = paired & any_of["case"] & ~any_of["still"]
    return pd.DataFrame(
        {
            "n_scales": sizes,
            "is_paired": paired,
            "caseness_known": any_of["known"],
            "at_case": any_of["case"],
            "improved": improved,
            "deteriorated": deteriorated,
            "unchanged": paired & ~improved & ~deteriorated,
            "recovered": recovered,
            "reliably_recovered": recovered & improved,
        }
    )


def categories(verdicts: pd.DataFrame) -> pd.Series:
    """One word per episode: the strongest verdict that holds, or not_paired."""
    return pd.Series(
        np.select(
            [
                ~verdicts["is_paired"],
                verdicts["reliably_recovered"],
                verdicts["improved"],
                verdicts["deteriorated"],
            ],
            ["not_paired", "reliably_recovered", "improved", "deteriorated"],
            "unchanged",
        ),
        index=verdicts.index,
        name="category",
    )


def method_diff(one: pd.Series, other: pd.Series) -> pd.DataFrame:
    """Count who changes category under another rule.

    one, other: a category per client or episode, with the same index. Returns the
    pairs that differ (from, to, n, ids), most frequent first; equal counts in order of
    the words. Rows that only one of them knows are counted as "not judged" there.
    """
    both = pd.concat([one.rename("from"), other.rename("to")], axis=1)
    both = both.astype(object).where(both.notna(), "not judged")
    moved = both[both["from"] != both["to"]]
    if moved.empty:
        return pd.DataFrame({"from": [], "to": [], "n": [], "ids": []})
    grouped = moved.groupby(["from", "to"], sort=True)
    pairs = grouped.apply(lambda rows: tuple(rows.index)).rename("ids").reset_index()
    pairs.insert(2, "n", pairs["ids"].map(len))
    return pairs.sort_values(
        ["n", "from", "to"], ascending=[False, True, True]
    ).reset_index(drop=True)
