"""A search without a model: scripted curves, an executor that trains nothing, a clock of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import optuna
import pytest

from autoclue.errors import TrialFailedError
from autoclue.records import Evaluation, LayerRate, Scalar, StudyRecord, TrialRecord, TrialState
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.stopping import Asha
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.reader import read_study
from autoclue.search.store.schema import Prepared, SpaceVersion, StudyAttributes
from autoclue.search.tuner.trial_source import FixedConfigurations, SearchSource
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import SearchSpace, space_from_mapping
from autoclue.training import TrialConfig

SPACE = {"name": "toy", "parameters": {"epochs": {"value": 3}}}
FACTS = StudyAttributes(
    question={"task": "xnli", "seed": 3, "max_steps": None},
    resolved={"recipe": {"epochs": 2}},
    metric="accuracy",
    synthetic=True,
    spaces=(SpaceVersion(0, "fingerprint", SPACE),),
    rungs=(1 / 9, 1 / 3),
    versions={"python": "3.11.9"},
)
RATES = (
    LayerRate(0, "embeddings", 0.25, 0.5, False, 100),
    LayerRate(1, "head", 1.0, 1.0, True, 20),
)
STEPS = (100, 300, 600, 900)
PREPARED = Prepared(total_steps=900.0, evaluation_steps=STEPS, layer_rates=RATES)
BASELINE: Mapping[str, Scalar] = {"learning_rate": 2e-5, "batch_size": 32}

Curve = Callable[[TrialConfig], Iterator[Evaluation]]


def evaluation(step: int, score: float, **changes: Any) -> Evaluation:
    """One evaluation of a trial that does ten updates a second."""
    values = {"dev_loss": 1 - score / 2, "train_loss": 0.5, "elapsed_s": step / 10, **changes}
    return Evaluation(
        step=step,
        score=score,
        learning_rate=1e-5,
        steps_per_s=10.0,
        eval_s=0.5,
        epoch=1,
        **values,
    )


def configure(params: Mapping[str, Scalar]) -> TrialConfig:
    """Complete settings, as a plan makes them."""
    return TrialConfig.model_validate(
        {
            "task": "xnli",
            "model": "builtin",
            "epochs": 3,
            "max_length_tokens": 128,
            **{k: v for k, v in params.items() if k != "factor"},
            "strategy_params": {k: v for k, v in params.items() if k == "factor"},
        }
    )


def scripted(config: TrialConfig) -> Iterator[Evaluation]:
    """Score by the settings alone; high rates blow up in larger batches.

    Small batches have a worse score at the second evaluation than at the first.
    """
    rate = config.learning_rate / 5e-5
    factor = float(config.strategy_params.get("factor") or 1.0)
    final = 0.9 - 0.5 * (rate - 0.6) ** 2 - 0.002 * config.batch_size - 0.1 * (factor - 1.2) ** 2
    for at, step in enumerate(STEPS, start=1):
        if rate > 0.5 and (config.batch_size, at) in {(64, 1), (32, 2)}:
            raise TrialFailedError(f"train_loss is nan at step {step}")
        dip = 0.6 if config.batch_size == 16 and at == 2 else 1.0
        yield evaluation(step, round(dip * final * (1 - 0.5**at), 6))


def never_failing(config: TrialConfig) -> Iterator[Evaluation]:
    """Score alike whatever the settings are."""
    for at, step in enumerate(STEPS, start=1):
        yield evaluation(step, round(0.8 * (1 - 0.5**at), 6))


@dataclass
class Diary:
    """A listener that writes down what it is told."""

    told: list[tuple[str, int]] = field(default_factory=list)
    reasons: dict[int, str | None] = field(default_factory=dict)

    def started(self, number: int, config: TrialConfig) -> None:
        self.told.append(("started", number))

    def prepared(self, number: int, prepared: Prepared) -> None:
        self.told.append(("prepared", number))

    def requeued(self, number: int, reason: str) -> None:
        self.told.append(("requeued", number))
        self.reasons[number] = reason

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        self.told.append(("evaluated", number))

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        self.told.append((state.value, number))
        self.reasons[number] = reason

    def scoring(self, number: int, split: str) -> None:
        self.told.append(("scoring", number))

    def noted(self, text: str) -> None:
        self.told.append((text, -1))


def drive(tuner: Tuner, curve: Curve, tick: Callable[[], None] = lambda: None) -> None:
    """Run a search as an executor does, an evaluation of each live trial in turn."""
    live: dict[int, Iterator[Evaluation]] = {}
    while True:
        while (asked := tuner.next_trial()) is not None:
            live[asked.number] = behind(curve(asked.config), asked.after_step)
            tuner.prepared(asked.number, PREPARED)
        if not live:
            return
        for number in list(live):
            tick()
            if _advance(tuner, number, live[number]):
                del live[number]


def behind(curve: Iterator[Evaluation], step: int) -> Iterator[Evaluation]:
    """What a trial still has to report that goes on from its checkpoint."""
    return (evaluation for evaluation in curve if evaluation.step > step)


def _advance(tuner: Tuner, number: int, curve: Iterator[Evaluation]) -> bool:
    """Carry a trial's next event to the tuner; true when it was the trial's last."""
    try:
        found = next(curve, None)
    except TrialFailedError as error:
        tuner.failed(number, str(error))
        return True
    if found is None:
        tuner.ended(number)
        return True
    return tuner.evaluated(number, found) is not None


def asked_and_found(study: StudyRecord) -> list[dict[str, object]]:
    """What a study holds, without times and without how often a trial began."""
    return [_plain(trial) for trial in study.trials]


def _plain(trial: TrialRecord) -> dict[str, object]:
    names = ("number", "state", "params", "config", "evaluations", "baseline", "stop", "failure")
    return {name: getattr(trial, name) for name in names}


@pytest.fixture(autouse=True)
def quiet_optuna() -> None:
    """Optuna says a line for every study and trial."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)


