"""A trial that was interrupted and went on is the trial that never was, digit for digit."""

from __future__ import annotations

import json
import logging
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from autoclue.records import Evaluation
from autoclue.training import TrialConfig
from autoclue.training.checkpoints import keeper
from autoclue.training.checkpoints.trial_state import STATE_FILE, state_checksum
from autoclue.training.data.workspace import Workspace
from autoclue.training.loop.trial import Trial
from autoclue.training.platform import bias_gradients
from autoclue.training.platform.bias_gradients import row_sum

pytestmark = pytest.mark.paddle

MakeConfig = Callable[..., TrialConfig]
Start = Callable[..., Trial]
Weights = dict[str, bytes]
Caplog = pytest.LogCaptureFixture
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "dropout": {"dropout": 0.3, "seed": 7},
    "frozen blocks": {"strategy": "discriminative", "frozen_blocks": 2, "factor": 1.3},
    "gradual unfreezing": {"strategy": "gradual_unfreezing", "epochs": 3, "eval_every_steps": 9},
    "accumulation": {"gradient_accumulation_steps": 2},
    "end of a pass": {"eval_every_steps": 13},
    "leftover micro-batch": {"gradient_accumulation_steps": 2, "eval_every_steps": 12},
    "max steps": {"max_steps": 17, "schedule": "slanted_triangular"},
    "protocol sound": {
        **{"protocol": "sound", "gradient_accumulation_steps": 2, "eval_every_steps": 12},
        **{"seed": 7, "epochs": 2},
    },
}
"""200 rows make 13 steps an epoch, or 12 and a micro-batch that is left over."""


@pytest.fixture(autouse=True)
def _save_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "WORTH", 0)


def digits(e: Evaluation) -> tuple[float, ...]:
    """All of an evaluation that must repeat: all but its times."""
    return e.step, e.score, e.dev_loss, e.train_loss, e.learning_rate, e.epoch


def run(trial: Trial, evaluations: int | None = None) -> Trial:
    """Train to the end, or so many evaluations."""
    while evaluations != 0 and trial.advance() is not None:
        evaluations = None if evaluations is None else evaluations - 1
    return trial


def curve(trial: Trial) -> list[tuple[float, ...]]:
    return [digits(e) for e in trial.history]


def weights(trial: Trial) -> Weights:
    return {name: p.numpy().tobytes() for name, p in trial.learner.network.named_parameters()}


def kept(folder: Path) -> tuple[Any, bytes]:
    """The kept model: what it was scored with, times left out, and its weights."""
    told = json.loads((folder / "best" / "autoclue.json").read_text(encoding="utf-8"))
    weights = (folder / "best" / "model.safetensors").read_bytes()
    return digits(Evaluation(**told["evaluation"])), weights


@pytest.fixture
def start(workspace: Workspace, tmp_path: Path) -> Start:
    """Return the function that starts a trial in a folder of that name."""

    def begin(config: TrialConfig, name: str, *, resume: bool = False) -> Trial:
        (tmp_path / name).mkdir(exist_ok=True)
        log = logging.getLogger("trial")
        return Trial(config, workspace, folder=tmp_path / name, log=log, resume=resume)

    return begin


@pytest.mark.parametrize("case", CASES)
def test_a_continued_trial_equals_the_uninterrupted_one_to_the_last_bit(
    case: str, make_config: MakeConfig, start: Start, tmp_path: Path
) -> None:
    config = make_config(**{"epochs": 2, "dropout": 0.2, **CASES[case]})
    whole = run(start(config, "whole"))
    for _ in range(len(whole.history)):  # interrupted after every evaluation
        run(start(config, "parts", resume=True), 1)
    parts = run(start(config, "parts", resume=True))
    assert curve(parts) == curve(whole)
    assert weights(parts) == weights(whole)
    assert kept(tmp_path / "parts") == kept(tmp_path / "whole")


