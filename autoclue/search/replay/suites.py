"""Replay a scheduler over every finished suite, to tell what it is worth before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.records import StudyRecord, TrialState
from autoclue.search.replay.replay import Replay, replay_study
from autoclue.search.suite import load_suite, read_index, suite_names

MOST_STUDIES = 100
"""So many studies are replayed at most, those of the suites that come first by their names."""
LEAST_RUNS = 4
"""A study of fewer runs says nothing about stopping."""


@dataclass(frozen=True, slots=True)
class SchedulerEvidence:
    """What a scheduler would have done to finished suites.

    Attributes:
        scheduler: The scheduler.
        suites: Finished suites that were replayed.
        replays: Each of their studies.
    """

    scheduler: str
    suites: int
    replays: tuple[Replay, ...]

    @property
    def lost(self) -> int:
        """Studies whose winner would have been stopped."""
        return sum(each.winner_survives is False for each in self.replays)

    @property
    def saved_share(self) -> float:
        """The part of all steps that would have been saved, in [0, 1)."""
        whole = sum(each.whole_steps for each in self.replays)
        return 1 - sum(each.steps_at_most for each in self.replays) / whole if whole else 0.0

    @property
    def most_lost(self) -> float:
        """The most that the best score of a study would have been lower, in [0, 1]."""
        return max(
            (
                each.winner_score - each.best_score
                for each in self.replays
                if each.winner_score is not None and each.best_score is not None
            ),
            default=0.0,
        )

    @property
    def words(self) -> str:
        """The same in a clause."""
        if not self.replays:
            return "no finished suite lies here yet to replay it on"
        studies = "1 study" if len(self.replays) == 1 else f"{len(self.replays)} studies"
        suites = "1 finished suite" if self.suites == 1 else f"{self.suites} finished suites"
        lower = f", by at most {100 * self.most_lost:.2f} points" if self.lost else ""
        return (
            f"on {studies} of {suites} here it would have lost the winner in "
            f"{self.lost}{lower}, and saved {self.saved_share:.0%} of the steps"
        )


def scheduler_evidence(root: Path, scheduler: str, *, workers: int) -> SchedulerEvidence:
    """Replay a scheduler over all suites below a folder in which nothing was stopped.

    Args:
        root: Folder of all studies and suites.
        scheduler: Its name, with or without values of its parameters.
        workers: Runs at once on the simulated clock.

    Raises:
        UsageError: The scheduler is unknown.
    """
    replays: list[Replay] = []
    suites = set()
    for name, study in _finished(root):
        if len(replays) == MOST_STUDIES:
            break
        replays += replay_study(study, scheduler=scheduler, workers=workers)
        suites.add(name)
    return SchedulerEvidence(scheduler, len(suites), tuple(replays))


def _finished(root: Path) -> Iterator[tuple[str, StudyRecord]]:
    """Yield the studies of suites whose runs are all complete; others can't be replayed whole."""
    for name in suite_names(root):
        try:
            studies = [each.study for each in load_suite(read_index(root / name)).studies]
        except UsageError:  # a damaged suite is no reason not to begin another
            continue
        if studies and all(map(_is_whole, studies)):
            yield from ((name, study) for study in studies if len(study.complete) >= LEAST_RUNS)


def _is_whole(study: StudyRecord) -> bool:
    states = [trial.state for trial in study.standing]
    return bool(states) and all(
        state in (TrialState.COMPLETE, TrialState.FAIL) for state in states
    )
