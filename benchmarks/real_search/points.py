"""The default search over a grid's own points, from the curves that the grid has recorded.

A trial is determined by its settings, digit for digit on one kind of CPU, so a search that tries
nothing but points of a finished grid needs no training: whatever it asks for has been recorded.
The proposals, the stops and the budget are those of `autoclue tune`; only the training is not.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import optuna

from autoclue.records import Scalar, StudyRecord, TrialRecord
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.stopping import make_scheduler
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.reader import read_study
from autoclue.search.store.schema import Prepared, SpaceVersion, StudyAttributes, now
from autoclue.search.tuner import Silent
from autoclue.search.tuner.trial_source import FixedConfigurations, SearchSource
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import space_from_mapping
from autoclue.training import TrialConfig
from benchmarks.real_search.figures import expected_best, found_in


@dataclass(frozen=True, slots=True)
class Points:
    """Searches over a grid's points with one budget.

    Attributes:
        task: The task.
        share: Of the grid's updates, for each search.
        best: The grid's best score.
        reached: The best score of each search.
        random_order: What a random order of the grid reaches on average with as many updates.
    """

    task: str
    share: float
    best: float
    reached: tuple[float, ...]
    random_order: float


def search_points(
    grid: StudyRecord, *, seed: int, budget: int, scheduler: str = "adaptive"
) -> StudyRecord:
    """Search the points of a grid by TPE, one trial at a time.

    Args:
        grid: A finished grid that nothing was stopped in.
        seed: Root seed.
        budget: Updates.
        scheduler: Stops trials.

    Returns:
        What `autoclue tune` would have left behind.
    """
    recorded = {_key(trial.params): trial for trial in grid.trials}
    baseline = next(trial for trial in grid.trials if trial.baseline)

    def configure(params: Mapping[str, Scalar]) -> TrialConfig:
        return TrialConfig.model_validate(recorded[_key(params)].config)

    ledger = _ledger(grid)
    tuner = Tuner(
        ledger=ledger,
        source=SearchSource(
            ledger=ledger,
            proposer=Proposer(space_from_mapping(dict(grid.space), origin=grid.name), "tpe", seed),
            plan=FixedConfigurations(
                configure, TrialConfig.model_validate(baseline.config), baseline.params
            ),
            trials=len(grid.trials),
        ),
        scheduler=make_scheduler(scheduler, seed=seed),
        parallel=1,
        listeners=(Silent(),),
        step_budget=budget,
    )
    tuner.restore()
    by_config = {TrialConfig.model_validate(t.config).key: t for t in grid.trials}
    while (asked := tuner.next_trial()) is not None:
        _run(tuner, asked.number, by_config[asked.config.key])
    return read_study(ledger)


def _run(tuner: Tuner, number: int, trial: TrialRecord) -> None:
    """Report a recorded curve as a worker reports a trial's."""
    length = trial.evaluations[-1].step if trial.total_steps is None else trial.total_steps
    tuner.prepared(number, Prepared(length, trial.evaluation_steps, ()))
    for evaluation in trial.evaluations:
        if tuner.evaluated(number, evaluation) is not None:
            return
    tuner.ended(number)


def _ledger(grid: StudyRecord) -> Ledger:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    ledger = Ledger(optuna.create_study(study_name=grid.name, direction="maximize"))
    ledger.note(
        StudyAttributes(
            resolved=dict(grid.settings),
            metric=grid.metric,
            synthetic=grid.synthetic,
            spaces=(SpaceVersion(0, "", dict(grid.space)),),
            versions=dict(grid.versions),
            created_at=now(),
        )
    )
    return ledger


def _key(params: Mapping[str, Scalar]) -> str:
    return repr(sorted(params.items()))


def points(
    task: str, grid: StudyRecord, *, shares: Sequence[float], seeds: int
) -> Iterator[Points]:
    """Search a grid's points with several budgets, each with the same root seeds."""
    whole = found_in(grid)
    for share in shares:
        budget = round(share * whole.updates)
        each = whole.updates // whole.trials
        yield Points(
            task=task,
            share=share,
            best=whole.best,
            reached=tuple(
                found_in(search_points(grid, seed=seed, budget=budget)).best
                for seed in range(seeds)
            ),
            random_order=expected_best(whole.scores, budget // each),
        )


def points_table(rows: Sequence[Points]) -> Iterator[str]:
    """Write mean scores in percent, with the standard error over the seeds."""
    yield (
        "| task | share of the steps | grid's best | search, mean | random order | difference | "
        "searches that end with the grid's best |"
    )
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        mean = statistics.mean(row.reached)
        error = statistics.stdev(row.reached) / len(row.reached) ** 0.5
        found = sum(score == row.best for score in row.reached) / len(row.reached)
        yield (
            f"| {row.task} | {row.share:.0%} | {100 * row.best:.2f} "
            f"| {100 * mean:.2f} ± {100 * error:.2f} | {100 * row.random_order:.2f} "
            f"| {100 * (mean - row.random_order):+.2f} | {found:.0%} |"
        )
