"""The analysis of the landscape, on scores whose parts are known."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from benchmarks.builtin_text.landscape import (
    GRID,
    Design,
    Line,
    as_array,
    effects,
    read_lines,
    report,
    summary,
    with_values,
)

A, B = np.array([-0.1, 0.0, 0.1]), np.array([-0.05, 0.05])
SEEDS = np.array([-0.01, 0.01])
NOISE = np.array([[1, -1], [-1, 1], [1, -1]])[:, :, None] * SEEDS
"""For three rates, two batches and two seeds: no point's mean differs by it, nor any seed's."""


def test_settings_that_add_up_do_not_interact() -> None:
    scores = 0.5 + A[:, None, None] + B[None, :, None] + NOISE
    rate, batch, both = effects(scores, ["rate", "batch"])
    squares = [4 * (A**2).sum(), 6 * (B**2).sum(), 6 * (SEEDS**2).sum()]
    assert [rate.share, batch.share] == pytest.approx([s / sum(squares) for s in squares[:2]])
    assert rate.means == pytest.approx((0.4, 0.5, 0.6))
    assert both.share == pytest.approx(0, abs=1e-12)
    assert both.p_value == pytest.approx(1)


def test_a_setting_that_turns_another_round_only_interacts() -> None:
    scores = 0.5 + A[:, None, None] * np.array([1, -1])[None, :, None] + NOISE
    rate, batch, both = effects(scores, ["rate", "batch"])
    assert [rate.share, batch.share] == pytest.approx([0, 0], abs=1e-12)
    assert both.names == ("rate", "batch")
    assert both.share > 0.9
    assert both.p_value < 0.01


def test_the_ratio_is_that_of_the_mean_squares() -> None:
    scores = 0.5 + B[:, None] + NOISE[0]
    (batch,) = effects(scores, ["batch"])
    assert batch.f_ratio == pytest.approx((2 * (B**2).sum() / 1) / ((NOISE[0] ** 2).sum() / 1))


def test_what_a_seed_adds_to_every_point_is_no_noise() -> None:
    scores = 0.5 + A[:, None, None] + B[None, :, None] + NOISE
    before, after = (effects(s, ["rate", "batch"]) for s in (scores, scores + 10 * SEEDS))
    assert [e.p_value for e in after] == pytest.approx([e.p_value for e in before])


@pytest.mark.parametrize("shape", [(3, 2), (3, 2, 1)])
def test_one_seed_tells_nothing(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="for 2 settings and seeds"):
        effects(np.zeros(shape), ["rate", "batch"])


def test_lines_are_read_back_and_stand_at_their_point(tmp_path: Path) -> None:
    shape = tuple(len(values) for values in GRID.values())
    points = [tuple(values[i] for values, i in zip(GRID.values(), at, strict=True))
              for at in np.ndindex(shape)]  # fmt: skip
    lines = [Line("m", "d", p, seed, i / 100 + seed / 1000)
             for seed in (2, 1) for i, p in enumerate(points)]  # fmt: skip
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(json.dumps(asdict(line)) + "\n" for line in lines), encoding="utf-8")
    scores = as_array(read_lines(path), GRID, [1, 2])
    assert scores.shape == (*shape, 2)
    assert scores.reshape(-1, 2)[7].tolist() == pytest.approx([0.071, 0.072])
    assert read_lines(tmp_path / "nothing.jsonl") == []


def test_the_report_counts_what_lies_between_chance_and_the_highest() -> None:
    shape = (*(len(values) for values in GRID.values()), 2)
    scores = np.full(shape, 0.5) + SEEDS
    scores[0], scores[1, 0] = 0.2, 0.97
    text = "\n".join(report(scores, GRID, floor=0.33))
    assert "Mean scores from 20.0 to 97.0 %; the commonest answer has 33.0 %." in text
    assert "12 of 24 settings lie between that and 95 %" in text


def test_lines_of_another_length_model_or_data_are_another_designs() -> None:
    design = Design("m", "d", GRID, (1, 2), epochs=2)
    point = (1e-4, 16.0, 1.0, 0.0)
    mine = Line("m", "d", point, 1, 0.5, epochs=2)
    others = [Line("m", "d", point, 1, 0.5), Line("n", "d", point, 1, 0.5, epochs=2)]
    assert design.own([*others, mine, Line("m", "e", point, 1, 0.5, epochs=2)]) == [mine]


def test_a_line_without_a_length_is_one_of_the_recipes(tmp_path: Path) -> None:
    line = {"model": "m", "data": "d", "point": [1e-4, 16, 1.0, 0], "seed": 1, "score": 0.5}
    (tmp_path / "old.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert len(Design("m", "d", GRID, (1, 2)).own(read_lines(tmp_path / "old.jsonl"))) == 1


def test_the_summary_names_the_pairs_that_interact() -> None:
    grid = {"rate": (1.0, 2.0, 3.0), "batch": (16.0, 64.0)}
    turned = 0.5 + A[:, None, None] * np.array([1, -1])[None, :, None] + NOISE
    added = 0.5 + A[:, None, None] + B[None, :, None] + NOISE
    tasks = {"turned": turned, "added": added}
    *_, first, second = summary(tasks, grid, {"turned": 0.33, "added": 0.5})
    assert first.startswith("| turned | 33.0 | 40.0 to 60.0 | 0.0 % (1) | 0.0 % (1) |")
    assert first.endswith("| rate x batch |")
    assert second.startswith("| added | 50.0 | 35.0 to 65.0 |")
    assert second.endswith("| none |")


def test_other_values_replace_those_of_one_setting() -> None:
    grid = with_values(["learning_rate=5e-4,2e-3"])
    assert grid == {**GRID, "learning_rate": (5e-4, 2e-3)}
    assert list(grid) == list(GRID)


@pytest.mark.parametrize("text", ["rate=1,2", "factor=1", "factor=1,1.0"])
def test_values_that_make_no_grid_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not give two values or more to one of"):
        with_values([text])
