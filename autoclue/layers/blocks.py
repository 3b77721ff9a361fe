"""Blocks: runs of neighbouring depths that share one learning rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autoclue.errors import UsageError
from autoclue.layers.encoder import Encoder
from autoclue.layers.plan import Group, LayerPlan, decays


def cut_into_blocks(encoder: Encoder, blocks: int | None) -> dict[str, int]:
    """Cut the depths into runs of nearly equal length and number them from the top.

    The depth that is c places below the head falls in block ``floor(c * blocks / (L + 2))``, so no
    block is empty and their lengths differ by at most one depth.

    Args:
        encoder: The model's parameters.
        blocks: Number of blocks, 1 to L+2; ``None`` makes every depth its own block.

    Returns:
        The block of each parameter by name; 0 is the top block.

    Raises:
        UsageError: ``blocks`` is below 1 or above L+2.

    Examples:
        >>> from autoclue.layers import cut_into_blocks, find_depths
        >>> sizes = {
        ...     "bert.embeddings.word_embeddings.weight": 800,
        ...     "bert.encoder.layers.0.linear1.weight": 64,
        ...     "bert.encoder.layers.1.linear1.weight": 64,
        ...     "classifier.bias": 3,
        ... }
        >>> encoder = find_depths(sizes)
        >>> list(cut_into_blocks(encoder, None).values())  # one block a depth, the head on top
        [3, 2, 1, 0]
        >>> list(cut_into_blocks(encoder, 2).values())
        [1, 1, 0, 0]
    """
    depths = encoder.num_depths
    count = depths if blocks is None else blocks
    if not 1 <= count <= depths:
        raise UsageError(
            f"blocks is {count}, but this model has {depths} depths (embeddings, "
            f"{encoder.num_layers} layers, head); choose 1 to {depths}."
        )
    return {p.name: encoder.from_top(p) * count // depths for p in encoder.parameters}


def block_scale(factor: float, block: int) -> float:
    """Return ``factor ** -block``; exactly 1 for the top block and for a factor of 1.

    Examples:
        >>> from autoclue.layers import block_scale
        >>> [block_scale(2, block) for block in range(3)]
        [1.0, 0.5, 0.25]
    """
    return float(factor) ** -block


def build_plan(
    encoder: Encoder,
    block_of: Mapping[str, int],
    *,
    lr_scale: Callable[[int], float],
    weight_decay: float,
    trained_blocks: int | None = None,
) -> LayerPlan:
    """Build the plan in which every block has one learning rate.

    A block becomes one group of the parameters that decay and one of those that don't.

    Args:
        encoder: The model's parameters.
        block_of: Block of each parameter by name; 0 is the top block.
        lr_scale: Multiplier of the base learning rate, by block.
        weight_decay: Coefficient for the parameters that decay.
        trained_blocks: How many blocks train, from the top; ``None`` for all.

    Examples:
        >>> from autoclue.layers import block_scale, build_plan, cut_into_blocks, find_depths
        >>> sizes = {
        ...     "bert.embeddings.word_embeddings.weight": 800,
        ...     "bert.encoder.layers.0.linear1.weight": 64,
        ...     "bert.encoder.layers.1.linear1.weight": 64,
        ...     "classifier.bias": 3,
        ... }
        >>> encoder = find_depths(sizes)
        >>> plan = build_plan(
        ...     encoder,
        ...     cut_into_blocks(encoder, 2),
        ...     lr_scale=lambda block: block_scale(2, block),
        ...     weight_decay=0.01,
        ... )
        >>> [(group.block, group.lr_scale, group.weight_decay) for group in plan.groups]
        [(0, 1.0, 0.01), (0, 1.0, 0.0), (1, 0.5, 0.01)]
    """
    members: dict[tuple[int, bool], list[str]] = {}
    for name in encoder.names:
        members.setdefault((block_of[name], not decays(name)), []).append(name)
    return LayerPlan(
        tuple(
            Group(
                names=tuple(names),
                lr_scale=lr_scale(block),
                weight_decay=0.0 if exempt else weight_decay,
                trains=trained_blocks is None or block < trained_blocks,
                block=block,
            )
            for (block, exempt), names in sorted(members.items())
        )
    )
