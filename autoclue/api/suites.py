"""What is done with several studies at once: run the published grid, and sum it up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from autoclue.records import SuiteRecord, SuiteStudy
from autoclue.reporting import BestResult, best_results
from autoclue.suite_options import ExtractArguments, GridArguments, ImportArguments

if TYPE_CHECKING:
    from autoclue.search.suite import ImportedLogs, SuitePlan, SuiteRun
    from autoclue.search.tuner import Listener

WatchSuite: TypeAlias = "Callable[[SuiteRun], AbstractContextManager[Listener]]"
"""Is shown what is about to run, and gives the listener that is told what happens."""


def plan_grid(arguments: GridArguments) -> SuitePlan:
    """Resolve and check everything that a grid runs; nothing is made or trained.

    Args:
        arguments: Checked options.

    Raises:
        UsageError: Something is unknown, missing, unreadable or out of range.
    """
    from autoclue.search.suite import make_suite_plan

    return make_suite_plan(arguments)


def run_grid(
    arguments: GridArguments, watch: WatchSuite, *, command: Sequence[str] | None = None
) -> SuiteRecord:
    """Run the published grid, or go on with it.

    What is complete by the ledgers is skipped, what was interrupted goes on, and what has failed
    is tried again a few times.

    Args:
        arguments: Checked options.
        watch: Is shown what runs, and gives what is told of it.
        command: The command line, for the reports.

    Raises:
        UsageError: Something is wrong with the arguments, or a suite of this name asks something
            else; found before anything runs.
        AutoclueError: The trials can't be run.
    """
    from autoclue.search.suite import start_suite

    with start_suite(arguments, command=command) as run, watch(run) as listener:
        return run.run(listener)


def extract(arguments: ExtractArguments) -> tuple[BestResult, ...]:
    """Find the best result of every task in one suite, or in several that share a grid.

    Args:
        arguments: Checked options.

    Raises:
        UsageError: There is no such suite, or it can't be read.
    """
    from autoclue.search.suite import find_suite, load_suite

    found = [load_suite(find_suite(arguments.folder, name)) for name in arguments.suites]
    return best_results(joined(found))


def read_logs(arguments: ImportArguments) -> ImportedLogs:
    """Make a suite of the logs of the published tools.

    Args:
        arguments: Checked options.

    Raises:
        UsageError: There are no logs, or the suite is there already.
        AutoclueError: It can't be written.
    """
    from autoclue.search.suite import import_logs

    return import_logs(arguments)


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
