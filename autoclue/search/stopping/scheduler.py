"""What a stopping rule is, and which there are."""

from __future__ import annotations

from typing import Protocol

from autoclue.errors import unknown_name
from autoclue.records import Stop
from autoclue.search.stopping.adaptive import Adaptive
from autoclue.search.stopping.asha import Asha
from autoclue.search.stopping.board import Board
from autoclue.search.stopping.hyperband import Hyperband
from autoclue.search.stopping.median import Median

SCHEDULERS = ("adaptive", "asha", "median", "hyperband", "none")
DEFAULT_SCHEDULER = "adaptive"


class Scheduler(Protocol):
    """Decides when a trial stops, from the board and the trial's number alone.

    The same board gives the same decision, whatever the order of the reports was and however
    often the board has been rebuilt. What every rule keeps to: the baseline is never asked; a
    trial goes on after its last evaluation; a tie with the cut-off goes on; the trial with the
    best score on the board goes on; nothing is cut before enough others have been seen. A score
    is never NaN, because a trial whose score is not finite has failed before a rule hears of it;
    what a failed or stopped trial scored until then goes on being compared with.
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


def make_scheduler(name: str, *, seed: int) -> Scheduler | None:
    """Make a rule by its name.

    Args:
        name: One of ``SCHEDULERS``.
        seed: The study's root seed, for rules that draw.

    Returns:
        The rule; ``None`` for the one that never stops a trial.

    Raises:
        UsageError: There is no such rule.
    """
    match name:
        case "adaptive":
            return Adaptive(seed=seed)
        case "asha":
            return Asha()
        case "median":
            return Median()
        case "hyperband":
            return Hyperband()
        case "none":
            return None
    raise unknown_name("scheduler", name, SCHEDULERS)
