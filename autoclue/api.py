"""What a notebook calls: ``tune``, ``train`` and ``report``; the command line is a layer on it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.records import Evaluation, Scalar, StudyRecord, TrialRecord, TrialState

if TYPE_CHECKING:
    import pandas as pd

    from autoclue.search.conductor import Listener
    from autoclue.search.devices import Resources
    from autoclue.search.plan import Plan
    from autoclue.search.study import Place
    from autoclue.training.config import TrialConfig

DEFAULT_MODEL = "ernie-3.0-base-zh"
DEFAULT_TRIALS = 32
STUDIES = Path("autoclue-studies")
RUNS = Path("autoclue-runs")


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
class TrainResult:
    """What one trial gave.

    Attributes:
        score: The best development score, in [0, 1].
        best: The evaluation it comes from.
        evaluations: All evaluations, in order.
        config: The trial's complete settings.
        folder: Log, ``result.json`` and ``best``, the kept model in PaddleNLP's form.
    """

    score: float
    best: Evaluation
    evaluations: tuple[Evaluation, ...]
    config: TrialConfig
    folder: Path


@dataclass(frozen=True, slots=True)
class Search:
    """A search that has been checked and can run.

    Attributes:
        plan: What is asked, resolved.
        place: Where the study is kept.
        resources: What trials run on.
        trials: Trials that the study shall have in all.
        time_budget_s: Seconds for this run; ``None`` for no limit.
    """

    plan: Plan
    place: Place
    resources: Resources
    trials: int
    time_budget_s: float | None

    def begin(self, *, command: Sequence[str] | None = None) -> None:
        """Make the study's folder and ledger, or check those that are there; ``run`` does so too.

        Raises:
            UsageError: They can't be written, or hold a study that asks something else.
        """
        from autoclue.search.study import begin_study

        begin_study(self.plan, self.place, command=command)

    def run(
        self, listener: Listener | None = None, *, command: Sequence[str] | None = None
    ) -> StudyResult:
        """Run it; see ``tune``."""
        from autoclue.reporting import write_report
        from autoclue.search.study import load_study, open_ledger, run_study

        try:
            study = run_study(
                self.plan,
                self.place,
                self.resources,
                trials=self.trials,
                time_budget_s=self.time_budget_s,
                listener=listener or Silent(),
                command=command,
            )
        except BaseException:
            if (self.place.folder / "study.json").is_file() and open_ledger(self.place).trials():
                write_report(load_study(self.place), self.place.folder)
            raise
        return _result(study, self.place)


class Silent:
    """A listener that says nothing."""

    def asked(self, number: int, config: TrialConfig) -> None:
        """A trial begins."""

    def prepared(self, number: int, prepared: object) -> None:
        """A trial stands before its first update."""

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """A trial has scored the development set."""

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """A trial has ended."""


def prepare_search(
    task: str,
    *,
    strategy: str = "discriminative",
    model: str = DEFAULT_MODEL,
    data: str = "download",
    space: str | Path | None = None,
    settings: Sequence[str] = (),
    trials: int = DEFAULT_TRIALS,
    time_budget_s: float | None = None,
    parallel: int | None = None,
    gpus_per_trial: float | None = None,
    address: str | None = None,
    sampler: str = "tpe",
    scheduler: str = "asha",
    seed: int = 0,
    max_steps: int | None = None,
    study: str | None = None,
    folder: str | Path = STUDIES,
    storage: str | None = None,
) -> Search:
    """Check everything that a search needs, without running anything; see ``tune``."""
    from autoclue.search.devices import choose_resources
    from autoclue.search.plan import Question, make_plan
    from autoclue.search.study import check_limits, place_of

    check_limits(trials, time_budget_s)
    resources = choose_resources(parallel=parallel, gpus_per_trial=gpus_per_trial, address=address)
    plan = make_plan(
        Question(
            task=task,
            model=model,
            data=data,
            strategy=strategy,
            space=None if space is None else str(space),
            settings=tuple(settings),
            sampler=sampler,
            scheduler=scheduler,
            seed=seed,
            max_steps=max_steps,
        )
    )
    name = plan.default_name if study is None else study
    place = place_of(Path(folder).expanduser(), name, storage)
    return Search(plan, place, resources, trials, time_budget_s)


def tune(
    task: str,
    *,
    strategy: str = "discriminative",
    model: str = DEFAULT_MODEL,
    data: str = "download",
    space: str | Path | None = None,
    settings: Sequence[str] = (),
    trials: int = DEFAULT_TRIALS,
    time_budget_s: float | None = None,
    parallel: int | None = None,
    gpus_per_trial: float | None = None,
    address: str | None = None,
    sampler: str = "tpe",
    scheduler: str = "asha",
    seed: int = 0,
    max_steps: int | None = None,
    study: str | None = None,
    folder: str | Path = STUDIES,
    storage: str | None = None,
    listener: Listener | None = None,
) -> StudyResult:
    """Search the settings of a task, beginning with the published default configuration.

    Called again with the same arguments it goes on with the same study: trials that were left
    running are run again, and more are added up to ``trials``.

    Args:
        task: A registered task (``autoclue.tasks.task_names()``) or the path of a task file.
        strategy: A registered strategy or ``module:Class``.
        model: PaddleNLP hub name, local folder or ``builtin``.
        data: Folder in the publisher's files, ``download`` or ``builtin``.
        space: A shipped search space or a YAML file; ``None`` takes the strategy's own.
        settings: Overrides such as ``"learning_rate=1e-5..5e-5:log"``.
        trials: Trials that the study shall have in all, at least 1.
        time_budget_s: Seconds after which no trial begins and running ones stop at their next
            evaluation; ``None`` for no limit.
        parallel: Trials at once; ``None`` fills the GPUs, or the CPU cores where there is none.
        gpus_per_trial: A whole number or a fraction below 1; ``None`` is one where there is any.
        address: Address of a running Ray cluster; ``None`` uses this machine.
        sampler: ``tpe``, ``random``, ``cmaes``, ``gp`` or ``grid``.
        scheduler: ``asha`` stops weak trials early; ``none`` never stops one.
        seed: Root seed of the search, 0 or more; one worker repeats it exactly.
        max_steps: Length of every trial in updates; ``None`` trains the recipe's epochs.
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
        time_budget_s=time_budget_s,
        parallel=parallel,
        gpus_per_trial=gpus_per_trial,
        address=address,
        sampler=sampler,
        scheduler=scheduler,
        seed=seed,
        max_steps=max_steps,
        study=study,
        folder=folder,
        storage=storage,
    )
    return search.run(listener)


