"""Make a suite of the logs of the published tools, curves and all; nothing is trained."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from autoclue.errors import UsageError
from autoclue.options import StudySpec
from autoclue.search.store import (
    EndedTrial,
    Ledger,
    Prepared,
    SpaceVersion,
    StoredLimits,
    StudyAttributes,
    driving,
)
from autoclue.search.study import make_study_folder, place_of, write_pointer
from autoclue.search.suite.index import (
    SUITE_FILE,
    SuiteEntry,
    SuiteIndex,
    add_to_index,
    suite_folder,
)
from autoclue.search.suite.old_logs import LogName, OldRun, find_logs, read_log
from autoclue.search.suite.plan import model_labels
from autoclue.search.suite.points import GRID_SPACE, GRID_TASKS, published_points
from autoclue.space import SearchSpace, load_space
from autoclue.space.optuna_adapter import distributions
from autoclue.suite_options import ImportArguments
from autoclue.tasks import load_task
from autoclue.training import TrialConfig, build_config
from autoclue.training.platform import versions

IMPORTED: Final = "imported"
"""What a study of logs has for its data, which nobody knows."""
DEV_EXAMPLES: Final = {
    **{"afqmc": 4_316, "tnews": 10_000, "iflytek": 2_599, "ocnli": 2_950, "cluewsc2020": 304},
    **{"csl": 3_000, "cmrc2018": 3_219, "c3": 3_816},
}
"""Development examples of the publishers' files, on which such logs were written. How many CMNLI
has after those without a label, and how many blanks CHID, isn't published."""
NO_RESULT: Final = "The log holds no result: its run was cut off."
NEAR: Final = 6e-5
"""How far a curve's best score may be from the printed result, which has two decimals."""


@dataclass(frozen=True, slots=True)
class ImportedLogs:
    """What became of the logs.

    Attributes:
        index: The suite that was made.
        complete: Logs with a result.
        cut_off: Logs without one; they are failed trials.
        odd: Logs whose curve doesn't reach their result, which counts nevertheless.
    """

    index: SuiteIndex
    complete: int
    cut_off: int
    odd: tuple[Path, ...]


def make_suite_of_logs(arguments: ImportArguments) -> ImportedLogs:
    """Read all logs, and write them as a suite of one study for each task of each model.

    Args:
        arguments: Checked options.

    Raises:
        UsageError: There are no logs, or the suite is there already.
        AutoclueError: It can't be written.
    """
    names = sorted(find_logs(arguments.logs), key=_place_in_grid)
    runs = [(name, read_log(name)) for name in names]
    where = arguments.location
    folder = suite_folder(where.folder, where.suite or f"logs-{arguments.logs.resolve().name}")
    if (folder / SUITE_FILE).is_file():
        raise UsageError(
            f"There is a suite {folder.name!r} in {where.folder} already; choose another name "
            "with --suite, or delete it first."
        )
    labels = model_labels([str(name.model.resolve()) for name in names])
    entries = []
    for model, label in labels.items():
        of_model = [(n, r) for n, r in runs if str(n.model.resolve()) == model]
        for task in dict.fromkeys(name.task for name, _ in of_model):
            own = [(name, run) for name, run in of_model if name.task == task]
            entries.append(_write_study(folder, task, label, own))
    index = add_to_index(folder, entries)
    finished = [(name, run) for name, run in runs if run.result is not None]
    odd = tuple(name.path for name, run in finished if not _agrees(run))
    return ImportedLogs(index, len(finished), len(runs) - len(finished), odd)


def _place_in_grid(name: LogName) -> int:
    """Return where a run stands in the published grid, so that of equals the same comes first."""
    settings = (name.task, name.learning_rate, name.batch_size, name.dropout)
    return _grid_places().get(settings, len(published_points()))


@cache
def _grid_places() -> dict[tuple[str, float, int, float], int]:
    usual = {task: load_task(task).recipe.dropout for task in GRID_TASKS}
    return {
        (
            point.task,
            float(str(point.params["learning_rate"])),
            int(str(point.params["batch_size"])),
            float(str(point.params.get("dropout", usual[point.task]))),
        ): place
        for place, point in enumerate(published_points())
    }


def _agrees(run: OldRun) -> bool:
    best = max((each.score for each in run.evaluations), default=None)
    return best is not None and run.result is not None and abs(best - run.result[0]) < NEAR


def _write_study(
    folder: Path, task: str, label: str, runs: Sequence[tuple[LogName, OldRun]]
) -> SuiteEntry:
    """Write the logs of a task of a model as a study."""
    place = place_of(folder, f"{task}-{label}", None)
    space = load_space(GRID_SPACE, task=task)
    make_study_folder(place.folder / "trials", "choose another with --folder")
    with contextlib.ExitStack() as held:
        held.enter_context(driving(place.storage, place.name))
        if Ledger.exists(place.storage, place.name):
            raise UsageError(f"{place.folder} holds a study already; choose another --suite.")
        about = _about(task, label, space, folder.name, len(runs))
        ledger = Ledger.create(place.storage, place.name, about)
        for name, run in runs:
            _add(ledger, space, label, name, run)
    write_pointer(place)
    return SuiteEntry(label, task, place.name)


def _about(task: str, label: str, space: SearchSpace, suite: str, runs: int) -> StudyAttributes:
    spec = load_task(task)
    question = StudySpec(
        task=task,
        strategy="uniform",
        protocol="clue",
        model=label,
        data=IMPORTED,
        space=GRID_SPACE,
        sampler="grid",
        scheduler="none",
    )
    return StudyAttributes(
        question=question.model_dump(mode="json"),
        resolved={
            "recipe": spec.recipe.compact(),
            "task_version": spec.version,
            "dev_examples": DEV_EXAMPLES.get(task),
        },
        metric=spec.metric,
        spaces=(SpaceVersion(0, space.fingerprint(), space.to_mapping()),),
        limits=StoredLimits(runs, None),
        ending="it was read from logs",
        suite=suite,
        versions=versions(),
    )


def _add(ledger: Ledger, space: SearchSpace, label: str, name: LogName, run: OldRun) -> None:
    """Write a log as a trial; settings outside of the published grid are no point of the space."""
    config = _config(label, name)
    known = config.model_dump(include=set(space.parameters))
    inside = space.contains(known)
    ledger.add_ended(
        EndedTrial(
            config.model_dump(),
            config.key,
            params=known if inside else {},
            distributions=distributions(space) if inside else {},
            prepared=Prepared(run.total_steps, tuple(e.step for e in run.evaluations), ()),
            evaluations=run.evaluations,
            failure=None if run.result is not None else NO_RESULT,
        )
    )


def _config(label: str, name: LogName) -> TrialConfig:
    return build_config(
        load_task(name.task).recipe,
        task=name.task,
        model=label,
        data=IMPORTED,
        strategy="uniform",
        settings={
            "learning_rate": name.learning_rate,
            "batch_size": name.batch_size,
            "dropout": name.dropout,
        },
    )
