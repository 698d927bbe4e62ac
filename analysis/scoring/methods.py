"""Scores of a sheet, by the method and the missing-item rule of each score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.measures import Measure, ScoreRule
from analysis.scoring.components import component_points
from analysis.scoring.sheet import Sheet, item_of

OK, PRORATED, INCOMPLETE, INVALID = range(4)
STATUSES = ("ok", "prorated", "incomplete", "invalid")


@dataclass(frozen=True)
class Result:
    """One score of every row: NaN and the reason where there is none."""

    values: np.ndarray
    status: np.ndarray  # position in STATUSES
    n_missing: np.ndarray


def score_sheet(measure: Measure, sheet: Sheet) -> dict[str, Result]:
    """Every score of a measure, by its id, in the measure's context."""
    # a score made of other scores comes after them
    order = sorted(measure.scores, key=lambda rule: bool(rule.of))
    done: dict[str, Result] = {}
    for rule in order:
        done[rule.id] = _METHODS[rule.method](rule, measure, sheet, done)
    return {rule.id: done[rule.id] for rule in measure.scores}


def _result(
    values: np.ndarray, n_missing: np.ndarray, invalid: np.ndarray, within: np.ndarray
) -> Result:
    """Name the status: `within` says that skipped items are within the rule."""
    status = np.select(
        [invalid, ~within, n_missing == 0], [INVALID, INCOMPLETE, OK], PRORATED
    )
    with np.errstate(invalid="ignore"):
        kept = np.where(status <= PRORATED, values, np.nan)
    return Result(kept, status.astype(np.int8), n_missing)


def _any(marked: np.ndarray) -> np.ndarray:
    """Rows in which any cell is marked."""
    return np.asarray(marked.any(axis=1))


# --- sums and means ------------------------------------------------------------------


@dataclass(frozen=True)
class _Form:
    """How a sum becomes a score."""

    factor: int = 1
    is_mean: bool = False
    is_reversed: bool = True


_FORMS = {
    "sum": _Form(),
    "sum_x2": _Form(factor=2),
    "sum_x4": _Form(factor=4),
    "mean": _Form(is_mean=True),
    "mean_x10": _Form(factor=10, is_mean=True),
    "mean_unreversed": _Form(is_mean=True, is_reversed=False),
    "item": _Form(),
    "lookup": _Form(),
}


def _linear(
    rule: ScoreRule, measure: Measure, sheet: Sheet, _: Mapping[str, Result]
) -> Result:
    form = _FORMS[rule.method]
    columns = sheet.columns(rule.items)
    scored = keyed(measure, sheet) if form.is_reversed else sheet.answers
    n_missing = sheet.missing[:, columns].sum(axis=1)
    answers, within = _POLICIES[rule.missing.policy](rule, measure, sheet, scored)
    n_answered = (~np.isnan(answers)).sum(axis=1)
    # whole steps keep sums exact: 6.3 + 6.2 + 6.2 + 6.3 is 25, not 24.999…
    steps_per_point = _steps_per_point(rule, measure)
    steps = np.nansum(np.rint(answers * steps_per_point), axis=1)
    times = form.factor * (1 if form.is_mean else len(columns))
    with np.errstate(invalid="ignore", divide="ignore"):
        values = steps * times / (n_answered * steps_per_point)
    if rule.missing.round_half_up:
        values = np.floor(values + 0.5)
    invalid = _any(sheet.invalid[:, columns])
    return _result(values, n_missing, invalid, within)


def keyed(measure: Measure, sheet: Sheet) -> np.ndarray:
    """Answers in scored direction: reversed items are lowest + highest - answer."""
    answers = sheet.answers.copy()
    for number in measure.reversed_items:
        item = measure.by_number[number]
        column = sheet.numbers.index(number)
        answers[:, column] = item.low + item.high - answers[:, column]
    return answers


def _steps_per_point(rule: ScoreRule, measure: Measure) -> int:
    steps = {item_of(measure, number).step for number in rule.items}
    return max(round(1 / step) for step in steps)


def _looked_up(
    rule: ScoreRule, measure: Measure, sheet: Sheet, done: Mapping[str, Result]
) -> Result:
    raw = _linear(rule, measure, sheet, done)
    return Result(look_up(rule, raw.values), raw.status, raw.n_missing)


def look_up(rule: ScoreRule, sums: np.ndarray) -> np.ndarray:
    """Turn raw sums into the scores of the published table; NaN stays NaN."""
    first = min(rule.table)
    table = np.array([rule.table[first + n] for n in range(len(rule.table))])
    has_sum = ~np.isnan(sums)
    found = np.full(len(sums), np.nan)
    found[has_sum] = table[sums[has_sum].astype(int) - first]
    return found


# --- skipped items -------------------------------------------------------------------

_Policy = Callable[
    [ScoreRule, Measure, Sheet, np.ndarray], tuple[np.ndarray, np.ndarray]
]


