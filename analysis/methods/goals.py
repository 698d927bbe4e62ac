"""Goal attainment scaling: one T score from several rated goals (Kiresuk & Sherman)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Average correlation of a person's goals that the authors assume.
GOALS_CORRELATE = 0.3
LOWEST, HIGHEST = -2, 2


def gas_t(
    ratings: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    correlation: float = GOALS_CORRELATE,
) -> float | None:
    """Give T = 50 + 10 Σwx / sqrt((1 - ρ) Σw² + ρ (Σw)²).

    ratings: from -2 (much less than expected) over 0 (as expected) to 2; missing ones
    are left out with their weight. None where no goal is rated. Raises ValueError for
    a rating outside -2 to 2 or a weight of 0 or below.
    """
    x = np.asarray(ratings, float)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, float)
    known = ~np.isnan(x)
    x, w = x[known], w[known]
    if not len(x):
        return None
    if ((x < LOWEST) | (x > HIGHEST)).any():
        raise ValueError("a goal attainment rating lies between -2 and 2")
    if (w <= 0).any():
        raise ValueError("a weight must be above 0")
    spread = (1 - correlation) * (w**2).sum() + correlation * w.sum() ** 2
    return float(50 + 10 * (w @ x) / np.sqrt(spread))
