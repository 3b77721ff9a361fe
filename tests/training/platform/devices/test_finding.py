from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.training.platform.devices import finding
from autoclue.training.platform.devices.finding import (
    count_gpus,
    listed_gpus,
    pick_device,
    present_gpus,
)


@pytest.fixture
def two_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the driver shows of two GPUs, and a Paddle that can use them."""
    for name in ("0000:01:00.0", "0000:02:00.0"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: name)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return tmp_path


def test_every_gpu_of_the_driver_is_counted(two_gpus: Path) -> None:
    assert count_gpus(two_gpus) == 2


def test_no_driver_is_no_gpu(two_gpus: Path) -> None:
    assert count_gpus(two_gpus / "nothing") == 0


@pytest.mark.parametrize(
    ("visible", "count"), [("", 0), ("-1", 0), ("1", 1), ("0,1", 2), (" 0 , 1 ", 2), ("0,1,2", 2)]
)
def test_only_visible_gpus_count(
    two_gpus: Path, monkeypatch: pytest.MonkeyPatch, visible: str, count: int
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)

    assert count_gpus(two_gpus) == count


def test_gpus_that_are_hidden_from_this_process_are_present(
    two_gpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray hides all of them from the task that answers for its machine."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")

    assert (present_gpus(two_gpus), count_gpus(two_gpus)) == (2, 0)


def test_without_a_gpu_build_of_paddle_no_gpu_counts(
    two_gpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)

    assert (present_gpus(two_gpus), count_gpus(two_gpus)) == (0, 0)
    assert listed_gpus(two_gpus) == 2


@pytest.mark.parametrize(
    ("asked", "gpus", "device"),
    [("auto", 0, "cpu"), ("auto", 2, "gpu:0"), ("gpu", 1, "gpu:0"), ("cpu", 2, "cpu")],
)
def test_a_gpu_is_taken_where_there_is_one_and_the_user_agrees(
    monkeypatch: pytest.MonkeyPatch, asked: str, gpus: int, device: str
) -> None:
    monkeypatch.setattr(finding, "visible_gpus", lambda: gpus)
    assert pick_device(asked) == device


def test_asking_for_a_gpu_that_is_not_there_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finding, "visible_gpus", lambda: 0)
    with pytest.raises(UsageError, match=r"No GPU can be used.*--device cpu"):
        pick_device("gpu")


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(UsageError, match=r"Unknown device 'tpu'\. Allowed: auto, cpu, gpu"):
        pick_device("tpu")


def test_hidden_gpus_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_driver_present", lambda: True)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert finding.visible_gpus() == 0
