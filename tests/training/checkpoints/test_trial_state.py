"""The file of a trial's state: whole or refused in one clause, and never half of it."""

from __future__ import annotations

import errno
import json
import os
import pickle
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from autoclue.errors import FolderError
from autoclue.records import Evaluation
from autoclue.training import TrialConfig
from autoclue.training.checkpoints.trial_state import (
    DAMAGED_FILE,
    STATE_FILE,
    SavedState,
    StateError,
    TrialProgress,
    has_state,
    put_state_aside,
    read_state,
    remove_state,
    write_state,
)

CONFIG = TrialConfig(
    task="ocnli", model="m", learning_rate=1e-3, batch_size=16, epochs=1, max_length_tokens=32
)
EVALUATIONS = (
    Evaluation(5, 0.1 + 0.2, 1.0, 1.1, 1e-3, 2.0, 0.1, 1.0, 1),
    Evaluation(10, 1 / 3, 0.9, 5e-324, 1e-4, 2.5, 0.1, 2.0, 1),
)


def progress(config: TrialConfig = CONFIG) -> TrialProgress:
    return TrialProgress(
        config=config,
        key=config.key,
        data="d1",
        device="cpu",
        step=10,
        epoch=0,
        examples_in_epoch=160,
        train_loss=2 / 3,
        elapsed_s=2.0,
        evaluations=EVALUATIONS,
    )


STATE = SavedState(
    progress(),
    {
        "network.w": np.arange(600, dtype=np.float32).reshape(20, 30),
        "network.positions": np.arange(7),
        "random.twister": np.array([2**64 - 1, 5], dtype=np.uint64),
    },
)


def read(
    folder: Path, config: TrialConfig = CONFIG, *, data: str = "d1", may_differ: str = ""
) -> SavedState | None:
    return read_state(
        folder, config=config, data=data, device="cpu", may_differ=may_differ.split()
    )


def write_header(folder: Path, header: dict[str, str]) -> None:
    """Write a whole safetensors file with some header."""
    save_file({"network.w": np.zeros(3)}, folder / STATE_FILE, metadata=header)


def test_a_state_reads_as_it_was_written(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    found = read(tmp_path)
    assert found is not None
    assert found.progress == STATE.progress
    assert found.arrays.keys() == STATE.arrays.keys()
    for name, array in STATE.arrays.items():
        assert found.arrays[name].dtype == array.dtype
        assert np.array_equal(found.arrays[name], array)


def test_a_flipped_bit_anywhere_is_noticed(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    path = tmp_path / STATE_FILE
    whole = path.read_bytes()
    draw = random.Random(3)
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(StateError, match=r"^[a-z]"):
            read(tmp_path)


def test_a_damaged_state_is_put_aside(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    put_state_aside(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [DAMAGED_FILE]
    assert read(tmp_path) is None


def test_a_folder_without_a_state_gives_none(tmp_path: Path) -> None:
    assert read(tmp_path) is None
    assert read(tmp_path / "missing") is None


@pytest.mark.parametrize("share", [0.0, 0.001, 0.003, 0.1, 0.3, 0.5, 0.9, 0.9999])
def test_a_truncated_state_is_refused(tmp_path: Path, share: float) -> None:
    write_state(tmp_path, STATE)
    whole = (tmp_path / STATE_FILE).read_bytes()
    (tmp_path / STATE_FILE).write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(StateError, match="it is torn, or no state of a trial"):
        read(tmp_path)


@pytest.mark.parametrize(
    "content", [b"not a state\n", b"\0" * 4096, b"\xff" * 4096, pickle.dumps({"format": 1})]
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / STATE_FILE).write_bytes(content)
    with pytest.raises(StateError, match="it is torn, or no state of a trial"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({}, "it was not written by autoclue"),
        ({"autoclue": "{"}, "its header can't be read"),
        ({"autoclue": "[" * 100_000}, "its header can't be read"),
        ({"autoclue": "[]"}, "its form is None, and this autoclue reads form 2"),
        ({"autoclue": '{"format": 1}'}, "its form is 1, and this autoclue reads form 2"),
        ({"autoclue": '{"format": 2}'}, "its header can't be read"),
    ],
)
def test_a_header_that_says_something_else_is_refused(
    tmp_path: Path, header: dict[str, str], message: str
) -> None:
    write_header(tmp_path, header)
    with pytest.raises(StateError, match=message):
        read(tmp_path)


def test_settings_that_were_edited_in_the_file_are_refused(tmp_path: Path) -> None:
    told = progress().model_dump()
    told["config"]["seed"] = 1
    write_header(tmp_path, {"autoclue": json.dumps(told)})
    with pytest.raises(StateError, match="its settings don't have the identity that it claims"):
        read(tmp_path, CONFIG.model_copy(update={"seed": 1}))


def test_a_state_of_other_settings_is_refused_with_their_names(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    other = CONFIG.model_copy(update={"seed": 1, "dropout": 0.0})
    with pytest.raises(StateError, match=r"belongs to other settings \(dropout, seed\)"):
        read(tmp_path, other)


def test_a_state_of_other_data_is_refused(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    with pytest.raises(StateError, match="the data have changed since"):
        read(tmp_path, data="d2")


def test_a_state_of_another_kind_of_device_is_refused(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    with pytest.raises(StateError, match="it comes from a CPU, and this is a GPU"):
        read_state(tmp_path, config=CONFIG, data="d1", device="gpu")


def test_a_setting_may_differ_that_the_caller_names_and_no_other(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    smaller = CONFIG.model_copy(update={"gradient_accumulation_steps": 4})
    assert read(tmp_path, smaller, may_differ="gradient_accumulation_steps seed") is not None
    with pytest.raises(StateError, match=r"other settings \(gradient_accumulation_steps\)"):
        read(tmp_path, smaller, may_differ="seed")


@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_a_full_disk_keeps_the_older_state_and_leaves_nothing_behind(
    tmp_path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(tmp_path, STATE)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    later = SavedState(progress().model_copy(update={"step": 15}), STATE.arrays)
    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        message = r"The trial's state can't be written to .*: No space left on device\."
        with pytest.raises(FolderError, match=message):
            write_state(tmp_path, later)
    found = read(tmp_path)
    assert found is not None
    assert found.progress.step == 10
    assert [path.name for path in tmp_path.iterdir()] == [STATE_FILE]


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    message = r"can't be written to .*gone: No such file or directory\. Free some space"
    with pytest.raises(FolderError, match=message):
        write_state(tmp_path / "gone", STATE)


SMALL_LIMIT = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from autoclue.errors import FolderError
from autoclue.training.checkpoints.trial_state import TrialProgress, SavedState, write_state
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
progress = TrialProgress.model_validate_json(sys.argv[2])
try:
    write_state(Path(sys.argv[1]), SavedState(progress, {"w": np.ones(100_000)}))
except FolderError as error:
    print(error)
"""


def test_a_file_that_the_system_really_cuts_short_is_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SMALL_LIMIT, str(tmp_path), progress().model_dump_json()]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"The trial's state can't be written to {tmp_path}: ")
    assert "File too large" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_removed_state_is_gone_and_removing_none_is_no_error(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    assert has_state(tmp_path)
    remove_state(tmp_path)
    remove_state(tmp_path)
    assert not has_state(tmp_path)
