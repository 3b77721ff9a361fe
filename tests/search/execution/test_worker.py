"""What a worker says of a trial, with a trial that only plays one."""

from __future__ import annotations

import errno
import logging
import os
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from autoclue.errors import FolderError, TrialFailedError, TroubleError, UsageError
from autoclue.records import Evaluation, LayerRate
from autoclue.search.execution import worker
from autoclue.search.execution.artifacts import trial_folder
from autoclue.search.execution.worker import Event, TrialWorker, job_for_worker
from autoclue.search.store import StateRef
from autoclue.search.tuner import Job
from autoclue.training import TrialConfig, make_timetable
from autoclue.training.checkpoints.trial_state import STATE_FILE
from autoclue.training.loop.earlier import LeftState
from autoclue.training.platform.devices.held_memory import LIMIT_FLAG
from autoclue.training.recipe.timetable import Timetable

CONFIG = TrialConfig(
    task="ocnli", model="m", learning_rate=1e-3, batch_size=16, epochs=1, max_length_tokens=32
)


def evaluation(step: int) -> Evaluation:
    return Evaluation(step, step / 100, 1.0, 1.1, 1e-3, 2.0, 0.1, 1.0, 1)


@dataclass
class Play:
    """What the next trial does: its state's evaluations, then these, or an error."""

    history: tuple[int, ...] = ()
    steps: tuple[int, ...] = (5, 10, 15)
    error: Exception | None = None
    begins_with_error: bool = False
    trials: list[weakref.ref[FakeTrial]] = field(default_factory=list)
    may_differ: object = None
    left: object = None
    leaves_state: object = None


class FakeTrial:
    """Stands for a trial."""

    layer_rates = (LayerRate(0, "embeddings", 1.0, 1.0, True, 10),)

    def __init__(self, play: Play, log: logging.Logger, folder: Path, resume: bool) -> None:
        self.history = tuple(evaluation(step) for step in play.history)
        self._coming = [evaluation(s) for s in play.steps if s not in play.history]
        self._error = play.error
        (folder / STATE_FILE).touch()
        log.info("begun" if not resume else f"resumed after {len(self.history)}")

    @property
    def timetable(self) -> Timetable:
        return make_timetable(
            examples=240,
            batch_size=16,
            accumulation=1,
            epochs=1,
            max_steps=None,
            eval_every_steps=5,
        )

    def advance(self) -> Evaluation | None:
        if self._coming:
            return self._coming.pop(0)
        if self._error is not None:
            raise type(self._error)(*self._error.args)
        return None


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """The script of the next trial."""
    script = Play()

    def begin(config: object, workspace: object, **named: Any) -> FakeTrial:
        if script.begins_with_error and script.error is not None:
            raise script.error
        script.may_differ = named["may_differ"]
        script.left, script.leaves_state = named["left"], named["leaves_state"]
        trial = FakeTrial(script, named["log"], named["folder"], named["resume"])
        script.trials.append(weakref.ref(trial))
        return trial

    monkeypatch.setattr(worker, "Trial", begin)
    monkeypatch.setattr(worker, "apply_switches", lambda **_: ())
    return script


def job(folder: Path, config: TrialConfig = CONFIG, **changes: Any) -> Mapping[str, Any]:
    """Trial 3 of the study in a folder, which goes on from its own state."""
    given: dict[str, Any] = {"start_from": StateRef(3), **changes}
    return job_for_worker(Job(3, config, **given), folder, "cpu")


def events(tired: TrialWorker) -> list[Event]:
    """All events up to the one that closes the trial."""
    told = [tired.next_event()]
    while told[-1]["event"] in {"prepared", "evaluated"}:
        told.append(tired.next_event())
    return told


def tell(folder: Path, **changes: Any) -> list[Event]:
    """All events of a trial."""
    one = TrialWorker()
    one.begin(job(folder, **changes))
    return events(one)


def names(told: list[Event]) -> list[object]:
    """Each event in short: its name, or the step of an evaluation."""
    return [e["payload"].get("step", e["event"]) for e in told]


def log_of(folder: Path) -> str:
    return (trial_folder(folder, 3) / "train.log").read_text(encoding="utf-8")


@pytest.mark.usefixtures("play")
def test_a_new_trial_tells_everything_in_order(tmp_path: Path) -> None:
    told = tell(tmp_path)
    assert names(told) == ["prepared", 5, 10, 15, "ended"]
    assert told[0]["payload"]["evaluation_steps"] == [5, 10, 15]
    assert Evaluation(**told[1]["payload"]) == evaluation(5)


