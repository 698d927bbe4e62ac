"""Small wins in the scores: a first, a best, a gain that held."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.findings.practice import Practice
from analysis.series import Courses

# A sudden gain has to be there at so many sessions to be a win.
HOLDS_SESSIONS = 3


def below_cutoff(practice: Practice) -> pd.DataFrame:
    """First score of an episode below the cut-off, after a start as a case."""
    courses = practice.courses
    is_case = practice.is_case.astype("Int64").fillna(-1).to_numpy(np.int64)
    is_well = (is_case == 0) & np.repeat(is_case[courses.first] == 1, courses.n)
    at = _first_time(courses, is_well)
    wins = _wins(practice, at, "below_cutoff")
    cutoffs = {name: scale.caseness for name, scale in practice.scales.items()}
    meanings = {name: cut.meaning for name, cut in cutoffs.items() if cut is not None}
    return wins.assign(what=wins["scale"].map(meanings))


def below_band(practice: Practice) -> pd.DataFrame:
    """Latest score in a better band than ever before in the episode."""
    courses = practice.courses
    step, labels = _band_steps(practice)
    best_before = _best_before(courses, step)
    is_new = step > best_before
    at = _latest_time(courses, is_new)
    # the cut-off is news of its own; the same day is not told twice
    told = below_cutoff(practice)
    wins = _wins(practice, at, "below_band").assign(what=labels[at])
    key = ["episode_id", "scale", "date"]
    same = wins.merge(told[key], on=key, how="left", indicator=True)
    return wins[(same["_merge"] == "left_only").to_numpy()]


def personal_best(practice: Practice) -> pd.DataFrame:
    """Two scores running that are both better than all before them in the episode."""
    courses = practice.courses
    best = _best_before(courses, courses.gain)
    earlier = np.append(np.nan, best[:-1])
    pair = np.minimum(courses.gain, np.append(np.nan, courses.gain[:-1]))
    position = np.arange(len(best)) - np.repeat(courses.first, courses.n)
    holds = (position >= 2) & (pair > earlier)
    at = _latest_time(courses, holds)
    wins = _wins(practice, at, "personal_best")
    sign = courses.sign[courses.owner[at]]
    return wins.assign(before=sign * earlier[at], after=sign * pair[at])


def gain_held(practice: Practice) -> pd.DataFrame:
    """A sudden gain still there at three sessions, told from the third on."""
    found = practice.sudden_changes
    held = found[(found["kind"] == "gain") & found["held"]]
    held = held[held["n_after"] >= HOLDS_SESSIONS]
    third = held["position"].to_numpy(np.int64) + HOLDS_SESSIONS - 1
    wins = _wins(practice, third, "gain_held")
    return wins.assign(before=held["before"].to_numpy(), after=held["after"].to_numpy())


def _wins(practice: Practice, at: np.ndarray, rule: str) -> pd.DataFrame:
    """Rows for the scores at these positions, told with the score before each."""
    courses = practice.courses
    owner = courses.owner[at]
    keys = courses.keys.iloc[owner].reset_index(drop=True)
    return keys.assign(
        date=courses.date_at(at),
        rule=rule,
        what="",
        before=courses.value[np.maximum(at - 1, courses.first[owner])],
        after=courses.value[at],
    )


def _band_steps(practice: Practice) -> tuple[np.ndarray, np.ndarray]:
    """For every score: how good its band is (higher is better), and its label."""
    courses = practice.courses
    step = np.full(len(courses.value), np.nan)
    labels = np.full(len(step), "", dtype=object)
    code, names = pd.factorize(courses.keys["scale"])
    flat = code[courses.owner]
    for number, name in enumerate(names):
        scale = practice.scales[name]
        own = np.flatnonzero(flat == number)
        if not scale.bands:
            continue
        lows = np.array([band.low for band in scale.bands])
        inside = np.searchsorted(lows, courses.value[own], "right") - 1
        named = own[inside >= 0]
        step[named] = scale.gain(0, 1) * inside[inside >= 0]
        labels[named] = np.array([b.label for b in scale.bands])[inside[inside >= 0]]
    return step, labels


def _best_before(courses: Courses, values: np.ndarray) -> np.ndarray:
    """Best of all earlier scores of the course; NaN for the first."""
    best = pd.Series(values).groupby(courses.owner).cummax().to_numpy()
    before = np.append(np.nan, best[:-1])
    before[courses.first] = np.nan
    return before


def _first_time(courses: Courses, holds: np.ndarray) -> np.ndarray:
    at = np.flatnonzero(holds)
    _, first = np.unique(courses.owner[at], return_index=True)
    return at[first]


def _latest_time(courses: Courses, holds: np.ndarray) -> np.ndarray:
    latest = np.where(holds, np.arange(len(holds)), -1)
    at = np.maximum.reduceat(latest, courses.first)
    return at[at >= courses.first]
