"""The scheduler that lets every trial run to its end."""

from __future__ import annotations

from typing import ClassVar

from pydantic.dataclasses import dataclass

from autoclue.records import Stop
from autoclue.search.stopping.board import Board


@dataclass(frozen=True, slots=True)
class Never:
    """Stop no trial; with the grid sampler this shows a grid as it is.

    Examples:
        >>> board = Board()
        >>> for number, score in enumerate([0.9, 0.9, 0.9, 0.1]):
        ...     board.open(number, total_steps=100, evaluation_steps=(50, 100))
        ...     board.report(number, 50, score)
        >>> Never().decide(board, 3) is None
        True
    """

    name: ClassVar[str] = "none"

    @property
    def rungs(self) -> tuple[float, ...]:
        """No fraction of the schedule is looked at."""
        return ()

    def decide(self, board: Board, number: int) -> Stop | None:
        """Let the trial go on; see ``Scheduler``."""
        return None
