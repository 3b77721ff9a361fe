"""How a trial was computed: on several cards, or in numbers of 16 bits."""

from __future__ import annotations

from collections.abc import Mapping


def computing_text(config: Mapping[str, object]) -> str | None:
    """Say on how many cards a trial trains, what its batch size counts, and in which numbers.

    Args:
        config: The trial's complete settings.

    Returns:
        ``None`` for one card and 32 bits, where nothing need be said.
    """
    told = []
    cards = config.get("cards", 1)
    if isinstance(cards, int) and cards > 1:
        each = config.get("batch_per") == "card"
        rows = "a batch size counts the rows of each card, as in the published scripts"
        told.append(f"{cards} cards; {rows if each else 'a batch size counts the rows of a step'}")
    if config.get("precision", "fp32") != "fp32":
        told.append(f"{config['precision']} while it trains, fp32 in evaluations")
    if config.get("recompute"):
        told.append("activations computed anew for gradients")
    return "; ".join(told) or None
