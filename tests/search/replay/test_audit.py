"""What was asked can be asked again from the order that the ledger keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autoclue.options import StudySpec
from autoclue.records import StudyRecord
from autoclue.search.replay.audit import replay_asks
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.schema import SpaceVersion, StudyAttributes
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import SearchSpace

MakeTuner = Callable[..., Tuner]
Run = Callable[..., StudyRecord]


class CutOffError(Exception):
    """What stands for the end of a process."""


@pytest.fixture
def searched(make_tuner: MakeTuner, run: Run, wide_space: SearchSpace) -> Callable[..., Ledger]:
    """Runs a search with several workers, cut off after some evaluations each time."""

    def search(sampler: str, parallel: int, cuts: tuple[int, ...] = ()) -> Ledger:
        tuner = make_tuner(space=wide_space, sampler=sampler, parallel=parallel)
        ledger = tuner.ledger
        question = StudySpec(task="xnli", model="builtin", sampler=sampler, seed=7)
        asked = question.model_dump(mode="json")
        version = SpaceVersion(0, wide_space.fingerprint(), wide_space.to_mapping())
        ledger.note(StudyAttributes(question=asked, spaces=(version,)))
        for cut in cuts:
            left = [cut]

            def lose_power(left: list[int] = left) -> None:
                left[0] -= 1
                if left[0] < 0:
                    raise CutOffError("the process has died")

            with pytest.raises(CutOffError, match="the process has died"):
                run(tuner, tick=lose_power)
            tuner = make_tuner(
                space=wide_space, sampler=sampler, parallel=parallel, ledger=Ledger(ledger.study)
            )
        run(tuner)
        return tuner.ledger

    return search


@pytest.mark.parametrize("sampler", ["tpe", "random"])
@pytest.mark.parametrize("parallel", [1, 3, 5])
def test_a_search_with_several_workers_is_asked_again_alike(
    searched: Callable[..., Ledger], sampler: str, parallel: int
) -> None:
    ledger = searched(sampler, parallel)

    assert len(ledger.trials()) == 12
    assert replay_asks(ledger) == []


@pytest.mark.parametrize("cuts", [(3,), (5, 4, 7), (1, 1, 1, 9)])
def test_a_search_that_was_cut_off_is_asked_again_alike(
    searched: Callable[..., Ledger], cuts: tuple[int, ...]
) -> None:
    ledger = searched("tpe", 3, cuts)

    assert len(ledger.trials()) == 12
    assert replay_asks(ledger) == []


def test_another_seed_shows_as_a_deviation(searched: Callable[..., Ledger]) -> None:
    ledger = searched("tpe", 2)
    ledger.note(StudyAttributes(question={**ledger.attributes.question, "seed": 8}))

    deviations = replay_asks(ledger)

    assert [each.number for each in deviations] == list(range(1, 12))
    assert all(each.recorded != each.replayed for each in deviations)
