from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.records import Scalar, StudyRecord, TrialRecord
from autoclue.reporting.drawing.axes import Axis, study_axes

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


@pytest.fixture
def axis(trial: MakeTrial, study: MakeStudy) -> Callable[..., Axis]:
    def build(declared: object, *tried: Scalar) -> Axis:
        trials = (trial(i, params={"x": value}) for i, value in enumerate(tried))
        space = {} if declared is None else {"parameters": {"x": declared}}
        return study_axes(study(*trials, space=space))[0]

    return build


def test_a_declared_range_is_kept_and_widened_by_what_was_tried(
    axis: Callable[..., Axis],
) -> None:
    found = axis({"float": [1e-5, 1e-3], "log": True}, 2e-5, 5e-6)

    assert (found.low, found.high, found.log) == (5e-6, 1e-3, True)
    assert found.position(5e-6) == 0
    assert found.position(1e-3) == pytest.approx(1)


def test_a_log_axis_places_the_geometric_middle_halfway(axis: Callable[..., Axis]) -> None:
    found = axis({"float": [1e-5, 1e-3], "log": True}, 1e-4)

    assert found.position(1e-4) == pytest.approx(0.5)
    assert [text for _, text in found.ticks()] == ["1e-5", "2e-5", "5e-5", "1e-4", "2e-4",
                                                  "5e-4", "0.001"]  # fmt: skip


def test_a_choice_keeps_numbers_in_order_and_adds_a_baseline_outside_it(
    axis: Callable[..., Axis],
) -> None:
    found = axis({"choice": [64, 16]}, 16, 32)

    assert found.choices == (16, 32, 64)
    assert [found.position(v) for v in (16, 32, 64)] == [0, 0.5, 1]
    assert found.position(128) is None


def test_yes_and_no_are_choices_and_not_the_numbers_one_and_zero(
    axis: Callable[..., Axis],
) -> None:
    found = axis(None, True, False)

    assert found.choices == (True, False)
    assert found.position(1) is None


@pytest.mark.parametrize(
    ("tried", "log", "integer"),
    [((1e-5, 1e-3), True, False), ((0.1, 0.3), False, False), ((1, 64), False, True)],
)
def test_without_a_declaration_the_scale_follows_from_what_was_tried(
    axis: Callable[..., Axis], tried: tuple[Scalar, ...], log: bool, integer: bool
) -> None:
    found = axis(None, *tried)

    assert (found.log, found.integer, found.choices) == (log, integer, ())


def test_mixed_values_and_none_become_choices(axis: Callable[..., Axis]) -> None:
    assert axis({"float": [0.0, 1.0]}, 0.5, None, "auto").choices == (0.5, None, "auto")


def test_a_declaration_of_an_unknown_form_is_ignored(axis: Callable[..., Axis]) -> None:
    assert (axis({"normal": [0, 1]}, 0.25, 0.5).low, axis("fixed", 2).high) == (0.25, 2)


def test_a_parameter_that_never_changes_does_not_vary(axis: Callable[..., Axis]) -> None:
    found = axis({"float": [0.5, 0.5]}, 0.5, 0.5)

    assert not found.varies
    assert found.ticks() == [(0.5, "0.5")]


@given(low=st.floats(-1e3, 1e3), width=st.floats(1e-3, 1e3))
def test_linear_ticks_are_few_and_on_the_axis(low: float, width: float) -> None:
    ticks = Axis("x", (), low, low + width, False, False, True).ticks()

    assert 1 <= len(ticks) <= 7
    assert all(-1e-6 <= at <= 1 + 1e-6 for at, _ in ticks)


@given(low=st.integers(-50, 50), width=st.integers(1, 100))
def test_whole_numbers_get_whole_ticks(low: int, width: int) -> None:
    ticks = Axis("x", (), low, low + width, False, True, True).ticks()

    assert all("." not in text for _, text in ticks)
    assert len({text for _, text in ticks}) == len(ticks)
