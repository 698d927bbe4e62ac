"""Puts blocks into a notebook: alone in calling IPython's display."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from IPython.display import display

from analysis.blocks import MIME, as_data
from analysis.page import block_html


def put(blocks: Iterable[Any]) -> None:
    """Display blocks in order: as data for the PDF, as HTML for JupyterLab."""
    for block in blocks:
        data = as_data(block)
        bundle = {
            MIME: data,
            "text/html": block_html(data),
            "text/plain": f"<{data['block']}>",
        }
        display(bundle, raw=True)
