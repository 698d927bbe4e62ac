"""How good the data are: files, forms, open items, and what to ask for."""

from analysis.quality.asks import asks
from analysis.quality.forms import form_quality
from analysis.quality.records import Ask, FileQuality, FormQuality, Quality, Skipped
from analysis.quality.whole import data_quality

__all__ = [
    "Ask",
    "FileQuality",
    "FormQuality",
    "Quality",
    "Skipped",
    "asks",
    "data_quality",
    "form_quality",
]
