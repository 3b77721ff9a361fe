"""``tune``, ``resume``, ``confirm``, ``train`` and ``write_data``: what runs or writes anew."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from autoclue.api.after_training import check_predictable, with_predictions
from autoclue.api.existing import report_so_far, written_at_the_end
from autoclue.api.live_report import live_report
from autoclue.option_fields import PathInput, read_options, takes_options
from autoclue.options import (
    ConfirmArguments,
    MonitorOptions,
    ResumeArguments,
    TuneArguments,
)
from autoclue.results import StudyResult, TrainResult
from autoclue.train_options import TrainArguments

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autoclue.options import (
        ConfirmKeywords,
        ResumeKeywords,
        TuneKeywords,
    )
    from autoclue.search.study import ConfirmationRun, StudyRun
    from autoclue.search.tuner import Listener
    from autoclue.train_options import TrainKeywords
    from autoclue.training.logs import StepProgress
    from autoclue.training.single import Trained

RUNS = Path("autoclue-runs")

Watch: TypeAlias = "Callable[[StudyRun | ConfirmationRun], AbstractContextManager[Listener]]"
"""Is shown what is about to run, and gives the listener that is told what happens."""


@takes_options(TuneArguments)
def tune(
    task: PathInput,
    *,
    progress: bool = True,
    listener: Listener | None = None,
    **options: Unpack[TuneKeywords],
) -> StudyResult:
    """Search the settings of a task, beginning with the default configuration.

    Called again with the same arguments it goes on with the same study: trials that were left
    running go on from their last state, and more are added up to ``trials``. What ``resume`` and
    ``confirm`` do, it does too.

    Args:
        task: A registered task (``autoclue.tasks.task_names()``) or the path of a task file.
        progress: Whether to show what happens: a table in a terminal or notebook, else lines.
        listener: Is told what happens while it happens, in the place of what would be shown.
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
    return search(arguments, watching(listener, progress=progress))


@takes_options(ResumeArguments)
def resume(
    study: PathInput,
    *,
    progress: bool = True,
    listener: Listener | None = None,
    **options: Unpack[ResumeKeywords],
) -> StudyResult:
    """Go on with a study that was interrupted, or add trials to one that has finished.

    What is asked stands in the study's ledger. Trials that were left running go on from their
    last state; nothing that was reported is lost and nothing is asked twice. Confirmation with
    other seeds follows where ``tune`` was last asked for it, or where it was cut off.

    Args:
        study: The study's name or folder.
        progress: Whether to show what happens: a table in a terminal or notebook, else lines.
        listener: Is told what happens while it happens, in the place of what would be shown.
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
    return search(arguments, watching(listener, progress=progress))


@takes_options(ConfirmArguments)
def confirm(
    study: PathInput,
    *,
    progress: bool = True,
    listener: Listener | None = None,
    **options: Unpack[ConfirmKeywords],
) -> StudyResult:
    """Train a study's best configurations and its baseline again with other seeds.

    Each is trained with the same seeds, none of them the search's own, and none is stopped early.
    Called again it goes on with what is missing; more seeds begin with the same ones. The kept
    model stays that of the search.

    Args:
        study: The study's name or folder.
        progress: Whether to show what happens: a table in a terminal or notebook, else lines.
        listener: Is told what happens while it happens, in the place of what would be shown.
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
    return confirmation(arguments, watching(listener, progress=progress))


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
    from autoclue.tasks import sized_data

    if isinstance(arguments, TuneArguments):
        if arguments.location.predict:
            spec = arguments.spec
            check_predictable(spec.task, sized_data(spec.data, spec.builtin_size), None)
        opening = start_study(arguments, command=command)
    else:
        opening = resume_study(arguments, command=command)
    with opening as run:
        result = _reported(run, watch, arguments.monitor)
        if run.extent is not None:
            with confirm_after(run, run.extent) as again:
                result = _reported(again, watch)
        run.settle()
    predicts = isinstance(arguments, TuneArguments) and arguments.location.predict
    return with_predictions(result, device="auto") if predicts else result


