"""The processes that train one trial together, one a card, and what they tell each other."""

from autoclue.training.ranks.gradients import sum_gradients
from autoclue.training.ranks.paddle_ranks import PaddleRanks, form_ranks
from autoclue.training.ranks.ranks import SOLE, Ranks, SoleRank, rows_of_rank

__all__ = [
    "SOLE",
    "PaddleRanks",
    "Ranks",
    "SoleRank",
    "form_ranks",
    "rows_of_rank",
    "sum_gradients",
]