def train(
    task: str,
    *,
    model: str = DEFAULT_MODEL,
    data: str = "download",
    strategy: str = "uniform",
    settings: Mapping[str, Scalar] | None = None,
    max_steps: int | None = None,
    folder: str | Path | None = None,
    device: str = "auto",
    log: logging.Logger | None = None,
) -> TrainResult:
    """Train one configuration with the engine that a search uses.

    Args:
        task: A registered task or the path of a task file.
        model: PaddleNLP hub name, local folder or ``builtin``.
        data: Folder in the publisher's files, ``download`` or ``builtin``.
        strategy: A registered strategy or ``module:Class``.
        settings: What differs from the published recipe, and the strategy's parameters.
        max_steps: Length of the schedule in updates; ``None`` trains the recipe's epochs.
        folder: Where log, result and best model are written; ``None`` takes a folder below
            ``autoclue-runs`` named by the task and the settings.
        device: ``auto``, ``cpu`` or ``gpu``.
        log: Gets the lines of the training log beside the file.

    Raises:
        UsageError: An argument is unknown, missing, unreadable or out of range.
        AutoclueError: The trial fails, or its folder can't be written.
    """
    from autoclue.training.single import train_one

    given = dict(settings or {})
    if max_steps is not None:
        given["max_steps"] = max_steps
    config, target, evaluations, best = train_one(
        task,
        model=model,
        data=data,
        strategy=strategy,
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
    return _result(load_study(place), place)


def _result(study: StudyRecord, place: Place) -> StudyResult:
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
