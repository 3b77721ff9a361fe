"""What a notebook calls: ``tune``, ``train``, ``report``, ``write_data``; the CLI stands on it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.prepare import (
    DEFAULT_BEST,
    DEFAULT_MODEL,
    DEFAULT_SEEDS,
    STUDIES,
    prepare_confirm,
    prepare_resume,
    prepare_search,
)
from autoclue.records import Evaluation, Scalar
from autoclue.session import StudyResult, result_of

if TYPE_CHECKING:
    from autoclue.layers import Strategy
    from autoclue.search.replay import Replay
    from autoclue.search.sampling import Sampler
    from autoclue.search.stopping import Scheduler
    from autoclue.search.tuner import Listener
    from autoclue.training.config import TrialConfig

RUNS = Path("autoclue-runs")


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What one trial gave.

    Attributes:
        score: The best development score, in [0, 1], on the rows that select.
        best: The evaluation it comes from, with the score on the held-out rows if there are any.
        evaluations: All evaluations, in order.
        config: The trial's complete settings.
        folder: Log, ``result.json`` and ``best``, the kept model in PaddleNLP's form.
    """

    score: float
    best: Evaluation
    evaluations: tuple[Evaluation, ...]
    config: TrialConfig
    folder: Path


def tune(
    task: str,
    *,
    strategy: str | Strategy = "discriminative",
    model: str = DEFAULT_MODEL,
    data: str = "download",
    space: str | Path | None = None,
    settings: Sequence[str] = (),
    trials: int | None = None,
    extend: int | None = None,
    time_budget_s: float | None = None,
    step_budget: int | None = None,
    parallel: int | None = None,
    gpus_per_trial: float | None = None,
    address: str | None = None,
    sampler: str | Sampler = "tpe",
    scheduler: str | Scheduler = "adaptive",
    seed: int = 0,
    max_steps: int | None = None,
    holdout: float = 0.0,
    confirm: int | None = None,
    seeds: int | None = None,
    study: str | None = None,
    folder: str | Path = STUDIES,
    storage: str | None = None,
    listener: Listener | None = None,
) -> StudyResult:
    """Search the settings of a task, beginning with the published default configuration.

    Called again with the same arguments it goes on with the same study: trials that were left
    running go on from their last checkpoint, and more are added up to ``trials``.

    Args:
        task: A registered task (``autoclue.tasks.task_names()``) or the path of a task file.
        strategy: A registered strategy or ``module:Class``, with values of its parameters if
            wanted (``discriminative:factor=1.1``); or an object.
        model: PaddleNLP hub name, local folder or ``builtin``.
        data: Folder in the publisher's files, ``download`` or ``builtin``.
        space: A shipped search space or a YAML file; ``None`` takes the strategy's own.
        settings: Overrides such as ``"learning_rate=1e-5..5e-5:log"``.
        trials: Trials that the study shall have in all, at least 1; ``None`` is 32 for a new
            study, and what it was told before for one that goes on.
        extend: Trials to add to a study that has all of its trials; one that hasn't goes on to
            its own number first, so that a call that was interrupted can be repeated.
        time_budget_s: Seconds after which no trial begins and running ones stop at their next
            evaluation; ``None`` for no limit.
        step_budget: The same after so many updates of all trials together, those of earlier
            runs included; ``None`` is no limit for a new study, and what it was told before for
            one that goes on.
        parallel: Trials at once; ``None`` fills the GPUs, or the CPU cores where there is none.
        gpus_per_trial: A whole number or a fraction below 1; ``None`` is one where there is any.
        address: Address of a running Ray cluster; ``None`` uses this machine.
        sampler: Proposes settings: ``tpe``, ``random``, ``cmaes``, ``gp``, ``grid`` or
            ``module:Class``, with values of its parameters if wanted (``tpe:startup_trials=12``);
            or an object.
        scheduler: Stops weak trials early, chosen in the same way (``asha:reduction_factor=4``);
            ``none`` never stops one.
        seed: Root seed of the search, 0 or more; one worker repeats it exactly.
        max_steps: Length of every trial in updates; ``None`` trains the recipe's epochs.
        holdout: Share of the development set, at least 0 and below 1, that chooses nothing and
            is reported beside the rest; split by label, always in the same way.
        confirm: How many of the best configurations are trained again after the search, with
            other seeds and beside the baseline; ``None`` for none. See ``confirm``.
        seeds: Training seeds for each of those, at least 2; ``None`` is 5.
        study: Name of the study; ``None`` derives one from the question.
        folder: Folder of all studies.
        storage: URL of a relational database; ``None`` keeps SQLite in the study's folder.
        listener: Is told what happens while it happens.

    Raises:
        UsageError: An argument is unknown, missing, unreadable or out of range; found before
            anything runs.
        AutoclueError: The trials can't be run, or all of them failed.
    """
    search = prepare_search(
        task,
        strategy=strategy,
        model=model,
        data=data,
        space=space,
        settings=settings,
        trials=trials,
        extend=extend,
        time_budget_s=time_budget_s,
        step_budget=step_budget,
        parallel=parallel,
        gpus_per_trial=gpus_per_trial,
        address=address,
        sampler=sampler,
        scheduler=scheduler,
        seed=seed,
        max_steps=max_steps,
        holdout=holdout,
        confirm=confirm,
        seeds=seeds,
        study=study,
        folder=folder,
        storage=storage,
    )
    return search.run(listener)


