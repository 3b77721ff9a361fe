from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
import pytest
from pydantic import Field

from autoclue.errors import UsageError
from autoclue.layers import Encoder, LayerPlan, build_plan
from autoclue.layers.registry import (
    STRATEGIES,
    default_space,
    load_strategy,
    neutral_values,
)


@dataclass(frozen=True)
class Own:
    """Print one line.

    And more below it.
    """

    name: ClassVar[str] = "own"

    steep: float
    blocks: Annotated[int | None, Field(description="How many.")] = None
    count: int = 1
    mode: Literal["a", "b"] = "a"
    loud: bool = False

    def plan(self, encoder: Encoder, *, weight_decay: float, epoch: int) -> LayerPlan:
        return build_plan(
            encoder,
            dict.fromkeys(encoder.names, 0),
            lr_scale=lambda block: self.steep,
            weight_decay=weight_decay,
        )


@dataclass(frozen=True)
class Mistaken(Own):
    """Name a neutral value of a parameter that isn't there."""

    neutral: ClassVar[Mapping[str, object]] = {"steepness": 1.0}


OWN = f"{__name__}:Own"


def test_the_shipped_strategies_are_registered() -> None:
    shipped = {"uniform", "discriminative", "layerwise_decay", "gradual_unfreezing"}
    assert shipped <= set(STRATEGIES.names())


def test_a_class_of_ones_own_is_found_by_its_path() -> None:
    assert load_strategy(OWN, {"steep": 0.5, "mode": "b"}) == Own(0.5, mode="b")
    assert STRATEGIES.doc(OWN) == "Print one line."


def test_an_unknown_name_lists_close_matches() -> None:
    with pytest.raises(UsageError, match=r"'discriminativ'\. Did you mean discriminative\?"):
        load_strategy("discriminativ", {})


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("no_such_module:Thing", "No module named 'no_such_module'.*PYTHONPATH"),
        ("json:Nothing", "has no attribute 'Nothing'"),
        ("json:loads", "is not a strategy; it must be a frozen dataclass"),
        ("json:JSONDecoder", "is not a strategy; it must be a frozen dataclass"),
        (":Thing", "Can't load strategy"),
    ],
)
def test_a_path_to_anything_else_is_an_error(path: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_strategy(path, {})


def test_parameters_are_described() -> None:
    described = STRATEGIES.parameters(OWN)
    assert [str(parameter) for parameter in described.values()] == [
        "steep: float",
        "blocks: int | None = None",
        "count: int = 1",
        "mode: 'a' | 'b' = 'a'",
        "loud: bool = False",
    ]
    assert described["steep"].required
    assert described["blocks"].doc == "How many."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"steep": 1}, Own(1.0)),
        ({"steep": np.float64(0.5), "count": np.int64(4)}, Own(0.5, count=4)),
        ({"steep": 0.5, "blocks": 3.0, "count": 2.0}, Own(0.5, blocks=3, count=2)),
        ({"steep": 0.5, "blocks": None, "loud": True}, Own(0.5, loud=True)),
    ],
)
def test_whole_numbers_and_floats_stand_for_each_other(
    given: dict[str, object], expected: Own
) -> None:
    made = load_strategy(OWN, given)
    assert made == expected
    types = {name: type(getattr(made, name)) for name in ("steep", "blocks", "count")}
    assert types == {name: type(getattr(expected, name)) for name in types}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "steep is missing"),
        ({"steep": "0.5"}, "steep is '0.5' but must be float"),
        ({"steep": True}, "steep is True but must be float"),
        ({"steep": float("nan")}, "steep is nan; it must be a finite number"),
        ({"steep": 0.5, "count": 2.5}, "count is 2.5 but must be int"),
        ({"steep": 0.5, "blocks": False}, r"blocks is False but must be int \| None"),
        ({"steep": 0.5, "mode": "c"}, r"mode is 'c' but must be 'a' \| 'b'"),
        ({"steep": 0.5, "loud": 1}, "loud is 1 but must be bool"),
        ({"steep": 0.5, "stepe": 1}, "stepe is not one of its parameters"),
    ],
)
def test_a_wrong_parameter_is_named(params: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=rf"{message}.*Its parameters: steep: float; blocks"):
        load_strategy(OWN, params)


def test_all_problems_are_in_one_message() -> None:
    wrong = {"factor": 0.5, "blocks": "many", "frozen_blocks": -1, "nope": 1}
    with pytest.raises(UsageError, match="Strategy 'discriminative'") as raised:
        load_strategy("discriminative", wrong)
    for clause in (
        "nope is not one of its parameters",
        "blocks is 'many' but must be int | None",
        "factor is 0.5; it must be at least 1",
        "frozen_blocks is -1; it must be at least 0",
        "Its parameters: factor: float, at least 1 = 1.0; blocks: int | None, at least 1 = None",
    ):
        assert clause in str(raised.value)


def test_a_strategy_states_its_neutral_values_and_its_spaces() -> None:
    assert neutral_values("discriminative") == {"factor": 1.0, "frozen_blocks": 0}
    assert default_space("discriminative", small=False) == "discriminative"
    assert default_space("discriminative", small=True) == "discriminative_small"


def test_a_strategy_that_states_nothing_takes_the_documented_grid() -> None:
    assert neutral_values(OWN) is None
    assert default_space(OWN, small=False) == "clue_grid"
    assert default_space(OWN, small=True) == "clue_grid_small"


def test_a_neutral_value_of_no_parameter_is_an_error() -> None:
    with pytest.raises(UsageError, match="neutral value for steepness, which is none of"):
        neutral_values(f"{__name__}:Mistaken")
