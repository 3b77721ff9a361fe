"""The comparison of a pretrained model with random weights."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks.transfer.transfer import (
    CHOOSING_SEED,
    RATES,
    SEEDS,
    Length,
    Run,
    best_rate,
    limited_data,
    main,
    read_scores,
    table,
)

LENGTH = Length(updates=300, batch_size=32, dev_rows=2000)
LONGER = Length(updates=600, batch_size=32, dev_rows=2000)


def finals(kind: str, scores: tuple[float, ...]) -> dict[Run, float]:
    runs = (Run("tnews", kind, 6e-4, seed, LENGTH) for seed in SEEDS)
    return dict(zip(runs, scores, strict=True))


def test_best_rate_ignores_other_sides_seeds_and_lengths() -> None:
    scores = {
        Run("tnews", "random", RATES[0], CHOOSING_SEED, LENGTH): 0.3,
        Run("tnews", "random", RATES[1], CHOOSING_SEED, LENGTH): 0.4,
        Run("tnews", "random", RATES[2], CHOOSING_SEED, LONGER): 0.9,
        Run("tnews", "pretrained", RATES[0], CHOOSING_SEED, LENGTH): 0.9,
        Run("tnews", "random", RATES[0], SEEDS[0], LENGTH): 0.9,
    }
    assert best_rate(scores, "tnews", "random", LENGTH) == RATES[1]


def test_table_has_mean_spread_and_the_gap_of_the_worst_to_the_best() -> None:
    scores = finals("pretrained", (0.44, 0.45, 0.46)) | finals("random", (0.30, 0.32, 0.34))
    assert list(table(scores))[2:] == [
        "| tnews | 300 x 32 | 45.00 ± 1.00 (at 0.0006) | 32.00 ± 2.00 (at 0.0006) "
        "| +13.00 | +10.00 |"
    ]


def test_table_leaves_a_task_out_until_both_sides_are_complete() -> None:
    scores = finals("pretrained", (0.44, 0.45, 0.46))
    assert list(table(scores))[2:] == []


def test_results_read_back_as_they_were_written(tmp_path: Path) -> None:
    run = Run("ocnli", "random", 6e-4, 1, LENGTH)
    path = tmp_path / "results.jsonl"
    path.write_text(json.dumps(asdict(run) | {"score": 0.5}) + "\n", encoding="utf-8")
    assert read_scores(path) == {run: 0.5}


@pytest.mark.parametrize(("name", "rows"), [("dev.json", 2), ("dev.tsv", 3)])
def test_development_set_is_cut_and_keeps_a_header(name: str, rows: int, tmp_path: Path) -> None:
    lines = ["first", "second\u2028with a line end inside", "third", "fourth"]
    (tmp_path / "in" / "task").mkdir(parents=True)
    for file in (name, "train.json"):
        (tmp_path / "in" / "task" / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = limited_data(tmp_path / "in", "task", tmp_path / "out", dev_rows=2) / "task"
    assert (out / name).read_text(encoding="utf-8").split("\n") == [*lines[:rows], ""]
    assert (out / "train.json").read_text(encoding="utf-8").split("\n") == [*lines, ""]


def test_missing_data_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"has no tnews; pass --data, or fewer --tasks\."):
        main(["--data", str(tmp_path), "--tasks", "tnews", "--out", str(tmp_path / "out")])
