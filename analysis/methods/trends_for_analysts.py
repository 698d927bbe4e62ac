"""Classical trends beside the toolkit's own: OLS, HAC, Theil–Sen, GLSAR.

Slopes are per unit of the time handed in, in the scale's own direction; intervals are
95 % unless said otherwise. What is printed as a client's trend comes from `trend`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from statsmodels.regression.linear_model import GLSAR

Numbers = npt.NDArray[np.float64]

OLS_COLUMNS = (
    "n", "intercept", "slope", "se", "t", "p", "low", "high", "sigma", "r2",
)  # fmt: skip
# A line through two points has no residual: three give a standard error.
LEAST_FOR_ERROR = 3
# Rounds of estimating the autocorrelation in turn with the line.
GLSAR_ROUNDS = 8


def ols_table(
    group: npt.ArrayLike,
    time: npt.ArrayLike,
    value: npt.ArrayLike,
    level: float = 0.95,
) -> pd.DataFrame:
    """Fit a line to every group at once, in closed form.

    Returns a row per group (index): OLS_COLUMNS; se, t, p, interval and sigma missing
    with two scores (r2 is 1 then), all but n with fewer or with one distinct time.
    """
    t, y = np.asarray(time, float), np.asarray(value, float)
    codes, ids = pd.factorize(np.asarray(group), sort=True)
    known = ~(np.isnan(t) | np.isnan(y)) & (codes >= 0)
    t, y, codes = t[known], y[known], codes[known]
    k = len(ids)

    def total(values: Numbers) -> Numbers:
        return np.bincount(codes, weights=values, minlength=k).astype(float)

    n = total(np.ones(len(y)))
    filled = np.where(n > 0, n, np.nan)
    mean_t, mean_y = total(t) / filled, total(y) / filled
    # deviations from the group's own means: sums of squares lose no digits
    dt, dy = t - mean_t[codes], y - mean_y[codes]
    stt, sty, syy = total(dt * dt), total(dt * dy), total(dy * dy)
    stt = np.where((n >= 2) & (stt > 0), stt, np.nan)
    slope = sty / stt
    intercept = mean_y - slope * mean_t
    residual = total((dy - slope[codes] * dt) ** 2)
    df = np.where(n >= LEAST_FOR_ERROR, n - 2, np.nan)
    sigma = np.sqrt(residual / df)
    se = sigma / np.sqrt(stt)
    ratio = np.divide(slope, se, out=np.full(k, np.nan), where=se > 0)
    reach = stats.t.ppf((1 + level) / 2, df) * se
    is_known = (syy > 0) & ~np.isnan(slope)
    explained = np.where(is_known, 1 - residual / np.where(syy > 0, syy, 1), np.nan)
    columns = (
        n.astype(int), intercept, slope, se, ratio, 2 * stats.t.sf(np.abs(ratio), df),
        slope - reach, slope + reach, sigma, explained,
    )  # fmt: skip
    return pd.DataFrame(
        dict(zip(OLS_COLUMNS, columns, strict=True)),
        index=pd.Index(ids, name="group"),
    )


@dataclass(frozen=True)
class Line:
    """One fitted slope; missing ones have a reason.

    rho: autocorrelation of the errors that was estimated (GLSAR only).
    """

    n: int
    slope: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    rho: float | None = None
    reason: str = ""


def _prepared(
    time: npt.ArrayLike, value: npt.ArrayLike, least: int
) -> tuple[Numbers, Numbers, str]:
    t, y = np.asarray(time, float), np.asarray(value, float)
    known = ~(np.isnan(t) | np.isnan(y))
    order = np.argsort(t[known], kind="stable")
    t, y = t[known][order], y[known][order]
    if len(y) < least:
        return t, y, f"fewer than {least} scores"
    return t, y, "" if np.ptp(t) > 0 else "all scores at one time"


def hac_line(
    time: npt.ArrayLike,
    value: npt.ArrayLike,
    lags: int | None = None,
    level: float = 0.95,
) -> Line:
    """Fit OLS with errors that hold under autocorrelation (Newey & West 1987).

    lags: how far scores depend on each other; without it, 4 (n / 100)^(2/9), rounded
    down (Newey & West 1994). Small samples corrected, t with n - 2 degrees of freedom.
    """
    t, y, reason = _prepared(time, value, LEAST_FOR_ERROR)
    n = len(y)
    if reason:
        return Line(n, reason=reason)
    used = int(4 * (n / 100) ** (2 / 9)) if lags is None else lags
    fit = sm.OLS(y, sm.add_constant(t)).fit(
        cov_type="HAC", cov_kwds={"maxlags": used, "use_correction": True}, use_t=True
    )
    low, high = fit.conf_int(1 - level)[1]
    return Line(n, float(fit.params[1]), float(fit.bse[1]), float(low), float(high))


def glsar_line(time: npt.ArrayLike, value: npt.ArrayLike, level: float = 0.95) -> Line:
    """Fit a line with AR(1) errors by Cochrane–Orcutt rounds, on scores in order.

    Gaps in time are not seen; `gls` in gls_models.py sees them.
    """
    t, y, reason = _prepared(time, value, 6)
    n = len(y)
    if reason:
        return Line(n, reason=reason)
    if np.ptp(y) == 0:
        return Line(n, 0.0, reason="all scores are the same")
    fit = GLSAR(y, sm.add_constant(t), rho=1).iterative_fit(GLSAR_ROUNDS)
    rho = float(fit.model.rho[0])
    low, high = fit.conf_int(1 - level)[1]
    ends = float(low), float(high)
    return Line(n, float(fit.params[1]), float(fit.bse[1]), *ends, rho=rho)


def theil_sen_line(
    time: npt.ArrayLike, value: npt.ArrayLike, level: float = 0.95
) -> Line:
    """Median of all pairwise slopes with Sen's interval (Sen 1968)."""
    t, y, reason = _prepared(time, value, LEAST_FOR_ERROR)
    if reason:
        return Line(len(y), reason=reason)
    found = stats.theilslopes(y, t, alpha=level)
    return Line(
        len(y),
        float(found.slope),
        low=float(found.low_slope),
        high=float(found.high_slope),
    )
