"""A trial goes on from the artifact store on another machine, and who was cut off isn't heard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from autoclue.options import StudySpec
from autoclue.records import Evaluation
from autoclue.search.execution import StudyArtifacts, find_kept_model
from autoclue.search.execution.worker import Event, TrialWorker
from autoclue.search.execution.working import keep_log
from autoclue.search.inputs import keep_inputs
from autoclue.search.objects import open_objects
from autoclue.search.spec import make_plan
from autoclue.search.store import (
    Ledger,
    Prepared,
    Repetition,
    StoredArtifacts,
    StoredState,
    StudyAttributes,
    read_study,
)
from autoclue.search.tuner import ListSource, Tuner
from autoclue.system import file_sha256
from autoclue.training import TrialConfig
from tests.s3_server import S3Server

pytestmark = pytest.mark.paddle

LAST_STEP = 40


@dataclass
class Driver:
    """The machine of the command: a study of one trial, and its folder."""

    folder: Path
    uri: str
    config: TrialConfig
    tuner: Tuner = field(init=False)
    away: StudyArtifacts = field(init=False)

    def __post_init__(self) -> None:
        where = StoredArtifacts(self.uri, "study")
        ledger = Ledger.create(
            f"sqlite:///{self.folder / 'ledger.db'}", "s", StudyAttributes(artifacts=where)
        )
        self.away = StudyArtifacts(open_objects(self.uri), where.place, ledger, False)
        source = ListSource(ledger, [self.config], [Repetition("k", 1)])
        self.tuner = Tuner(ledger, source, None, 1, [])

    def begin(self, worker: TrialWorker) -> None:
        """Hand the trial out."""
        job = self.tuner.next_trial()
        assert job is not None
        worker.begin(self.away.write_job(job, self.folder, "cpu"))

    def hear(self, event: Event) -> str:
        """Take note of an event, and return what it was."""
        keep_log(self.folder / "trials" / "0000", event["log"])
        if event["event"] == "prepared":
            self.tuner.prepared(0, Prepared.from_json(event["payload"]))
        elif event["event"] == "evaluated":
            state = StoredState(**event["state"]) if "state" in event else None
            self.tuner.evaluated(0, Evaluation(**event["payload"]), state=state)
        else:
            self.tuner.ended(0)
        return str(event["event"])

    def finish(self, worker: TrialWorker) -> None:
        """Hear a worker to its end, and fetch the model."""
        while self.hear(worker.next_event()) != "ended":
            pass
        assert self.away.bring_models(read_study(self.away.ledger).trials, self.folder) == []

    @property
    def evaluations(self) -> list[Evaluation]:
        """What the ledger holds, without what depends on the clock."""
        found = self.away.ledger.trial(0).attributes.recorded
        return [
            replace(each.evaluation, steps_per_s=0.0, eval_s=0.0, elapsed_s=0.0) for each in found
        ]

    @property
    def model(self) -> str:
        """The sha256 of the fetched model's weights."""
        kept = find_kept_model(self.folder, read_study(self.away.ledger).trials[0])
        assert kept is not None
        return file_sha256(kept / "model.safetensors")

    @property
    def addresses(self) -> list[str]:
        """The states that the ledger names."""
        found = self.away.ledger.trial(0).attributes.recorded
        return [each.state.address for each in found if each.state is not None]


@pytest.fixture(scope="module")
def config(easy_task: Path, tiny_model: Path) -> TrialConfig:
    return TrialConfig(
        task=str(easy_task),
        model=str(tiny_model),
        data=str(easy_task.parent),
        learning_rate=1e-2,
        batch_size=16,
        epochs=4,
        max_length_tokens=16,
        eval_every_steps=10,
        max_steps=LAST_STEP,
    )


@dataclass
class Machines:
    """Puts the caches of several machines on this one."""

    folder: Path
    patch: pytest.MonkeyPatch

    def on(self, name: str) -> TrialWorker:
        """From now on everything happens on this machine; begin a worker there."""
        self.patch.setenv("AUTOCLUE_CACHE", str(self.folder / name))
        return TrialWorker()


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autoclue.training.checkpoints.keeper.WORTH", 0)  # a state at each step
        yield Machines(tmp_path, patch)


@pytest.fixture
def peace(tmp_path: Path, config: TrialConfig, machines: Machines) -> Driver:
    """The trial that nobody disturbs."""
    (tmp_path / "peace").mkdir()
    driver = Driver(tmp_path / "peace", str(tmp_path / "peace" / "store"), config)
    worker = machines.on("quiet")
    driver.begin(worker)
    driver.finish(worker)
    return driver


def test_a_trial_goes_on_elsewhere_digit_for_digit_and_the_lost_machine_is_not_heard(
    tmp_path: Path, config: TrialConfig, s3: S3Server, machines: Machines, peace: Driver
) -> None:
    (tmp_path / "study").mkdir()
    driver = Driver(tmp_path / "study", s3.address("moving"), config)
    lost = machines.on("first")
    driver.begin(lost)
    assert [driver.hear(lost.next_event()) for _ in range(3)][-1] == "evaluated"

    driver.tuner.died(0, "Its machine was lost.", with_machine=True)
    second = machines.on("second")
    driver.begin(second)
    driver.hear(second.next_event())
    unheard = lost.next_event()["state"]["address"]  # it trains on, and sends what it has
    driver.finish(second)

    assert unheard not in driver.addresses
    assert driver.evaluations == peace.evaluations
    assert driver.model == peace.model
    log = (tmp_path / "study" / "trials" / "0000" / "train.log").read_text(encoding="utf-8")
    assert log.count("continues from step 20") == 1
    assert len(driver.evaluations) == LAST_STEP // 10


def test_a_machine_without_data_and_model_trains_the_same_digits(
    tmp_path: Path, config: TrialConfig, machines: Machines, peace: Driver
) -> None:
    task, model = tmp_path / "own" / "easy.yaml", tmp_path / "model"
    shutil.copytree(config.data, task.parent)
    shutil.copytree(config.model, model)
    own = {"task": str(task), "data": str(task.parent), "model": str(model)}
    driver = Driver(tmp_path, str(tmp_path / "store"), config.model_copy(update=own))
    plan = make_plan(StudySpec(**own))  # type: ignore[arg-type]
    inputs = keep_inputs([plan], driver.away.store, driver.away.place)
    driver.away = replace(driver.away, inputs=inputs)
    for folder in (task.parent, model):
        folder.rename(folder.with_name(f"{folder.name} of the command"))

    worker = machines.on("bare")
    driver.begin(worker)
    driver.finish(worker)

    assert driver.evaluations == peace.evaluations
    assert driver.model == peace.model


def test_a_damaged_object_is_the_machines_trouble_and_fails_no_trial(
    tmp_path: Path, config: TrialConfig, machines: Machines
) -> None:
    missing = str(tmp_path / "none")
    lacking = config.model_copy(update={"model": missing})
    driver = Driver(tmp_path, str(tmp_path / "store"), lacking)
    plan = make_plan(StudySpec(task=config.task, data=config.data, model=config.model))
    inputs = keep_inputs([plan], driver.away.store, driver.away.place)
    elsewhere = replace(inputs.models[0], folder=missing)
    driver.away = replace(driver.away, inputs=replace(inputs, models=(elsewhere,)))
    for path in (tmp_path / "store").rglob("*"):
        if path.is_file() and path.stat().st_size > 10_000:
            path.write_bytes(b"damaged")

    worker = machines.on("bare")
    driver.begin(worker)
    event = worker.next_event()

    assert event["event"] == "halted"
    assert "the model none can't be fetched" in event["payload"]["reason"]
