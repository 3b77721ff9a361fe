from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from autoclue.errors import FolderError, UsageError
from autoclue.records import Evaluation
from autoclue.tasks import load_task
from autoclue.training import TrialConfig
from autoclue.training.checkpoints import durable
from autoclue.training.checkpoints.best_model import read_kept, save_best
from autoclue.training.data.workspace import Workspace

MakeConfig = Callable[..., TrialConfig]
EVALUATION = Evaluation(5, 0.5, 1.0, 1.1, 1e-3, 2.0, 0.1, 1.0, 1)
CONFIG = TrialConfig(
    task="ocnli", model="m", learning_rate=1e-3, batch_size=16, epochs=1, max_length_tokens=32
)


class Writer:
    """Stands for a network or a tokenizer: writes one file, or fails half-way."""

    def __init__(self, name: str, text: str, *, full_disk: bool = False) -> None:
        self.name, self.text, self.full_disk = name, text, full_disk

    def save_pretrained(self, folder: str, *, safe_serialization: bool = False) -> None:
        (Path(folder) / self.name).write_text(self.text, encoding="utf-8")
        if self.full_disk:
            raise OSError("no space left on device")


def save(folder: Path, text: str, *, full_disk: bool = False) -> None:
    save_best(
        folder,
        network=Writer("weights", text),
        tokenizer=Writer("vocab", text, full_disk=full_disk),
        config=CONFIG,
        spec=load_task("ocnli"),
        evaluation=EVALUATION,
    )


def test_the_description_says_what_was_trained_and_what_an_index_means(tmp_path: Path) -> None:
    save(tmp_path / "best", "1")
    description = json.loads((tmp_path / "best" / "autoclue.json").read_text(encoding="utf-8"))
    assert description["labels"] == ["entailment", "contradiction", "neutral"]
    assert TrialConfig.model_validate(description["config"]) == CONFIG
    assert Evaluation(**description["evaluation"]) == EVALUATION


def test_a_kept_model_is_as_readable_as_any_new_folder(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "file").touch()
    save(tmp_path / "best", "1")
    assert (tmp_path / "best").stat().st_mode == (tmp_path / "new").stat().st_mode
    for path in (tmp_path / "best").iterdir():
        assert path.stat().st_mode == (tmp_path / "new" / "file").stat().st_mode


def test_a_better_model_replaces_the_whole_folder(tmp_path: Path) -> None:
    save(tmp_path / "best", "1")
    (tmp_path / "best" / "stale").touch()
    save(tmp_path / "best", "2")
    assert (tmp_path / "best" / "weights").read_text() == "2"
    assert not (tmp_path / "best" / "stale").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["best"]


def test_a_full_disk_keeps_the_model_that_was_there(tmp_path: Path) -> None:
    save(tmp_path / "best", "1")
    with pytest.raises(FolderError, match=r"can't be written to .*best: no space left"):
        save(tmp_path / "best", "2", full_disk=True)
    assert (tmp_path / "best" / "weights").read_text() == "1"
    assert [path.name for path in tmp_path.iterdir()] == ["best"]


def test_a_disk_that_is_full_at_the_last_moment_keeps_the_model_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    save(tmp_path / "best", "1")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FolderError, match=r"to .*best: No space left on device\. Free some"):
        save(tmp_path / "best", "2")
    assert (tmp_path / "best" / "weights").read_text() == "1"
    assert [path.name for path in tmp_path.iterdir()] == ["best"]


def test_two_processes_may_replace_the_same_model(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        texts = [str(number) for number in range(60)]
        list(pool.map(lambda text: save(tmp_path / "best", text), texts))
    assert (tmp_path / "best" / "weights").read_text() in texts
    assert [path.name for path in tmp_path.iterdir()] == ["best"]


def test_a_place_that_another_process_keeps_taking_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[str] = []

    def taken(old: Path, new: Path) -> None:
        attempts.append(str(new))
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    monkeypatch.setattr(durable, "_move_away", lambda folder, to: None)
    monkeypatch.setattr(os, "rename", taken)
    with pytest.raises(FolderError, match=r"best: Directory not empty\."):
        save(tmp_path / "best", "1")
    assert attempts == [str(tmp_path / "best")] * durable.SWAP_ATTEMPTS


@pytest.mark.paddle
def test_the_kept_model_loads_with_paddlenlp_and_gives_the_same_logits(
    tmp_path: Path, make_config: MakeConfig, workspace: Workspace
) -> None:
    from autoclue.training.evaluate.evaluation import compute_outputs
    from autoclue.training.loop.trial import Trial
    from autoclue.training.platform.runtime import load_paddlenlp

    config = make_config(max_steps=5)
    trial = Trial(config, workspace, folder=tmp_path)
    trial.advance()
    auto = load_paddlenlp()
    loaded = auto.AutoModelForSequenceClassification.from_pretrained(str(tmp_path / "best"))
    needed = workspace.materials(config)
    kept, trained = (
        compute_outputs(network, needed.head, needed.dev, pad_id=0)
        for network in (loaded, trial.learner.network)
    )
    assert np.array_equal(kept, trained)
    tokenizer = auto.AutoTokenizer.from_pretrained(str(tmp_path / "best"))
    original = workspace.materials(config).tokenizer
    assert tokenizer("天地")["input_ids"] == original("天地")["input_ids"]


def test_a_flipped_bit_in_a_kept_model_is_noticed(tmp_path: Path) -> None:
    save(tmp_path / "best", "whole")
    assert read_kept(tmp_path / "best").config == CONFIG
    for path in sorted((tmp_path / "best").iterdir()):
        whole = path.read_bytes()
        damaged = bytearray(whole)
        damaged[len(damaged) // 2] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(UsageError, match=rf"is damaged: .*{path.name}|not a description"):
            read_kept(tmp_path / "best")
        path.write_bytes(whole)


@pytest.mark.paddle
def test_the_kept_weights_are_safetensors_alone(
    tmp_path: Path, make_config: MakeConfig, workspace: Workspace
) -> None:
    from autoclue.training.loop.trial import Trial

    Trial(make_config(max_steps=5), workspace, folder=tmp_path).advance()
    names = {path.name for path in (tmp_path / "best").iterdir()}
    assert {"config.json", "model.safetensors", "vocab.txt", "autoclue.json"} <= names
    assert not [name for name in names if name.endswith((".pdparams", ".pkl", ".bin"))]
