"""``load``, ``report`` and ``replay``: what is read of studies that are there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.errors import FolderError, add_note
from autoclue.option_fields import PathInput, read_options, takes_options
from autoclue.options import ReplayArguments, ReportArguments, StudyToRead
from autoclue.records import StudyRecord
from autoclue.results import StudyResult

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autoclue.options import ReplayKeywords, ReportKeywords
    from autoclue.reporting import ReportFiles
    from autoclue.search.replay import Replay
    from autoclue.search.study import Place


def written(study: StudyRecord, place: Place) -> StudyResult:
    """Write a study's report and its winner's recipe, and collect where everything lies."""
    from autoclue.reporting import write_report
    from autoclue.training import TrialConfig
    from autoclue.training.recipe_file import write_recipe

    files = write_report(study, place.folder)
    if study.winner is not None:
        write_recipe(place.folder, TrialConfig.model_validate(study.winner.config))
    return _collected(study, place, files)


def _collected(study: StudyRecord, place: Place, files: ReportFiles) -> StudyResult:
    model = place.folder / "best"
    return StudyResult(
        study=study,
        folder=place.folder,
        report=files.html,
        results=files.results,
        model=model if model.is_dir() else None,
    )


def written_at_the_end(study: StudyRecord, place: Place) -> StudyResult:
    """Write the report of a search that has ended well, see ``written``.

    Raises:
        FolderError: It can't be written; a note says how it is written later.
    """
    try:
        return written(study, place)
    except FolderError as error:
        again = f"'autoclue report {place.words}'"
        add_note(error, f"The search itself is over and kept; {again} writes its report.")
        raise


def report_so_far(place: Place, first: BaseException) -> None:
    """Write the report of a study that an error has ended; that error stays the one that counts.

    Args:
        place: Where the study is.
        first: What has ended it; gets a note where the report can't be written either.
    """
    from autoclue.search.study import load_study

    try:
        study = load_study(place)
        if study.trials:
            written(study, place)
    except Exception as error:  # whatever it is, the first one counts
        add_note(first, f"The report isn't written either: {error}")


def _opened(chosen: StudyToRead) -> tuple[StudyRecord, Place]:
    from autoclue.search.study import find_study, load_study

    place = find_study(chosen.folder, chosen.study)
    return load_study(place, follow_storage=chosen.follow_storage), place


@takes_options(ReportArguments)
def report(study: PathInput, **options: Unpack[ReportKeywords]) -> StudyResult:
    """Write the report of a study anew, from the ledger alone, which is only read.

    Args:
        study: The study's name or folder.
        **options: Options of ``autoclue report``, by name.

    Raises:
        UsageError: There is no such study, its folder can't be written, or what draws pictures is
            missing.

    Examples:
        The study of the example of ``tune``:

        >>> import autoclue
        >>> result = autoclue.report("demo")
        >>> result.best_settings["task"], result.results.name
        ('xnli', 'results.json')
    """
    from autoclue.reporting import write_pictures

    arguments = read_options(ReportArguments, {"study": study, **options})
    result = written(*_opened(arguments.existing))
    if arguments.figures is None:
        return result
    pictures = write_pictures(result.study, Path(arguments.figures).expanduser())
    return replace(result, figures=pictures)


def load(
    study: PathInput, *, folder: PathInput | None = None, follow_storage: bool = False
) -> StudyResult:
    """Read a study, running or finished; nothing is written.

    Args:
        study: The study's name, the beginning of it, or its folder.
        folder: Folder of all studies; ``None`` takes ``$AUTOCLUE_FOLDER`` or ``autoclue-studies``.
        follow_storage: Whether a ledger outside of the study's folder is read, where its
            ``study.json`` says.

    Raises:
        UsageError: There is no such study, or several begin so.

    Examples:
        The study of the example of ``tune``:

        >>> import autoclue
        >>> autoclue.load("demo").best_settings["task"]
        'xnli'
    """
    from autoclue.reporting import report_files

    given = {} if folder is None else {"folder": folder}
    chosen = read_options(StudyToRead, {"study": study, "follow_storage": follow_storage, **given})
    record, place = _opened(chosen)
    return _collected(record, place, report_files(place.folder))


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

    arguments = read_options(ReplayArguments, {"study": study, **options})
    record, _ = _opened(arguments.existing)
    return replay_study(
        record,
        scheduler=arguments.scheduler,
        workers=arguments.parallel,
    )
