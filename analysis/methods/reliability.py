"""Internal consistency of a scale (Cronbach 1951), with its missing answers told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha of items answered by many people.

    complete: over people who answered everything; pairwise: from covariances over all
    who answered both items of a pair. Either is None where it cannot be computed.
    total_sd: of the sum score of complete answers (n - 1).
    """

    n_people: int
    n_complete: int
    n_items: int
    complete: float | None
    pairwise: float | None
    total_sd: float | None


def cronbach_alpha(answers: npt.ArrayLike) -> Alpha:
    """Give alpha of a table of answers: a row per person, a column per item.

    Items must point the same way (reversed ones turned before). Missing is NaN.
    """
    x = np.asarray(answers, float)
    if x.ndim != 2:
        raise ValueError("answers must be a table: a row per person")
    complete = x[~np.isnan(x).any(axis=1)]
    enough = len(complete) > 2 and x.shape[1] > 1
    return Alpha(
        n_people=len(x),
        n_complete=len(complete),
        n_items=x.shape[1],
        complete=_alpha(np.cov(complete, rowvar=False)) if enough else None,
        pairwise=_alpha(_pairwise_covariance(x)) if enough else None,
        total_sd=float(complete.sum(axis=1).std(ddof=1)) if enough else None,
    )


def _pairwise_covariance(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    k = x.shape[1]
    covariance = np.empty((k, k))
    for i in range(k):
        for j in range(i, k):
            both = ~(np.isnan(x[:, i]) | np.isnan(x[:, j]))
            pair = np.cov(x[both, i], x[both, j])
            covariance[i, j] = covariance[j, i] = pair[0, 1]
    return covariance


def _alpha(covariance: npt.NDArray[np.float64]) -> float | None:
    k, total = len(covariance), float(covariance.sum())
    if total <= 0:
        return None
    return float(k / (k - 1) * (1 - np.trace(covariance) / total))
