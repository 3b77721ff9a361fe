"""The training loop: one trial, driven from evaluation to evaluation."""

from autoclue.training.loop.earlier import LeftState
from autoclue.training.loop.learner import Learner
from autoclue.training.loop.trial import Trial

__all__ = [
    "Learner",
    "LeftState",
    "Trial",
]
