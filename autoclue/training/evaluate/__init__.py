"""Scores of a network on a split."""

from autoclue.training.evaluate.evaluation import SplitAnswers, answer_split
from autoclue.training.evaluate.scoring import SplitScore, can_score, score_model

__all__ = [
    "SplitAnswers",
    "SplitScore",
    "answer_split",
    "can_score",
    "score_model",
]
