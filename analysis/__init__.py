"""Cairn: what therapy questionnaires, check-ins and goals say about progress."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

try:
    __version__ = version("cairn-outcomes")
except PackageNotFoundError:  # run from a folder that was never installed
    __version__ = "0.1.0"

__all__ = ["__version__", "score"]


def score(measure_id: str, responses: Mapping[int, Any], **context: Any) -> Any:
    """Score one administration: see `analysis.scoring.score`, which does the work.

    Imported on use: whoever only draws a chart does not read sixty measure files.
    """
    from analysis.scoring import score as score_one

    return score_one(measure_id, responses, **context)
