"""What the benchmark of search quality computes, on tables of a few curves."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import pytest

from autoclue.search.replay.simulator import simulate
from benchmarks.search_quality.curve_tables import (
    MAKERS,
    Table,
    load_tables,
    make_table,
    synthetic_tables,
)
from benchmarks.search_quality.peers import OptunaSource, PlainHalving, RayAsha, random_order
from benchmarks.search_quality.search_quality import ARMS, draw_number, existing, regrets

LENGTH = 9


def small_table() -> Table:
    """A grid of three times three, of which (2, 2) is the best from the first evaluation on."""
    configs = [{"a": a, "b": b} for a in range(3) for b in range(3)]
    curves = [
        [(3 * c["a"] + c["b"]) * step / 72 for step in range(1, LENGTH + 1)] for c in configs
    ]
    return make_table("small", configs, curves)


def test_perplexity_is_turned_round(tmp_path: Path) -> None:
    row = {"llm": "m", "rank": 2, "batch_size": 16, "lr": 1e-4, "ppl": [9.0, 7.0], "bleu": [1.0]}
    rows = [{"task": task, **row} for task in ("zh-en", "fr-en")]
    (tmp_path / "file.json").write_text(json.dumps(rows))

    tables = {table.name: table for table in load_tables(tmp_path / "file.json")}

    assert set(tables) == {"zh-en bleu", "fr-en bleu", "zh-en ppl", "fr-en ppl"}
    assert tables["zh-en ppl"].curves[0].scores == (-9.0, -7.0)
    assert (tables["zh-en ppl"].best, tables["zh-en bleu"].best) == (-7.0, 1.0)


def test_a_curve_that_ends_early_has_the_schedule_of_the_longest() -> None:
    table = make_table("two", [{"a": 1}, {"a": 2}], [[0.1, 0.2, 0.3], [0.4]])

    assert [curve.total_steps for curve in table.curves] == [3.0, 3.0]
    assert table.curves[1].evaluation_steps == (1, 2, 3)
    assert table.cost == 4


def test_synthetic_tables_are_of_the_sizes_that_are_claimed() -> None:
    tables = synthetic_tables(2026)

    assert len(tables) == 2 * len(MAKERS)
    assert all(35 <= len(table.curves) < 200 for table in tables)
    assert all(10 <= table.curves[0].total_steps < 75 for table in tables)
    assert tables == synthetic_tables(2026)
    assert tables != synthetic_tables(7)


@pytest.mark.parametrize("seed", range(3))
def test_random_order_gives_every_curve_once(seed: int) -> None:
    table = small_table()
    source = random_order(table, seed)

    given = [curve.scores for _ in table.curves if (curve := source.next_curve()) is not None]

    assert sorted(given) == sorted(curve.scores for curve in table.curves)
    assert source.next_curve() is None


def test_our_source_trains_nothing_twice_and_ends() -> None:
    table = small_table()

    found = simulate(OptunaSource(table, 1, ours=True), None, workers=2)

    assert len(found.trials) == len(table.curves)
    assert found.best_after(math.inf) == table.best


def test_halving_keeps_the_best_third_at_its_rungs() -> None:
    found = simulate(random_order(small_table(), 0), PlainHalving(1 / 3), workers=1)

    stops = [trial.stop for trial in found.trials if trial.stop is not None]
    assert {stop.step for stop in stops} == {3}
    assert all(s.cutoff is not None and s.score < s.cutoff for s in stops)
    assert found.best_after(math.inf) == small_table().best


def test_ray_stops_at_its_first_rung_below_the_best_quarter() -> None:
    found = simulate(random_order(small_table(), 0), RayAsha(), workers=1)

    stopped = [trial for trial in found.trials if trial.stop is not None]
    assert stopped
    assert {trial.steps_taken for trial in stopped} <= {1, 4}


@pytest.mark.parametrize("arm", [arm.name for arm in ARMS])
def test_more_updates_never_find_less(arm: str) -> None:
    found = regrets(arm, small_table(), 0)

    assert sorted(found, reverse=True) == found
    assert min(found) >= 0


def test_a_draw_is_a_whole_number() -> None:
    assert draw_number("7") == 7
    for wrong in ("-1", "1.5", "x", ""):
        with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number from 0 on"):
            draw_number(wrong)


def test_a_missing_file_is_named_with_what_to_pass(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no .*x\.pkl; pass --scratch with it\."):
        existing(tmp_path / "x.pkl", "--scratch with it")
