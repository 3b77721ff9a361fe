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
    """Return ``factor ** -block``; exactly 1 for the top block and for a factor of 1."""
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
