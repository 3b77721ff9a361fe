"""What a notebook calls: ``tune``, ``train``, ``report``, ``write_data``; the CLI uses it too."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from autoclue.option_fields import PathInput, read_options, takes_options
from autoclue.options import (
    DEFAULT_FOLDER,
    ConfirmArguments,
    ReplayArguments,
    ResumeArguments,
    StudyToRead,
    TuneArguments,
)
from autoclue.records import StudyRecord
from autoclue.results import StudyResult, TrainResult
from autoclue.train_options import TrainArguments

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autoclue.options import (
        ConfirmKeywords,
        ReplayKeywords,
        ResumeKeywords,
        TuneKeywords,
    )
    from autoclue.search.replay import Replay
    from autoclue.search.study import ConfirmationRun, Place, StudyRun
    from autoclue.search.tuner import Listener
    from autoclue.train_options import TrainKeywords

RUNS = Path("autoclue-runs")

Watch: TypeAlias = "Callable[[StudyRun | ConfirmationRun], AbstractContextManager[Listener]]"
"""Is shown what is about to run, and gives the listener that is told what happens."""


@takes_options(TuneArguments)
def tune(
    task: PathInput, *, listener: Listener | None = None, **options: Unpack[TuneKeywords]
) -> StudyResult:
    """Search the settings of a task, beginning with the default configuration.

    Called again with the same arguments it goes on with the same study: trials that were left
    running go on from their last state, and more are added up to ``trials``. What ``resume`` and
    ``confirm`` do, it does too.

    Args:
        task: A registered task (``autoclue.tasks.task_names()``) or the path of a task file.
        listener: Is told what happens while it happens.
        **options: Options of ``autoclue tune``, by name; ``autoclue.options`` has them all.

    Raises:
        UsageError: An argument is unknown, missing, unreadable or out of range; found before
            anything runs.
        AutoclueError: The trials can't be run, or all of them failed.

    Examples:
        Two short trials on built-in text, the baseline and one that the sampler proposes:

        >>> import autoclue
        >>> result = autoclue.tune(
        ...     "xnli",
        ...     model="builtin",
        ...     data="builtin",
        ...     builtin_size="tiny",
        ...     settings={"learning_rate": [1e-3, 3e-4]},
        ...     trials=2,
        ...     max_steps=4,
        ...     study="demo",
        ... )
        >>> len(result.trials), result.baseline.number, result.report.name
        (2, 0, 'report.html')
    """
    arguments = read_options(TuneArguments, {"task": task, **options})
    return search(arguments, _telling(listener))


@takes_options(ResumeArguments)
def resume(
    study: PathInput, *, listener: Listener | None = None, **options: Unpack[ResumeKeywords]
) -> StudyResult:
    """Go on with a study that was interrupted, or add trials to one that has finished.

    What is asked stands in the study's ledger. Trials that were left running go on from their
    last state; nothing that was reported is lost and nothing is asked twice. Confirmation with
    other seeds follows where ``tune`` was last asked for it, or where it was cut off.

    Args:
        study: The study's name or folder.
        listener: Is told what happens while it happens.
        **options: Options of ``autoclue resume``, by name.

    Raises:
        UsageError: There is no such study, or its task, model or data has changed since.
        AutoclueError: Another process runs it, the trials can't be run, or all of them failed.

    Examples:
        The study of the example of ``tune``, with one trial more:

        >>> import autoclue
        >>> len(autoclue.resume("demo", extend=1).trials)
        3
    """
    arguments = read_options(ResumeArguments, {"study": study, **options})
    return search(arguments, _telling(listener))


@takes_options(ConfirmArguments)
def confirm(
    study: PathInput, *, listener: Listener | None = None, **options: Unpack[ConfirmKeywords]
) -> StudyResult:
    """Train a study's best configurations and its baseline again with other seeds.

    Each is trained with the same seeds, none of them the search's own, and none is stopped early.
    Called again it goes on with what is missing; more seeds begin with the same ones. The kept
    model stays that of the search.

    Args:
        study: The study's name or folder.
        listener: Is told what happens while it happens.
        **options: Options of ``autoclue confirm``, by name.

    Raises:
        UsageError: There is no such study, it has no complete trial, its data or task has
            changed since, or an argument is out of range.
        AutoclueError: The trainings can't be run, or all of them failed.

    Examples:
        The best of the study of the example of ``tune``, and its baseline, with two other seeds:

        >>> import autoclue
        >>> result = autoclue.confirm("demo", confirm=1, seeds=2)
        >>> result.study.confirmation.finished
        True
    """
    arguments = read_options(ConfirmArguments, {"study": study, **options})
    return confirmation(arguments, _telling(listener))


def search(
    arguments: TuneArguments | ResumeArguments,
    watch: Watch,
    *,
    command: Sequence[str] | None = None,
) -> StudyResult:
    """Run a search, or go on with one, and confirm its best where that is asked for.

    Args:
        arguments: Checked options.
        watch: Is shown what runs, and gives what is told of it.
        command: The command line, for the report.

    Raises:
        UsageError: See ``tune`` and ``resume``.
        AutoclueError: See ``tune`` and ``resume``.
    """
    from autoclue.search.study import confirm_after, resume_study, start_study

    if isinstance(arguments, TuneArguments):
        opening = start_study(arguments, command=command)
    else:
        opening = resume_study(arguments, command=command)
    with opening as run:
        result = _reported(run, watch)
    if run.extent is None:
        return result
    with confirm_after(run, run.extent) as again:
        return _reported(again, watch)


def confirmation(arguments: ConfirmArguments, watch: Watch) -> StudyResult:
    """Train the best of a study again with other seeds; see ``search`` and ``confirm``."""
    from autoclue.search.study import start_confirmation

    with start_confirmation(arguments) as run:
        return _reported(run, watch)


def _reported(run: StudyRun | ConfirmationRun, watch: Watch) -> StudyResult:
    """Run what this process holds, and write the study's report however it ends."""
    from autoclue.reporting import write_report
    from autoclue.search.study import load_study

    try:
        with watch(run) as listener:
            study = run.run(listener)
    except BaseException:
        so_far = load_study(run.place)
        if so_far.trials:
            write_report(so_far, run.place.folder)
        raise
    return _result(study, run.place)


