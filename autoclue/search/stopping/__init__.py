"""When to stop a trial early: pure schedulers that see nothing but the board."""

from autoclue.search.stopping.adaptive import BEHIND, Adaptive, wobble_of
from autoclue.search.stopping.asha import Asha
from autoclue.search.stopping.board import Board, Statistic, rung_of
from autoclue.search.stopping.curve import Curve, Standing
from autoclue.search.stopping.hyperband import Hyperband
from autoclue.search.stopping.median import Median
from autoclue.search.stopping.never import Never
from autoclue.search.stopping.scheduler import (
    DEFAULT_SCHEDULER,
    SCHEDULERS,
    Scheduler,
    make_scheduler,
)

__all__ = [
    "BEHIND",
    "DEFAULT_SCHEDULER",
    "SCHEDULERS",
    "Adaptive",
    "Asha",
    "Board",
    "Curve",
    "Hyperband",
    "Median",
    "Never",
    "Scheduler",
    "Standing",
    "Statistic",
    "make_scheduler",
    "rung_of",
    "wobble_of",
]
