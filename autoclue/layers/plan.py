"""What a strategy decides: the rate and decay of every parameter, and whether it trains."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from autoclue.errors import UsageError


def decays(name: str) -> bool:
    """Return whether a parameter takes weight decay, by the rule of the published CLUE script.

    The script tests the structured name: it decays unless the name contains "bias" or "norm".
    Embeddings therefore decay; biases and the scales of layer normalisation don't.

    Examples:
        >>> from autoclue.layers import decays
        >>> decays("bert.encoder.layers.0.linear1.weight"), decays("classifier.bias")
        (True, False)
    """
    return "bias" not in name and "norm" not in name


@dataclass(frozen=True, slots=True)
class Group:
    """Parameters that are trained in the same way.

    Attributes:
        names: Structured parameter names.
        lr_scale: Multiplier of the base learning rate, in (0, 1].
        weight_decay: Decoupled weight decay coefficient, 0 or more.
        trains: Whether these parameters are updated at all.
        block: Number of the block that this group belongs to; 0 is the top one.

    Raises:
        UsageError: A figure is out of its range.
    """

    names: tuple[str, ...]
    lr_scale: float
    weight_decay: float
    trains: bool
    block: int

    def __post_init__(self) -> None:
        if not 0.0 < self.lr_scale <= 1.0:
            raise UsageError(
                f"Block {self.block} has the learning rate multiplier {self.lr_scale}; it must be "
                "above 0 and at most 1, so choose a milder factor or decay."
            )
        if not (math.isfinite(self.weight_decay) and self.weight_decay >= 0.0):
            raise UsageError(f"weight_decay is {self.weight_decay}; it must be 0 or more.")


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """How every parameter is trained.

    Attributes:
        groups: From the top block down.

    Raises:
        UsageError: A parameter is in more than one group, or none trains.
    """

    groups: tuple[Group, ...]

    def __post_init__(self) -> None:
        counts = Counter(name for group in self.groups for name in group.names)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise UsageError(f"These parameters are in more than one group: {', '.join(twice)}.")
        if not any(group.trains and group.names for group in self.groups):
            raise UsageError("The plan trains no parameter at all; at least the head must train.")

    @property
    def by_name(self) -> Mapping[str, Group]:
        """The group of each parameter."""
        return MappingProxyType({name: group for group in self.groups for name in group.names})


def check_names(names: Iterable[str], plan: LayerPlan) -> None:
    """Make sure that a plan holds exactly a model's parameters.

    Args:
        names: Structured names of all the model's parameters.
        plan: What a strategy made for that model.

    Raises:
        UsageError: Parameters of the model are in no group, or the plan names others.
    """
    planned, wanted = set(plan.by_name), set(names)
    if planned != wanted:
        raise UsageError(
            "A layer plan must hold exactly the model's parameters; "
            f"in no group: {', '.join(sorted(wanted - planned)) or 'none'}; "
            f"not in the model: {', '.join(sorted(planned - wanted)) or 'none'}."
        )
