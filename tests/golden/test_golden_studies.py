"""Studies are what they were when they were recorded; ``record.py`` records them anew."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.golden.records import differences, machine, read
from tests.golden.scripted import SCRIPTED, cut_off, extended
from tests.golden.seam import Plain, shared_ray, undisturbed
from tests.golden.trained import (
    KILLED,
    STUDIES,
    TRAININGS,
    begin_killed,
    make_task,
    resume_killed,
    run_study,
    run_training,
)

SAMPLERS_ELSEWHERE = 1e-9
"""Logarithms and exponentials of samplers may differ in their last digits between processors."""

TRAINING_ELSEWHERE = 1e-3
"""Sums of a matrix product are ordered as suits a processor, and so few updates make of the 7th
digit, where float32 ends, no more than the 4th."""

KILLED_WITHIN_S = 300
CUTS = [(1,), (37,), (150,), (211,), (5, 40, 3, 77, 1, 2, 30)]


def unlike(
    found: Plain, record: str, *, elsewhere: float, part: Callable[[Plain], Plain]
) -> object:
    """Where something differs from its record; in any digit on the kind of machine it names."""
    recorded_on, recorded = read(record)
    tolerance = 0.0 if recorded_on == machine() else elsewhere
    return differences(part(found), part(recorded), tolerance=tolerance)


def whole(found: Plain) -> Plain:
    return found


@pytest.mark.parametrize("name", list(SCRIPTED))
def test_scripted_search_asks_and_stops_as_it_was_recorded(name: str) -> None:
    found = SCRIPTED[name]()
    assert unlike(found, f"scripted-{name}", elsewhere=SAMPLERS_ELSEWHERE, part=whole) == []


@pytest.mark.parametrize("cuts", CUTS)
def test_scripted_search_that_was_cut_off_ends_as_the_recorded_one(cuts: tuple[int, ...]) -> None:
    found = cut_off(*cuts)
    record = "scripted-tpe-adaptive"
    assert unlike(found, record, elsewhere=SAMPLERS_ELSEWHERE, part=undisturbed) == []


def test_scripted_search_that_was_given_more_trials_is_as_the_recorded_one() -> None:
    record = "scripted-tpe-adaptive"
    assert unlike(extended(), record, elsewhere=SAMPLERS_ELSEWHERE, part=whole) == []


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder for this process and its workers."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOCLUE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_task(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studies")


@pytest.fixture(scope="module")
def killed(task: Path, studies: Path, cache: None) -> Iterator[Callable[[], int]]:
    """A search that kills itself beside the others; return how it ended once it has."""
    process = begin_killed(task, studies)
    yield lambda: process.wait(KILLED_WITHIN_S)
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def _ray(killed: Callable[[], int], cache: None) -> Iterator[None]:
    with shared_ray():
        yield


@pytest.mark.paddle
@pytest.mark.slow
@pytest.mark.usefixtures("cache", "killed")
@pytest.mark.filterwarnings("ignore:Paddle was loaded before")
@pytest.mark.parametrize("name", list(TRAININGS))
def test_training_gives_the_recorded_curve(name: str, tmp_path: Path) -> None:
    found = run_training(name, tmp_path / name)
    assert unlike(found, f"trained-{name}", elsewhere=TRAINING_ELSEWHERE, part=whole) == []


@pytest.mark.paddle
@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.usefixtures("_ray")
@pytest.mark.parametrize("name", [name for name in STUDIES if name != KILLED])
def test_search_asks_stops_and_scores_as_it_was_recorded(
    name: str, task: Path, studies: Path
) -> None:
    found = run_study(name, task, studies)
    assert unlike(found, f"studied-{name}", elsewhere=TRAINING_ELSEWHERE, part=whole) == []


@pytest.mark.paddle
@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.usefixtures("_ray")
def test_search_that_was_killed_ends_as_the_recorded_one_that_was_not(
    killed: Callable[[], int], studies: Path
) -> None:
    assert killed() == -signal.SIGKILL
    found = resume_killed(studies)
    assert sum(trial["begun again"] for trial in found["trials"]) == 1
    record = f"studied-{KILLED}"
    assert unlike(found, record, elsewhere=TRAINING_ELSEWHERE, part=undisturbed) == []