def _result(study: StudyRecord, place: Place) -> StudyResult:
    """Write a study's report and collect where everything lies."""
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


def _telling(listener: Listener | None) -> Watch:
    """Show nobody what runs, and tell a listener of it if there is one."""

    @contextlib.contextmanager
    def watch(run: StudyRun | ConfirmationRun) -> Iterator[Listener]:
        from autoclue.search.tuner import Silent

        yield Silent() if listener is None else listener

    return watch


@takes_options(TrainArguments)
def train(
    task: PathInput, *, log: logging.Logger | None = None, **options: Unpack[TrainKeywords]
) -> TrainResult:
    """Train one configuration with the engine that a search uses.

    Called again with the same arguments after an interruption, it goes on from its last state. A
    training that has ended begins anew.

    Args:
        task: A registered task or the path of a task file.
        log: Gets the lines of the training log beside the file.
        **options: Options of ``autoclue train``, by name; ``autoclue.train_options`` has them all.

    Raises:
        UsageError: An argument is unknown, missing, unreadable or out of range.
        AutoclueError: The trial fails, or its folder can't be written.

    Examples:
        Four steps on built-in text:

        >>> import autoclue
        >>> result = autoclue.train(
        ...     "xnli",
        ...     model="builtin",
        ...     data="builtin",
        ...     builtin_size="tiny",
        ...     strategy="discriminative",
        ...     settings={"learning_rate": 1e-3, "factor": 1.1},
        ...     max_steps=4,
        ... )
        >>> result.best.step, result.config.strategy_params, result.folder.parent.name
        (4, {'factor': 1.1}, 'autoclue-runs')
    """
    return training(read_options(TrainArguments, {"task": task, **options}), log)


def training(arguments: TrainArguments, log: logging.Logger | None) -> TrainResult:
    """Train one configuration; see ``train``."""
    from autoclue.layers.registry import STRATEGIES
    from autoclue.run_files import write_run
    from autoclue.space import fixed_settings
    from autoclue.tasks import sized_data
    from autoclue.training import SEARCHABLE
    from autoclue.training.single import train_one

    settings = fixed_settings(
        arguments.settings,
        allowed=[*SEARCHABLE, "eval_every_steps", *STRATEGIES.parameters(arguments.strategy)],
        hint="'autoclue train' takes one, and 'autoclue tune' searches",
    )
    config, target, evaluations, best = train_one(
        arguments.task,
        model=arguments.model,
        data=sized_data(arguments.data, arguments.builtin_size),
        strategy=arguments.strategy,
        settings={**arguments.named, **settings},
        runs=RUNS,
        folder=arguments.out,
        device=arguments.device,
        log=log,
    )
    write_run(target, arguments.model_copy(update={"out": target}))
    return TrainResult(best.score, best, evaluations, config, target)


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
    from autoclue.search.study import find_study, load_study

    given = {"study": study, "folder": folder, "follow_storage": follow_storage}
    chosen = read_options(StudyToRead, given)
    place = find_study(chosen.folder, chosen.study)
    return _result(load_study(place, follow_storage=chosen.follow_storage), place)


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


def write_data(
    task: str, out: PathInput, *, builtin_size: str = "small", force: bool = False
) -> tuple[Path, ...]:
    """Write a task's built-in text as files in the publisher's form.

    ``data=out`` then reads them. The text is synthetic, which a file beside it says.

    Args:
        task: A task that ships.
        out: Where the task's own folder is made.
        builtin_size: ``tiny``, ``small``, ``medium``, or the number of rows to train on as text.
        force: Whether files with other content may be replaced.

    Returns:
        The files, train, dev and test first.

    Raises:
        UsageError: The task or size is unknown, files with other content stand there, or the
            folder can't be written.

    Examples:
        >>> import autoclue
        >>> files = autoclue.write_data("ocnli", "my-data", builtin_size="tiny")
        >>> [file.name for file in files]
        ['train.50k.json', 'dev.json', 'test.json', 'test_labels.json', 'synthetic.json']
    """
    from autoclue.tasks import load_task, write_builtin

    return write_builtin(load_task(task), Path(out).expanduser(), size=builtin_size, force=force)
