"""What a search will run and take, told before anything is spent."""

from autoclue.search.forecast.counting import (
    RunKind,
    count_runs,
    expected_runs,
    known_features,
    runs_of_search,
)
from autoclue.search.forecast.estimate import (
    Estimate,
    EstimatedKind,
    estimate,
    measure_here,
    total_steps,
)
from autoclue.search.forecast.keeping import keep_estimate, kept_forecasts, note_forecast

__all__ = [
    "Estimate",
    "EstimatedKind",
    "RunKind",
    "count_runs",
    "estimate",
    "expected_runs",
    "keep_estimate",
    "kept_forecasts",
    "known_features",
    "measure_here",
    "note_forecast",
    "runs_of_search",
    "total_steps",
]
