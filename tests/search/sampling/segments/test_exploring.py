"""New settings beside a donor's, in each parameter's own scale and within its range."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from autoclue.errors import UsageError
from autoclue.records import Scalar, ValueChange
from autoclue.search.sampling.segments.exchanger import Gain, Question
from autoclue.search.sampling.segments.explore import Moves, explore, first_values
from autoclue.search.sampling.segments.pb2 import Pb2, promises
from autoclue.search.sampling.segments.pbt import Pbt
from autoclue.search.sampling.segments.scale import moved_share, share_of, value_of
from autoclue.space import Choice, FloatRange, IntRange, SearchSpace, space_from_mapping

RATE = FloatRange(float=(1e-5, 1e-3), log=True)
SPACE = SearchSpace(
    "toy",
    {
        "learning_rate": RATE,
        "factor": FloatRange(float=(1.0, 1.4)),
        "frozen_blocks": IntRange(int=(0, 3)),
        "dropout": Choice(choice=(0.0, 0.1, 0.2)),
    },
)
NOW: Mapping[str, Scalar] = {
    "learning_rate": 1e-4,
    "factor": 1.2,
    "frozen_blocks": 2,
    "dropout": 0.1,
}


def always(values: Mapping[str, Scalar]) -> bool:
    return True


def drawn(
    now: Mapping[str, Scalar] = NOW, *, resample: float = 0.0, times: int = 200
) -> list[tuple[ValueChange, ...]]:
    return [
        explore(SPACE, now, Moves(1.2, resample), np.random.default_rng(seed), is_new=always)
        for seed in range(times)
    ]


def values(name: str, changes: list[tuple[ValueChange, ...]]) -> set[Scalar]:
    return {each.after for one in changes for each in one if each.name == name}


def test_values_on_a_log_scale_are_multiplied_and_others_move_along_their_range() -> None:
    found = drawn()
    rates = sorted(float(str(rate)) for rate in values("learning_rate", found))
    assert rates == pytest.approx([0.8e-4, 1.2e-4])
    factors = sorted(float(str(factor)) for factor in values("factor", found))
    assert factors == pytest.approx([1.16, 1.24])


def test_choices_move_one_place() -> None:
    assert values("dropout", drawn()) == {0.0, 0.2}


def test_frozen_blocks_only_fall() -> None:
    assert values("frozen_blocks", drawn()) == {1}
    assert values("frozen_blocks", drawn({**NOW, "frozen_blocks": 0}, resample=1.0)) == set()


@pytest.mark.parametrize("resample", [0.0, 0.5, 1.0])
def test_every_value_stays_in_the_space(resample: float) -> None:
    edges = {"learning_rate": 1e-3, "factor": 1.4, "frozen_blocks": 3, "dropout": 0.2}
    for changes in drawn(edges, resample=resample):
        new = {change.name: change.after for change in changes}
        assert SPACE.contains({**edges, **new})
        assert new


def test_a_clipped_value_says_so() -> None:
    edge = {**NOW, "learning_rate": 1e-3}
    told = {c.how for one in drawn(edge) for c in one if c.name == "learning_rate"}
    assert told == {"times 0.8"}
    near = {**NOW, "learning_rate": 0.9e-3}
    told = {c.how for one in drawn(near) for c in one if c.name == "learning_rate"}
    assert told == {"times 0.8", "times 1.2, clipped into its range"}


def test_it_is_drawn_again_until_the_settings_are_new() -> None:
    def high(new: Mapping[str, Scalar]) -> bool:
        return float(str(new.get("factor", 0.0))) > 1.2

    rng = np.random.default_rng(0)
    changes = explore(SPACE, NOW, Moves(), rng, is_new=high)
    assert high({change.name: change.after for change in changes})
    assert explore(SPACE, NOW, Moves(), rng, is_new=lambda new: False) == ()


def test_whole_numbers_on_a_log_scale_move_by_one_at_least() -> None:
    small = IntRange(int=(1, 1000), log=True)
    moved = [value_of(small, moved_share(small, 2, 1.2, up=up)) for up in (False, True)]
    assert moved == [1, 3]


def test_bounds_are_met_exactly() -> None:
    assert [value_of(RATE, share) for share in (-1.0, 0.0, 1.0, 2.0)] == [1e-5, 1e-5, 1e-3, 1e-3]
    assert value_of(RATE, share_of(RATE, 1e-4)) == pytest.approx(1e-4)


def test_first_settings_cover_every_range_in_equal_parts() -> None:
    found = first_values(SPACE, 8, np.random.default_rng(3))
    shares = sorted(int(8 * share_of(RATE, each["learning_rate"])) for each in found)
    assert shares == list(range(8))
    assert all(SPACE.contains(each) for each in found)
    assert {each["dropout"] for each in found} == {0.0, 0.1, 0.2}


def question(gains: list[Gain], **changes: object) -> Question:
    given = {"pending": [], "end": 0.8, "is_new": always, **changes}
    return Question(SPACE, NOW, gains, **given)  # type: ignore[arg-type]


def gains_by_rate() -> list[Gain]:
    """The higher the rate, the more a segment gains."""
    rng = np.random.default_rng(5)
    found = []
    for each in first_values(SPACE, 16, rng):
        gain = 0.1 * share_of(RATE, each["learning_rate"])
        found.append(Gain(each, 0.6, 0.2, gain))
    return found


def test_pb2_moves_as_pbt_before_it_has_seen_a_segment_between_two_boundaries() -> None:
    pb2 = Pb2().new_values(question([]), np.random.default_rng(1))
    assert pb2 == Pbt().new_values(question([]), np.random.default_rng(1))
    assert pb2


def test_pb2_goes_where_segments_have_gained() -> None:
    found = [
        Pb2(kappa=0.5).new_values(question(gains_by_rate()), np.random.default_rng(seed))
        for seed in range(4)
    ]
    rates = [c.after for one in found for c in one if c.name == "learning_rate"]
    assert len(rates) == 4
    assert min(share_of(RATE, rate) for rate in rates) > 0.8


def test_pb2_proposes_values_of_the_space_only_and_no_frozen_blocks_more() -> None:
    for seed in range(5):
        changes = Pb2().new_values(question(gains_by_rate()), np.random.default_rng(seed))
        new = {**NOW, **{change.name: change.after for change in changes}}
        assert SPACE.contains(new)
        assert int(str(new["frozen_blocks"])) <= 2


def test_pb2_does_not_promise_more_where_another_goes_already() -> None:
    gains = gains_by_rate()
    high = {**NOW, "learning_rate": 9e-4}
    alone = promises(question(gains), [high], kappa=2.0)
    beside = promises(question(gains, pending=[high]), [high], kappa=2.0)
    assert beside[0] < alone[0]


@pytest.mark.parametrize("sampler", [Pbt(), Pb2()])
@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        (
            {"batch_size": [16, 32]},
            r"batch_size can't change then; give one value, as in --set ba",
        ),
        ({"learning_rate": {"value": 1e-4}}, r"has nothing to change: every setting of the space"),
        (
            {"dropout": [0.1, 0.2], "factor": {"float": [1.0, 1.4], "when": {"dropout": 0.1}}},
            r"takes no conditional parameter, and factor is one",
        ),
    ],
)
def test_spaces_that_can_not_change_on_the_way_are_refused(
    sampler: Pbt | Pb2, parameters: dict[str, object], reason: str
) -> None:
    space = space_from_mapping({"name": "toy", "parameters": parameters}, origin="test")
    with pytest.raises(UsageError, match=reason):
        sampler.check(space)
