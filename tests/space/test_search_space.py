from __future__ import annotations

import itertools
import json
import math
import pickle
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.space import SearchSpace, space_from_mapping

CONDITIONAL: dict[str, object] = {
    "grouping": ["layer", "paddlehub"],
    "blocks": {"int": [12, 14], "when": {"grouping": "paddlehub"}},
    "frozen_blocks": {"value": 1, "when": {"blocks": [13, 14]}},
    "seed": [1, 2],
}

scalars = st.one_of(
    st.integers(-9, 9),
    st.floats(-9, 9).filter(lambda x: x != int(x)),
    st.text("abc", min_size=1, max_size=3),
    st.none(),
)
choices = st.lists(scalars, min_size=1, max_size=3, unique=True)


def space(parameters: Mapping[str, object]) -> SearchSpace:
    return space_from_mapping({"parameters": dict(parameters)}, origin="test")


@given(lists=st.lists(choices, min_size=1, max_size=4))
def test_grid_is_the_product_in_file_order(lists: list[list[object]]) -> None:
    built = space({f"p{i}": values for i, values in enumerate(lists)})
    expected = list(itertools.product(*lists))
    assert [tuple(point.values()) for point in built.grid()] == expected
    assert built.size() == len(expected) == math.prod(map(len, lists))


def test_grid_leaves_inactive_parameters_out() -> None:
    expected = [
        {"grouping": "layer", "seed": 1},
        {"grouping": "layer", "seed": 2},
        {"grouping": "paddlehub", "blocks": 12, "seed": 1},
        {"grouping": "paddlehub", "blocks": 12, "seed": 2},
        {"grouping": "paddlehub", "blocks": 13, "frozen_blocks": 1, "seed": 1},
        {"grouping": "paddlehub", "blocks": 13, "frozen_blocks": 1, "seed": 2},
        {"grouping": "paddlehub", "blocks": 14, "frozen_blocks": 1, "seed": 1},
        {"grouping": "paddlehub", "blocks": 14, "frozen_blocks": 1, "seed": 2},
    ]
    assert space(CONDITIONAL).grid() == expected


def test_size_counts_conditional_grids_without_listing() -> None:
    assert space(CONDITIONAL).size() == len(space(CONDITIONAL).grid())
    assert space({"a": {"int": [1, 10**9]}, "b": {"int": [1, 10**9]}}).size() == 10**18


def test_space_contains_every_point_of_its_grid() -> None:
    built = space(CONDITIONAL)
    assert all(built.contains(point) for point in built.grid())


@pytest.mark.parametrize(
    "params",
    [
        {"grouping": "layer"},
        {"grouping": "layer", "seed": 3},
        {"grouping": "layer", "blocks": 12, "seed": 1},
        {"grouping": "paddlehub", "seed": 1},
        {"grouping": "layer", "seed": 1, "other": 1},
    ],
)
def test_space_refuses_missing_foreign_and_inactive_values(params: dict[str, int | str]) -> None:
    assert not space(CONDITIONAL).contains(params)


def test_grid_of_a_continuous_space_names_the_continuous_parameters() -> None:
    built = space({"a": {"float": [0, 1]}, "b": [1], "c": {"int": [1, 9], "log": True}})
    assert built.size() is None
    with pytest.raises(UsageError, match=r"no finite grid, because of a, c; give a step"):
        built.grid()


def test_active_refuses_a_name_that_the_space_lacks() -> None:
    with pytest.raises(UsageError, match=r"Unknown parameter 'block'. Did you mean blocks"):
        space(CONDITIONAL).active({}, "block")


def test_mapping_round_trips_through_json_and_the_schema() -> None:
    mixed = CONDITIONAL | {
        "factor": {"float": [1, 1.2], "step": 0.1},
        "learning_rate": {"float": [1e-5, 5e-5], "log": True},
        "dropout": {"value": None},
        "epochs": {"int": [1, 9], "step": 2},
    }
    built = space(mixed)
    data = json.loads(json.dumps(built.to_mapping()))
    assert space_from_mapping(data, origin="ledger") == built
    assert list(data["parameters"]) == list(mixed)
    assert pickle.loads(pickle.dumps(built)) == built


def test_fingerprint_follows_the_parameters_and_their_order_only() -> None:
    first = space({"a": [1, 2], "b": [3]})
    renamed = SearchSpace("x", first.parameters, "y", "z", 9)
    assert first.fingerprint() == renamed.fingerprint()
    assert len(first.fingerprint()) == 64
    others: list[dict[str, object]] = [
        {"b": [3], "a": [1, 2]},
        {"a": [2, 1], "b": [3]},
        {"a": [1, 2], "b": 3},
    ]
    assert first.fingerprint() not in {space(other).fingerprint() for other in others}


def test_stored_space_may_not_be_unresolved() -> None:
    with pytest.raises(UsageError, match="old study: extends: is not resolved; tasks: is not"):
        space_from_mapping({"extends": "x", "tasks": {"a": {"b": 1}}}, origin="old study")