def resume(
    study: str | Path,
    *,
    trials: int | None = None,
    extend: int | None = None,
    time_budget_s: float | None = None,
    step_budget: int | None = None,
    parallel: int | None = None,
    gpus_per_trial: float | None = None,
    address: str | None = None,
    folder: str | Path = STUDIES,
    listener: Listener | None = None,
) -> StudyResult:
    """Go on with a study that was interrupted, or add trials to one that has finished.

    What is asked stands in the study's ledger. Trials that were left running go on from their
    last checkpoint; nothing that was reported is lost and nothing is asked twice. Retraining with
    other seeds follows where ``tune`` was last asked for it, or where it was cut off.

    Args:
        study: The study's name or folder.
        trials: Trials that the study shall have in all; ``None`` keeps what it was told before.
        extend: Trials to add once it has all of its trials.
        time_budget_s: Seconds after which no trial begins and running ones stop at their next
            evaluation; ``None`` for no limit.
        step_budget: The same after so many updates of all trials together, those of earlier
            runs included; ``None`` keeps what it was told before.
        parallel: Trials at once; ``None`` fills the GPUs, or the CPU cores where there is none.
        gpus_per_trial: A whole number or a fraction below 1; ``None`` is one where there is any.
        address: Address of a running Ray cluster; ``None`` uses this machine.
        folder: Folder of all studies.
        listener: Is told what happens while it happens.

    Raises:
        UsageError: There is no such study, or its task, model or data has changed since.
        AutoclueError: Another process runs it, the trials can't be run, or all of them failed.
    """
    search = prepare_resume(
        study,
        trials=trials,
        extend=extend,
        time_budget_s=time_budget_s,
        step_budget=step_budget,
        parallel=parallel,
        gpus_per_trial=gpus_per_trial,
        address=address,
        folder=folder,
    )
    return search.run(listener)


def confirm(
    study: str | Path,
    *,
    best: int = DEFAULT_BEST,
    seeds: int = DEFAULT_SEEDS,
    parallel: int | None = None,
    gpus_per_trial: float | None = None,
    address: str | None = None,
    folder: str | Path = STUDIES,
    listener: Listener | None = None,
) -> StudyResult:
    """Train a study's best configurations and its baseline again with other seeds.

    Each is trained with the same seeds, none of them the search's own, and none is stopped early.
    Called again it goes on with what is missing. The kept model stays that of the search.

    Args:
        study: The study's name or folder.
        best: How many of the best complete configurations, at least 1.
        seeds: Training seeds for each, at least 2; more of them begin with the same ones.
        parallel: Trainings at once, as in ``tune``.
        gpus_per_trial: As in ``tune``.
        address: As in ``tune``.
        folder: Folder of all studies.
        listener: Is told what happens while it happens.

    Raises:
        UsageError: There is no such study, it has no complete trial, its data or task has
            changed since, or an argument is out of range.
        AutoclueError: The trainings can't be run, or all of them failed.
    """
    prepared = prepare_confirm(
        study,
        best=best,
        seeds=seeds,
        parallel=parallel,
        gpus_per_trial=gpus_per_trial,
        address=address,
        folder=folder,
    )
    return prepared.run(listener)


