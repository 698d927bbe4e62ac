"""The alarm budget: flags of one client that come from tests are held together.

A client followed on five scales would be flagged by chance on one of them five times as
often. By Benjamini & Hochberg (1995), over the scales of one episode, at most 5 % of
clients in whom nothing changed are flagged at all, however many scales they fill in.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]

BUDGET = 0.05
# How fast the largest likelihood ratio of twelve stable sessions thins out, by its
# square: simulated (AR(1) of 0.2, 200,000 courses); right from 0.3 down to 0.0003.
_DECAY = 0.455


def chance_of(ratio: Numbers, threshold: float) -> Numbers:
    """How often a stable course reaches such a ratio; the budget at the threshold."""
    return np.minimum(BUDGET * np.exp(-_DECAY * (ratio**2 - threshold**2)), 1.0)


def within_budget(episode: pd.Series, chance: Numbers, n_tested: Numbers) -> Truth:
    """Which flags stay, by Benjamini and Hochberg within each episode.

    One entry per flag: its episode, its chance under no change, and on how many scales
    the episode was tested.
    """
    flags = pd.DataFrame({"episode": episode.to_numpy(), "chance": chance})
    rank = flags.groupby("episode")["chance"].rank(method="first")
    passes = chance <= BUDGET * rank.to_numpy() / n_tested * (1 + 1e-9)
    last = rank.where(passes, 0).groupby(flags["episode"]).transform("max")
    return (rank <= last).to_numpy()
