"""What one driver needs with a large ledger: to take it up, to ask, and for each evaluation."""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from optuna.distributions import FloatDistribution, distribution_to_json
from optuna.storages._rdb import models
from optuna.trial import TrialState
from sqlalchemy import create_engine

from autoclue.search.store.ledger import Ledger
from autoclue.search.store.optuna_internals import study_id
from autoclue.search.store.schema import Prepared, RecordedEvaluation, TrialAttributes
from autoclue.search.tuner.tuner import Tuner
from benchmarks.cost.idle_trials import (
    PREPARED,
    RANGES,
    conduct,
    configure,
    evaluation,
    new_ledger,
)

LONG = Prepared(1000.0, tuple(range(50, 1050, 50)), PREPARED.layer_rates)
RECORDED = 10
"""Evaluations of a stopped trial, of twenty."""
LIVE_RECORDED = 5
"""Evaluations of a trial that runs."""
ENDED = (TrialState.COMPLETE, TrialState.COMPLETE, TrialState.PRUNED)
GOOD, BEST = (0.90, 0.95), 0.99
"""Scores of trials that run, and the highest of all, which the first trial has."""
MOMENT = datetime(2026, 1, 1)
FINITE = models.TrialValueModel.TrialValueType.FINITE
FINITE_STEP = models.TrialIntermediateValueModel.TrialIntermediateValueType.FINITE

REPORTS = 1000
ASKS = 9
EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class Driven:
    """What a driver needs with a ledger of some size.

    Attributes:
        trials: Trials in the ledger beforehand that have ended, with ten or twenty evaluations.
        live: Trials that run.
        restore_s: Seconds of the processor to take the study up.
        ask_ms: Of the processor, for each ask, median.
        evaluation_ms: By the clock, for each evaluation, median.
        mean_ms: The same, mean: those at a rung, with their decision, take longer.
        slow_ms: What 99 evaluations in 100 stay below.
        processor_ms: Of the processor, for each evaluation, mean.
    """

    trials: int
    live: int
    restore_s: float
    ask_ms: float
    evaluation_ms: float
    mean_ms: float
    slow_ms: float
    processor_ms: float

    @property
    def served(self) -> int:
        """Trials that report every 30 seconds, by half of one core's time."""
        return int(0.5 * EVERY_S * 1000 / self.processor_ms)


def drive_ledger(size: int, folder: Path, *, live: int, scheduler: str) -> Driven:
    """Time a driver with so many trials in its ledger.

    Args:
        size: Trials that have ended.
        folder: An empty folder.
        live: Trials that run and report in turns; when one ends, another is asked.
        scheduler: When trials are stopped.
    """
    fill(size, folder, live=live)
    began = time.process_time()
    ledger = Ledger.open(f"sqlite:///{folder}/ledger.db", "idle", held=True)
    tuner = conduct(ledger, trials=10**9, parallel=live + ASKS, scheduler=scheduler)
    tuner.restore()
    restored = time.process_time() - began
    numbers = [asked.number for _ in range(live) if (asked := tuner.next_trial()) is not None]
    for number in numbers:
        tuner.prepared(number, LONG)
    asks = sorted(_timed_ask(tuner) for _ in range(ASKS))
    used = time.process_time()
    reports = sorted(_reports(tuner, numbers))
    used = time.process_time() - used
    return Driven(
        trials=size,
        live=live,
        restore_s=restored,
        ask_ms=1000 * statistics.median(asks),
        evaluation_ms=1000 * statistics.median(reports),
        mean_ms=1000 * statistics.mean(reports),
        slow_ms=1000 * reports[int(0.99 * len(reports))],
        processor_ms=1000 * used / len(reports),
    )


def _timed_ask(tuner: Tuner) -> float:
    began = time.process_time()
    tuner.next_trial()
    return time.process_time() - began


def _reports(tuner: Tuner, numbers: list[int]) -> Iterator[float]:
    """Let trials report in turns until they have ended; return seconds of each report.

    Their scores are among the best, so that they run to their end, but never the best of all:
    whoever leads needs no comparison.
    """
    rng = random.Random(1)
    done = dict.fromkeys(numbers, LIVE_RECORDED)
    for _ in range(REPORTS):
        if not done:
            return
        number = rng.choice([*done])
        entry = evaluation(LONG.evaluation_steps[done[number]], rng.uniform(*GOOD))
        began = time.perf_counter()
        stop = tuner.evaluated(number, entry)
        done[number] += 1
        if stop is None and done[number] == len(LONG.evaluation_steps):
            tuner.ended(number)
            del done[number]
        elif stop is not None:
            del done[number]
        yield time.perf_counter() - began


def fill(size: int, folder: Path, *, live: int) -> None:
    """Make a ledger with trials that have ended and trials that run, in one transaction.

    Args:
        size: Trials that have ended, every third one stopped half way.
        folder: Where ``ledger.db`` shall be.
        live: Trials that run, asked after the others.
    """
    ledger = new_ledger(folder)
    own, rng = study_id(ledger.study), random.Random(0)
    rows: dict[type[Any], list[dict[str, Any]]] = {}
    for number in range(size + live):
        state = TrialState.RUNNING if number >= size else ENDED[number % 3]
        for model, row in _rows(number, state, own, rng):
            rows.setdefault(model, []).append(row)
    engine = create_engine(f"sqlite:///{folder}/ledger.db")
    with engine.begin() as connection:
        for model, found in rows.items():
            connection.execute(model.__table__.insert(), found)
    engine.dispose()


def _rows(
    number: int, state: TrialState, study_id: int, rng: random.Random
) -> Iterator[tuple[type[Any], dict[str, Any]]]:
    """Yield what Optuna's tables hold of one trial."""
    own = {"trial_id": number + 1}
    running, complete = state is TrialState.RUNNING, state is TrialState.COMPLETE
    ended = None if running else MOMENT
    yield (
        models.TrialModel,
        {**own, "number": number, "study_id": study_id, "state": state}
        | {"datetime_start": MOMENT, "datetime_complete": ended},
    )
    params = {name: rng.uniform(*bounds) for name, bounds in RANGES.items()}
    for name, value in params.items():
        kind = distribution_to_json(FloatDistribution(*RANGES[name]))
        row = {"param_name": name, "param_value": value, "distribution_json": kind}
        yield models.TrialParamModel, {**own, **row}
    count = LIVE_RECORDED if running else len(LONG.evaluation_steps) if complete else RECORDED
    highest = BEST if number == 0 else GOOD[0]
    scores = {step: rng.uniform(0.0, highest) for step in LONG.evaluation_steps[:count]}
    for step, score in scores.items():
        row = {"step": step, "intermediate_value": score, "intermediate_value_type": FINITE_STEP}
        yield models.TrialIntermediateValueModel, {**own, **row}
    if complete:
        row = {"objective": 0, "value": max(scores.values()), "value_type": FINITE}
        yield models.TrialValueModel, {**own, **row}
    for key, found in _attributes(number, params, scores).items():
        yield models.TrialUserAttributeModel, {**own, "key": key, "value_json": json.dumps(found)}


def _attributes(
    number: int, params: Mapping[str, float], scores: Mapping[int, float]
) -> dict[str, object]:
    """Return what the ledger writes about a trial."""
    first = (len(LONG.evaluation_steps) + 2) * number + 1
    config = configure(params)
    return TrialAttributes(
        baseline=number == 0,
        key=config.key,
        asked=first,
        config=config.model_dump(),
        prepared=LONG,
        evaluations={
            step: RecordedEvaluation(evaluation(step, score), first + place)
            for place, (step, score) in enumerate(scores.items(), start=1)
        },
    ).entries()
