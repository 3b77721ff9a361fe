"""The map between an unbounded space and the box [-1, 1] that CMA-ES was given in PaddleHub.

As the package ``cma`` did up to its version 2.7: the identity inside, a parabola within a margin
of each wall, so that value and slope meet, and a mirror behind it. A search whose best values lie
at a wall, as learning rates on a linear scale do, depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MARGIN = 0.1
"""Width of the parabola beside each wall."""

Vector = NDArray[np.float64]


def folded(unbounded: Sequence[float] | Vector) -> Vector:
    """Map any coordinates into [-1, 1].

    Examples:
        >>> folded([0.5, -1.1, 1.3]).round(3).tolist()
        [0.5, -1.0, 0.9]
    """
    turn = 1 + MARGIN
    phase = np.mod(np.asarray(unbounded, dtype=np.float64) + turn, 4 * turn)
    inside = np.where(phase > 2 * turn, 4 * turn - phase, phase) - turn
    bent = 1 - (turn - np.abs(inside)) ** 2 / (4 * MARGIN)
    return np.where(np.abs(inside) > 1 - MARGIN, np.sign(inside) * bent, inside)


def unfolded(bounded: Sequence[float] | Vector) -> Vector:
    """Return the coordinates between the turning points that ``folded`` maps onto these.

    Args:
        bounded: Coordinates in [-1, 1].
    """
    inside = np.asarray(bounded, dtype=np.float64)
    away = (1 + MARGIN) - 2 * np.sqrt(MARGIN * (1 - np.minimum(np.abs(inside), 1)))
    return np.where(np.abs(inside) > 1 - MARGIN, np.sign(inside) * away, inside)
