from __future__ import annotations

import importlib.metadata
import math
from pathlib import Path
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.search.execution.resources import (
    Resources,
    choose_resources,
    count_gpus,
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


@pytest.mark.parametrize(
    ("asked", "share", "parallel"),
    [
        ({"gpus": 0, "cores": 4}, 0, 4),
        ({"gpus": 0, "cores": 4, "parallel": 2}, 0, 2),
        ({"gpus": 2, "cores": 16}, 1, 2),
        ({"gpus": 2, "cores": 16, "parallel": 1}, 1, 1),
        ({"gpus": 2, "cores": 16, "gpus_per_trial": 0}, 0, 16),
        ({"gpus": 2, "cores": 16, "gpus_per_trial": 0.5}, 0.5, 4),
        ({"gpus": 1, "cores": 16, "gpus_per_trial": 0.1}, 0.1, 10),
        ({"gpus": 4, "cores": 16, "gpus_per_trial": 2}, 2, 2),
        ({"gpus": 5, "cores": 16, "gpus_per_trial": 2}, 2, 2),
        ({"gpus": 0, "cores": 4, "address": "auto"}, 0, 4),
        ({"gpus": 0, "cores": 4, "address": "auto", "gpus_per_trial": 1}, 1, 1),
        ({"gpus": 0, "cores": 4, "address": "auto", "parallel": 64, "gpus_per_trial": 1}, 1, 64),
    ],
)
def test_trials_fill_the_gpus_or_else_the_cores(
    asked: dict[str, Any], share: float, parallel: int
) -> None:
    found = choose_resources(**asked)

    assert (found.gpus_per_trial, found.parallel) == (share, parallel)
    assert found.on_gpu == (share > 0)
    assert found.address == asked.get("address")


@pytest.mark.parametrize(("share", "parallel"), [(0.4, 4), (0.3, 6), (0.6, 2)])
def test_a_share_of_a_gpu_never_reaches_over_two(share: float, parallel: int) -> None:
    assert choose_resources(gpus=2, cores=16, gpus_per_trial=share).parallel == parallel


@pytest.mark.parametrize("share", [-1.0, 1.5, math.nan, math.inf])
def test_an_impossible_share_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="must be 0, a fraction of one GPU, or a whole number"):
        choose_resources(gpus=8, cores=4, gpus_per_trial=share)


@pytest.mark.parametrize("parallel", [0, -2])
def test_nothing_at_a_time_is_refused(parallel: int) -> None:
    with pytest.raises(UsageError, match=f"parallel is {parallel}; at least one trial"):
        choose_resources(gpus=0, cores=4, parallel=parallel)


@pytest.mark.parametrize(("gpus", "share"), [(0, 1.0), (0, 0.5), (2, 4.0)])
def test_more_gpus_than_there_are_is_refused(gpus: int, share: float) -> None:
    with pytest.raises(UsageError, match=f"{share:g} GPUs a trial .* but {gpus} can be used here"):
        choose_resources(gpus=gpus, cores=4, gpus_per_trial=share)


@pytest.mark.parametrize(("gpus", "unit", "room"), [(0, "CPU cores", 4), (2, "GPUs", 2)])
def test_more_trials_than_fit_is_refused(gpus: int, unit: str, room: int) -> None:
    with pytest.raises(UsageError, match=f"the {unit} of this machine hold {room} trials at once"):
        choose_resources(gpus=gpus, cores=4, parallel=5)


def test_what_is_left_open_is_counted() -> None:
    found = choose_resources(gpus=0)

    assert found.parallel >= 1
    assert choose_resources(cores=3, gpus_per_trial=0).parallel == 3


@pytest.mark.parametrize(
    ("resources", "text"),
    [
        (Resources(0, 0.0, 1, None), "one trial at a time on this machine, one CPU core each"),
        (Resources(2, 0.5, 4, None), "4 trials at once on this machine, 0.5 GPU each"),
        (Resources(0, 1.0, 8, "auto"), "8 trials at once on the Ray cluster at auto, 1 GPU each"),
    ],
)
def test_resources_are_described_in_words(resources: Resources, text: str) -> None:
    assert resources.describe().startswith(text)


def test_several_cards_are_whole_gpus_of_one_machine() -> None:
    found = choose_resources(cards=2, gpus=4, cores=16)
    assert (found.gpus_per_trial, found.parallel, found.cards) == (2.0, 2, 2)
    assert found.bundles() == ({"CPU": 2.0, "GPU": 2.0},)
    assert found.describe() == "2 trials at once on this machine, 2 GPUs each"


def test_without_a_gpu_cards_are_cores() -> None:
    found = choose_resources(cards=2, gpus=0, cores=5)
    assert (found.on_gpu, found.parallel) == (False, 2)
    assert found.bundles() == ({"CPU": 2.0},)
    assert found.describe() == "2 trials at once on this machine, 2 CPU cores each, no GPU"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"cards": 5, "gpus": 4, "cores": 16}, r"^5 GPUs a trial are asked for, but 4 can be"),
        ({"cards": 3, "gpus": 0, "cores": 2}, r"^3 cards a trial are asked for, but .* 2 CPU"),
        (
            {"cards": 2, "gpus": 4, "cores": 16, "gpus_per_trial": 0.5},
            r"^gpus_per_trial is 0.5, but each of 2 cards a trial is a whole one",
        ),
    ],
)
def test_cards_that_are_not_there_are_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        choose_resources(**given)


def test_the_cpu_takes_cores_where_there_are_gpus_too() -> None:
    found = choose_resources(cards=2, gpus=4, cores=4, gpus_per_trial=0)
    assert (found.on_gpu, found.parallel) == (False, 2)