def train(
    task: str,
    *,
    model: str = DEFAULT_MODEL,
    data: str = "download",
    strategy: str | Strategy = "uniform",
    settings: Mapping[str, Scalar] | None = None,
    max_steps: int | None = None,
    holdout: float = 0.0,
    folder: str | Path | None = None,
    device: str = "auto",
    log: logging.Logger | None = None,
) -> TrainResult:
    """Train one configuration with the engine that a search uses.

    Called again with the same arguments after an interruption, it goes on from its last state. A
    training that has ended begins anew.

    Args:
        task: A registered task or the path of a task file.
        model: PaddleNLP hub name, local folder or ``builtin``.
        data: Folder in the publisher's files, ``download`` or ``builtin``.
        strategy: A registered strategy or ``module:Class``, with values of its parameters if
            wanted (``discriminative:factor=1.1``); or an object.
        settings: What differs from the published recipe, and the strategy's parameters.
        max_steps: Length of the schedule in updates; ``None`` trains the recipe's epochs.
        holdout: Share of the development set, at least 0 and below 1, that chooses nothing and
            is reported beside the rest; split by label, always in the same way.
        folder: Where log, result and best model are written; ``None`` takes a folder below
            ``autoclue-runs`` named by the task and the settings.
        device: ``auto``, ``cpu`` or ``gpu``.
        log: Gets the lines of the training log beside the file.

    Raises:
        UsageError: An argument is unknown, missing, unreadable or out of range.
        AutoclueError: The trial fails, or its folder can't be written.
    """
    from autoclue.layers.registry import STRATEGIES
    from autoclue.training.data import check_holdout
    from autoclue.training.single import train_one

    check_holdout(holdout)
    given = dict(settings or {})
    if max_steps is not None:
        given["max_steps"] = max_steps
    if holdout > 0:
        given["holdout"] = holdout
    config, target, evaluations, best = train_one(
        task,
        model=model,
        data=data,
        strategy=STRATEGIES.text_of(strategy),
        settings=given,
        runs=RUNS,
        folder=None if folder is None else Path(folder).expanduser(),
        device=device,
        log=log,
    )
    return TrainResult(best.score, best, evaluations, config, target)


def report(study: str | Path, *, folder: str | Path = STUDIES) -> StudyResult:
    """Write the report of a study anew, from the ledger alone.

    Args:
        study: The study's name or folder.
        folder: Folder of all studies.

    Raises:
        UsageError: There is no such study, or its folder can't be written.
    """
    from autoclue.search.study import find_study, load_study

    place = find_study(Path(folder).expanduser(), str(study))
    return result_of(load_study(place), place)


def replay(
    study: str | Path,
    *,
    scheduler: str | Scheduler = "all",
    workers: int = 1,
    folder: str | Path = STUDIES,
) -> tuple[Replay, ...]:
    """Replay a scheduler over a study's recorded curves; nothing is trained.

    It tells whether the winner would have survived, what would have been stopped where, and how
    many updates would have been saved. A finished grid that nothing was stopped in is the best
    input; of a trial that was itself stopped nobody knows how it would have gone on.

    Args:
        study: The study's name or folder.
        scheduler: One of those that ``tune`` takes, or ``all`` to compare them.
        workers: Trials at once on the simulated clock, at least 1.
        folder: Folder of all studies.

    Returns:
        One result for each scheduler.

    Raises:
        UsageError: There is no such study or scheduler, or no trial has been evaluated.
    """
    from autoclue.search.replay import replay_study
    from autoclue.search.study import find_study, load_study

    place = find_study(Path(folder).expanduser(), str(study))
    return replay_study(load_study(place), scheduler=scheduler, workers=workers)


def write_data(
    task: str, folder: str | Path, *, size: str = "small", force: bool = False
) -> tuple[Path, ...]:
    """Write a task's built-in text as files in the publisher's form.

    ``data=folder`` then reads them. The text is synthetic, which a file beside it says.

    Args:
        task: A task that ships.
        folder: Where the task's own folder is made.
        size: ``tiny``, ``small``, ``medium``, or the number of rows to train on as text.
        force: Whether files with other content may be replaced.

    Returns:
        The files, train, dev and test first.

    Raises:
        UsageError: The task or size is unknown, files with other content stand there, or the
            folder can't be written.
    """
    from autoclue.tasks import load_task, write_builtin

    return write_builtin(load_task(task), Path(folder).expanduser(), size=size, force=force)
