from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.space import FloatRange, IntRange, load_space

AUTOFINETUNE = """\
param_list:
- name : learning_rate
  init_value : 0.00005
  type : float
  lower_than : 0.005
  greater_than : 0.000005
- name : blocks
  init_value : 16
  type : int
  lower_than : 24
  greater_than : 12
- name : factor
  init_value : 1.1
  type : float
  lower_than : 1.2
  greater_than : 1
"""
Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_(text: str) -> str:
        path = tmp_path / "hparam.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write_


def test_paddlehubs_file_is_a_space_as_it_is(write: Write) -> None:
    space = load_space(write(AUTOFINETUNE))

    assert space.name == "hparam"
    assert space.parameters == {
        "learning_rate": FloatRange(float=(5e-6, 5e-3), init=5e-5),
        "blocks": IntRange(int=(12, 24), init=16, truncate=True),
        "factor": FloatRange(float=(1.0, 1.2), init=1.1),
    }


def test_it_is_the_space_that_ships_with_what_a_trial_keeps_fixed_left_out(write: Write) -> None:
    shipped = load_space("autofinetune").parameters

    assert {n: shipped[n] for n in ("learning_rate", "blocks", "factor")} == load_space(
        write(AUTOFINETUNE)
    ).parameters


def test_names_of_its_scripts_mean_ours(write: Write) -> None:
    text = AUTOFINETUNE.replace("name : blocks", "name: dis_blocks").replace(
        "name : factor", "name: warmup_prop"
    )

    assert list(load_space(write(text)).parameters) == [
        "learning_rate", "blocks", "warmup_proportion",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("type : int", "type: choice", r"param_list\.1\.type: must be int or float, not 'choice'"),
        ("lower_than : 0.005\n", "\n", r"param_list\.0\.lower_than: is missing"),
        ("init_value : 16", "init_value: 16.5", r"1\.init_value: must be a whole number, not 16"),
        ("init_value : 16", "init_value: 30", r"blocks: init must lie in the range, .* not 30"),
        ("lower_than : 24", "lower_than: 12", r"blocks: .*low must be below high"),
        ("init_value : 1.1", "init_value: nan", r"param_list\.2\.init_value: must be a number"),
        ("name : blocks", "name: factor", r"param_list\.2: factor stands twice"),
        (
            "type : int",
            "kind: int",
            r"1\.type: is missing; .*1\.kind: is none of name, init_value",
        ),
        ("param_list:", "name: x\nparam_list:", r"name: is no key of such a file"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    write: Write, before: str, after: str, problem: str
) -> None:
    with pytest.raises(UsageError, match=problem):
        load_space(write(AUTOFINETUNE.replace(before, after)))


@pytest.mark.parametrize("text", ["param_list: []", "param_list: 3", "param_list: [3]"])
def test_a_file_that_lists_nothing_is_refused(write: Write, text: str) -> None:
    with pytest.raises(UsageError, match=r"param_list.*: must"):
        load_space(write(text))


def test_an_unknown_parameter_is_refused_as_in_any_space(write: Write) -> None:
    with pytest.raises(UsageError, match=r"parameters\.factor: is not known"):
        load_space(write(AUTOFINETUNE), allowed=["learning_rate", "blocks"])


@pytest.mark.parametrize(
    ("parameter", "problem"),
    [
        ("{float: [0.0, 1.0], step: 0.1, init: 0.55}", "init must lie in the range, on a step"),
        ("{choice: [16, 32], init: 8}", "init must be one of the values, not 8"),
        ("{int: [1, 9], step: 2, truncate: true}", "truncate excludes log and step"),
        ("{float: [0.0, 1.0], truncate: true}", "truncate: is not known"),
    ],
)
def test_a_start_that_a_range_does_not_hold_is_refused(
    write: Write, parameter: str, problem: str
) -> None:
    with pytest.raises(UsageError, match=problem):
        load_space(write(f"parameters:\n  x: {parameter}\n"))