def test_a_state_older_than_the_kept_model_is_trained_up_to_it_again(
    make_config: MakeConfig, start: Start, tmp_path: Path
) -> None:
    config = make_config(dropout=0.2, eval_every_steps=3)
    trial = run(start(config, "parts"), 1)
    shutil.copy(tmp_path / "parts" / STATE_FILE, tmp_path / "old")
    run(trial, 2)
    shutil.copy(tmp_path / "old", tmp_path / "parts" / STATE_FILE)
    parts = start(config, "parts", resume=True)
    assert parts.step == 3
    assert curve(run(parts)) == curve(run(start(config, "whole")))
    assert kept(tmp_path / "parts") == kept(tmp_path / "whole")


IN_A_NEW_PROCESS = """
import json, sys
from pathlib import Path
from autoclue.training import TrialConfig
from autoclue.training.platform.runtime import apply_switches; apply_switches(gpu=False)
from autoclue.training.loop.trial import Trial
from autoclue.training.platform import bias_gradients
from autoclue.training.platform.bias_gradients import row_sum
from autoclue.training.data.workspace import Workspace
config = TrialConfig.model_validate_json(sys.argv[1])
workspace = Workspace(cache=Path(sys.argv[2]))
trial = Trial(config, workspace, folder=Path(sys.argv[3]), resume=True)
while trial.advance() is not None:
    pass
points = [[e.step, e.score, e.dev_loss, e.train_loss, e.learning_rate] for e in trial.history]
print("curve", json.dumps(points))
"""


def test_another_process_continues_where_this_one_was(
    make_config: MakeConfig, start: Start, workspace: Workspace, tmp_path: Path
) -> None:
    config = make_config("gradual_unfreezing", dropout=0.2, epochs=2)
    run(start(config, "parts"), 3)
    code, cache = IN_A_NEW_PROCESS, str(workspace.cache)
    words = [code, config.model_dump_json(), cache, str(tmp_path / "parts")]
    done = subprocess.run([sys.executable, "-c", *words], capture_output=True, text=True)
    theirs = next(line for line in done.stdout.split("\n") if line.startswith("curve "))
    whole = run(start(config, "whole"))
    assert json.loads(theirs[6:]) == [list(point[:5]) for point in curve(whole)]
    assert kept(tmp_path / "parts")[1] == kept(tmp_path / "whole")[1]


def test_smaller_micro_batches_continue_at_the_same_example(
    make_config: MakeConfig, start: Start
) -> None:
    whole = run(start(make_config(batch_size=40, dropout=0.1), "parts"), 1)
    smaller = make_config(batch_size=40, dropout=0.1, gradient_accumulation_steps=2)
    parts = start(smaller, "parts", resume=True)
    assert (parts.step, parts._micro_batch) == (whole.step, 2 * whole._micro_batch)
    assert curve(run(parts, 1))[0] == curve(whole)[0]


def test_a_trial_goes_on_from_the_state_of_another_with_its_own_rate(
    make_config: MakeConfig, start: Start, workspace: Workspace, tmp_path: Path
) -> None:
    config = make_config()
    parent = run(start(config, "parent"), 1)
    shutil.copytree(tmp_path / "parent", tmp_path / "child")
    faster = config.model_copy(update={"learning_rate": 2 * config.learning_rate})
    folder = tmp_path / "child"
    child = Trial(faster, workspace, folder=folder, resume=True, may_differ={"learning_rate"})
    assert (child.step, curve(child)) == (parent.step, curve(parent))
    run(child, 1)
    run(parent, 1)
    assert child.history[-1].learning_rate == 2 * parent.history[-1].learning_rate
    assert child.history[-1].dev_loss != parent.history[-1].dev_loss


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("network.classifier.weight", None, "network.classifier.weight is missing or left over"),
        ("moment1.classifier.weight", None, "beta1_pow_acc.classifier.weight is missing or left"),
        ("network.other", np.zeros(3), "network.other is missing or left over"),
        (
            "network.classifier.bias",
            np.zeros(4, np.float32),
            r"float32 [4] instead of float32 [3]",
        ),
        ("random.twister", None, "it lacks the random state"),
        ("random.twister", np.full(313, 999, np.uint64), "its random state is none"),
    ],
)
def test_arrays_that_do_not_fit_begin_the_trial_anew(
    name: str,
    change: NDArray[Any] | None,
    reason: str,
    make_config: MakeConfig,
    start: Start,
    tmp_path: Path,
    caplog: Caplog,
) -> None:
    config = make_config(max_steps=10)
    whole = run(start(config, "parts"))
    edit(tmp_path / "parts" / STATE_FILE, name, change)
    again = start(config, "parts", resume=True)
    assert reason in caplog.text
    assert again.history == ()
    assert curve(run(again)) == curve(whole)


