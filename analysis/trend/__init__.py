"""Local linear trend in continuous time: line, slope and status of every course."""

from analysis.trend.chart import smooth
from analysis.trend.models import Model, is_judged, model_of
from analysis.trend.table import trends

__all__ = ["Model", "is_judged", "model_of", "smooth", "trends"]