@pytest.mark.parametrize(
    ("history", "after_step", "expected"),
    [
        ((5, 10), 10, [15]),
        ((5, 10), 5, [10, 15]),
        ((5, 10), 0, [5, 10, 15]),
        ((5,), 10, [15]),
        ((), 10, [15]),
        ((), 0, [5, 10, 15]),
        ((5, 10, 15), 10, [15]),
        ((5, 10, 15), 15, []),
        ((5,), 15, []),
    ],
)
def test_what_is_known_is_not_told_again_and_what_is_not_is(
    history: tuple[int, ...], after_step: int, expected: list[int], tmp_path: Path, play: Play
) -> None:
    play.history = history
    told = tell(tmp_path, after_step=after_step)
    assert names(told) == ["prepared", *expected, "ended"]


@pytest.mark.usefixtures("play")
def test_the_log_of_an_earlier_run_is_kept(tmp_path: Path) -> None:
    tell(tmp_path)
    tell(tmp_path)
    assert log_of(tmp_path).count("resumed after 0") == 2


def test_an_error_of_our_own_fails_the_trial_and_names_its_log(tmp_path: Path, play: Play) -> None:
    play.error = TrialFailedError("The training loss became nan at step 16.")
    last = tell(tmp_path)[-1]
    log = str(trial_folder(tmp_path, 3) / "train.log")
    assert last == {"event": "failed", "payload": {"reason": str(play.error), "log": log}}
    assert log_of(tmp_path).endswith("The training loss became nan at step 16.\n")


def test_any_other_error_fails_the_trial_with_its_traceback_in_the_log(
    tmp_path: Path, play: Play
) -> None:
    play.error = ValueError("InvalidArgumentError: shapes differ")
    last = tell(tmp_path)[-1]
    assert last["payload"]["reason"] == "ValueError: InvalidArgumentError: shapes differ"
    assert "Traceback" in log_of(tmp_path)


def test_a_trial_that_cannot_begin_fails(tmp_path: Path, play: Play) -> None:
    play.error, play.begins_with_error = UsageError("No such model."), True
    assert names(tell(tmp_path)) == ["failed"]


@pytest.mark.parametrize("begins_with_error", [True, False])
def test_a_folder_that_cannot_be_written_halts_the_trial(
    begins_with_error: bool, tmp_path: Path, play: Play
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    play.error = FolderError.writing("The trial's state", tmp_path, full)
    play.begins_with_error = begins_with_error
    last = tell(tmp_path)[-1]
    assert last["event"] == "halted"
    assert f"can't be written to {tmp_path}: No space left on device." in last["payload"]["reason"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TroubleError("/models/a holds no model."), "/models/a holds no model."),
        (
            OSError(errno.EIO, "Input/output error", "/mnt/a.npy"),
            "A file can't be used at /mnt/a.npy: Input/output error.",
        ),
    ],
)
def test_what_no_trial_is_to_blame_for_halts_it(
    error: Exception, reason: str, tmp_path: Path, play: Play
) -> None:
    play.error, play.begins_with_error = error, True
    assert tell(tmp_path)[-1] == {"event": "halted", "payload": {"reason": reason}}


@pytest.mark.usefixtures("play")
def test_a_log_that_cannot_be_opened_halts_the_trial(tmp_path: Path) -> None:
    tmp_path.joinpath("trials").mkdir()
    trial_folder(tmp_path, 3).touch()
    reason = f"The training log can't be written to {trial_folder(tmp_path, 3)}: File exists."
    assert tell(tmp_path)[-1]["payload"]["reason"].startswith(reason)


@pytest.mark.usefixtures("play")
def test_a_log_that_fills_the_disk_halts_the_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: logging.Handler) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(logging.StreamHandler, "flush", full)
    last = tell(tmp_path)[-1]
    assert last["event"] == "halted"
    assert last["payload"]["reason"].startswith("The training log can't be written to ")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("(ResourceExhausted) Fail to alloc memory of 1600000000 size"),
        RuntimeError("ResourceExhaustedError: Out of memory error on GPU 0."),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_too_little_memory_is_told_apart_and_the_memory_let_go(
    error: Exception, tmp_path: Path, play: Play
) -> None:
    play.error = error
    one = TrialWorker()
    one.begin(job(tmp_path))
    last = events(one)[-1]
    assert last["event"] == "out_of_memory"
    assert last["payload"]["reason"] in log_of(tmp_path)
    assert play.trials[0]() is None


@pytest.mark.parametrize(("limit", "flag"), [(1333, "1333"), (None, None)])
def test_a_share_of_a_gpu_is_a_limit_before_paddle_is_loaded(
    tmp_path: Path,
    play: Play,
    monkeypatch: pytest.MonkeyPatch,
    limit: int | None,
    flag: str | None,
) -> None:
    monkeypatch.setenv(LIMIT_FLAG, "7")  # put back afterwards
    monkeypatch.delenv(LIMIT_FLAG)
    one = TrialWorker()
    one.begin({**job(tmp_path), "gpu_limit_mib": limit})
    one.next_event()
    assert os.environ.get(LIMIT_FLAG) == flag


def test_a_trial_that_is_over_is_let_go_at_once(tmp_path: Path, play: Play) -> None:
    tired = TrialWorker()
    tired.begin(job(tmp_path))
    events(tired)
    assert play.trials[0]() is None


