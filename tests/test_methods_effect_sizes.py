"""Effect sizes against effectsize's figures; staying curves by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.methods.effect_sizes import paired_effects
from analysis.methods.survival import kaplan_meier

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
SOURCES = {
    "claus_2020": ("id", "time"),
    "btheb_long": ("id", "month"),
    "antidepressants": ("patient", "measurement"),
    "anxiety": ("subject", "measurement"),
    "garden_club": ("id", "time"),
}


@pytest.mark.skipif(not REFERENCE.exists(), reason="the golden tables are not here")
def test_every_effect_size_equals_the_reference_package() -> None:
    golden = pd.read_csv(REFERENCE / "golden" / "prepost_effects.csv")
    for row in golden.itertuples():
        person, time = SOURCES[row.dataset]
        rows = pd.read_csv(REFERENCE / "data" / f"{row.dataset}.csv", dtype={time: str})
        wide = rows.pivot(index=person, columns=time, values=row.outcome)
        effects = paired_effects(wide[str(row.pre_time)], wide[str(row.post_time)])
        assert effects is not None
        assert effects.n == row.n
        ours = [
            effects.mean_change, effects.sd_change, effects.correlation,
            effects.by_pre[0], effects.by_both[0], effects.by_mean_sd,
            effects.by_repeated, effects.by_change[0], effects.hedges_change,
        ]  # fmt: skip
        theirs = [
            row.mean_change, row.sd_change, row.r_pre_post,
            row.d_pre_sd, row.d_rms, row.d_av, row.d_rm, row.dz, row.hedges_gz,
        ]  # fmt: skip
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)
        np.testing.assert_allclose(
            effects.by_change[1:], (row.dz_ci_low, row.dz_ci_high), atol=2e-5
        )


def test_the_sd_in_the_name_is_the_sd_divided_by() -> None:
    # pre 10 12 14 16 18: mean 14, SD sqrt(10) = 3.1623; post 2 lower each but one
    effects = paired_effects([10, 12, 14, 16, 18], [8, 10, 12, 14, 18])
    assert effects is not None
    assert effects.mean_change == pytest.approx(-1.6)
    assert effects.by_pre[0] == pytest.approx(-1.6 / 10**0.5)
    assert effects.by_change[0] == pytest.approx(-1.6 / 0.8**0.5)
    for value, low, high in (effects.by_pre, effects.by_both, effects.by_change):
        assert low < value < high


@pytest.mark.parametrize("post", [[1.0, 2.0], [4.0, 4.0, 4.0], [2.0, 3.0, 4.0]])
def test_too_few_pairs_or_no_spread_give_none(post) -> None:
    assert paired_effects([1.0, 2.0, 3.0][: len(post)], post) is None


def test_staying_by_hand() -> None:
    # 5 people: left at week 2, still there at 3, left at 4 (two), still there at 6.
    # S(2) = 4/5; S(4) = 4/5 * (1 - 2/3) = 4/15
    km = kaplan_meier([2, 3, 4, 4, 6], [True, False, True, True, False])
    assert km.curve["time"].tolist() == [0, 2, 4]
    np.testing.assert_allclose(km.curve["staying"], [1, 4 / 5, 4 / 15])
    assert km.curve["at_risk"].tolist() == [5, 5, 3]
    assert km.median == 4
    inside = km.curve.iloc[1:]
    assert (
        (inside["low"] < inside["staying"]) & (inside["staying"] < inside["high"])
    ).all()


def test_who_left_at_once_counts_and_nobody_gives_an_empty_curve() -> None:
    km = kaplan_meier([0, 5, 6, 7], [True, False, False, False])
    assert km.curve["staying"].tolist() == [1.0, 0.75]
    assert km.median is None
    assert kaplan_meier([], []).curve.empty
    assert kaplan_meier([3, np.nan], [False, True]).curve["staying"].tolist() == [1.0]
