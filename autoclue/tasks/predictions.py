"""What a model answers to the rows of one split: a plain value that is scored or written out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Value = int | str | tuple[int, ...]
"""What is predicted for one example: the index of a label or a choice, those of several, or a
text."""


@dataclass(frozen=True, slots=True)
class Predictions:
    """The answers of a model to some examples.

    Attributes:
        ids: The publisher's name of each example, ``[examples]``.
        values: What is predicted for each, ``[examples]``.
        logits: What the network computed for each class or choice, ``[examples x classes]``;
            ``None`` where an answer isn't chosen from a fixed list.
    """

    ids: tuple[str, ...]
    values: tuple[Value, ...]
    logits: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.values)

    def take(self, places: Iterable[int]) -> Predictions:
        """Return the predictions at some places.

        Args:
            places: Indices into the examples, from 0.
        """
        kept = [int(place) for place in places]
        return Predictions(
            tuple(self.ids[place] for place in kept),
            tuple(self.values[place] for place in kept),
            None if self.logits is None else self.logits[kept],
        )
