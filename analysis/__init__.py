"""Cairn: what therapy questionnaires, check-ins and goals say about progress."""

from importlib.metadata import PackageNotFoundError, version

from analysis.scoring import score

try:
    __version__ = version("cairn-outcomes")
except PackageNotFoundError:  # run from a folder that was never installed
    __version__ = "0.1.0"

__all__ = ["__version__", "score"]
