"""A search that has been checked and can run, and what comes of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord

if TYPE_CHECKING:
    import pandas as pd

    from autoclue.search.execution import Resources
    from autoclue.search.spec import Plan
    from autoclue.search.study import DrivenConfirmation, DrivenStudy, Place
    from autoclue.search.tuner import Listener

DEFAULT_TRIALS = 32


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What a study found.

    Attributes:
        study: Everything the ledger holds, as plain records.
        folder: The study's folder.
        report: The page to open in a browser.
        results: The same numbers as JSON.
        model: Folder of the winner's model in PaddleNLP's form, if a trial has completed.
    """

    study: StudyRecord
    folder: Path
    report: Path
    results: Path
    model: Path | None

    @property
    def best(self) -> TrialRecord | None:
        """The complete trial with the highest score."""
        return self.study.winner

    @property
    def baseline(self) -> TrialRecord | None:
        """The trial of the published default configuration."""
        return self.study.baseline

    @property
    def best_settings(self) -> Mapping[str, object] | None:
        """The winner's complete settings."""
        return None if self.best is None else self.best.config

    @property
    def trials(self) -> pd.DataFrame:
        """All trials, one row each."""
        from autoclue.reporting import trials_frame

        return trials_frame(self.study)


@dataclass(frozen=True, slots=True)
class Confirm:
    """A retraining of a study's best configurations that has been checked and can run.

    Attributes:
        plan: What the study asks.
        place: Where the study is kept.
        resources: What trainings run on.
        best: How many of the best configurations are trained again, beside the baseline.
        seeds: Training seeds for each.
    """

    plan: Plan
    place: Place
    resources: Resources
    best: int
    seeds: int

    @contextlib.contextmanager
    def open(self) -> Iterator[OpenConfirm]:
        """Choose what is trained again, and hold it while the context lasts.

        Raises:
            UsageError: The study has no complete trial.
            AutoclueError: Another process does so already.
        """
        from autoclue.search.study import drive_confirmation

        with drive_confirmation(self.plan, self.place, best=self.best, seeds=self.seeds) as driven:
            yield OpenConfirm(self, driven)

    def run(self, listener: Listener | None = None) -> StudyResult:
        """Run it; see ``autoclue.confirm``."""
        with self.open() as opened:
            return opened.run(listener)


@dataclass(frozen=True, slots=True)
class OpenConfirm:
    """A retraining that this process holds.

    Attributes:
        confirm: What was asked for.
        driven: What is trained again.
    """

    confirm: Confirm
    driven: DrivenConfirmation

    def run(self, listener: Listener | None = None) -> StudyResult:
        """Run the retraining, and write the study's report however it ends."""
        from autoclue.reporting import write_report
        from autoclue.search.study import load_study, run_confirmation

        place = self.confirm.place
        try:
            run_confirmation(self.driven, self.confirm.resources, listener=listener)
        except BaseException:
            write_report(load_study(place), place.folder)
            raise
        return result_of(load_study(place), place)


@dataclass(frozen=True, slots=True)
class Search:
    """A search that has been checked and can run.

    Attributes:
        plan: What is asked, resolved.
        place: Where the study is kept.
        resources: What trials run on.
        trials: Trials that the study shall have in all; ``None`` keeps what an earlier run said.
        time_budget_s: Seconds for this run; ``None`` for no limit.
        step_budget: Updates for all trials together; ``None`` keeps what an earlier run said.
        extend: Trials to add once the study has those that it was begun with.
        confirm: What is trained again with other seeds after the search, if anything.
    """

    plan: Plan
    place: Place
    resources: Resources
    trials: int | None
    time_budget_s: float | None
    step_budget: int | None = None
    extend: int | None = None
    confirm: Confirm | None = None

    @contextlib.contextmanager
    def open(self, *, command: Sequence[str] | None = None) -> Iterator[OpenSearch]:
        """Make the study, or find it where it goes on, and hold it while the context lasts.

        Args:
            command: The command line, for the report.

        Raises:
            UsageError: It can't be written, or a study of this name asks something else.
            AutoclueError: Another process runs it.
        """
        from autoclue.search.study import Extent, drive_study, note_extent

        again = self.confirm
        extent = None if again is None else Extent(again.best, again.seeds)
        with drive_study(self.plan, self.place, command=command) as study:
            note_extent(study.ledger, extent)
            budget = study.step_budget if self.step_budget is None else self.step_budget
            yield OpenSearch(self, study, self._target(study.n_asked, study.target), budget)

    def _target(self, asked: int, before: int | None) -> int:
        """Find how many trials there shall be; more are added only to a study that has its own."""
        unfinished = before is not None and asked < before
        if self.extend is not None:
            return before if before is not None and unfinished else max(asked, 1) + self.extend
        if self.trials is None:
            return DEFAULT_TRIALS if before is None else before
        return self.trials

    def run(
        self, listener: Listener | None = None, *, command: Sequence[str] | None = None
    ) -> StudyResult:
        """Run it; see ``tune``."""
        with self.open(command=command) as opened:
            result = opened.run(listener)
        return result if self.confirm is None else self.confirm.run(listener)


@dataclass(frozen=True, slots=True)
class OpenSearch:
    """A search whose study this process holds.

    Attributes:
        search: What was asked for.
        study: The study.
        trials: Trials that it shall have in all.
        step_budget: Updates that they may take in all; ``None`` for no limit.
    """

    search: Search
    study: DrivenStudy
    trials: int
    step_budget: int | None

    def run(self, listener: Listener | None = None) -> StudyResult:
        """Run the search, and write its report however it ends; see ``tune``."""
        from autoclue.reporting import write_report
        from autoclue.search.study import load_study, run_study, with_confirmation

        place = self.search.place
        try:
            found = run_study(
                self.study,
                self.search.resources,
                trials=self.trials,
                time_budget_s=self.search.time_budget_s,
                step_budget=self.step_budget,
                listener=listener,
            )
        except BaseException:
            if self.study.n_asked:
                write_report(load_study(place), place.folder)
            raise
        return result_of(with_confirmation(found, place), place)


def result_of(study: StudyRecord, place: Place) -> StudyResult:
    """Write a study's report and say where everything lies."""
    from autoclue.reporting import write_report

    files = write_report(study, place.folder)
    model = place.folder / "best"
    return StudyResult(
        study=study,
        folder=place.folder,
        report=files.html,
        results=files.results,
        model=model if model.is_dir() else None,
    )
