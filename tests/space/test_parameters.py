from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.space import Choice, Fixed, FloatRange, IntRange
from autoclue.space.parameters import same
from autoclue.space.parse import parse_parameter


def parsed(raw: object) -> Fixed | Choice | FloatRange | IntRange:
    parameter = parse_parameter(raw, origin="f.yaml", key="parameters.x")
    assert not isinstance(parameter, list), parameter
    return parameter


def messages(raw: object) -> list[str]:
    problems = parse_parameter(raw, origin="f.yaml", key="x")
    assert isinstance(problems, list)
    return [f"{problem.key}: {problem.message}" for problem in problems]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ([16, 32], {"choice": [16, 32]}),
        (0.1, {"value": 0.1}),
        ("plateau", {"value": "plateau"}),
        (False, {"value": False}),
    ],
)
def test_shorthand_means_its_long_form(short: object, long: object) -> None:
    assert parsed(short) == parsed(long)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([], "x.choice: must hold at least one value"),
        ([1, 2, 1], "x.choice: choices must differ, but 1 stands twice"),
        ([True, 1], "x.choice: choices must differ, but 1 stands twice"),
        ([[1]], "x.choice.0: must be a number, text, true, false or null, not [1]"),
        ({"choice": 5}, "x.choice: must be a list"),
        ({"float": [2, 1]}, "x: low must be below high, but 2 is not below 1"),
        ({"float": [0, 1], "log": True}, "x: log needs a low above 0, not 0"),
        (
            {"float": [1, 9], "log": True, "step": 1.0},
            "x: log and step exclude each other",
        ),
        ({"float": [0, 1], "step": 0}, "x: step must be above 0, not 0"),
        ({"float": [0, 1], "step": 2}, "x: step 2 is wider than the range"),
        ({"float": [0]}, "x.float.1: is missing"),
        ({"float": [0, 1, 2]}, "x.float: must hold two numbers"),
        ({"float": [0, math.inf]}, "x.float.1: must be a finite number"),
        ({"float": [False, 1]}, "x.float.0: must be a number"),
        ({"int": [0, 1.5]}, "x.int.1: must be a whole number"),
        ({"int": [0, 9], "step": 0}, "x.step: must be greater than 0"),
        ({"int": [0, 9], "lgo": True}, "x.lgo: is not known (did you mean log?)"),
        ({"chioce": [1]}, "x: must hold one of choice, float, int, value, but has chioce"),
        ({"int": [0, 1], "choice": [1]}, "x: has choice and int; give one of them"),
        ({"value": 1, "when": {"y": []}}, "x.when.y: must hold at least one value"),
        ({"value": 1, "when": 3}, "x.when: must be a mapping"),
    ],
)
def test_wrong_parameter_is_described(raw: object, expected: str) -> None:
    assert messages(raw) == [expected]


def test_all_problems_of_one_parameter_are_reported_at_once() -> None:
    raw = {"int": ["a", 3.5], "log": "maybe", "stepp": 2}
    assert [m.split(":")[0] for m in messages(raw)] == ["x.int.0", "x.int.1", "x.log", "x.stepp"]


def test_all_problems_of_one_range_are_reported_at_once() -> None:
    assert messages({"float": [2, -1], "log": True, "step": -0.5}) == [
        "x: low must be below high, but 2 is not below -1"
        " and log and step exclude each other and step must be above 0, not -0.5"
    ]


def test_stepped_floats_are_exact_decimals() -> None:
    assert parsed({"float": [0, 0.35], "step": 0.1}).values() == (0.0, 0.1, 0.2, 0.3)


def test_highest_value_stops_below_a_bound_the_step_misses() -> None:
    real, whole = parsed({"float": [0, 1], "step": 0.3}), parsed({"int": [1, 10], "step": 4})
    assert isinstance(real, FloatRange)
    assert isinstance(whole, IntRange)
    assert (real.highest(), whole.highest()) == (0.9, 9)


@pytest.mark.parametrize("raw", [{"float": [1, 2]}, {"int": [1, 9], "log": True}])
def test_continuous_parameters_have_no_values(raw: object) -> None:
    assert parsed(raw).values() is None
    assert parsed(raw).count() is None


@given(low=st.integers(-50, 50), width=st.integers(1, 60), data=st.data())
def test_integer_ranges_list_what_they_contain(low: int, width: int, data: st.DataObject) -> None:
    step = data.draw(st.integers(1, width))
    parameter = parsed({"int": [low, low + width], "step": step})
    listed = [v for v in range(low - 2, low + width + 3) if parameter.contains(v)]
    assert parameter.values() == tuple(listed)
    assert parameter.count() == len(listed)


@given(low=st.integers(-20, 20), steps=st.integers(1, 40), step=st.sampled_from([0.1, 0.25, 0.01]))
def test_stepped_float_ranges_contain_every_listed_value(
    low: int, steps: int, step: float
) -> None:
    parameter = parsed({"float": [low, low + steps * step], "step": step})
    values = parameter.values() or ()
    assert parameter.count() == len(values)
    assert all(parameter.contains(value) for value in values)
    assert not parameter.contains(low + step / 2)


@pytest.mark.parametrize("raw", [{"float": [0, 1]}, {"int": [0, 1]}, [0, 1], 1])
@pytest.mark.parametrize("value", [True, "1", None, 7])
def test_foreign_values_are_not_contained(raw: object, value: bool | str | int | None) -> None:
    assert not parsed(raw).contains(value)


def test_true_is_not_one_but_sixteen_is_sixteen() -> None:
    assert not same(True, 1)
    assert same(16, 16.0)
    assert same(0.1 + 0.2, 0.3)
