"""One trial: the published protocol, its loop, evaluation and the kept model.

Paddle is loaded when a trial begins, not when this package is imported.
"""

from autoclue.training.changes import CHANGEABLE, FALLING, SettingsChange
from autoclue.training.config import SEARCHABLE, Carry, TrialConfig, build_config
from autoclue.training.recipe import Timetable, make_timetable

__all__ = [
    "CHANGEABLE",
    "FALLING",
    "SEARCHABLE",
    "Carry",
    "SettingsChange",
    "Timetable",
    "TrialConfig",
    "build_config",
    "make_timetable",
]
