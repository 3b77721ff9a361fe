"""What is said of the GPUs of this machine before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from autoclue.screen.text import print_sentence, result_console
from autoclue.training.platform import Cards, open_cards

if TYPE_CHECKING:
    from autoclue.search.execution import Resources

GIB = 2**30


def say_cards(resources: Resources, find: Callable[[], Cards | None] = open_cards) -> None:
    """Print how full and how busy each GPU is that trials would use, a sentence each.

    Args:
        resources: What trials run on; of a CPU, and of other machines, nothing is said.
        find: Gives the GPUs.
    """
    if not resources.on_gpu or resources.address is not None:
        return
    for words in card_words(find()):
        print_sentence(result_console(), words)


def card_words(cards: Cards | None) -> list[str]:
    """Write how full and how busy each GPU is now, a sentence each; nothing without one."""
    found = () if cards is None else cards.read()
    return [
        f"GPU {card.index} ({card.name}): {card.used_bytes / GIB:.1f} of "
        f"{card.total_bytes / GIB:.1f} GiB are in use"
        + ("." if card.busy is None else f", and it is {_busy(card.busy)}.")
        for card in found
    ]


def _busy(share: float) -> str:
    return "idle" if share == 0 else f"busy {share:.0%} of the time"
