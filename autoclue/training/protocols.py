"""Protocols: how a trial is trained where that is no setting, by the name that results carry.

What the published scripts do, and nobody would choose anew, is part of a protocol and not of the
loop: the loop asks its protocol. Another protocol is another value here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import unknown_name
from autoclue.training.model import set_clue_dropout
from autoclue.training.recipe import epoch_order


@dataclass(frozen=True, slots=True)
class TrainingProtocol:
    """How a trial is trained where that is no setting.

    Attributes:
        name: What results call it.
        set_dropout: Sets a network's dropout; takes the network and the setting ``dropout``.
        order: Orders the features of an epoch, ``[features]``; takes how many there are, the
            epoch from 0 and the trial's seed.
    """

    name: str
    set_dropout: Callable[[Any, float], None]
    order: Callable[[int, int, int], NDArray[np.int64]]


CLUE: Final = TrainingProtocol(
    name="clue",
    set_dropout=set_clue_dropout,
    order=lambda features, epoch, seed: epoch_order(features, epoch),
)
"""Repeats the published recipe to the letter: ``dropout`` leaves attention and head alone, and the
order of the data doesn't depend on the seed."""

PROTOCOLS: Final[Mapping[str, TrainingProtocol]] = MappingProxyType(
    {protocol.name: protocol for protocol in (CLUE,)}
)
"""Protocols by name."""


def find_protocol(name: str) -> TrainingProtocol:
    """Look a protocol up by its name.

    Raises:
        UsageError: No protocol has this name.
    """
    try:
        return PROTOCOLS[name]
    except KeyError:
        raise unknown_name("protocol", name, PROTOCOLS) from None