def _complete(
    rule: ScoreRule, measure: Measure, sheet: Sheet, scored: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    columns = sheet.columns(rule.items)
    n_missing = sheet.missing[:, columns].sum(axis=1)
    return scored[:, columns], n_missing <= rule.missing.max_missing


def _blank_as_zero(
    rule: ScoreRule, measure: Measure, sheet: Sheet, scored: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A blank counts 0, as the scoring sheet says; too many void the whole form."""
    within = _blanks(measure, sheet) <= rule.missing.max_missing
    return np.nan_to_num(scored[:, sheet.columns(rule.items)]), within


def _fill_subscale_mean(
    rule: ScoreRule, measure: Measure, sheet: Sheet, scored: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A blank becomes its subscale's mean, rounded; so many in the whole form."""
    filled = scored.copy()
    whole = max(len(other.items) for other in measure.scores)
    for other in measure.scores:
        if len(other.items) < whole:
            columns = sheet.columns(other.items)
            part = scored[:, columns]
            n_answered = (~np.isnan(part)).sum(axis=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                mean = np.floor(np.nansum(part, axis=1) / n_answered + 0.5)
            filled[:, columns] = np.where(np.isnan(part), mean[:, None], part)
    columns = sheet.columns(rule.items)
    within = _blanks(measure, sheet) <= rule.missing.max_missing
    return filled[:, columns], within | ~sheet.missing[:, columns].any(axis=1)


def _blanks(measure: Measure, sheet: Sheet) -> np.ndarray:
    """Skipped items in the whole form."""
    scored = tuple(item.number for item in measure.items if not item.is_extra)
    return sheet.missing[:, sheet.columns(scored)].sum(axis=1)


_POLICIES: Mapping[str, _Policy] = {
    "complete_only": _complete,
    "prorate": _complete,
    "blank_as_zero": _blank_as_zero,
    "fill_subscale_mean": _fill_subscale_mean,
}


# --- other methods -------------------------------------------------------------------


def _sum_of_subscales(
    rule: ScoreRule, measure: Measure, sheet: Sheet, done: Mapping[str, Result]
) -> Result:
    """Add up subscales as they are printed; missing if any of them is missing."""
    parts = [done[name] for name in rule.of]
    values = np.sum([part.values for part in parts], axis=0)
    status = np.max([part.status for part in parts], axis=0)
    n_missing = np.sum([part.n_missing for part in parts], axis=0)
    return Result(values, status, n_missing)


def _profile(
    rule: ScoreRule, measure: Measure, sheet: Sheet, done: Mapping[str, Result]
) -> Result:
    """The answers as the digits of one number, in the form's order."""
    columns = sheet.columns(rule.items)
    places = 10.0 ** np.arange(len(columns))[::-1]
    n_missing = sheet.missing[:, columns].sum(axis=1)
    invalid = _any(sheet.invalid[:, columns])
    values = (sheet.answers[:, columns] * places).sum(axis=1)
    return _result(values, n_missing, invalid, n_missing == 0)


def _value_set(
    rule: ScoreRule, measure: Measure, sheet: Sheet, done: Mapping[str, Result]
) -> Result:
    """Needs a national value set, which is not part of the measure: no score."""
    none = np.zeros(len(sheet.answers), int)
    return _result(np.full(len(none), np.nan), none, none > 0, none > 0)


def _components(
    rule: ScoreRule, measure: Measure, sheet: Sheet, done: Mapping[str, Result]
) -> Result:
    """Add up components; one that cannot be worked out leaves no score."""
    parts = [component_points(part, sheet) for part in rule.components]
    values = np.sum([part.points for part in parts], axis=0)
    n_missing = np.sum([part.n_missing for part in parts], axis=0)
    invalid = np.any([part.invalid for part in parts], axis=0)
    return _result(values, n_missing, invalid, ~np.isnan(values))


def _mean_of_rated(
    rule: ScoreRule, measure: Measure, sheet: Sheet, done: Mapping[str, Result]
) -> Result:
    n_rated = (~np.isnan(sheet.answers)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.nansum(sheet.answers, axis=1) / n_rated
    return _of_rated(values, sheet)


# Correlation between goals that the T score supposes (Kiresuk & Sherman 1968).
_GOALS_CORRELATE = 0.3


def _goal_attainment(
    rule: ScoreRule, measure: Measure, sheet: Sheet, done: Mapping[str, Result]
) -> Result:
    """T = 50 + 10 Σwx / √((1-ρ)Σw² + ρ(Σw)²) over the goals rated at the review."""
    given = measure.context.get("weights", {})
    weights = np.array([given.get(number, 1.0) for number in sheet.numbers])
    rated = np.where(np.isnan(sheet.answers), 0.0, weights)
    spread = (1 - _GOALS_CORRELATE) * (rated**2).sum(axis=1)
    spread += _GOALS_CORRELATE * rated.sum(axis=1) ** 2
    total = (rated * np.nan_to_num(sheet.answers)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = 50 + 10 * total / np.sqrt(spread)
    return _of_rated(values, sheet)


def _of_rated(values: np.ndarray, sheet: Sheet) -> Result:
    """A goal that was not asked for does not exist; one left blank is skipped."""
    n_missing = (sheet.missing & sheet.asked).sum(axis=1)
    is_rated = _any(~np.isnan(sheet.answers))
    return _result(values, n_missing, _any(sheet.invalid), is_rated)


_METHODS: Mapping[
    str, Callable[[ScoreRule, Measure, Sheet, Mapping[str, Result]], Result]
] = {
    **dict.fromkeys(_FORMS, _linear),
    "lookup": _looked_up,
    "sum_of_subscales": _sum_of_subscales,
    "mean_of_rated": _mean_of_rated,
    "goal_attainment": _goal_attainment,
    "components": _components,
    "profile": _profile,
    "value_set": _value_set,
}
