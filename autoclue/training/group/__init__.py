"""Start the processes that train a trial together, have them do the same, and end them."""

from autoclue.training.group.group import RankDiedError, RankGroup
from autoclue.training.group.patience import Patience

__all__ = [
    "Patience",
    "RankDiedError",
    "RankGroup",
]
