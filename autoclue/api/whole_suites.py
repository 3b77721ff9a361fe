"""``suite``: from a model to an archive of predictions; the same call again goes on."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from autoclue.api.after_training import check_predictable, submitting
from autoclue.api.kept_predictions import predicted_once
from autoclue.api.studies import Watch, search, watching
from autoclue.api.suites import WatchSuite, run_grid, suite_written, watching_suite
from autoclue.errors import AutoclueError, TroubleError, UsageError
from autoclue.option_fields import read_options, takes_options
from autoclue.options import StudySpec, TuneArguments
from autoclue.predict_options import SubmitArguments
from autoclue.results import SuiteResult
from autoclue.suite_options import GRID, GridArguments, SuiteArguments, SuiteLocation

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autoclue.suite_options import SuiteKeywords

PREDICTIONS: Final = "predictions"
"""Folder of all prediction files in that of a suite, a folder for each study."""
SEARCH_SCHEDULER: Final = "adaptive"


class WatchWhole(Protocol):
    """Shows what a suite does: its grid as a whole, or its searches one by one."""

    @property
    def grid(self) -> WatchSuite:
        """Is shown a grid."""

    @property
    def study(self) -> Watch:
        """Is shown a search."""

    def begins(self, task: str, number: int, total: int) -> None:
        """A task's search begins; the first one has number 1."""

    def failed(self, task: str, problem: str) -> None:
        """A task has no result."""

    def predicting(self, tasks: Sequence[str]) -> AbstractContextManager[None]:
        """The best models of some tasks answer their test parts."""


@dataclass(frozen=True, slots=True)
class _Quiet:
    """Shows nothing."""

    grid: WatchSuite
    study: Watch

    def begins(self, task: str, number: int, total: int) -> None:
        """Show nothing."""

    def failed(self, task: str, problem: str) -> None:
        """Show nothing; the result has it."""

    @contextlib.contextmanager
    def predicting(self, tasks: Sequence[str]) -> Iterator[None]:
        """Show nothing."""
        yield


@takes_options(SuiteArguments)
def suite(*, progress: bool = True, **options: Unpack[SuiteKeywords]) -> SuiteResult:
    """Search every task of the benchmark for a model, and pack what the best models predict.

    Called again with the same arguments it goes on: searches as ``tune`` and ``grid`` do, and
    what has been predicted by the same model on the same rows isn't predicted again.

    Args:
        progress: Whether to show what happens: a table in a terminal or notebook, else lines.
        **options: Options of ``autoclue suite``, by name.

    Raises:
        UsageError: Something is wrong with the arguments; found before anything runs.
        AutoclueError: No task has a result.

    Examples:
        Two tasks of one short trial each, on built-in text:

        >>> import autoclue
        >>> result = autoclue.suite(
        ...     model="builtin",
        ...     tasks="afqmc,tnews",
        ...     search="discriminative",
        ...     data="builtin",
        ...     builtin_size="tiny",
        ...     trials=1,
        ...     max_steps=2,
        ...     submit="clue.zip",
        ... )
        >>> result.submission.files
        ('afqmc_predict.json', 'tnews11_predict.json')
    """
    arguments = read_options(SuiteArguments, options)
    if progress:
        from autoclue.screen import SuiteScreen

        return run_whole_suite(arguments, SuiteScreen())
    quiet = _Quiet(watching_suite(progress=False), watching(None, progress=False))
    return run_whole_suite(arguments, quiet)


def run_whole_suite(
    arguments: SuiteArguments, watch: WatchWhole, *, command: Sequence[str] | None = None
) -> SuiteResult:
    """Search, predict, pack and report; see ``suite``.

    Args:
        arguments: Checked options.
        watch: Is shown what runs, and gives what is told of it.
        command: The command line, for the reports.

    Raises:
        UsageError: See ``suite``.
        AutoclueError: See ``suite``.
    """
    from autoclue.search.suite import grid_tasks, model_labels

    is_grid = arguments.search == GRID
    if is_grid and arguments.trials is not None:
        raise UsageError(
            "trials is given, but the published grid has its own number of runs; leave it out, or "
            "search with a strategy (--search discriminative)."
        )
    tasks = grid_tasks(arguments.tasks)
    (label,) = model_labels([arguments.model]).values()
    whole = _Whole(arguments, {task: f"{task}-{label}" for task in tasks}, label, watch, command)
    whole.check_archive()
    found = whole.grid() if is_grid else whole.searches()
    return found if arguments.submit is None else whole.handed_in(found, arguments.submit)


