"""Searches whose trials do nothing but report, run by autoclue or by Ray Tune alone."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import optuna

from autoclue.records import Evaluation, LayerRate, Scalar
from autoclue.search.execution.resources import Resources
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.stopping import make_scheduler
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.schema import Prepared, StudyAttributes
from autoclue.search.tuner import Silent
from autoclue.search.tuner.trial_source import FixedConfigurations, SearchSource
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import SearchSpace, space_from_mapping
from autoclue.training import TrialConfig

STEPS = (100, 200, 300, 400, 500)
RANGES = {"learning_rate": (1e-5, 1e-4), "dropout": (0.0, 0.3)}
PREPARED = Prepared(
    total_steps=500.0,
    evaluation_steps=STEPS,
    layer_rates=(LayerRate(0, "embeddings", 1.0, 1.0, True, 9),),
)


class IdleWorker:
    """A trial that reports five scores and has nothing else to do."""

    def begin(self, asked: Mapping[str, Any]) -> None:
        """Take on a trial."""
        self._events = [{"event": "prepared", "payload": asdict(PREPARED)}]
        rate = float(asked["config"]["learning_rate"])
        for step in STEPS:
            entry = asdict(evaluation(step, score_of(rate, step)))
            self._events.append({"event": "evaluated", "payload": entry})
        self._events.append({"event": "ended", "payload": {}})
        self._events.reverse()

    def next_event(self) -> dict[str, Any]:
        """Return the next report."""
        return self._events.pop()

    def close(self) -> None:
        """Have nothing to let go of."""


def score_of(rate: float, step: int) -> float:
    """Score a rate; equal on both sides, so that they stop alike."""
    return float(0.9 - 3 * abs(rate - 5e-5) * 1e4 / 10 - 50 / (step + 100))


def evaluation(step: int, score: float) -> Evaluation:
    """Fill what a report holds beside its score."""
    return Evaluation(
        step=step,
        score=score,
        dev_loss=0.5,
        train_loss=0.5,
        learning_rate=1e-5,
        steps_per_s=10.0,
        eval_s=0.1,
        elapsed_s=step / 10,
        epoch=1,
    )


def space() -> SearchSpace:
    """Return the space that both sides search."""
    parameters = {name: {"float": list(bounds)} for name, bounds in RANGES.items()}
    return space_from_mapping({"name": "idle", "parameters": parameters}, origin="benchmark")


def configure(params: Mapping[str, Scalar]) -> TrialConfig:
    """Make a trial's settings."""
    common = {"task": "xnli", "model": "builtin", "epochs": 1, "max_length_tokens": 64}
    return TrialConfig.model_validate({**common, "batch_size": 32, **params})


def conduct(ledger: Ledger, *, trials: int, parallel: int, scheduler: str = "asha") -> Tuner:
    """Make a tuner as a search does."""
    start: Mapping[str, Scalar] = {"learning_rate": 2e-5, "dropout": 0.1}
    plan = FixedConfigurations(configure, configure(start), start)
    source = SearchSource(ledger, Proposer(space(), "tpe", 0), plan, trials)
    return Tuner(ledger, source, make_scheduler(scheduler, seed=0), parallel, (Silent(),))


def new_ledger(folder: Path) -> Ledger:
    """Make a study on disk."""
    attributes = StudyAttributes(metric="accuracy")
    return Ledger.create(f"sqlite:///{folder}/ledger.db", "idle", attributes)


def search_with_autoclue(trials: int, folder: Path) -> None:
    """Run a search as ``autoclue tune`` does, two at once."""
    from autoclue.search.execution.ray.runner import run_with_ray

    tuner = conduct(new_ledger(folder), trials=trials, parallel=2)
    tuner.restore()
    resources = Resources(gpus=0, gpus_per_trial=0.0, parallel=2, address=None)
    run_with_ray(tuner, folder, resources, worker="benchmarks.cost.idle_trials:IdleWorker")


def search_with_ray(trials: int, folder: Path) -> None:
    """Run a search as Ray's documentation shows it, with a ledger of Optuna's on disk."""
    import ray
    from ray import tune
    from ray.tune.schedulers import ASHAScheduler
    from ray.tune.search.optuna import OptunaSearch

    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    searcher = OptunaSearch(
        metric="score",
        mode="max",
        sampler=optuna.samplers.TPESampler(seed=0),
        storage=optuna.storages.RDBStorage(f"sqlite:///{folder}/ray.db"),
    )
    tuner = tune.Tuner(
        tune.with_resources(_idle, {"cpu": 1}),
        param_space={name: tune.uniform(*bounds) for name, bounds in RANGES.items()},
        tune_config=tune.TuneConfig(
            search_alg=searcher,
            scheduler=ASHAScheduler(
                time_attr="step", metric="score", mode="max", max_t=500, grace_period=100
            ),
            num_samples=trials,
            reuse_actors=True,
        ),
        run_config=tune.RunConfig(storage_path=str(folder), verbose=0),
    )
    tuner.fit()
    ray.shutdown()


def _idle(config: dict[str, float]) -> None:
    from ray import tune

    for step in STEPS:
        tune.report({"score": score_of(config["learning_rate"], step), "step": step})


if __name__ == "__main__":
    search = search_with_autoclue if sys.argv[1] == "autoclue" else search_with_ray
    search(int(sys.argv[2]), Path(sys.argv[3]))
