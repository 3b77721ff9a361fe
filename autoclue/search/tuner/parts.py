"""What has been asked and decided of a population, as an index that grows with each ask.

A source is asked after every report, so nothing here is found by going through all trials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autoclue.records import Boundary
from autoclue.search.store import Ledger, MemberPlace, StateRef


class Parts:
    """The trial of each part of a member, and the boundaries that are decided.

    Attributes:
        boundaries: By their number in the ledger.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Take up what a ledger holds."""
        self._numbers: dict[tuple[int, int], int] = {}
        self._children: dict[int, list[int]] = {}
        self._last: dict[int, int] = {}  # boundaries before the last part of each place
        for trial in ledger.committed():
            about = trial.attributes
            if about.member is not None:
                self.add(about.member, trial.number, about.start_from)
        decided = ledger.attributes.generations.items()
        self.boundaries = {n: each for n, each in decided if isinstance(each, Boundary)}

    def add(self, member: MemberPlace, number: int, start: StateRef | None) -> None:
        """Take note of a part that has been asked.

        Args:
            member: Whose it is, and behind how many boundaries.
            number: Its trial.
            start: Where it starts.
        """
        self._numbers[member.generation, member.place] = number
        self._last[member.place] = max(member.generation, self._last.get(member.place, 0))
        if start is not None:
            self._children.setdefault(start.trial, []).append(number)

    @property
    def numbers(self) -> Mapping[tuple[int, int], int]:
        """The trials, by the number of boundaries before them and the place of the member."""
        return self._numbers

    def latest(self, places: Sequence[int]) -> int:
        """Return how many boundaries are before the latest part of some members."""
        return max(self._last.get(place, 0) for place in places)

    def starting_from(self, number: int) -> Sequence[int]:
        """Return the trials that start from the state of one."""
        return self._children.get(number, ())
