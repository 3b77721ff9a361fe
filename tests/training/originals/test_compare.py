"""A converted model answers as the original does in its own framework, where that is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from autoclue.errors import AutoclueError
from autoclue.training.model import convert, convert_model
from autoclue.training.originals import (
    FRAMEWORKS,
    Framework,
    NotComparedError,
    original_outputs,
    some_inputs,
)
from tests.models.layouts import write_layout

pytestmark = pytest.mark.paddle

COPY = """
import shutil, sys
shutil.copy({path!r}, sys.argv[2])
"""
FAIL = "raise SystemExit('no such network')"


def framework(monkeypatch: pytest.MonkeyPatch, script: Path, text: str) -> None:
    """Let a script answer for Hugging Face's framework."""
    script.write_text(text, encoding="utf-8")
    made = Framework(str(script), ("json",), "torch")
    monkeypatch.setattr(convert, "FRAMEWORKS", {"Hugging Face": made})


def converted(tmp_path: Path) -> str:
    return convert_model(write_layout(tmp_path / "m", "Hugging Face"), tmp_path / "new").compared


def saved(tmp_path: Path, *, more: float) -> str:
    """Keep what the converted model answers, and a little more."""
    convert_model(write_layout(tmp_path / "same", "PaddleNLP"), tmp_path / "ours")
    answers = convert._answers(tmp_path / "ours", some_inputs(30, 64, 2))
    np.save(tmp_path / "answers.npy", answers + np.float32(more))
    return str(tmp_path / "answers.npy")


def test_equal_answers_are_told_with_their_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, more=0.0)
    framework(monkeypatch, tmp_path / "s.py", COPY.format(path=path))
    said = converted(tmp_path)
    assert said.startswith("outputs compared with json")
    assert said.endswith(
        "2 inputs of 12 tokens, the largest difference 0.0e+00 (0.0001 is allowed)"
    )


@pytest.mark.parametrize("more", [2e-4, float("nan")])
def test_a_model_that_answers_otherwise_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: float
) -> None:
    path = saved(tmp_path, more=more)
    framework(monkeypatch, tmp_path / "s.py", COPY.format(path=path))
    with pytest.raises(AutoclueError, match=r"answers otherwise than the original in json"):
        converted(tmp_path)
    assert not (tmp_path / "new").exists()


def test_a_framework_that_fails_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    framework(monkeypatch, tmp_path / "s.py", FAIL)
    assert converted(tmp_path).endswith("said: no such network")
    assert (tmp_path / "new" / "model.safetensors").is_file()


def test_a_framework_that_is_missing_is_named_with_the_extra() -> None:
    missing = Framework("s.py", ("json", "no_such_module"), "torch")
    with pytest.raises(NotComparedError, match=r"no_such_module isn't installed \(pip install 'a"):
        original_outputs(
            missing, config={}, family="bert", weights=[], prefix="", inputs=some_inputs(9, 9, 1)
        )


def test_a_model_of_paddlenlps_own_form_needs_no_comparison(tmp_path: Path) -> None:
    said = convert_model(write_layout(tmp_path / "m", "PaddleNLP"), tmp_path / "new").compared
    assert said == "outputs not compared: the model comes in a form of PaddleNLP's own"


def test_inputs_are_of_all_the_vocabulary_and_fit_the_model() -> None:
    inputs = some_inputs(21_128, 512, 2)
    assert (inputs.ids.max(), inputs.ids.shape) == (21_127, (2, 12))
    assert inputs.segments[0].tolist() == [0] * 6 + [1] * 6
    assert some_inputs(30, 8, 1).ids.shape == (2, 6)
    assert not some_inputs(30, None, 1).segments.any()


def installed(form: str) -> pytest.MarkDecorator:
    """Skip where a form's framework isn't installed; importing it here would clash with Paddle."""
    missing = FRAMEWORKS[form].missing
    return pytest.mark.skipif(missing is not None, reason=f"{missing} isn't installed")


@installed("Hugging Face")
@pytest.mark.parametrize(
    "layout",
    ["Hugging Face", "Hugging Face, in parts", "Hugging Face, pickled", "Chinese-BERT-wwm"],
)
def test_transformers_gives_the_same_answers(tmp_path: Path, layout: str) -> None:
    done = convert_model(write_layout(tmp_path / "m", layout), tmp_path / "new")
    assert done.compared.startswith("outputs compared with transformers")


@installed("TensorFlow")
def test_tensorflow_gives_the_same_answers(tmp_path: Path) -> None:
    done = convert_model(write_layout(tmp_path / "m", "TensorFlow"), tmp_path / "new")
    assert done.compared.startswith("outputs compared with tensorflow")
