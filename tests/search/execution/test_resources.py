from __future__ import annotations

import math
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.search.execution.resources import (
    Resources,
    choose_resources,
)


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
        (
            {"cards": 2, "gpus": 4, "cores": 16, "gpus_per_trial": "auto"},
            r"^--gpus-per-trial auto lets trials share a GPU, and each of 2 cards",
        ),
    ],
)
def test_cards_that_are_not_there_are_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        choose_resources(**given)


def test_the_cpu_takes_cores_where_there_are_gpus_too() -> None:
    found = choose_resources(cards=2, gpus=4, cores=4, gpus_per_trial=0)
    assert (found.on_gpu, found.parallel) == (False, 2)


def test_sharing_is_left_to_autoclue_where_there_is_a_gpu() -> None:
    found = choose_resources(gpus=2, cores=16, gpus_per_trial="auto")
    assert (found.shares_cards, found.on_gpu, found.parallel) == (True, True, 16)
    assert found.describe() == "as many trials at once as share 2 GPUs of this machine well"
    assert choose_resources(gpus=1, cores=9, gpus_per_trial="auto", parallel=3).parallel == 3


def test_sharing_without_a_gpu_is_refused_with_what_to_do() -> None:
    with pytest.raises(UsageError, match=r"none can be used here .* Leave it out to train on"):
        choose_resources(gpus=0, cores=4, gpus_per_trial="auto")


def test_sharing_gpus_of_other_machines_is_refused_with_what_to_do() -> None:
    with pytest.raises(UsageError, match=r"of this machine, and --address names others; give the"):
        choose_resources(gpus=1, cores=4, gpus_per_trial="auto", address="auto")


def test_nothing_at_a_time_is_refused_where_gpus_are_shared_too() -> None:
    with pytest.raises(UsageError, match="parallel is 0; at least one trial"):
        choose_resources(gpus=1, cores=4, gpus_per_trial="auto", parallel=0)
