"""What a network answers to a split, and its scores."""

from autoclue.training.evaluate.answering import ModelAnswers, answer_rows
from autoclue.training.evaluate.evaluation import (
    SplitAnswers,
    answer_split,
    answered_batches,
)
from autoclue.training.evaluate.fine_tuned import FineTuned, find_fine_tuned
from autoclue.training.evaluate.label_counts import count_answers, count_labels
from autoclue.training.evaluate.scoring import (
    PartScore,
    SplitScore,
    can_score,
    refuse_unlabelled,
    score_fine_tuned,
    score_model,
    score_part,
)

__all__ = [
    "FineTuned",
    "ModelAnswers",
    "PartScore",
    "SplitAnswers",
    "SplitScore",
    "answer_rows",
    "answer_split",
    "answered_batches",
    "can_score",
    "count_answers",
    "count_labels",
    "find_fine_tuned",
    "refuse_unlabelled",
    "score_fine_tuned",
    "score_model",
    "score_part",
]
