"""What is done with several studies at once: run the published grid, and sum it up."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from autoclue.option_fields import PathInput, read_options, takes_options
from autoclue.options import StudiesFolder
from autoclue.records import SuiteRecord, SuiteStudy
from autoclue.reporting import BestResult, best_results, write_suite_report
from autoclue.results import SuiteResult
from autoclue.suite_options import ExtractArguments, GridArguments, ImportArguments

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autoclue.search.suite import ImportedLogs, SuiteIndex, SuiteRun
    from autoclue.search.tuner import Listener
    from autoclue.suite_options import ExtractKeywords, GridKeywords, ImportKeywords

WatchSuite: TypeAlias = "Callable[[SuiteRun], AbstractContextManager[Listener]]"
"""Is shown what is about to run, and gives the listener that is told what happens."""


@takes_options(GridArguments)
def grid(*, progress: bool = True, **options: Unpack[GridKeywords]) -> SuiteResult:
    """Run the published grid of some tasks of a model or several, or go on with it.

    What is complete by the ledgers is skipped, what was interrupted goes on, and what has failed
    is tried again a few times.

    Args:
        progress: Whether to show what happens: a table in a terminal or notebook, else lines.
        **options: Options of ``autoclue grid``, by name.

    Raises:
        UsageError: Something is wrong with the arguments, or a suite of this name asks something
            else; found before anything runs.
        AutoclueError: The trials can't be run.

    Examples:
        A sixth of one task, with two steps a run, on built-in text:

        >>> import autoclue
        >>> result = autoclue.grid(
        ...     models="builtin",
        ...     tasks="c3",
        ...     data="builtin",
        ...     builtin_size="tiny",
        ...     max_steps=2,
        ...     shard="1/6",
        ...     suite="demo-grid",
        ... )
        >>> result.best[0].task, result.best[0].complete, result.report.name
        ('c3', 1, 'report.html')
    """
    return run_grid(read_options(GridArguments, options), watching_suite(progress=progress))


@takes_options(ExtractArguments)
def extract(**options: Unpack[ExtractKeywords]) -> tuple[BestResult, ...]:
    """Find the best result of every task in one suite, or in several that share a grid.

    Args:
        **options: Options of ``autoclue extract``, by name.

    Raises:
        UsageError: There is no such suite, or it can't be read.

    Examples:
        The suite of the example of ``grid``:

        >>> import autoclue
        >>> (best,) = autoclue.extract(suites="demo-grid")
        >>> best.task, best.runs, best.failed
        ('c3', 1, 0)
    """
    return extracted(read_options(ExtractArguments, options))


@takes_options(ImportArguments)
def import_logs(**options: Unpack[ImportKeywords]) -> SuiteResult:
    """Make a suite of the logs that PaddleNLP's grid tools leave, curves and all.

    Args:
        **options: Options of ``autoclue import-logs``, by name.

    Raises:
        UsageError: There are no logs, or the suite is there already.
        AutoclueError: It can't be written.

    Examples:
        A log of one run:

        >>> import autoclue
        >>> from pathlib import Path
        >>> folder = Path("old-logs/my-ernie/csl")
        >>> folder.mkdir(parents=True)
        >>> written = (folder / "2e-05_32_0.1.log").write_text("best_result: 81.00")
        >>> result = autoclue.import_logs(logs="old-logs")
        >>> result.best[0].percents
        {'accuracy': 81.0}
    """
    return suite_written(read_logs(read_options(ImportArguments, options)).index)


def report_suite(suite: PathInput, *, folder: PathInput | None = None) -> SuiteResult:
    """Write the report of a suite anew, from its ledgers alone, which are only read.

    Args:
        suite: The suite's name or folder.
        folder: Folder of all studies and suites; ``None`` takes ``$AUTOCLUE_FOLDER`` or
            ``autoclue-studies``.

    Raises:
        UsageError: There is no such suite, or its folder can't be written.

    Examples:
        The suite of the example of ``grid``:

        >>> import autoclue
        >>> autoclue.report_suite("demo-grid").results.name
        'results.json'
    """
    from autoclue.search.suite import find_suite

    given = {} if folder is None else {"folder": folder}
    return suite_written(find_suite(read_options(StudiesFolder, given).folder, str(suite)))


def run_grid(
    arguments: GridArguments, watch: WatchSuite, *, command: Sequence[str] | None = None
) -> SuiteResult:
    """Run the published grid, or go on with it, and write its report; see ``grid``.

    Args:
        arguments: Checked options.
        watch: Is shown what runs, and gives what is told of it.
        command: The command line, for the reports.

    Raises:
        UsageError: See ``grid``.
        AutoclueError: See ``grid``.
    """
    from autoclue.search.suite import start_suite

    with start_suite(arguments, command=command) as run, watch(run) as listener:
        run.run(listener)
        return suite_written(run.index)


def extracted(arguments: ExtractArguments) -> tuple[BestResult, ...]:
    """Find the best results; see ``extract``."""
    from autoclue.search.suite import find_suite, load_suite

    found = [load_suite(find_suite(arguments.folder, name)) for name in arguments.suites]
    return best_results(joined(found))


def read_logs(arguments: ImportArguments) -> ImportedLogs:
    """Make a suite of the logs of the published tools; see ``import_logs``."""
    from autoclue.search.suite import make_suite_of_logs

    return make_suite_of_logs(arguments)


def suite_written(index: SuiteIndex) -> SuiteResult:
    """Write the report of a suite, and collect where everything lies.

    Args:
        index: Where the suite is.

    Raises:
        UsageError: A ledger can't be read.
        FolderError: The report can't be written.
    """
    from autoclue.search.suite import load_suite

    found = load_suite(index)
    files = write_suite_report(found, index.folder)
    return SuiteResult(found, index.folder, files.html, files.results, best_results(found))


def watching_suite(*, progress: bool) -> WatchSuite:
    """Choose what is told what happens in a suite: what is shown, or nobody."""
    if progress:
        from autoclue.screen import watch_suite

        return watch_suite

    @contextlib.contextmanager
    def watch(run: SuiteRun) -> Iterator[Listener]:
        from autoclue.search.tuner import Silent

        yield Silent()

    return watch


def joined(suites: Sequence[SuiteRecord]) -> SuiteRecord:
    """Join suites: studies of the same model and task become one with the trials of all."""
    studies: dict[tuple[str, str], SuiteStudy] = {}
    for each in (study for suite in suites for study in suite.studies):
        place = (each.model, each.task)
        known = studies.get(place)
        if known is not None:
            before = known.study
            whole = replace(
                before,
                trials=(*before.trials, *each.study.trials),
                target_trials=(before.target_trials or 0) + (each.study.target_trials or 0),
            )
            each = replace(known, study=whole)
        studies[place] = each
    return SuiteRecord("+".join(suite.name for suite in suites), tuple(studies.values()))
