"""The script that somebody with a GPU runs once, in small on a CPU."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.training.platform import count_gpus
from benchmarks import first_gpu_run
from benchmarks.first_gpu_run import Row, Scene, deterministic, main, parity, rows, table

POINT = {"step": 4, "train_loss": 0.5, "dev_loss": 0.7, "score": 0.6, "steps_per_s": 9.0}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene("cpu", "xnli", "builtin", "builtin", 4, tmp_path)


@pytest.mark.skipif(count_gpus() > 0, reason="this machine has a GPU")
def test_without_a_gpu_it_says_in_one_sentence_that_it_needs_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2
    said = capsys.readouterr().err
    assert said.startswith("This needs a GPU that Paddle can use")
    assert "--device cpu tries what can run on a CPU." in said
    assert len(said.strip().split("\n")) == 1


@pytest.mark.paddle
@pytest.mark.slow
@pytest.mark.minutes
def test_on_a_cpu_it_tries_what_a_cpu_can_and_says_what_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--device", "cpu", "--steps", "4", "--out", str(tmp_path / "table.md")]) == 0
    printed = capsys.readouterr().out
    found = [line.split(" | ") for line in printed.split("\n") if line.startswith("| ")]
    verdicts = [line[-1].removesuffix(" |") for line in found[1:]]
    assert verdicts[:4] == ["ok"] * 4
    assert verdicts[4] == "skipped: needs a GPU"
    assert all(verdict.startswith("skipped: ") for verdict in verdicts[4:])
    assert (tmp_path / "table.md").read_text(encoding="utf-8") in printed


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [({}, "ok"), ({"train_loss": 0.5001}, "not ok"), ({"score": 0.61}, "not ok")],
)
def test_another_curve_than_the_plain_loop_has_is_not_ok(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, changed: dict[str, float], verdict: str
) -> None:
    plain = [{"event": "first_step"}, {"event": "evaluation", **POINT, **changed}]
    monkeypatch.setattr(first_gpu_run, "train", lambda *_: [POINT])
    monkeypatch.setattr(first_gpu_run, "run_python", lambda *_: plain)
    assert parity(scene).verdict == verdict


def test_a_training_with_other_digits_is_not_ok(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    curves = iter([[POINT], [{**POINT, "dev_loss": 0.7 + 1e-9, "steps_per_s": 8.0}]])
    monkeypatch.setattr(first_gpu_run, "train", lambda *_: next(curves))
    assert deterministic(scene).verdict == "not ok"


def test_the_speed_is_no_digit_of_a_training(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    curves = iter([[POINT], [{**POINT, "steps_per_s": 8.0}]])
    monkeypatch.setattr(first_gpu_run, "train", lambda *_: next(curves))
    assert deterministic(scene).verdict == "ok"


def test_a_check_that_fails_leaves_the_others_alone(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(scene: Scene) -> Row:
        return Row("broken", str(first_gpu_run.run_python("-c", "raise SystemExit('gone')")), "ok")

    checks: dict[str, Callable[[Scene], Row]] = {
        "broken": broken,
        "fine": lambda scene: Row("fine", "a | b", "ok"),
    }
    monkeypatch.setattr(first_gpu_run, "CHECKS", checks)
    found = list(rows(scene, ["broken", "fine"]))
    assert [row.verdict for row in found] == ["not ok", "ok"]
    assert found[0].found.endswith("failed: gone")
    assert "| fine | a / b | ok |" in table(scene, found)
