"""What ends the worker of a trial, counted apart: its machine, its memory, or itself."""

from __future__ import annotations

from typing import Final

from autoclue.errors import AutoclueError
from autoclue.search.store import DeathCounter

MOST_DEATHS: Final = 3
"""A trial whose worker process has died so often has failed; so has one that was killed so often
for want of memory."""
MOST_LOSSES: Final = 50
"""So many lost machines of one trial halt the search: it may be what ends machines."""


def counter_of(*, with_machine: bool, starved: bool) -> DeathCounter:
    """Choose which counter a death belongs to; what a machine takes with it is its own."""
    if with_machine:
        return "losses"
    return "starvations" if starved else "deaths"


def may_go_on(number: int, counter: DeathCounter, times: int) -> bool:
    """Return whether a trial goes on after a death; a lost machine never fails one.

    Args:
        number: The trial.
        counter: What was counted.
        times: How often so far.

    Raises:
        AutoclueError: It has lost so many machines that nothing else is left but to halt.
    """
    if counter != "losses":
        return times < MOST_DEATHS
    if times % MOST_LOSSES == 0:
        raise AutoclueError(
            f"Trial {number} has lost its machine {times} times, and may be what ends machines. "
            "Look at one of them, then run the same command again to go on; nothing that was "
            "reported is lost."
        )
    return True
