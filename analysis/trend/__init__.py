"""Local linear trend in continuous time: line, slope and status of every course."""

from analysis.trend.chart import smooth
from analysis.trend.kalman import Noise, States, filter_states, smooth_states
from analysis.trend.lifting import plateau_lifts_at
from analysis.trend.models import Model, is_judged, model_of, noise_of
from analysis.trend.setbacks import Setbacks, find_setbacks
from analysis.trend.steps import find_steps, pieces
from analysis.trend.table import trends

__all__ = [
    "Model",
    "Noise",
    "Setbacks",
    "States",
    "filter_states",
    "find_setbacks",
    "find_steps",
    "is_judged",
    "model_of",
    "noise_of",
    "pieces",
    "plateau_lifts_at",
    "smooth",
    "smooth_states",
    "trends",
]
