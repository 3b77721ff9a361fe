"""What is made of the regrets of many searches."""

from __future__ import annotations

import math

import pytest

from benchmarks.search_quality.figures import (
    REFERENCE,
    behind,
    mean_and_error,
    ratio_table,
    summary_table,
    verdict,
)

RUNS = [[0.4, 0.2, 0.1], [0.6, 0.2, 0.1]]
FIGURES = {"small": {**dict.fromkeys(["ours", *REFERENCE], RUNS), "worse": [[1.0, 0.2, 0.1]] * 2}}


def test_mean_and_standard_error() -> None:
    assert mean_and_error([1.0, 3.0]) == (2.0, 1.0)
    assert math.isnan(mean_and_error([1.0])[1])


@pytest.mark.parametrize(
    ("own", "best", "said"),
    [
        ((1.15, 0.0), (1.0, 0.0), "reached"),
        ((1.3, 0.31), (1.0, 0.0), "within an error"),
        ((1.3, 0.1), (1.0, 0.1), "missed"),
    ],
)
def test_the_verdict(own: tuple[float, float], best: tuple[float, float], said: str) -> None:
    assert verdict(own, best) == said


def test_the_comparison_has_every_budget_of_whole_tables() -> None:
    lines = [*ratio_table({**FIGURES, "part": {}}, "ours")][2:]

    assert [line.split()[:3] for line in lines[:3]] == [
        ["small", "1/16", "0.5000±0.1000"],
        ["small", "1/8", "0.2000±0.0000"],
        ["small", "1/4", "0.1000±0.0000"],
    ]
    assert lines[3:] == [f"  target at {at}: reached 1" for at in ("1/16", "1/8 ", "1/4 ")]


def test_the_summary_counts_tables_and_takes_random_search_as_the_measure() -> None:
    lines = [*summary_table({**FIGURES, "part": {}}, "ours")]

    assert lines[0].startswith("mean over 1 tables")
    rows = [line.split() for line in lines[2:]]
    assert [row[0] for row in rows] == ["ours", "random", *["halving"] * 3, "worse"]
    assert rows[0][1:] == ["1.000", "0.400", "0.200", *"000000"]
    assert rows[-1][1:] == ["2.000", "0.400", "0.200", *"100000"]


def test_no_whole_table_has_no_summary() -> None:
    assert [*summary_table({"part": {"ours": RUNS}}, "ours")] == []


@pytest.mark.parametrize(
    ("own", "other", "said"),
    [
        ((1.5, 0.4), (1.0, 0.3), False),
        ((1.6, 0.4), (1.0, 0.3), True),
        ((1.0, 0.3), (1.6, 0.4), False),
    ],
)
def test_behind_is_by_more_than_an_error(
    own: tuple[float, float], other: tuple[float, float], said: bool
) -> None:
    assert behind(own, other) is said
