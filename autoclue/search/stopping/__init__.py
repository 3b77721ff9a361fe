"""When to stop a trial early: pure rules that see nothing but the board."""

from autoclue.search.stopping.adaptive import Adaptive
from autoclue.search.stopping.asha import Asha
from autoclue.search.stopping.board import Board
from autoclue.search.stopping.curve import Curve, Standing
from autoclue.search.stopping.hyperband import Hyperband
from autoclue.search.stopping.median import Median
from autoclue.search.stopping.scheduler import (
    DEFAULT_SCHEDULER,
    SCHEDULERS,
    Scheduler,
    make_scheduler,
)

__all__ = [
    "DEFAULT_SCHEDULER",
    "SCHEDULERS",
    "Adaptive",
    "Asha",
    "Board",
    "Curve",
    "Hyperband",
    "Median",
    "Scheduler",
    "Standing",
    "make_scheduler",
]
