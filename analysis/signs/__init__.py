"""The ten signs of progress: what moves, is steady, slips, or is not known."""

from analysis.signs.agreement import agreement
from analysis.signs.sources import Sign, read_signs
from analysis.signs.table import signs

__all__ = ["Sign", "agreement", "read_signs", "signs"]
