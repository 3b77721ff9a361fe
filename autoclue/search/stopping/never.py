"""The scheduler that lets every trial run to its end."""

from __future__ import annotations

from typing import ClassVar

from pydantic.dataclasses import dataclass

from autoclue.records import Stop
from autoclue.search.stopping.board import Board


@dataclass(frozen=True, slots=True)
class Never:
    """Stop no trial; with the grid sampler this shows a grid as it is."""

    name: ClassVar[str] = "none"

    @property
    def rungs(self) -> tuple[float, ...]:
        """No fraction of the schedule is looked at."""
        return ()

    def decide(self, board: Board, number: int) -> Stop | None:
        """Let the trial go on; see ``Scheduler``."""
        return None
