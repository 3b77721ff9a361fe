"""How the trials of a search share GPUs, and how full and how busy those are."""

from autoclue.search.cards.card_watch import CardWatch, noting_cards, watching_cards
from autoclue.search.cards.corner import largest_of, largest_of_plan
from autoclue.search.cards.packer import Packer
from autoclue.search.cards.probing import ask_for_memory
from autoclue.search.cards.shares import (
    MARGIN,
    WORTH,
    CardShare,
    fitting_share,
    is_worthwhile,
    speedup,
)
from autoclue.search.cards.sharing import NoSharing, Shared, arrange_cards, share_cards

__all__ = [
    "MARGIN",
    "WORTH",
    "CardShare",
    "CardWatch",
    "NoSharing",
    "Packer",
    "Shared",
    "arrange_cards",
    "ask_for_memory",
    "fitting_share",
    "is_worthwhile",
    "largest_of",
    "largest_of_plan",
    "noting_cards",
    "share_cards",
    "speedup",
    "watching_cards",
]
