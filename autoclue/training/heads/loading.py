"""Load a pretrained network with a fresh head."""

from __future__ import annotations

from typing import Any

from autoclue.training import model


def load_with_head(auto: str, location: str, *, seed: int, **head: int) -> Any:
    """Seed all generators, then load a network; nothing draws between the two.

    Args:
        auto: The Auto class, such as ``AutoModelForMultipleChoice``.
        location: Hub name or folder.
        seed: Seeds the head.
        head: What the head takes, such as ``num_choices``.

    Returns:
        The network, in training mode.

    Raises:
        UsageError: The architecture has no such head, or the model can't be loaded.
    """
    kind = auto.removeprefix("AutoModel")
    network = model.load_with_head(kind, location, settings=head, seed=seed)
    network.train()
    return network
