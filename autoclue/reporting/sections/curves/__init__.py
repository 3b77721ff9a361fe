"""What changed along a trial's schedule: scores, losses, rate and speed."""

from autoclue.reporting.sections.curves.learning_curves import (
    LearningCurve,
    LearningCurvesInfo,
    learning_curves_figure,
    learning_curves_info,
)
from autoclue.reporting.sections.curves.training_curves import (
    TrainingCurve,
    TrainingCurvesInfo,
    training_curves_figure,
    training_curves_info,
)

__all__ = [
    "LearningCurve",
    "LearningCurvesInfo",
    "TrainingCurve",
    "TrainingCurvesInfo",
    "learning_curves_figure",
    "learning_curves_info",
    "training_curves_figure",
    "training_curves_info",
]
