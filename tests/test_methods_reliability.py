"""Cronbach's alpha against psych's figures and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.methods.reliability import cronbach_alpha

REFERENCE = Path(__file__).parents[2] / "shared" / "reference"


@pytest.mark.skipif(not REFERENCE.exists(), reason="the golden tables are not here")
def test_both_alphas_equal_the_reference_package() -> None:
    golden = pd.read_csv(REFERENCE / "golden" / "reliability.csv").iloc[0]
    items = pd.read_csv(REFERENCE / "data" / f"{golden['dataset']}.csv")
    found = cronbach_alpha(items.drop(columns="id"))
    assert (found.n_people, found.n_complete) == (
        golden["n_rows"],
        golden["n_complete"],
    )
    assert found.n_items == golden["n_items"]
    assert found.pairwise == pytest.approx(golden["raw_alpha_pairwise"], abs=1e-12)
    assert found.complete == pytest.approx(golden["alpha_complete_cases"], abs=1e-12)
    assert found.total_sd == pytest.approx(golden["total_sd"], abs=1e-12)


def test_alpha_by_hand() -> None:
    # items 1 2 3 and 2 2 5: variances 1 and 3, covariance 1.5; total 1 + 3 + 3 = 7;
    # 2 * (1 - 4 / 7) = 0.857
    found = cronbach_alpha([[1, 2], [2, 2], [3, 5]])
    assert found.complete == pytest.approx(6 / 7)
    assert found.pairwise == pytest.approx(6 / 7)


def test_too_few_answers_or_one_item_have_no_alpha() -> None:
    assert cronbach_alpha([[1.0, 2.0], [np.nan, 2.0]]).complete is None
    assert cronbach_alpha([[1.0], [2.0], [3.0]]).complete is None
    assert cronbach_alpha([[2.0, 2.0]] * 4).complete is None
