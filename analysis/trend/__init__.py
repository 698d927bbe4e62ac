"""Local linear trend in continuous time: line, slope and status of every course."""

from analysis.trend.chart import smooth
from analysis.trend.kalman import Noise, States, filter_states, smooth_states
from analysis.trend.models import Model, is_judged, model_of
from analysis.trend.steps import find_steps, pieces
from analysis.trend.table import trends

__all__ = [
    "Model",
    "Noise",
    "States",
    "filter_states",
    "find_steps",
    "is_judged",
    "model_of",
    "pieces",
    "smooth",
    "smooth_states",
    "trends",
]
