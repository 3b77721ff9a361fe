"""The files of a study's trials, and which of them are still needed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from autoclue.records import Evaluation, StudyRecord, TrialRecord, TrialState
from autoclue.search.store import Prepared
from autoclue.search.tuner import Listener
from autoclue.training import TrialConfig
from autoclue.training.checkpoints import kept_evaluation, remove_leftovers, remove_state


def trial_folder(folder: Path, number: int) -> Path:
    """Return the folder of a trial within its study's folder."""
    return folder / "trials" / f"{number:04d}"


def find_kept_model(folder: Path, trial: TrialRecord) -> Path | None:
    """Find the kept model of a trial: its own, or the best of the study where that is its own.

    Args:
        folder: The study's folder.
        trial: A trial of the study.
    """
    places = (trial_folder(folder, trial.number) / "best", folder / "best")
    return next((place for place in places if _holds(place, trial)), None)


def _holds(place: Path, trial: TrialRecord) -> bool:
    """Return whether a folder holds a trial's best model; times differ where it was done again."""
    kept = kept_evaluation(place)
    if kept is None or trial.best is None:
        return False
    return (kept.step, kept.score) == (trial.best.step, trial.best.score)


@dataclass(slots=True)
class Tidy:
    """Passes every event on, and drops files that nobody can need any more as trials end.

    Attributes:
        listener: Is told everything.
        folder: The study's folder.
        winner: The best trial of earlier runs, if there is any.
        spare: Tells whether a trial's model is needed though another trial is better.
        best: Score of the best trial so far, and its number times -1.
    """

    listener: Listener
    folder: Path
    winner: TrialRecord | None
    spare: Callable[[int], bool] = lambda number: False
    best: tuple[float, int] | None = None

    def __post_init__(self) -> None:
        if self.winner is not None and self.winner.best_score is not None:
            self.best = (self.winner.best_score, -self.winner.number)

    def started(self, number: int, config: TrialConfig) -> None:
        """Pass it on."""
        self.listener.started(number, config)

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Pass it on."""
        self.listener.prepared(number, prepared)

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Pass it on."""
        self.listener.evaluated(number, evaluation)

    def requeued(self, number: int, reason: str) -> None:
        """Pass it on; its checkpoint stays."""
        self.listener.requeued(number, reason)

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Drop the trial's state, and its model or the one that it beats; pass it on."""
        remove_state(trial_folder(self.folder, number))
        reached = None if score is None else (score, -number)  # the earliest of equals wins
        complete = state is TrialState.COMPLETE
        if complete and self._beats(reached):
            if self.best is not None and not self.spare(-self.best[1]):
                _drop_model(self.folder, -self.best[1])
            self.best = reached
        elif not (complete and self.spare(number)):
            _drop_model(self.folder, number)
        self.listener.ended(number, state, score=score, reason=reason)

    def scoring(self, number: int) -> None:
        """Pass it on."""
        self.listener.scoring(number)

    def _beats(self, reached: tuple[float, int] | None) -> bool:
        return reached is not None and (self.best is None or reached > self.best)


def _drop_model(folder: Path, number: int) -> None:
    shutil.rmtree(trial_folder(folder, number) / "best", ignore_errors=True)


def keep_best_model(
    study: StudyRecord, folder: Path, *, spare: Collection[int] = ()
) -> Path | None:
    """Keep the winner's model as ``best`` in the study's folder, and drop those of the others.

    Models of running trials stay; so does everything while nothing has won.

    Args:
        study: The study.
        folder: Its folder.
        spare: Numbers of trials whose models stay too, each in its own folder.

    Returns:
        The kept model's folder.
    """
    winner = study.winner
    if winner is None:
        return None
    target = folder / "best"
    source = trial_folder(folder, winner.number) / "best"
    if source.is_dir():
        _put_back(study, folder, spare)
        shutil.rmtree(target, ignore_errors=True)
        os.rename(source, target)
    drop_files(study.trials, folder, spare=spare)
    return target if target.is_dir() else None


def _put_back(study: StudyRecord, folder: Path, spare: Collection[int]) -> None:
    """Move the study's best model so far to the trial that it is of, where that is spared."""
    for trial in study.trials:
        if trial.number in spare and find_kept_model(folder, trial) == folder / "best":
            own = trial_folder(folder, trial.number)
            own.mkdir(parents=True, exist_ok=True)
            _drop_model(folder, trial.number)
            os.rename(folder / "best", own / "best")
            return


def drop_files(
    trials: Iterable[TrialRecord], folder: Path, *, spare: Collection[int] = ()
) -> None:
    """Drop the models and states of trials that have ended, whole or not; their logs stay.

    Args:
        trials: Trials of a study.
        folder: The study's folder.
        spare: Numbers of trials whose models stay.
    """
    for trial in trials:
        if trial.state is not TrialState.RUNNING:
            if trial.number not in spare:
                _drop_model(folder, trial.number)
            own = trial_folder(folder, trial.number)
            remove_state(own)
            remove_leftovers(own)
