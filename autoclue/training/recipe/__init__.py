"""The published recipe as arithmetic: timetable and learning-rate schedules."""

from autoclue.training.recipe.schedules import make_schedule
from autoclue.training.recipe.timetable import (
    Timetable,
    evaluation_batches,
    make_timetable,
    training_batches,
)

__all__ = [
    "Timetable",
    "evaluation_batches",
    "make_schedule",
    "make_timetable",
    "training_batches",
]
