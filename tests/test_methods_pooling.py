"""Estimates of several sites put together, by hand."""

from __future__ import annotations

import pytest

from analysis.methods.pooling import logit_of, pool, share_of


def test_three_sites_by_hand() -> None:
    # weights 100 each: mean 0.3, Q = 100 (0.04 + 0 + 0.04) = 8, C = 300 - 100 = 200
    # tau2 = (8 - 2) / 200 = 0.03; weights then 25: variance 1 / 75
    # Hartung-Knapp: 25 * 0.08 / 2 = 1.0; t(0.975, 2) = 4.302653, t(0.975, 1) = 12.7062
    found = pool([0.1, 0.3, 0.5], [0.01, 0.01, 0.01])
    assert found is not None
    assert found.estimate == pytest.approx(0.3)
    assert found.tau2 == pytest.approx(0.03)
    assert found.i2 == pytest.approx(0.75)
    assert found.high - found.estimate == pytest.approx(4.302653 * (1 / 75) ** 0.5)
    assert found.further_high is not None
    reach = 12.7062 * (0.03 + 1 / 75) ** 0.5
    assert found.further_high - found.estimate == pytest.approx(reach, abs=1e-3)


def test_sites_that_agree_have_no_variance_between_them() -> None:
    found = pool([0.2, 0.2, 0.2], [0.01, 0.04, 0.02])
    assert found is not None
    assert (found.tau2, found.i2, found.estimate) == (0.0, 0.0, pytest.approx(0.2))
    # never narrower than a t interval of the common effect: 1 / (100 + 25 + 50)
    assert found.high - found.estimate == pytest.approx(4.302653 * (1 / 175) ** 0.5)


def test_two_sites_cannot_tell_how_sites_differ() -> None:
    found = pool([0.0, 1.0], [0.01, 0.03])
    assert found is not None
    assert found.further_low is None
    assert found.estimate == pytest.approx(0.25)  # weights 100 and 33.3
    assert found.high == pytest.approx(0.25 + 1.959964 * (3 / 400) ** 0.5)


def test_no_site_is_no_estimate() -> None:
    assert pool([], []) is None


def test_log_odds_and_back() -> None:
    # 9.5 against 10.5: log(9.5 / 10.5), 1 / 9.5 + 1 / 10.5
    logit, variance = logit_of(9, 19)
    assert logit == pytest.approx(-0.1000835)
    assert variance == pytest.approx(0.2005013)
    assert share_of(logit) == pytest.approx(9.5 / 20)
