"""Scores whole tables: every administration of every measure, vectorised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.measures import Measure, ScoreRule
from analysis.schema import TABLES
from analysis.scoring.answers import answers_of, contexts, sheets
from analysis.scoring.exported import exported_totals, is_in_range
from analysis.scoring.joining import codes, positions
from analysis.scoring.methods import (
    INCOMPLETE,
    INVALID,
    OK,
    PRORATED,
    Result,
    score_sheet,
)
from analysis.scoring.risk import RISKS, risk_flags
from analysis.scoring.sheet import Sheet
from analysis.scoring.superseded import is_superseded

_STATUSES = ("ok", "prorated", "not_scored", "not_scored")
_REASONS = (None, None, "incomplete", "invalid")
_ORIGINS = ("items", "exported")


@dataclass(frozen=True)
class _Scores:
    """Scores of one scale: arrays of equal length, one entry a row of the table."""

    owners: np.ndarray  # position of the administration
    scale: str
    values: np.ndarray
    n_missing: np.ndarray  # -1 where no item was asked
    is_exported: np.ndarray
    status: np.ndarray
    bands: np.ndarray  # object: label or None
    is_case: np.ndarray  # 1, 0, -1 not known


@dataclass(frozen=True)
class _Column:
    """One score of a sheet: from items, whether any was asked, and as exported."""

    result: Result
    asked: np.ndarray
    given: np.ndarray


@dataclass(frozen=True)
class _Risks:
    """One risk item of one measure's administrations."""

    owners: np.ndarray
    item: int
    meaning: str
    answers: np.ndarray
    flags: np.ndarray


