"""The published recipe as arithmetic: timetable and learning-rate schedules."""

from autoclue.training.recipe.schedules import make_schedule
from autoclue.training.recipe.timetable import (
    Timetable,
    epoch_order,
    evaluation_batches,
    filled_up,
    make_timetable,
    seeded_epoch_order,
    training_batches,
)

__all__ = [
    "Timetable",
    "epoch_order",
    "evaluation_batches",
    "filled_up",
    "make_schedule",
    "make_timetable",
    "seeded_epoch_order",
    "training_batches",
]
