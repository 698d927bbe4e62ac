"""Where every course is heading: line, slope, chances, status, setbacks."""

from analysis.trend.chart import past_setbacks, smooth
from analysis.trend.fitting import fit_courses, fit_models
from analysis.trend.kalman import Noise, States, filter_states, smooth_states
from analysis.trend.models import (
    NOISE_PER_SEM,
    Model,
    cautious_noise,
    is_judged,
    model_of,
    noise_of,
)
from analysis.trend.outlook import plateau_lifts_at
from analysis.trend.setbacks import Setbacks, find_setbacks
from analysis.trend.table import trends

__all__ = [
    "NOISE_PER_SEM",
    "Model",
    "Noise",
    "Setbacks",
    "States",
    "cautious_noise",
    "filter_states",
    "find_setbacks",
    "fit_courses",
    "fit_models",
    "is_judged",
    "model_of",
    "noise_of",
    "past_setbacks",
    "plateau_lifts_at",
    "smooth",
    "smooth_states",
    "trends",
]
