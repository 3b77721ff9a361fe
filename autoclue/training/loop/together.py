"""What the ranks of a trial do one after another, or each for itself."""

from __future__ import annotations

import logging
from typing import Any, Final

import numpy as np

from autoclue.training.checkpoints import Arrays, take_random_state
from autoclue.training.config import TrialConfig
from autoclue.training.data import Materials, Workspace
from autoclue.training.platform import load_paddle
from autoclue.training.ranks import Ranks

OF_RANK: Final = "rank"
"""Begins the name of an array that belongs to another rank than the first."""


def read_materials(
    workspace: Workspace, config: TrialConfig, log: logging.Logger, ranks: Ranks
) -> Materials:
    """Read what a trial needs, the first rank before the others, which find it in the cache."""
    if ranks.rank > 0:
        ranks.share(None)
    found = workspace.materials(config, log)
    if ranks.rank == 0:
        ranks.share(None)
    return found


def together_lines(config: TrialConfig) -> list[str]:
    """Say in lines of the log on how many cards a trial trains, and in which numbers."""
    found = []
    if config.counts_each_card:
        found.append(
            f"cards: {config.cards}, batches of {config.batch_size} rows each as the published "
            f"scripts count them, {config.batch_size * config.cards} rows a step"
        )
    elif config.cards > 1:
        found.append(
            f"cards: {config.cards}, which share out the {config.batch_size} rows of a step in "
            "the order of one card"
        )
    if config.precision != "fp32":
        found.append(f"precision: {config.precision} while it trains, fp32 while it is evaluated")
    if config.recompute:
        found.append("recompute: activations are computed anew for gradients")
    return found


def random_state_of_rank(config: TrialConfig, ranks: Ranks) -> list[Any]:
    """Return the state that a new network leaves, from which this rank draws its dropout masks.

    The ranks of the published scripts are seeded alike, so that all of them draw the same masks.
    Where the cards share a batch out, each draws its own; the first rank's are those of one card.
    """
    paddle = load_paddle()
    if ranks.rank > 0 and not config.counts_each_card:
        drawn = np.random.SeedSequence([config.seed, ranks.rank]).generate_state(1)
        paddle.seed(int(drawn[0] >> 1))  # Paddle takes 31 bits on some devices
    found: list[Any] = paddle.get_rng_state()
    return found


def gather_random_states(states: list[Any], ranks: Ranks) -> Arrays:
    """Return the random states of all ranks as arrays, each with the rank in its name.

    Args:
        states: What ``paddle.get_rng_state()`` has given here.
        ranks: The ranks of the trial.

    Raises:
        StateError: This version of Paddle keeps them to itself.
    """
    every = ranks.gather(take_random_state(states))
    return {
        _name(name, rank): array
        for rank, arrays in enumerate(every)
        for name, array in arrays.items()
    }


def arrays_of_rank(arrays: Arrays, rank: int) -> Arrays:
    """Return the arrays of a state as a rank sees them: its own under their plain names.

    Args:
        arrays: Of a whole state.
        rank: The rank.
    """
    if rank == 0:
        return arrays
    begins = _name("", rank)
    own = {name[len(begins) :]: array for name, array in arrays.items() if name.startswith(begins)}
    return {**{name: arrays[name] for name in arrays if name not in own}, **own}


def _name(name: str, rank: int) -> str:
    return name if rank == 0 else f"{OF_RANK}{rank}.{name}"
