"""Groups compared fairly: funnels, and estimates shrunken and adjusted for case mix.

Never a ranking: groups stand in order of their names, those under the least n are
counted and not shown, and an estimate from few courses lies near the average.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.caseload.records import Funnel
from analysis.methods.mixed_models import MixedFit, fit_mixed
from analysis.methods.rates import (
    ACTION_LEVEL,
    WARNING_LEVEL,
    Overdispersion,
    arcsine_limits,
    exact_limits,
    overdispersion,
)
from analysis.records import Scale

Limits = Callable[[npt.ArrayLike, float, float], tuple[npt.NDArray[np.float64], ...]]

EXACT = "exact binomial"
WIDENED = "arcsine with overdispersion"
# Group sizes at which the lines of a funnel are drawn.
LINE_POINTS = 60
LIMIT_NAMES = ("low95", "high95", "low998", "high998")
POINT_COLUMNS = ("group", "name", "n", "count", "share", *LIMIT_NAMES, "side")
ADJUSTED_COLUMNS = ("group", "name", "n", "mean_gain", "estimate", "low", "high")
# Share of variance between clinicians after case mix (Saxon & Barkham 2012), taken
# where fewer than so many groups let it be estimated.
PUBLISHED_SHARE = 0.058
GROUPS_THAT_TELL = 20
# A covariate category needs so many courses to have an effect of its own.
LEAST_PER_CATEGORY = 10


def funnel_of(
    counts: pd.DataFrame,
    courses: pd.DataFrame,
    by: str,
    name_of: Callable[[str], str],
    least_n: int,
) -> Funnel:
    """Set groups against the average of all.

    counts: index group, columns n (courses with first and last score) and count
    (reliably improved), missing = hidden. courses: a row per such course, see
    `case_mix`, for the adjusted estimates; may be empty.
    """
    known = counts.dropna()
    shown = known[known["n"] >= least_n]
    total = int(known["n"].sum())
    centre = float(known["count"].sum()) / total if total else None
    if centre is None:
        return _no_funnel(by, len(counts), least_n)
    spread = overdispersion(known["count"], known["n"], centre)
    limits, method = _limits(spread)
    adjusted, between = _adjusted(courses, by, name_of, least_n)
    points = _points(shown, centre, limits, name_of)
    return Funnel(
        by=by,
        centre=centre,
        method=method,
        points=points,
        limits=_lines(shown, centre, limits, least_n),
        adjusted=adjusted,
        n_suppressed=len(counts) - len(shown),
        least_n=least_n,
        overdispersion=spread.phi,
        between_share=between,
    )


def _no_funnel(by: str, n_groups: int, least_n: int) -> Funnel:
    return Funnel(
        by=by,
        centre=None,
        method=EXACT,
        points=_empty(POINT_COLUMNS),
        limits=_empty(("n", *LIMIT_NAMES)),
        adjusted=_empty(ADJUSTED_COLUMNS),
        n_suppressed=n_groups,
        least_n=least_n,
        overdispersion=None,
        between_share=None,
    )


def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: [] for name in columns})


def _limits(spread: Overdispersion) -> tuple[Limits, str]:
    """Exact limits, unless groups differ by more than chance and that can be told."""
    tau2 = spread.tau2
    if tau2 is None or tau2 == 0:
        return exact_limits, EXACT
    return lambda of, centre, level: arcsine_limits(of, centre, level, tau2), WIDENED


def _at(of: npt.ArrayLike, centre: float, limits: Limits) -> dict[str, npt.NDArray]:
    bounds = (*limits(of, centre, WARNING_LEVEL), *limits(of, centre, ACTION_LEVEL))
    return dict(zip(LIMIT_NAMES, bounds, strict=True))


def _points(
    shown: pd.DataFrame, centre: float, limits: Limits, name_of: Callable[[str], str]
) -> pd.DataFrame:
    n = shown["n"].to_numpy(float)
    share = shown["count"].to_numpy(float) / n
    bounds = _at(n, centre, limits)
    side = np.select(
        [
            share > bounds["high998"],
            share < bounds["low998"],
            share > bounds["high95"],
            share < bounds["low95"],
        ],
        ["above_998", "below_998", "above_95", "below_95"],
        "inside",
    )
    frame = pd.DataFrame(
        {
            "group": shown.index.astype(str),
            "name": [name_of(str(group)) for group in shown.index],
            "n": shown["n"].to_numpy(),
            "count": shown["count"].to_numpy(),
            "share": share,
            **bounds,
            "side": side,
        }
    )
    return _by_name(frame)


def _by_name(frame: pd.DataFrame) -> pd.DataFrame:
    order = frame["name"].astype("str").str.casefold()
    return frame.iloc[np.argsort(order.to_numpy(), kind="stable")].reset_index(
        drop=True
    )


def _lines(
    shown: pd.DataFrame, centre: float, limits: Limits, least_n: int
) -> pd.DataFrame:
    largest = int(shown["n"].max()) if len(shown) else least_n
    sizes = np.unique(np.geomspace(5, max(largest * 1.1, 30), LINE_POINTS).round())
    return pd.DataFrame({"n": sizes.astype(int), **_at(sizes, centre, limits)})


def case_mix(
    courses: pd.DataFrame, changes: pd.DataFrame, scales: Mapping[str, Scale]
) -> pd.DataFrame:
    """One row per finished course with a first and last score, ready for adjustment.

    changes: paired changes of these courses on outcome scales. Returns (index
    episode_id) clinician_id, programme, gain (mean over its scales, in reliable
    changes), severity (mean baseline in SDs of its scale, higher is worse off) and a
    column 0 or 1 for each scale.
    """
    rows = changes[["episode_id", "scale"]].assign(
        gain=changes["gain"] / changes["reliable_change"],
        severity=_severity(changes, scales),
    )
    means = rows.groupby("episode_id")[["gain", "severity"]].mean()
    has = pd.crosstab(rows["episode_id"], rows["scale"]).clip(upper=1).astype(float)
    people = courses[["clinician_id", "programme"]]
    return people.join(means, how="inner").join(has.add_prefix("scale "))


def _severity(changes: pd.DataFrame, scales: Mapping[str, Scale]) -> pd.Series:
    """Baselines as SDs of their own scale, turned so that higher is worse off."""
    worse = changes["scale"].map({name: s.gain(1, 0) for name, s in scales.items()})
    baseline = changes["baseline"].astype(float) * worse.astype(float)
    grouped = baseline.groupby(changes["scale"])
    spread = grouped.transform("std").replace(0, np.nan)
    # a scale whose baselines are all alike, or that has one, tells nothing: average
    return ((baseline - grouped.transform("mean")) / spread).fillna(0.0)


def _adjusted(
    courses: pd.DataFrame, by: str, name_of: Callable[[str], str], least_n: int
) -> tuple[pd.DataFrame, float | None]:
    """Deviation of each group from what its case mix lets expect, shrunken."""
    if not len(courses):
        return _empty(ADJUSTED_COLUMNS), None
    group = courses[f"{by}_id"] if by == "clinician" else courses[by]
    covariates = _covariates(courses, by)
    fit = fit_mixed(courses["gain"], group, covariates=covariates)
    if not isinstance(fit, MixedFit) or not fit.is_converged:
        return _empty(ADJUSTED_COLUMNS), None
    expected = np.column_stack([np.ones(len(courses)), covariates.to_numpy(float)])
    left = courses["gain"] - expected @ fit.fixed["estimate"].to_numpy()
    groups = pd.DataFrame({"left": left, "gain": courses["gain"]}).groupby(group)
    n, ratio = groups.size(), _variance_ratio(fit)
    weight = n * ratio / (1 + n * ratio)
    estimate = weight * groups["left"].mean()
    reach = 1.959964 * np.sqrt(fit.residual_variance * ratio * (1 - weight))
    frame = pd.DataFrame(
        {
            "group": n.index.astype(str),
            "name": [name_of(str(name)) for name in n.index],
            "n": n.to_numpy(),
            "mean_gain": groups["gain"].mean().to_numpy(),
            "estimate": estimate.to_numpy(),
            "low": (estimate - reach).to_numpy(),
            "high": (estimate + reach).to_numpy(),
        }
    )
    between = float(fit.covariance[0, 0])
    share = between / (between + fit.residual_variance)
    return _by_name(frame[frame["n"] >= least_n]), share


def _variance_ratio(fit: MixedFit) -> float:
    """Variance between groups over that within.

    A few groups cannot tell it: where they seem all alike, the estimate is 0 and
    every interval would be a point. They are taken to differ as clinicians do.
    """
    found = float(fit.covariance[0, 0]) / fit.residual_variance
    if fit.n_groups >= GROUPS_THAT_TELL and not fit.is_singular:
        return found
    return max(found, PUBLISHED_SHARE / (1 - PUBLISHED_SHARE))


def _covariates(courses: pd.DataFrame, by: str) -> pd.DataFrame:
    """Severity, scales and (for clinicians) programmes, without redundant columns."""
    columns = {"severity": courses["severity"]}
    columns |= {c: courses[c] for c in courses if str(c).startswith("scale ")}
    if by == "clinician":
        dummies = pd.get_dummies(courses["programme"], prefix="programme", dtype=float)
        columns |= {str(c): dummies[c] for c in dummies}
    kept: list[str] = []
    design = np.ones((len(courses), 1))
    for name, values in columns.items():
        column = values.to_numpy(float)
        is_rare = name != "severity" and column.sum() < LEAST_PER_CATEGORY
        wider = np.column_stack([design, column])
        if not is_rare and np.linalg.matrix_rank(wider) > design.shape[1]:
            kept, design = [*kept, name], wider
    return pd.DataFrame({name: columns[name] for name in kept}, index=courses.index)
