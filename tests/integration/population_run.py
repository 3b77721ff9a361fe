"""Run a population of real trainings in this process, from wherever its ledger leaves it.

``python -m tests.integration.population_run FOLDER TASK MODEL``: the tuner, the source of members,
retention and a worker as in a search, without Ray in between, so that one process can be killed at
any moment. It prints a line for each event.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import optuna

from autoclue.records import Evaluation, Scalar, StoredState
from autoclue.search.execution import Retention, keep_best_model
from autoclue.search.execution.worker import TrialWorker, job_for_worker
from autoclue.search.sampling import Course, Pbt, Proposer
from autoclue.search.store import Ledger, Prepared, StudyAttributes, read_study
from autoclue.search.tuner import FixedConfigurations, SegmentSource, Tuner
from autoclue.space import space_from_mapping
from autoclue.training import TrialConfig
from autoclue.training.checkpoints import keeper
from autoclue.training.platform import apply_switches

STUDY, MEMBERS, STEPS, BOUNDARIES = "members", 8, 40, (10, 20, 30)
BASELINE: Mapping[str, Scalar] = {"learning_rate": 1e-2, "dropout": 0.1}
SPACE = space_from_mapping(
    {
        "name": "toy",
        "parameters": {
            "learning_rate": {"float": [1e-4, 5e-2], "log": True},
            "dropout": {"float": [0.0, 0.3]},
        },
    },
    origin="test",
)


def ledger_of(folder: Path) -> Ledger:
    """Open the study's ledger, or make it."""
    storage = f"sqlite:///{folder / 'ledger.db'}"
    if Ledger.exists(storage, STUDY):
        return Ledger.open(storage, STUDY, held=True)
    return Ledger.create(storage, STUDY, StudyAttributes(metric="accuracy"))


def run(folder: Path, task: str, model: str) -> None:
    """Run what is left to its end."""

    def configure(params: Mapping[str, Scalar]) -> TrialConfig:
        return TrialConfig.model_validate(
            {
                **{"task": task, "model": model, "epochs": 1, "batch_size": 16},
                **{"max_length_tokens": 16, "max_steps": STEPS, "eval_every_steps": 5},
                **params,
            }
        )

    ledger = ledger_of(folder)
    plan = FixedConfigurations(configure, configure(BASELINE), BASELINE)
    course = Course(MEMBERS, BOUNDARIES, float(STEPS))
    source = SegmentSource(ledger, Proposer(SPACE, "pbt", 5), plan, Pbt(), course, seed=5)
    found = read_study(ledger)
    retention = Retention(
        folder,
        found.winner,
        segments=[trial.number for trial in found.ended if trial.is_segment],
        needs_state=source.needs_state,
    )
    tuner = Tuner(ledger, source, None, 1, (retention,), pauses=True)
    tuner.restore()
    worker = TrialWorker()
    while (job := tuner.next_trial()) is not None:
        worker.begin(job_for_worker(job, folder, "cpu"))
        while carry(tuner, job.number, worker.next_event()):
            pass
    keep_best_model(read_study(ledger), folder, needs_state=source.needs_state)


def carry(tuner: Tuner, number: int, event: Mapping[str, object]) -> bool:
    """Carry an event to the tuner; return whether the trial goes on."""
    print(number, event["event"], flush=True)
    payload = event["payload"]
    assert isinstance(payload, dict)
    if event["event"] == "prepared":
        return tuner.prepared(number, Prepared.from_json(payload))
    if event["event"] == "evaluated":
        told = event.get("state")
        state = StoredState(**told) if isinstance(told, dict) else None
        return tuner.evaluated(number, Evaluation(**payload), state=state) is None
    if event["event"] == "failed":
        tuner.failed(number, str(payload["reason"]))
    else:
        tuner.ended(number)
    return False


if __name__ == "__main__":
    apply_switches(gpu=False)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    keeper.WORTH = 0  # a state after each evaluation
    run(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
