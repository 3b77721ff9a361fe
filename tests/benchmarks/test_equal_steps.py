"""What the benchmark of populations asks, and what it says of its scores."""

from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.option_fields import read_options
from autoclue.options import TuneArguments
from benchmarks.populations.equal_steps import METHODS, SCHEDULES, Setting, against, rows_of


@pytest.mark.parametrize("method", list(METHODS))
def test_every_search_has_the_steps_of_nine_schedules(method: str, tmp_path: Path) -> None:
    asked = read_options(TuneArguments, Setting(tmp_path, tmp_path).options(method, "tnews", 1))

    members = asked.spec.population or 0
    whole = 1 + members * (asked.limits.rounds or 1)
    assert whole == SCHEDULES or asked.limits.step_budget == SCHEDULES * 40
    assert (asked.spec.holdout, asked.spec.seed, asked.spec.max_steps) == (0.5, 1, 40)


def test_a_difference_is_told_only_where_its_interval_leaves_out_nothing() -> None:
    default = {0: 50.0, 1: 51.0, 2: 52.0}

    assert "can't be told apart" in against({0: 49.0, 1: 52.0, 2: 53.0}, default)
    assert against({0: 55.0, 1: 56.1, 2: 56.9}, default).startswith("+5.00 (+4.75 to")
    assert against({0: 55.0}, default) == "not known"


def test_each_search_has_a_row_with_all_of_its_scores() -> None:
    rows = [*rows_of("tnews", {"default": {0: 50.0, 1: 51.0}, "pbt": {0: 49.0, 1: 52.5}})]

    assert rows[0] == "| tnews | default | 50.00, 51.00 | 50.50 |  |"
    assert rows[1].startswith("| tnews | pbt | 49.00, 52.50 | 50.75 | +0.25 (")
