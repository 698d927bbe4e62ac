"""Where the signs agree and where they part."""

from __future__ import annotations

from typing import Any

import pandas as pd

# Fewer known signs than this neither agree nor part.
MIN_KNOWN = 2


def agreement(signs: pd.DataFrame) -> dict[str, Any]:
    """Read one episode's signs together.

    signs: the rows of one episode (sign, direction). Returns the ids of the signs by
    direction (moving, steady, slipping, not_known) and `reading`: agree_moving,
    agree_steady, agree_slipping, moving_steady, moving_slipping, steady_slipping,
    all_three, or too_few.
    """
    by_direction: dict[str, Any] = {
        direction: tuple(signs.loc[signs["direction"] == direction, "sign"])
        for direction in ("moving", "steady", "slipping", "not_known")
    }
    present = [d for d in ("moving", "steady", "slipping") if by_direction[d]]
    n_known = sum(len(by_direction[direction]) for direction in present)
    if n_known < MIN_KNOWN:
        reading = "too_few"
    elif len(present) == 1:
        reading = f"agree_{present[0]}"
    elif len(present) == 2:
        reading = "_".join(present)
    else:
        reading = "all_three"
    return {**by_direction, "reading": reading, "n_known": n_known}
