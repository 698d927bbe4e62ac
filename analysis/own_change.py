"""Reliable change from a practice's own scores, where nobody published one.

RC = 1.96 * sqrt(2) * SD * sqrt(1 - alpha) (Jacobson & Truax 1991), with the SD of the
practice's own baseline scores and their internal consistency (Cronbach's alpha). Fitted
once for the practice and kept among its models, so that every report judges alike;
always named as the practice's own, with n. A published one is never replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from analysis.measures import Measure, ScoreRule
from analysis.methods.reliability import cronbach_alpha
from analysis.records import RC_PER_SEM, Scale
from analysis.schema import TABLES
from analysis.scoring.answers import answers_of, sheets
from analysis.scoring.joining import positions
from analysis.scoring.methods import keyed

KIND = "reliable_change"
# Fewer baseline forms say too little about SD and consistency.
MIN_BASELINES = 50
# Scores that add their items up: only of these is alpha the consistency.
_ADDED_UP = ("sum", "sum_x2", "sum_x4", "mean", "mean_x10")


def fit_own_changes(
    tables: Mapping[str, pd.DataFrame],
    measures: Mapping[str, Measure],
    scales: Mapping[str, Scale],
    until: date,
) -> pd.DataFrame:
    """Fit the reliable change of the scales that lack one; rows of `models`.

    tables: scores, administrations and responses. Only headline scores of outcome
    measures whose direction is known; from the first complete form of every episode,
    and only with 50 or more of them. Skipped items make a form incomplete here.
    """
    return fit_from([baselines(tables, measures, scales)], until)


def baselines(
    tables: Mapping[str, pd.DataFrame],
    measures: Mapping[str, Measure],
    scales: Mapping[str, Scale],
) -> dict[str, pd.DataFrame]:
    """The complete baseline forms of every scale that lacks a reliable change.

    By scale: date, administration_id, score and then a column an item.
    """
    found = {}
    for measure, rule, scale in _without_change(measures, scales):
        forms = _baseline_forms(tables, scale).reset_index(drop=True)
        answers = pd.DataFrame(_answers(tables, measure, rule, forms))
        found[scale.id] = forms.join(answers)[answers.notna().all(axis=1)]
    return found


def fit_from(parts: Sequence[Mapping[str, pd.DataFrame]], until: date) -> pd.DataFrame:
    """The same, from the baseline forms of some clients each, in any order."""
    rows: list[dict[str, object]] = []
    for name in parts[0]:
        forms = pd.concat([part[name] for part in parts])
        if len(forms) < MIN_BASELINES:
            continue
        forms = forms.sort_values(["date", "administration_id"], kind="stable")
        alpha = cronbach_alpha(forms.iloc[:, 3:].to_numpy(float)).complete
        sd = float(forms["score"].to_numpy(float).std(ddof=1))
        # a consistency of 1 would call every point of change reliable
        if alpha is None or not 0 < alpha < 1 or sd == 0:
            continue
        change = RC_PER_SEM * sd * (1 - alpha) ** 0.5
        for parameter, value in (("alpha", alpha), ("sd", sd), (KIND, change)):
            rows.append(
                {
                    "kind": KIND,
                    "scale": name,
                    "fitted_on": pd.Timestamp(until).as_unit("s"),
                    "n_episodes": len(forms),
                    "parameter": parameter,
                    "value": value,
                }
            )
    return pd.DataFrame(rows) if rows else TABLES["models"].empty()


def with_own_changes(
    scales: Mapping[str, Scale], models: pd.DataFrame
) -> dict[str, Scale]:
    """The scales, those without a published reliable change with the practice's own."""
    own = models[(models["kind"] == KIND) & (models["parameter"] == KIND)]
    known = dict(scales)
    for name, value, n in zip(
        own["scale"], own["value"], own["n_episodes"], strict=True
    ):
        if name in known and known[name].reliable_change is None:
            known[name] = replace(
                known[name],
                reliable_change=float(value),
                reliable_change_source=f"from this practice's own scores, n = {n}",
            )
    return known


def _without_change(
    measures: Mapping[str, Measure], scales: Mapping[str, Scale]
) -> Iterator[tuple[Measure, ScoreRule, Scale]]:
    for measure in measures.values():
        if measure.purpose != "outcome" or measure.is_open_ended:
            continue
        for rule, made in zip(measure.scores, measure.scales, strict=True):
            scale = scales.get(made.id)
            if (
                scale is not None
                and scale.reliable_change is None
                and scale.is_headline
                and scale.followed
                and scale.higher_is != "neither"
                and rule.method in _ADDED_UP
                and len(rule.items) > 1
            ):
                yield measure, rule, scale


def _baseline_forms(tables: Mapping[str, pd.DataFrame], scale: Scale) -> pd.DataFrame:
    """The first valid form of every episode (date, administration_id, score)."""
    scores = tables["scores"]
    valid = (
        (scores["scale"] == scale.id)
        & (scores["status"] == "ok")
        & ~scores["is_superseded"].fillna(False).astype(bool)
        & scores["score"].notna()
        & scores["episode_id"].notna()
    )
    forms = scores[valid].sort_values(["date", "administration_id"], kind="stable")
    return forms.drop_duplicates("episode_id")[["date", "administration_id", "score"]]


def _answers(
    tables: Mapping[str, pd.DataFrame],
    measure: Measure,
    rule: ScoreRule,
    forms: pd.DataFrame,
) -> np.ndarray:
    """Scored answers of these forms, a column an item; NaN where there is none."""
    found = np.full((len(forms), len(rule.items)), np.nan)
    responses = tables["responses"]
    responses = responses[
        responses["administration_id"].isin(forms["administration_id"])
    ]
    owners = positions(responses["administration_id"], forms["administration_id"])
    answers = answers_of(responses, owners, np.arange(len(forms)))
    if not len(forms) or not len(answers.rows):
        return found
    for part, sheet in sheets(measure, answers, np.arange(len(forms))):
        found[part] = keyed(measure, sheet)[:, sheet.columns(rule.items)]
    return found
