"""``load``, ``report`` and ``replay``: what is read of studies that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoclue.option_fields import PathInput, read_options, takes_options
from autoclue.options import DEFAULT_FOLDER, ReplayArguments, StudyToRead
from autoclue.records import StudyRecord
from autoclue.results import StudyResult

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autoclue.option_keywords import (
        ReplayKeywords,
    )
    from autoclue.reporting import ReportFiles
    from autoclue.search.replay import Replay
    from autoclue.search.study import Place


def written(study: StudyRecord, place: Place) -> StudyResult:
    """Write a study's report and collect where everything lies."""
    from autoclue.reporting import write_report

    return _collected(study, place, write_report(study, place.folder))


def _collected(study: StudyRecord, place: Place, files: ReportFiles) -> StudyResult:
    model = place.folder / "best"
    return StudyResult(
        study=study,
        folder=place.folder,
        report=files.html,
        results=files.results,
        model=model if model.is_dir() else None,
    )


def report(
    study: PathInput, *, folder: PathInput = DEFAULT_FOLDER, follow_storage: bool = False
) -> StudyResult:
    """Write the report of a study anew, from the ledger alone, which is only read.

    Args:
        study: The study's name or folder.
        folder: Folder of all studies.
        follow_storage: Whether a ledger outside of the study's folder is read, where its
            ``study.json`` says.

    Raises:
        UsageError: There is no such study, it can't be read, or its folder can't be written.

    Examples:
        The study of the example of ``tune``:

        >>> import autoclue
        >>> result = autoclue.report("demo")
        >>> result.best_settings["task"], result.results.name
        ('xnli', 'results.json')
    """
    return written(*_read(study, folder, follow_storage=follow_storage))


def load(
    study: PathInput, *, folder: PathInput = DEFAULT_FOLDER, follow_storage: bool = False
) -> StudyResult:
    """Read a study, running or finished; nothing is written.

    Args:
        study: The study's name, the beginning of it, or its folder.
        folder: Folder of all studies.
        follow_storage: Whether a ledger outside of the study's folder is read, where its
            ``study.json`` says.

    Raises:
        UsageError: There is no such study, several begin so, or it can't be read.

    Examples:
        The study of the example of ``tune``:

        >>> import autoclue
        >>> autoclue.load("demo").best_settings["task"]
        'xnli'
    """
    from autoclue.reporting import report_files

    record, place = _read(study, folder, follow_storage=follow_storage)
    return _collected(record, place, report_files(place.folder))


def _read(
    study: PathInput, folder: PathInput, *, follow_storage: bool
) -> tuple[StudyRecord, Place]:
    from autoclue.search.study import find_study, load_study

    given = {"study": study, "folder": folder, "follow_storage": follow_storage}
    chosen = read_options(StudyToRead, given)
    place = find_study(chosen.folder, chosen.study)
    return load_study(place, follow_storage=chosen.follow_storage), place


@takes_options(ReplayArguments)
def replay(study: PathInput, **options: Unpack[ReplayKeywords]) -> tuple[Replay, ...]:
    """Replay a scheduler over a study's recorded curves; nothing is trained.

    It tells whether the winner would have survived, what would have been stopped where, and how
    many steps would have been saved. A finished grid that nothing was stopped in is the best
    input; of a trial that was itself stopped nobody knows how it would have gone on.

    Args:
        study: The study's name or folder.
        **options: Options of ``autoclue replay``, by name.

    Returns:
        One for each scheduler.

    Raises:
        UsageError: There is no such study or scheduler, or no trial has been evaluated.

    Examples:
        The study of the example of ``tune``; its trials are too short to be stopped:

        >>> import autoclue
        >>> (replayed,) = autoclue.replay("demo", scheduler="asha")
        >>> replayed.winner_survives, len(replayed.stops)
        (True, 0)
    """
    from autoclue.search.replay import replay_study
    from autoclue.search.study import find_study, load_study

    arguments = read_options(ReplayArguments, {"study": study, **options})
    place = find_study(arguments.existing.folder, arguments.existing.study)
    return replay_study(
        load_study(place, follow_storage=arguments.existing.follow_storage),
        scheduler=arguments.scheduler,
        workers=arguments.parallel,
    )
