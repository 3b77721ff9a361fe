"""Scores of a network on a split."""

from autoclue.training.evaluate.evaluation import DevScore, score_dev
from autoclue.training.evaluate.scoring import SplitScore, can_score, score_model

__all__ = [
    "DevScore",
    "SplitScore",
    "can_score",
    "score_dev",
    "score_model",
]
