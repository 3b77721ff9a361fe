from __future__ import annotations

import numpy as np
import pytest

from autoclue.records import Scalar
from autoclue.search.sampling.population.coordinates import (
    axes_of,
    start_of,
    unit_of,
    value_at,
    values_at,
)
from autoclue.space import Choice, FloatRange, IntRange, SearchSpace, space_from_mapping
from tests.search.sampling.population.golden import golden, golden_space


@pytest.mark.parametrize("number", range(10))
def test_values_are_those_that_paddlehub_gave(number: int) -> None:
    found = golden("pshe2")
    case = found["cases"][number]
    space = golden_space(found["spaces"][case["space"]])

    for each in case["rounds"]:
        ours = [list(values_at(space, unit).values()) for unit in each["unit"]]
        np.testing.assert_allclose(np.array(ours, float), each["value"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(start_of(space, {}), case["start_unit"], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "parameter",
    [
        FloatRange(float=(1e-5, 1e-3), log=True),
        FloatRange(float=(0.0, 0.7), step=0.1),
        FloatRange(float=(-1.0, 3.0)),
        IntRange(int=(2, 9)),
        IntRange(int=(2, 9), step=3),
        IntRange(int=(1, 500), log=True),
        Choice(choice=(16, 32, 64)),
        Choice(choice=(True, None)),
    ],
    ids=repr,
)
def test_a_value_has_a_coordinate_that_means_it_again(
    parameter: FloatRange | IntRange | Choice,
) -> None:
    values = [value_at(parameter, unit) for unit in np.linspace(-1.2, 1.2, 25)]

    assert all(map(parameter.contains, values))
    again = [value_at(parameter, unit_of(parameter, value)) for value in values]
    assert again == [
        pytest.approx(value) if isinstance(value, float) else value for value in values
    ]


def test_a_truncated_number_reaches_its_upper_bound_at_the_wall_alone() -> None:
    blocks = IntRange(int=(12, 24), truncate=True)

    assert [value_at(blocks, unit) for unit in (-1, -0.9, 0.999999, 1)] == [12, 12, 23, 24]


def test_whole_numbers_that_are_not_truncated_have_equal_parts() -> None:
    units = np.linspace(-1, 1, 4001)[:-1]
    counts = np.bincount([int(value_at(IntRange(int=(0, 3)), u) or 0) for u in units])

    assert counts.tolist() == [1000] * 4


def space() -> SearchSpace:
    parameters: dict[str, object] = {
        "schedule": ["linear", "triangle"],
        "cut": {"float": [0.1, 0.5], "when": {"schedule": "triangle"}},
        "rate": {"float": [1e-5, 1e-3], "log": True, "init": 1e-4},
        "epochs": 3,
        "one": ["only"],
    }
    return space_from_mapping({"name": "s", "parameters": parameters}, origin="test")


def test_a_conditional_parameter_has_a_coordinate_and_a_value_only_when_active() -> None:
    assert list(axes_of(space())) == ["schedule", "cut", "rate"]
    assert values_at(space(), (-0.5, 0.0, 0.0)) == {
        "schedule": "linear", "rate": pytest.approx(1e-4), "epochs": 3, "one": "only",
    }  # fmt: skip
    assert values_at(space(), (0.5, 0.0, 0.0))["cut"] == pytest.approx(0.3)


def test_it_begins_at_the_initial_value_then_at_a_known_one_and_else_in_the_middle() -> None:
    known: dict[str, Scalar] = {"schedule": "triangle", "rate": 5e-5, "cut": 9.0}

    assert start_of(space(), known) == pytest.approx((0.5, 0.0, 0.0))
