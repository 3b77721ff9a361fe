"""How long the processes of a trial may stand still before they are ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

TIMES: Final = 10.0
"""So many times as long as the longest evaluation so far nothing may be heard."""
LEAST_S: Final = 300.0
"""Evaluations that follow each other within seconds tell nothing of a machine that is busy."""
FIRST_S: Final = 1800.0
"""How long nothing may be heard before anything is known; Paddle waits as long for a process."""


@dataclass(slots=True)
class Patience:
    """Learns from the evaluations of a trial how long it may stand still.

    Attributes:
        times: So many times the longest of them is too long.
        least_s: Nothing shorter is too long, in seconds.
        first_s: What is too long before anything is known, in seconds.
    """

    times: float = TIMES
    least_s: float = LEAST_S
    first_s: float = FIRST_S
    _took_s: list[float] = field(default_factory=list)

    def note(self, seconds: float) -> None:
        """Take note of how long it took from one evaluation to the next."""
        self._took_s.append(seconds)

    def forget(self) -> None:
        """Begin anew, with another trial."""
        self._took_s.clear()

    @property
    def limit_s(self) -> float:
        """How long nothing may be heard of the next one, in seconds."""
        if not self._took_s:
            return self.first_s
        return max(self.least_s, self.times * max(self._took_s))
