"""Whether a score is more than guessing gives."""

from __future__ import annotations

import math

from autoclue.reporting.statistics.sampling_error import STANDARD_ERRORS


def at_chance(score: float, chance: float, examples: int) -> bool:
    """Return whether sampling error alone could have lifted a guess to this score.

    Args:
        score: An accuracy, in [0, 1].
        chance: The accuracy of always guessing the most frequent class, in [0, 1].
        examples: How many examples the score was measured on, at least 1.
    """
    return score < chance + STANDARD_ERRORS * math.sqrt(chance * (1 - chance) / examples)
