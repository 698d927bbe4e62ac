"""Means and SDs as they may leave the practice: no coarser than one person could move.

From the exact mean of a year and of the year that ends a month later, the gain of the
one client who came in between follows. So means and SDs are rounded to steps as wide
as one person's whole range divided by the number of people: at 100 people about a
quarter of a point, less than a standard error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analysis.caseload.inference import rounded
from analysis.methods.effect_sizes import Moments
from analysis.records import Scale


def shared_moments(
    moments: Mapping[str, Moments], scales: Mapping[str, Scale], least_n: int
) -> dict[str, Moments]:
    """Moments of scales with enough pairs, rounded; `n` to what counts are rounded to.

    Scales whose rounded SDs leave no spread are left out.
    """
    coarse = {
        name: _coarse(one, step_of(scales[name], one.n))
        for name, one in moments.items()
        if one.n >= least_n
    }
    return {name: one for name, one in coarse.items() if min(_spreads(one)) > 0}


def step_of(scale: Scale, n: int) -> float:
    """How far one person in `n` can move a mean, in points of the scale."""
    return (scale.high - scale.low) / max(rounded(n), 1)


def _coarse(one: Moments, step: float) -> Moments:
    def to_step(value: float) -> float:
        return round(value / step) * step

    return replace(
        one,
        n=rounded(one.n),
        mean_pre=to_step(one.mean_pre),
        mean_post=to_step(one.mean_post),
        sd_pre=to_step(one.sd_pre),
        sd_post=to_step(one.sd_post),
        sd_change=to_step(one.sd_change),
    )


def _spreads(one: Moments) -> tuple[float, float, float]:
    return one.sd_pre, one.sd_post, one.sd_change