@dataclass(frozen=True, slots=True)
class _Whole:
    """What one command does: the studies by task, and how each step of it is done."""

    arguments: SuiteArguments
    studies: Mapping[str, str]
    label: str
    watch: WatchWhole
    command: Sequence[str] | None

    @property
    def name(self) -> str:
        """The suite's name: by search, model and data."""
        asked = self.arguments
        if asked.location.suite is not None:
            return asked.location.suite
        told = [
            *(asked.model, asked.data, asked.builtin_size, asked.search, asked.scheduler),
            asked.max_steps,
            *([asked.cards_per_trial] if asked.cards_per_trial > 1 else []),
        ]
        digits = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]
        kind = re.sub(r"[^A-Za-z0-9._]+", "-", asked.search)[:40]
        return f"suite-{kind}-{self.label[:80]}-{digits}"

    @property
    def scheduler(self) -> str:
        """What stops runs."""
        usual = "none" if self.arguments.search == GRID else SEARCH_SCHEDULER
        return usual if self.arguments.scheduler is None else self.arguments.scheduler

    def check_archive(self) -> None:
        """Refuse what couldn't be predicted or packed in the end, before anything runs.

        Raises:
            UsageError: A test part is missing or can't be read, or the archive can't be written.
        """
        from autoclue.tasks import sized_data
        from autoclue.tasks.submission import check_folder_for

        asked = self.arguments
        if asked.submit is None:
            return
        if asked.submit.is_dir():
            raise UsageError(
                f"{asked.submit} is a folder; give the archive a name, such as clue.zip."
            )
        check_folder_for(asked.submit.parent)
        for task in self.studies:
            check_predictable(task, sized_data(asked.data, asked.builtin_size), None)

    def grid(self) -> SuiteResult:
        """Run the published grid, and keep each task's best model."""
        asked = self.arguments
        arguments = GridArguments(
            models=(asked.model,),
            tasks=tuple(self.studies),
            data=asked.data,
            builtin_size=asked.builtin_size,
            scheduler=self.scheduler,
            max_steps=asked.max_steps,
            cards_per_trial=asked.cards_per_trial,
            save_best=True,
            retry_failed=asked.retry_failed,
            artifacts=asked.artifacts,
            resources=asked.resources,
            location=SuiteLocation(suite=self.name, folder=asked.location.folder),
        )
        return run_grid(arguments, self.watch.grid, command=self.command)

    def searches(self) -> SuiteResult:
        """Search task by task; one that fails doesn't keep the others from being searched.

        Raises:
            AutoclueError: Every one failed, or what all of them need can't be had.
        """
        from autoclue.search.suite import SuiteEntry, add_to_index, prepare_searches, suite_folder

        asked = self.arguments
        folder = suite_folder(asked.location.folder, self.name)
        entries = [SuiteEntry(self.label, task, name) for task, name in self.studies.items()]
        questions = [self._question(task) for task in self.studies]
        prepare_searches(folder, entries, questions, asked.resources)
        index = add_to_index(folder, entries)
        problems: dict[str, str] = {}
        for number, task in enumerate(self.studies, start=1):
            self.watch.begins(task, number, len(self.studies))
            try:
                search(self._search(task, folder), self.watch.study, command=self.command)
            except (UsageError, TroubleError):
                raise
            except AutoclueError as error:
                problems[task] = str(error)
                self.watch.failed(task, str(error))
        if len(problems) == len(self.studies):
            raise AutoclueError(f"No task has a result; the last one says: {problems[task]}")
        return replace(suite_written(index), problems=problems)

    def _question(self, task: str) -> StudySpec:
        asked = self.arguments
        return StudySpec(
            task=task,
            strategy=asked.search,
            model=asked.model,
            data=asked.data,
            builtin_size=asked.builtin_size,
            scheduler=self.scheduler,
            max_steps=asked.max_steps,
            cards_per_trial=asked.cards_per_trial,
        )

    def _search(self, task: str, folder: Path) -> TuneArguments:
        asked = self.arguments
        question = self._question(task).model_dump(exclude_defaults=True)
        given = {
            "trials": asked.trials,
            "study": self.studies[task],
            "folder": folder,
            "artifacts": asked.artifacts,
        }
        return read_options(
            TuneArguments,
            {"model": asked.model, "data": asked.data, **question, **given}
            | asked.resources.model_dump(),
        )

    def handed_in(self, found: SuiteResult, target: Path) -> SuiteResult:
        """Predict with every best model, and pack the files unless a task has none.

        Args:
            found: What the searches gave.
            target: The archive.
        """
        best = {task: found.folder / name / "best" for task, name in self.studies.items()}
        answers = {task: path for task, path in best.items() if path.is_dir()}
        with self.watch.predicting(list(answers)):
            predictions = {
                self.studies[task]: predicted_once(path, self._files_of(found, task))
                for task, path in answers.items()
            }
        lacking = {task: "no run of it is complete" for task in best if task not in answers}
        problems = {**lacking, **found.problems}
        done = replace(found, predictions=predictions, problems=problems)
        if problems:
            return done
        folders = tuple(self._files_of(found, task) for task in answers)
        asked = self.arguments
        packed = submitting(
            SubmitArguments(
                folders=folders,
                out=target,
                partial=True,
                data=asked.data,
                builtin_size=asked.builtin_size,
            )
        )
        return replace(done, submission=packed)

    def _files_of(self, found: SuiteResult, task: str) -> Path:
        return found.folder / PREDICTIONS / self.studies[task]
