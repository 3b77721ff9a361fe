"""What a scheduler is, and the registry of those that there are."""

from __future__ import annotations

from typing import Protocol

from autoclue.records import Stop
from autoclue.registry import Registry
from autoclue.search.stopping.board import Board

DEFAULT_SCHEDULER = "adaptive"


class Scheduler(Protocol):
    """Decides when a trial stops, from the board and the trial's number alone.

    The same board gives the same decision, whatever the order of the reports was and however
    often the board has been rebuilt. What every scheduler keeps to: the baseline is never asked; a
    trial goes on after its last evaluation; a tie with the cut-off goes on; the trial with the
    best score on the board goes on; nothing is cut before enough others have been seen. A score
    is never NaN, because a trial whose score is not finite has failed before a scheduler hears of
    it; what a failed or stopped trial scored until then goes on being compared with.

    An implementation is a frozen dataclass whose fields are its parameters, each with its range
    and a sentence for people (`autoclue.parameters`). What it derives from all curves it may keep
    on the board as a ``Statistic``.
    """

    @property
    def name(self) -> str:
        """What ``--scheduler`` calls it."""

    @property
    def rungs(self) -> tuple[float, ...]:
        """Fractions of the schedule at which trials may be stopped, for the report; ascending."""

    def decide(self, board: Board, number: int) -> Stop | None:
        """Decide whether a trial stops after its latest evaluation, which isn't its last.

        Args:
            board: Every curve so far, this trial's latest evaluation included.
            number: The trial; never the baseline.

        Returns:
            The stop with its rung, score, cut-off, comparators and reason; ``None`` to go on.
        """


SCHEDULERS: Registry[Scheduler] = Registry(
    kind="scheduler",
    group="autoclue.schedulers",
    methods=("decide", "rungs"),
    shape="a frozen dataclass with a name, rungs and a method decide(board, number)",
)


def make_scheduler(choice: str, *, seed: int) -> Scheduler:
    """Make a scheduler.

    Args:
        choice: A registered name or ``module:Class``, with or without values of its parameters.
        seed: The study's root seed, for schedulers that draw and were given no seed of their own.

    Raises:
        UsageError: There is no such scheduler, or a value is unknown or out of range.
    """
    return SCHEDULERS.make(choice, otherwise={"seed": seed})
