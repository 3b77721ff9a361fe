"""A list of settings as a source of trials: each once, and a few times more where it fails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from autoclue.records import Scalar, TrialState
from autoclue.search.sampling import Proposer, ask_point
from autoclue.search.store import Ledger
from autoclue.search.tuner import Done, Job, Wait
from autoclue.training import TrialConfig

MOST_ATTEMPTS: Final = 3
"""How often a run is tried that fails, earlier runs of the command included."""


@dataclass(slots=True)
class PointSource:
    """Given points of a space in their order, and after them those that failed once more.

    There is no baseline. What is complete by the ledger isn't asked again.

    Attributes:
        ledger: Where trials are asked.
        proposer: Knows the space.
        points: What is run, a value for each parameter of the space.
        configure: Makes a trial's complete settings of a point.
        retry_failed: Whether those that have failed as often as is allowed are tried anew.
    """

    ledger: Ledger
    proposer: Proposer
    points: Sequence[Mapping[str, Scalar]]
    configure: Callable[[Mapping[str, Scalar]], TrialConfig]
    retry_failed: bool = False
    _forgiven: dict[str, int] = field(default_factory=dict)  # failures that don't count, by key
    _by_key: dict[str, Mapping[str, Scalar]] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    def restore(self) -> Done | None:
        """Take note of what has been asked and what has failed before."""
        states = self._states()
        self._asked = set(states)
        self._by_key = {self.configure(point).key: point for point in self.points}
        if self.retry_failed:
            self._forgiven = {key: each.count(TrialState.FAIL) for key, each in states.items()}
        found = self._find()
        return found if isinstance(found, Done) else None

    def next(self) -> Job | Wait | Done:
        """Ask for the next point that isn't complete and doesn't run."""
        found = self._find()
        if isinstance(found, Done | Wait):
            return found
        number, params = ask_point(self.ledger, self.proposer, found)
        config = self.configure(params)
        self.ledger.commit(number, config.model_dump(), config.key)
        self._asked.add(config.key)
        return Job(number, config)

    def _find(self) -> Mapping[str, Scalar] | Wait | Done:
        for key, point in self._by_key.items():
            if key not in self._asked:
                return point
        states = self._states()
        for key, point in self._by_key.items():
            if set(states[key]) == {TrialState.FAIL} and self._may_fail_again(key, states[key]):
                return point
        if any(TrialState.RUNNING in states[key] for key in self._by_key):
            return Wait()
        return Done(f"all {len(self.points)} runs have been asked")

    def _may_fail_again(self, key: str, states: Sequence[TrialState]) -> bool:
        return len(states) - self._forgiven.get(key, 0) < MOST_ATTEMPTS

    def _states(self) -> dict[str, list[TrialState]]:
        """Return where the trials of each configuration stand, by its identity when asked."""
        found: dict[str, list[TrialState]] = defaultdict(list)
        for trial in self.ledger.committed():
            change = trial.attributes.change
            before = None if change is None else TrialConfig.model_validate(change.before)
            key = trial.attributes.key if before is None else before.key
            found[str(key)].append(trial.state)
        return found

    def is_baseline(self, number: int) -> bool:
        """Return ``False``: a grid has no baseline beside its points."""
        return False

    def needs_state(self, number: int) -> bool:
        """Return ``False``: every trial starts from the pretrained weights."""
        return False
