"""Every word a reader sees: sentences as data, one file per audience and language."""

from analysis.wording.reader import (
    AUDIENCES,
    Wording,
    languages,
    read_wording,
)
from analysis.wording.template import WordingError

__all__ = ["AUDIENCES", "Wording", "WordingError", "languages", "read_wording"]
