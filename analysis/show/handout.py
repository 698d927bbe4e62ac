"""The handout: one page a client wants to keep."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.reports import ClientMonth
from analysis.wording import Wording


def blocks(report: ClientMonth, words: Wording) -> Iterable[Any]:
    """Everything on the one page."""
    return ()
