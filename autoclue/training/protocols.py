"""Protocols: how a trial is trained where that is no setting, by the name that results carry.

What the published scripts do, and nobody would choose anew, is part of a protocol and not of the
loop: the loop asks its protocol. ``clue`` keeps every defect, ``sound`` mends them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import unknown_name
from autoclue.training.model import set_clue_dropout, set_every_dropout
from autoclue.training.recipe import epoch_order, seeded_epoch_order

EVALUATION_BATCH: Final = 32
"""Features in a batch of an evaluation, for every task, where there is one size for all."""

SOUND_MAX_GRAD_NORM: Final = 1.0
"""The norm that every other recipe clips to."""


@dataclass(frozen=True, slots=True)
class Mends:
    """Which defects of the published recipe are mended; none of them unless it is said.

    Attributes:
        dropout_everywhere: ``dropout`` sets attention and head too, and 0.1 is no exception.
        drop_leftovers: Micro-batches that make no whole step at the end of an epoch aren't used.
        exact_length: The schedule is as long as the steps that happen, so that it ends at its end.
        seeded_order: The order of the data follows the seed.
        clip_everywhere: Gradients are clipped where the published script forgets to (CMRC2018).
        mask_fillers: Choices that fill up a question can't be chosen, nor learnt from.
        best_assignment: The blanks of a row get the one-to-one assignment with the largest sum.
        one_evaluation_batch: Evaluations are cut alike for every task, and no padding is chosen.
    """

    dropout_everywhere: bool = False
    drop_leftovers: bool = False
    exact_length: bool = False
    seeded_order: bool = False
    clip_everywhere: bool = False
    mask_fillers: bool = False
    best_assignment: bool = False
    one_evaluation_batch: bool = False


MENDS: Final = tuple(field.name for field in fields(Mends))
"""The names of all switches."""


@dataclass(frozen=True, slots=True)
class TrainingProtocol:
    """How a trial is trained where that is no setting.

    Attributes:
        name: What results call it.
        mends: Which defects of the published recipe it mends.
    """

    name: str
    mends: Mends

    def set_dropout(self, network: Any, dropout: float) -> None:
        """Set a network's dropout.

        Args:
            network: The network, with its head.
            dropout: The setting of this name.

        Raises:
            UsageError: The published way can't be followed on this architecture.
        """
        set_it = set_every_dropout if self.mends.dropout_everywhere else set_clue_dropout
        set_it(network, dropout)

    def order(self, features: int, epoch: int, seed: int, *, ranks: int = 1) -> NDArray[np.int64]:
        """Order the features of an epoch, ``[features]``, or some more where ranks must be even.

        Args:
            features: How many there are.
            epoch: The epoch, from 0.
            seed: The trial's seed.
            ranks: Processes that each have a batch of their own in a step.
        """
        if self.mends.seeded_order:
            return seeded_epoch_order(features, epoch, seed)
        return epoch_order(features, epoch, ranks=ranks)

    def evaluation_batch(self, micro_batch_size: int) -> int:
        """Return how many features an evaluation takes at once, as its log counts them.

        Args:
            micro_batch_size: What the published scripts evaluate with.
        """
        return EVALUATION_BATCH if self.mends.one_evaluation_batch else micro_batch_size


CLUE: Final = TrainingProtocol("clue", Mends())
"""Repeats the published recipe to the letter."""

SOUND: Final = TrainingProtocol("sound", Mends(**dict.fromkeys(MENDS, True)))
"""The same recipe with its defects mended."""

PROTOCOLS: Final[Mapping[str, TrainingProtocol]] = MappingProxyType(
    {protocol.name: protocol for protocol in (CLUE, SOUND)}
)
"""Protocols by name."""


def find_protocol(name: str) -> TrainingProtocol:
    """Look a protocol up by its name.

    Beside the names of ``PROTOCOLS`` there is ``clue`` with some of its defects mended, such as
    ``clue+seeded_order``, to measure what each of them changes. No command takes such a name.

    Raises:
        UsageError: No protocol, or no mend of ``clue``, has this name.
    """
    if name in PROTOCOLS:
        return PROTOCOLS[name]
    base, *mended = name.split("+")
    if base != CLUE.name:
        raise unknown_name("protocol", name, PROTOCOLS)
    for mend in mended:
        if mend not in MENDS:
            raise unknown_name("mend of clue", mend, MENDS)
    return TrainingProtocol(name, Mends(**dict.fromkeys(mended, True)))
