"""From long rows to pairs of scores: ordered by time, never by who appears first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.errors import AnalysisError


@dataclass(frozen=True)
class Pairing:
    """Complete pairs, and how many were left out for what.

    pairs: client (index, in the order of the ids as they are sorted), pre, post.
    """

    pairs: pd.DataFrame
    n_clients: int
    n_without_pre: int
    n_without_post: int


def pair_scores(rows: pd.DataFrame, pre: Any = None, post: Any = None) -> Pairing:
    """Pair two occasions of every client.

    rows: client, time (numbers or dates) and score, in any order; missing scores count
    as not given. pre, post: the two occasions; without them every client's first and
    last score by time. Refused, as guesses would turn everybody's change round: text as
    time without `pre` and `post`; a `post` that lies before `pre`; two scores of a
    client at one time.
    """
    _refuse(rows, pre, post)
    known = rows.dropna(subset=["score"])
    n_clients = int(rows["client"].nunique())
    if pre is None or post is None:
        return _first_and_last(known, n_clients)
    first = known[known["time"] == pre].set_index("client")["score"]
    last = known[known["time"] == post].set_index("client")["score"]
    pairs = pd.concat([first.rename("pre"), last.rename("post")], axis=1)
    return Pairing(
        pairs.dropna().sort_index(),
        n_clients,
        n_clients - len(first),
        n_clients - len(last),
    )


def _refuse(rows: pd.DataFrame, pre: Any, post: Any) -> None:
    is_text = not (
        pd.api.types.is_numeric_dtype(rows["time"])
        or pd.api.types.is_datetime64_any_dtype(rows["time"])
    )
    named = pre is not None and post is not None
    if (pre is None) != (post is None):
        raise AnalysisError("Name both occasions, pre and post, or neither.")
    if is_text and not named:
        raise AnalysisError(
            "Occasions are given as text: name the first and the second one, as their "
            "order cannot be told from the words."
        )
    if named and not is_text and pre >= post:
        raise AnalysisError("The occasion named post does not lie after pre.")
    twice = rows.duplicated(["client", "time"], keep=False)
    if twice.any():
        places = ", ".join(str(n + 1) for n in twice.to_numpy().nonzero()[0][:5])
        raise AnalysisError(
            f"{int(twice.sum())} rows hold two scores of a client at one time, see row "
            f"{places}. Keep one of each."
        )


def _first_and_last(known: pd.DataFrame, n_clients: int) -> Pairing:
    ordered = known.sort_values(["client", "time"], kind="stable").groupby("client")
    pairs = ordered["score"].agg(["first", "last", "size"])
    n_without = n_clients - len(pairs)
    alone = int((pairs["size"] < 2).sum())
    chosen = pairs[pairs["size"] >= 2].rename(columns={"first": "pre", "last": "post"})
    return Pairing(chosen[["pre", "post"]], n_clients, n_without, n_without + alone)