def confirmation(arguments: ConfirmArguments, watch: Watch) -> StudyResult:
    """Train the best of a study again with other seeds; see ``search`` and ``confirm``."""
    from autoclue.search.study import start_confirmation

    with start_confirmation(arguments) as run:
        return _reported(run, watch)


def _reported(
    run: StudyRun | ConfirmationRun, watch: Watch, monitor: MonitorOptions | None = None
) -> StudyResult:
    """Run what this process holds, and write the study's report however it ends."""
    from autoclue.search.execution import scalar_logs
    from autoclue.search.tuner import Chorus

    wanted = MonitorOptions() if monitor is None else monitor
    try:
        with (
            watch(run) as listener,
            scalar_logs(run.place.folder, wanted.kinds) as scalars,
            live_report(run.place, wanted=wanted.live),
        ):
            study = run.run(Chorus((listener, scalars)))
    except BaseException as error:
        report_so_far(run.place, error)
        raise
    return written_at_the_end(study, run.place)


def watching(listener: Listener | None, *, progress: bool) -> Watch:
    """Choose who is told what happens: a listener, what is shown, or nobody."""
    if listener is None and progress:
        from autoclue.screen import watch as shown

        return shown

    @contextlib.contextmanager
    def watch(run: StudyRun | ConfirmationRun) -> Iterator[Listener]:
        from autoclue.search.tuner import Silent

        yield Silent() if listener is None else listener

    return watch


@takes_options(TrainArguments)
def train(
    task: PathInput | None = None,
    *,
    progress: bool = True,
    log: logging.Logger | None = None,
    **options: Unpack[TrainKeywords],
) -> TrainResult:
    """Train one configuration with the engine that a search uses.

    Called again with the same arguments after an interruption, it goes on from its last state. A
    training that has ended begins anew.

    Args:
        task: A registered task or the path of a task file; a ``recipe`` names its own.
        progress: Whether the training log is printed to the error stream; a terminal gets a bar.
        log: Gets them beside the file, in the place of that.
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
    named = {} if task is None else {"task": task}
    arguments = read_options(TrainArguments, {**named, **options})
    if log is not None or not progress:
        return training(arguments, log)
    from autoclue.screen import watch_training

    with watch_training() as shown:
        return training(arguments, shown.log, shown.tell)


def training(
    arguments: TrainArguments,
    log: logging.Logger | None,
    tell: Callable[[StepProgress], None] | None = None,
) -> TrainResult:
    """Train one configuration; see ``train``."""
    if arguments.recipe is not None:
        return _training_of(arguments.recipe, arguments, log, tell)
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
    data = sized_data(arguments.data, arguments.builtin_size)
    if arguments.predict:
        check_predictable(arguments.task, data, arguments.out)
    done = train_one(
        arguments.task,
        model=arguments.model,
        data=data,
        strategy=arguments.strategy,
        settings={**arguments.named, **settings},
        runs=RUNS,
        folder=arguments.out,
        device=arguments.device,
        log=log,
        tell=tell,
    )
    write_run(done.folder, arguments.model_copy(update={"out": done.folder}))
    result = _result_of(done)
    return with_predictions(result, device=arguments.device) if arguments.predict else result


def _training_of(
    recipe: Path,
    arguments: TrainArguments,
    log: logging.Logger | None,
    tell: Callable[[StepProgress], None] | None,
) -> TrainResult:
    """Train the configuration of a recipe."""
    from autoclue.run_files import write_run
    from autoclue.training.recipe_file import read_recipe
    from autoclue.training.single import train_config

    config = read_recipe(recipe, seed=arguments.seed)
    if arguments.predict:
        check_predictable(config.task, config.data, arguments.out)
    device = arguments.device
    done = train_config(config, runs=RUNS, folder=arguments.out, device=device, log=log, tell=tell)
    placed = {"task": config.task, "model": config.model, "data": config.data}
    write_run(
        done.folder,
        arguments.model_copy(update={**placed, "out": done.folder, "recipe": recipe.resolve()}),
    )
    result = _result_of(done)
    return with_predictions(result, device=device) if arguments.predict else result


def _result_of(done: Trained) -> TrainResult:
    return TrainResult(
        done.best.score, done.best, done.evaluations, done.config, done.folder, done.synthetic
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