def score_all(
    administrations: pd.DataFrame,
    responses: pd.DataFrame,
    totals: pd.DataFrame,
    clients: pd.DataFrame,
    measures: Mapping[str, Measure],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score every administration; returns the tables `scores` and `risks`.

    A row of scores is an administration and a scale. A score none of whose items was
    asked is left out unless the export holds its total; an administration without any
    answer keeps one row, not scored, for its headline. Exported totals stand in only
    where items are absent or cannot be scored. A row of risks is an administration
    and a risk item, also where there is no total; unanswered is "unknown".
    Raises AnalysisError for a measure, scale or item that is not known.
    """
    measure_of, names = codes(administrations["measure"])
    _refuse_unknown(names, measures)
    response_owners = _owners(responses, administrations, "responses")
    total_owners = _owners(totals, administrations, "totals")
    scores: list[_Scores] = []
    risks: list[_Risks] = []
    for number, name in enumerate(names):
        measure = measures[name]
        rows = np.flatnonzero(measure_of == number)
        answers = answers_of(responses, response_owners, rows)
        exported = exported_totals(measure, totals, total_owners, rows)
        mine = administrations.iloc[rows]
        for known, chosen in contexts(measure, mine, clients):
            for part, sheet in sheets(known, answers, chosen):
                given = {score: column[part] for score, column in exported.items()}
                scores += _scores(known, sheet, given, rows[part])
                risks += [
                    _Risks(rows[part], r.item, r.rule.meaning, r.answers, r.flags)
                    for r in risk_flags(known, sheet)
                ]
    return _scores_table(administrations, scores), _risks_table(administrations, risks)


def _refuse_unknown(names: list[str], measures: Mapping[str, Measure]) -> None:
    unknown = sorted(set(names) - set(measures))
    if unknown:
        raise AnalysisError(
            f"administrations hold measures that are not known: {', '.join(unknown)}. "
            "`python -m analysis measures` lists those that are; a practice's own "
            "measure needs its file in the folder named in settings.toml."
        )


def _owners(rows: pd.DataFrame, administrations: pd.DataFrame, name: str) -> np.ndarray:
    owners = positions(rows["administration_id"], administrations["administration_id"])
    n_lost = int((owners < 0).sum())
    if n_lost:
        raise AnalysisError(
            f"{n_lost} rows of {name} belong to no administration. Delete the "
            "processed data and import the raw exports again."
        )
    return owners


# --- one measure ---------------------------------------------------------------------


def _scores(
    measure: Measure,
    sheet: Sheet,
    exported: Mapping[str, np.ndarray],
    owners: np.ndarray,
) -> Iterator[_Scores]:
    results = _results(measure, sheet)
    nothing = np.full(len(owners), np.nan)
    asked = {rule.id: _is_asked(rule, measure, sheet) for rule in measure.scores}
    given = {rule.id: exported.get(rule.id, nothing) for rule in measure.scores}
    kept = {name: asked[name] | ~np.isnan(given[name]) for name in asked}
    kept[measure.headline.id] |= ~np.any(list(kept.values()), axis=0)
    for rule in measure.scores:
        if kept[rule.id].any():
            column = _Column(results[rule.id], asked[rule.id], given[rule.id])
            yield _one_scale(measure, rule, column, kept[rule.id], owners)


def _results(measure: Measure, sheet: Sheet) -> dict[str, Result]:
    """Scores from items; a measure known by its totals alone has none."""
    if measure.items:
        return score_sheet(measure, sheet)
    n = len(sheet.asked)
    none = Result(np.full(n, np.nan), np.full(n, INCOMPLETE), np.zeros(n, int))
    return {rule.id: none for rule in measure.scores}


def _is_asked(rule: ScoreRule, measure: Measure, sheet: Sheet) -> np.ndarray:
    if rule.method == "value_set" or not measure.items:
        return np.zeros(len(sheet.asked), bool)
    finished = tuple(part.given for part in rule.components)
    items = (*rule.items, *finished) or sheet.numbers
    return np.asarray(sheet.asked[:, sheet.columns(items)].any(axis=1))


def _one_scale(
    measure: Measure,
    rule: ScoreRule,
    column: _Column,
    kept: np.ndarray,
    owners: np.ndarray,
) -> _Scores:
    """Items first; the exported score where they are absent or cannot be scored."""
    result, given = column.result, column.given
    is_exported = ~np.isnan(given) & (~column.asked | (result.status > PRORATED))
    is_valid = is_in_range(rule, given)
    exported = np.where(is_valid, given, np.nan)
    status = np.where(is_exported, np.where(is_valid, OK, INVALID), result.status)
    values = np.where(is_exported, exported, result.values)[kept]
    n_missing = np.where(column.asked | ~is_exported, result.n_missing, -1)
    return _Scores(
        owners=owners[kept],
        scale=f"{measure.id}.{rule.id}".lower(),
        values=values,
        n_missing=n_missing[kept],
        is_exported=is_exported[kept],
        status=status[kept].astype(np.int8),
        bands=_band_labels(measure, rule, values),
        is_case=_cases(measure, rule, values),
    )


def _band_labels(measure: Measure, rule: ScoreRule, values: np.ndarray) -> np.ndarray:
    """The last band that starts at or below the unrounded score."""
    bands = measure.bands_of(rule)
    labels = np.array([None, *(band.label for band in bands)], dtype=object)
    at = np.searchsorted([band.low for band in bands], values, side="right")
    return labels[np.where(np.isnan(values), 0, at)]


def _cases(measure: Measure, rule: ScoreRule, values: np.ndarray) -> np.ndarray:
    cutoff = measure.caseness_of(rule)
    if cutoff is None:
        return np.full(len(values), -1, np.int8)
    compare = {">=": np.greater_equal, ">": np.greater}
    compare |= {"<=": np.less_equal, "<": np.less}
    held = compare[cutoff.op](values, cutoff.value)
    return np.where(np.isnan(values), -1, held).astype(np.int8)


# --- tables --------------------------------------------------------------------------


def _scores_table(administrations: pd.DataFrame, parts: list[_Scores]) -> pd.DataFrame:
    if not parts:
        return TABLES["scores"].empty()
    owners = np.concatenate([part.owners for part in parts])
    names = sorted({part.scale for part in parts})
    scales = np.concatenate(
        [np.full(len(part.owners), names.index(part.scale)) for part in parts]
    )
    status = np.concatenate([part.status for part in parts])
    n_missing = np.concatenate([part.n_missing for part in parts])
    is_case = np.concatenate([part.is_case for part in parts])
    is_exported = np.concatenate([part.is_exported for part in parts])
    rows = _identity(administrations, owners)
    rows["scale"] = _taken(names, scales)
    rows["score"] = np.concatenate([part.values for part in parts])
    rows["n_missing"] = pd.arrays.IntegerArray(
        n_missing.astype(np.int64), n_missing < 0
    )
    rows["origin"] = _taken(_ORIGINS, is_exported.astype(np.int64))
    rows["status"] = _taken(_STATUSES, status)
    rows["why"] = _taken(_REASONS, status)
    rows["band"] = pd.array(np.concatenate([part.bands for part in parts]), dtype="str")
    rows["is_case"] = pd.arrays.BooleanArray(is_case == 1, is_case < 0)
    rows["is_superseded"] = pd.array(
        is_superseded(administrations, owners, scales, status <= PRORATED),
        dtype="boolean",
    )
    return _in_order(rows[TABLES["scores"].names], owners)


def _risks_table(administrations: pd.DataFrame, parts: list[_Risks]) -> pd.DataFrame:
    if not parts:
        return TABLES["risks"].empty()
    owners = np.concatenate([part.owners for part in parts])
    sizes = [len(part.owners) for part in parts]
    rows = _identity(administrations, owners)
    items = np.repeat([part.item for part in parts], sizes)
    rows["item"] = pd.array(items, dtype="Int64")
    rows["answer"] = np.concatenate([part.answers for part in parts])
    meanings = [part.meaning for part in parts]
    rows["meaning"] = _taken(meanings, np.repeat(np.arange(len(parts)), sizes))
    rows["risk"] = _taken(RISKS, np.concatenate([part.flags for part in parts]))
    return _in_order(rows[TABLES["risks"].names], owners)


def _in_order(rows: pd.DataFrame, owners: np.ndarray) -> pd.DataFrame:
    """Rows in the order of the administrations."""
    if np.all(owners[1:] >= owners[:-1]):
        return rows
    return rows.iloc[np.argsort(owners, kind="stable")].reset_index(drop=True)


def _identity(administrations: pd.DataFrame, owners: np.ndarray) -> pd.DataFrame:
    """Columns that scores and risks have from their administration."""
    names = ("client_id", "episode_id", "administration_id", "date", "measure")
    whole = administrations.reindex(columns=[*names, "source_file", "source_row"])
    rows = whole.iloc[owners].reset_index(drop=True)
    empty = TABLES["administrations"].empty()
    # a column that is all empty keeps its kind
    kinds = {c: empty[c].dtype for c in rows if c in empty and rows[c].isna().all()}
    return rows.astype(kinds)


def _taken(words: tuple[str | None, ...] | list[str], chosen: np.ndarray) -> object:
    return pd.array(list(words), dtype="str").take(chosen)
