from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.records import Evaluation
from autoclue.training.loop.trial import Trial

Cli = Callable[..., CompletedProcess[str]]

pytestmark = pytest.mark.paddle

ROWS = "text\tlabel\n" + "\n".join(f"{'好' if i % 2 else '坏'}天{i}\t{i % 2}" for i in range(64))
TASK = """
name: small
format: tsv
header: true
files: {train: train.tsv, dev: train.tsv}
input: {kind: single, text: text}
labels: ["0", "1"]
recipe: {max_length_tokens: 8, eval_every_steps: 4, batch_size: 8}
"""


@pytest.fixture
def task(tmp_path: Path) -> str:
    """A task of 64 short texts."""
    (tmp_path / "train.tsv").write_text(f"{ROWS}\n", encoding="utf-8")
    (tmp_path / "small.yaml").write_text(TASK, encoding="utf-8")
    return str(tmp_path / "small.yaml")


def build(cli: Cli, name: str, *more: str) -> CompletedProcess[str]:
    """Build a model of one narrow layer."""
    return cli("new-model", name, "--layers", "1", "--hidden-size", "8", *more)


def test_new_model_takes_its_characters_from_a_task(cli: Cli, task: str, tmp_path: Path) -> None:
    done = build(cli, "tiny", "--task", task)
    assert done.returncode == 0
    assert "tiny: 1 layers, 8 wide, 13 characters, random weights (seed 0)" in done.stdout
    vocabulary = (tmp_path / "tiny" / "vocab.txt").read_text(encoding="utf-8").split()
    assert set("好坏天0123456789") < set(vocabulary)


def test_new_model_of_a_seed_is_always_the_same(cli: Cli, tmp_path: Path) -> None:
    for name, seed in (("one", "3"), ("same", "3"), ("other", "4")):
        build(cli, name, "--seed", seed)
    weights = [next((tmp_path / n).glob("*.safetensors")).read_bytes() for n in ("one", "same")]
    assert weights[0] == weights[1]
    assert weights[0] != next((tmp_path / "other").glob("*.safetensors")).read_bytes()


def test_new_model_never_writes_over_something(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    done = build(cli, "mine")
    assert (done.returncode, done.stdout) == (2, "")
    assert "exists already and is not empty" in done.stderr


def test_new_model_below_a_file_is_one_sentence(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = build(cli, "file/model")
    assert done.returncode == 2
    assert "The model can't be written to file/model (" in done.stderr


def test_train_as_json_prints_the_result_and_nothing_else(
    cli: Cli, task: str, tmp_path: Path
) -> None:
    build(cli, "tiny", "--task", task)
    words = ["train", "--task", task, "--model", "tiny", "--max-steps", "12", "--device", "cpu"]
    done = cli(*words, "--out", "run", "--json")
    result = json.loads(done.stdout)
    assert [e["step"] for e in result["evaluations"]] == [4, 8, 12]
    assert json.loads((tmp_path / "run" / "result.json").read_text()) == result
    assert "global step 4/12" in done.stderr


def test_train_says_score_step_protocol_and_folder(cli: Cli, task: str) -> None:
    build(cli, "tiny", "--task", task)
    words = ["train", "--task", task, "--model", "tiny", "--max-steps", "4", "--device", "cpu"]
    done = cli(*words, "--out", "run")
    assert done.returncode == 0
    assert done.stdout.startswith("Best score 0.")
    assert done.stdout.endswith("at step 4.\n protocol  clue\n   folder  run\n")


def test_a_training_that_can_not_work_is_refused_once(cli: Cli, task: str, tmp_path: Path) -> None:
    build(cli, "tiny", "--task", task)
    words = ["train", "--task", task, "--model", "tiny", "--max-length-tokens", "1024"]
    done = cli(*words, "--out", "run")
    assert done.returncode == 2
    assert [line for line in done.stderr.splitlines() if "1024" in line] == [
        done.stderr.splitlines()[-1]
    ]
    assert not (tmp_path / "run").exists()  # refused before anything was made


def test_new_model_like_another_has_its_shape_and_vocabulary(cli: Cli, tmp_path: Path) -> None:
    build(cli, "one")
    done = cli("new-model", "two", "--like", "one", "--seed", "5")
    assert (done.returncode, done.stderr) == (0, "")
    assert "two: like one, random weights (seed 5)" in done.stdout
    texts = [
        (tmp_path / name / "vocab.txt").read_text(encoding="utf-8") for name in ("one", "two")
    ]
    assert texts[0] == texts[1]


def test_new_model_like_another_takes_no_shape_of_its_own(cli: Cli) -> None:
    done = cli("new-model", "two", "--like", "builtin", "--layers", "3")
    assert done.returncode == 2
    assert "leave --task, --layers, --hidden-size and --heads out" in done.stderr


def stopping_at(step: int, evaluate: Callable[..., Evaluation]) -> Callable[..., Evaluation]:
    """Return an evaluation that is interrupted by Ctrl-C at a step."""

    def evaluate_or_stop(trial: Trial, *arguments: float) -> Evaluation:
        if trial.step == step:
            raise KeyboardInterrupt
        return evaluate(trial, *arguments)

    return evaluate_or_stop


def test_interrupted_training_leaves_with_130_says_how_to_go_on_and_does(
    cli: Cli, task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(cli, "tiny", "--task", task)
    words = ["train", "--task", task, "--model", "tiny", "--max-steps", "12", "--device", "cpu"]
    with monkeypatch.context() as patch:
        patch.setattr(Trial, "_evaluate", stopping_at(8, Trial._evaluate))
        done = cli(*words, "--out", "run")
    assert done.returncode == 130
    complaint = "autoclue: Interrupted. Run the same command again to go on."
    assert done.stderr.splitlines()[-1] == complaint
    assert "continues from step 4" in cli(*words, "--out", "run").stderr
