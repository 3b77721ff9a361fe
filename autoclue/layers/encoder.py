"""A model as the layer-wise core sees it: names, depths and sizes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from autoclue.errors import UsageError


@dataclass(frozen=True, slots=True)
class Parameter:
    """One weight of the model.

    Attributes:
        name: Structured name, as ``model.named_parameters()`` yields it.
        depth: 0 = embeddings, 1..L = encoder layers, L+1 = pooler and head.
        size: Number of scalars.
    """

    name: str
    depth: int
    size: int


@dataclass(frozen=True, slots=True)
class Encoder:
    """A model's parameters with their depths.

    Attributes:
        num_layers: L, the number of distinct encoder layers.
        parameters: Every parameter once, in the model's own order.

    Raises:
        UsageError: There is no layer, a name stands twice, a depth lies outside 0..L+1, or a depth
            has no parameter.
    """

    num_layers: int
    parameters: tuple[Parameter, ...]

    def __post_init__(self) -> None:
        if self.num_layers < 1:
            raise UsageError(f"An encoder needs at least one layer; {self.num_layers} found.")
        counts = Counter(parameter.name for parameter in self.parameters)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise UsageError(f"Parameter names must be unique; given twice: {', '.join(twice)}.")
        found = {parameter.depth for parameter in self.parameters}
        wanted = set(range(self.num_depths))
        if found != wanted:
            raise UsageError(
                f"A model with {self.num_layers} layers has depths 0 to {self.num_layers + 1}, "
                f"each with at least one parameter; empty: {sorted(wanted - found)}, "
                f"out of range: {sorted(found - wanted)}."
            )

    @property
    def num_depths(self) -> int:
        """L+2: the embeddings, L layers, and the pooler with the head."""
        return self.num_layers + 2

    @property
    def names(self) -> tuple[str, ...]:
        """Every parameter's name, in the model's own order."""
        return tuple(parameter.name for parameter in self.parameters)

    def from_top(self, parameter: Parameter) -> int:
        """Count a parameter's depth from the top: the head is 0, the embeddings are L+1."""
        return self.num_layers + 1 - parameter.depth

    def label(self, depth: int) -> str:
        """Return a depth in words: "embeddings", "layer 3" (the lowest layer is 1), "head"."""
        if depth == 0:
            return "embeddings"
        return "head" if depth == self.num_layers + 1 else f"layer {depth}"