@pytest.mark.parametrize(
    "error", [None, TrialFailedError("nan"), MemoryError(), FolderError("full")]
)
def test_a_worker_deletes_no_state_however_its_trial_ends(
    error: Exception | None, tmp_path: Path, play: Play
) -> None:
    play.error = error
    tired = TrialWorker()
    tired.begin(job(tmp_path))
    events(tired)
    tired.close()
    assert (trial_folder(tmp_path, 3) / STATE_FILE).exists()


def leave(folder: Path, number: int, text: str) -> None:
    """Let a trial leave a state and a best model."""
    own = trial_folder(folder, number)
    (own / "best").mkdir(parents=True)
    (own / "best" / "autoclue.json").write_text(text, encoding="utf-8")
    (own / STATE_FILE).write_text(text, encoding="utf-8")


def left_by(folder: Path, number: int) -> list[str]:
    own = trial_folder(folder, number)
    return [path.read_text() for path in (own / "best" / "autoclue.json", own / STATE_FILE)]


@pytest.mark.usefixtures("play")
def test_a_trial_without_a_state_to_start_from_begins_anew(tmp_path: Path) -> None:
    leave(tmp_path, 3, "what another study left here")
    tell(tmp_path, start_from=None)
    assert "begun" in log_of(tmp_path)


def test_a_trial_may_start_from_the_state_of_another(tmp_path: Path, play: Play) -> None:
    leave(tmp_path, 1, "of trial 1")
    tell(tmp_path, start_from=StateRef(1, frozenset({"learning_rate"})))
    assert left_by(tmp_path, 3) == left_by(tmp_path, 1) == ["of trial 1"] * 2
    assert play.may_differ == ["learning_rate"]


@pytest.mark.usefixtures("play")
def test_a_trials_own_state_goes_before_that_of_another(tmp_path: Path) -> None:
    leave(tmp_path, 1, "of trial 1")
    leave(tmp_path, 3, "its own")
    tell(tmp_path, start_from=StateRef(1))
    assert left_by(tmp_path, 3) == ["its own"] * 2


@pytest.mark.usefixtures("play")
def test_a_state_that_is_gone_costs_time_only(tmp_path: Path) -> None:
    assert names(tell(tmp_path, start_from=StateRef(1))) == ["prepared", 5, 10, 15, "ended"]


@pytest.mark.usefixtures("play")
def test_a_trial_that_is_stopped_leaves_its_state(tmp_path: Path) -> None:
    tired = TrialWorker()
    tired.begin(job(tmp_path))
    tired.next_event()
    tired.close()
    assert (trial_folder(tmp_path, 3) / STATE_FILE).exists()


@pytest.mark.usefixtures("play")
def test_the_end_of_a_segment_comes_with_the_state_that_others_start_from(
    tmp_path: Path,
) -> None:
    told = tell(tmp_path, config=CONFIG.model_copy(update={"until_step": 15}))
    states = [event["state"] for event in told if "state" in event]
    assert [e["payload"]["step"] for e in told if "state" in e] == [15]
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert states == [{"address": "trials/0003/state.safetensors", "sha256": empty}]


@pytest.mark.usefixtures("play")
def test_only_the_state_that_the_ledger_names_is_started_from(tmp_path: Path) -> None:
    source = trial_folder(tmp_path, 1)
    source.mkdir(parents=True)
    (source / STATE_FILE).write_text("another", encoding="utf-8")
    tell(tmp_path, start_from=StateRef(1, sha256="0" * 64))
    log = (trial_folder(tmp_path, 3) / "train.log").read_text(encoding="utf-8")
    assert f"with the same result: {source / STATE_FILE} isn't the state that the ledger" in log
    assert (trial_folder(tmp_path, 3) / STATE_FILE).read_text(encoding="utf-8") == ""


def test_a_trial_that_goes_on_from_another_copies_nothing_and_reads_what_the_ledger_names(
    tmp_path: Path, play: Play
) -> None:
    folder = trial_folder(tmp_path, 1)
    folder.mkdir(parents=True)
    (folder / STATE_FILE).touch()
    config = CONFIG.going_on_from(CONFIG)

    told = tell(tmp_path, config=config, start_from=StateRef(1, sha256="ab"), leaves_state=True)

    assert play.left == LeftState(folder, "ab")
    assert "begins at its first step" not in log_of(tmp_path)
    assert [bool(event.get("state")) for event in told] == [False, False, False, True, False]


def test_a_trial_whose_start_is_not_named_reads_nothing(tmp_path: Path, play: Play) -> None:
    tell(tmp_path, config=CONFIG.going_on_from(CONFIG), start_from=StateRef(1))
    assert play.left is None
    assert play.leaves_state is False


@pytest.mark.usefixtures("play")
def test_a_trial_that_leaves_no_state_names_none(tmp_path: Path) -> None:
    assert not any("state" in event for event in tell(tmp_path))