@pytest.fixture
def toy_space() -> SearchSpace:
    """Twelve configurations."""
    parameters = {"learning_rate": [1e-5, 2e-5, 3e-5, 5e-5], "batch_size": [16, 32, 64]}
    return space_from_mapping({"name": "toy", "parameters": parameters}, origin="test")


@pytest.fixture
def wide_space() -> SearchSpace:
    """No end of configurations."""
    parameters = {
        "learning_rate": {"float": [1e-5, 5e-5], "log": True},
        "batch_size": [16, 32, 64],
        "factor": {"float": [1.0, 1.4]},
    }
    return space_from_mapping({"name": "wide", "parameters": parameters}, origin="test")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with Optuna's tables, which take long to make."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    Ledger.exists(f"sqlite:///{path}", "none")
    return path.read_bytes()


@pytest.fixture
def storage(tmp_path: Path, empty_database: bytes) -> str:
    """URL of an empty database of this test's own."""
    path = tmp_path / "ledger.db"
    path.write_bytes(empty_database)
    return f"sqlite:///{path}"


@pytest.fixture
def ledger(storage: str) -> Ledger:
    """A new study on disk."""
    return Ledger.create(storage, "study", FACTS)


@pytest.fixture
def open_in_memory() -> Callable[..., Ledger]:
    """A study in memory, which is faster; opened again where the storage holds one already."""

    def open_(backend: Any = None) -> Ledger:
        backend = optuna.storages.InMemoryStorage() if backend is None else backend
        study = optuna.create_study(
            storage=backend, study_name="study", direction="maximize", load_if_exists=True
        )
        ledger = Ledger(study)
        ledger.note(FACTS)
        ledger.note(StudyAttributes(created_at="2026-01-01T00:00:00+00:00"))
        return ledger

    return open_


@pytest.fixture
def make_tuner(
    toy_space: SearchSpace, open_in_memory: Callable[..., Ledger]
) -> Callable[..., Tuner]:
    """A tuner for the toy space and one worker, with some of its arguments replaced."""

    def make(*, space: SearchSpace = toy_space, sampler: str = "tpe", **changes: Any) -> Tuner:
        factor: Mapping[str, Scalar] = {"factor": 1.0}
        extra = {name: value for name, value in factor.items() if name in space.parameters}
        arguments: dict[str, Any] = {
            "scheduler": Asha(),
            "parallel": 1,
            "listeners": (Diary(),),
            **changes,
        }
        ledger = arguments.pop("ledger", None) or open_in_memory()
        source = SearchSource(
            ledger=ledger,
            proposer=arguments.pop("proposer", None) or Proposer(space, sampler, 7),
            plan=FixedConfigurations(configure, configure(BASELINE), {**BASELINE, **extra}),
            trials=arguments.pop("trials", 12),
        )
        tuner = Tuner(ledger=ledger, source=source, **arguments)
        tuner.restore()
        return tuner

    return make


@pytest.fixture
def run() -> Callable[..., StudyRecord]:
    """Drive a tuner to its end and read its study."""

    def run_(
        tuner: Tuner, curve: Curve = scripted, tick: Callable[[], None] = lambda: None
    ) -> StudyRecord:
        drive(tuner, curve, tick)
        return read_study(tuner.ledger)

    return run_


@pytest.fixture
def steady() -> Curve:
    """Curves for a test in which no settings may fail."""
    return never_failing


@pytest.fixture
def plain() -> Callable[[StudyRecord], list[dict[str, object]]]:
    """Gives what must be equal in two studies that ran alike."""
    return asked_and_found


@pytest.fixture
def evaluate() -> Callable[..., Evaluation]:
    """Makes an evaluation of a step and a score."""
    return evaluation


@pytest.fixture
def prepared() -> Prepared:
    """What each scripted trial knows of itself: 900 updates, rungs at 100 and 300."""
    return PREPARED


@pytest.fixture
def facts() -> StudyAttributes:
    """What is written about every study here."""
    return FACTS
