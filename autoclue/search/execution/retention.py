"""Which models and states of a study's trials are still needed, and the end of the others.

Nothing else in a search deletes one. A model is needed while its trial may win, and after that as
long as the test part has not been scored with it; a state, while its trial may go on or another
one may start from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.search.execution.artifacts import (
    BEST,
    LocalArtifacts,
    damaged_state_key,
    find_kept_model,
    model_key,
    state_key,
    trial_folder,
)
from autoclue.search.store import Prepared
from autoclue.search.tuner import Silent
from autoclue.training import TrialConfig
from autoclue.training.checkpoints import remove_leftovers


class Away(Protocol):
    """Where files of trials are kept beside the study's folder."""

    def drop(self, number: int) -> None:
        """Drop all that is kept of a trial."""


STATES_AN_EVENT = 8
"""So many held states are looked at for each event, on average; with more, some go a bit later."""

Needs = Callable[[int], bool]
"""Returns whether something of a trial is needed though the trial has ended."""


def needs_none(number: int) -> bool:
    """Return ``False``, for a search that needs nothing of such trials."""
    return False


@dataclass(slots=True)
class Retention(Silent):
    """Drops what nobody can need any more as trials end.

    Attributes:
        folder: The study's folder.
        winner: The best trial of earlier runs, if there is any.
        needs_model: Whether a trial's model is needed though another trial is better.
        needs_state: Whether a later trial may start from the state of one that has ended.
        segments: Trials of earlier runs that have ended short of their schedule; they can't win,
            and their models are kept with their states, since the next ones need both.
        held: Trials of earlier runs that have ended and may have left their states.
        away: Where states and models are kept too; the state of the best trial stays there with
            its model.
        best: Score of the best trial so far, and its number times -1.
    """

    folder: Path
    winner: TrialRecord | None = None
    needs_model: Needs = needs_none
    needs_state: Needs = needs_none
    segments: Collection[int] = ()
    held: Collection[int] = ()
    away: Away | None = None
    best: tuple[float, int] | None = None
    _segments: set[int] = field(default_factory=set)
    _held: set[int] = field(default_factory=set)  # ended, with their states
    _beaten: set[int] = field(default_factory=set)  # of those, whose models aren't needed
    _events: int = 0  # since they were last looked at

    def __post_init__(self) -> None:
        if self.winner is not None and self.winner.best_score is not None:
            self.best = (self.winner.best_score, -self.winner.number)
        self._segments.update(self.segments)
        self._held.update(self.segments, self.held)

    def started(self, number: int, config: TrialConfig) -> None:
        """Note whether the trial ends short of its schedule."""
        if config.until_step is not None:
            self._segments.add(number)

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Drop the state that the trial has started from, unless another one needs it too."""
        self._drop_states()

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Drop the trial's state, and its model or the one that it beats."""
        self._held.add(number)
        self._drop_states()
        if number in self._segments:
            return
        reached = None if score is None else (score, -number)  # the earliest of equals wins
        complete = state is TrialState.COMPLETE
        if complete and self._beats(reached):
            if self.best is not None and not self.needs_model(-self.best[1]):
                self._drop_model(-self.best[1])
            self.best = reached
        elif not (complete and self.needs_model(number)):
            self._drop_model(number)

    def _drop_states(self) -> None:
        self._events += 1
        if self._events * STATES_AN_EVENT < len(self._held):
            return
        self._events = 0
        store = LocalArtifacts(self.folder)
        for number in [each for each in self._held if not self.needs_state(each)]:
            self._held.remove(number)
            if number in self._segments | self._beaten:
                self._drop_model(number)
            for key in (state_key(number), damaged_state_key(number)):
                store.drop(key)

    def _drop_model(self, number: int) -> None:
        """Drop a model; what is kept away goes as a whole, once its state isn't needed either."""
        LocalArtifacts(self.folder).drop(model_key(number))
        if self.needs_state(number):
            self._beaten.add(number)
        elif self.away is not None:
            self.away.drop(number)

    def _beats(self, reached: tuple[float, int] | None) -> bool:
        return reached is not None and (self.best is None or reached > self.best)


def keep_best_model(
    study: StudyRecord,
    folder: Path,
    *,
    spare: Collection[int] = (),
    needs_state: Needs = needs_none,
) -> Path | None:
    """Keep the winner's model as ``best`` in the study's folder, and drop those of the others.

    Models of running trials stay; so does everything while nothing has won.

    Args:
        study: The study.
        folder: Its folder.
        spare: Numbers of trials whose models stay too, each in its own folder.
        needs_state: Whether a later trial may start from the state of one that has ended.

    Returns:
        The kept model's folder.
    """
    winner = study.winner
    if winner is None:
        return None
    store = LocalArtifacts(folder)
    if store.has(model_key(winner.number)):
        _put_back(study, folder, spare)
        store.move(model_key(winner.number), BEST)
    drop_files(study.trials, folder, spare=spare, needs_state=needs_state)
    return store.path(BEST) if store.has(BEST) else None


def _put_back(study: StudyRecord, folder: Path, spare: Collection[int]) -> None:
    """Move the study's best model so far to the trial that it is of, where that is spared."""
    store = LocalArtifacts(folder)
    for trial in study.trials:
        if trial.number in spare and find_kept_model(folder, trial) == store.path(BEST):
            store.move(BEST, model_key(trial.number))
            return


def drop_files(
    trials: Iterable[TrialRecord],
    folder: Path,
    *,
    spare: Collection[int] = (),
    needs_state: Needs = needs_none,
) -> None:
    """Drop the models and states of trials that have ended, whole or not; their logs stay.

    Args:
        trials: Trials of a study.
        folder: The study's folder.
        spare: Numbers of trials whose models stay.
        needs_state: Whether a later trial may start from the state of one that has ended.
    """
    store = LocalArtifacts(folder)
    for trial in trials:
        if trial.state is not TrialState.RUNNING:
            needed = needs_state(trial.number)
            if trial.number not in spare and not (needed and trial.is_segment):
                store.drop(model_key(trial.number))
            if not needed:
                store.drop(state_key(trial.number))
                store.drop(damaged_state_key(trial.number))
            remove_leftovers(trial_folder(folder, trial.number))
