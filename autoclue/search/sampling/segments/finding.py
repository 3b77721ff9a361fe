"""Tells samplers whose members take over each other's states from all others."""

from __future__ import annotations

from typing import cast

from autoclue.search.sampling.sampler import SAMPLERS
from autoclue.search.sampling.segments.exchanger import Exchanger


def find_exchanger(choice: str) -> Exchanger | None:
    """Make a sampler whose members take over each other's states; ``None`` for any other.

    Raises:
        UsageError: There is no such sampler, or a value of it is wrong.
    """
    found: object = SAMPLERS.make(choice)
    return cast(Exchanger, found) if hasattr(found, "new_values") else None