def edit(path: Path, name: str, change: NDArray[Any] | None) -> None:
    """Put another array into a state, or take one out, as if it had been written so."""
    with safe_open(str(path), framework="numpy") as file:
        metadata = file.metadata()
        arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no mapping
    arrays.pop(name, None)
    changed = arrays if change is None else {**arrays, name: change}
    metadata["checksum"] = state_checksum(metadata["autoclue"], changed)
    save_file(changed, path, metadata=metadata)


def test_a_state_without_its_best_model_begins_the_trial_anew(
    make_config: MakeConfig, start: Start, tmp_path: Path, caplog: Caplog
) -> None:
    config = make_config(max_steps=10)
    whole = run(start(config, "parts"))
    shutil.rmtree(tmp_path / "parts" / "best")
    again = start(config, "parts", resume=True)
    assert "the best model, that of step " in caplog.text
    assert curve(run(again)) == curve(whole)
    assert (tmp_path / "parts" / "best" / "model.safetensors").is_file()


def test_only_what_trains_has_moments_in_the_state(
    make_config: MakeConfig, start: Start, tmp_path: Path
) -> None:
    trial = run(start(make_config("discriminative", frozen_blocks=2, max_steps=5), "parts"))
    with safe_open(str(tmp_path / "parts" / STATE_FILE), framework="numpy") as file:
        names = set(file.keys())
    parameters = dict(trial.learner.network.named_parameters())
    assert {f"network.{name}" for name in parameters} <= names
    trained = {name for name, parameter in parameters.items() if not parameter.stop_gradient}
    for kind in ("moment1", "moment2", "beta1_pow_acc", "beta2_pow_acc"):
        assert {n for n in names if n.startswith(kind)} == {f"{kind}.{n}" for n in trained}


def test_the_log_says_from_where_a_trial_continues(
    make_config: MakeConfig, start: Start, caplog: Caplog
) -> None:
    caplog.set_level(logging.INFO)
    config = make_config(max_steps=10)
    run(start(config, "parts"), 1)
    start(config, "parts", resume=True)
    assert "continues from step 5" in caplog.messages


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_torn_state_begins_the_trial_anew_and_says_so(
    share: float, make_config: MakeConfig, start: Start, tmp_path: Path, caplog: Caplog
) -> None:
    config = make_config(max_steps=10)
    whole = run(start(config, "parts"))
    path = tmp_path / "parts" / STATE_FILE
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    again = start(config, "parts", resume=True)
    assert again.history == ()
    reason = "it is torn, or no state of a trial"
    assert f"The state in {path} can't be used: {reason}. The trial begins anew." in caplog.text
    assert curve(run(again)) == curve(whole)


def test_ctrl_c_in_a_backward_pass_waits_for_its_end(
    make_config: MakeConfig,
    start: Start,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def interrupted(array: NDArray[np.float32]) -> NDArray[np.float32]:
        signal.raise_signal(signal.SIGINT)
        return row_sum(array)

    trial = start(make_config(), "interrupted")
    monkeypatch.setattr(bias_gradients, "row_sum", interrupted)
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        trial.advance()
    assert "exception" not in capfd.readouterr().err
