"""The comparison of the protocols, without its trainings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autoclue.tasks import load_task, open_data
from autoclue.training.protocols import MENDS
from benchmarks.first_rows import first_rows
from benchmarks.protocol.differences import (
    COMPARISONS,
    SEEDS,
    Run,
    has_rows_with_several,
    note,
    read_scores,
    rows_of,
    runs,
    table,
)

EVERYTHING = frozenset(comparison.name for comparison in COMPARISONS)


def test_every_difference_is_compared_once_and_all_together() -> None:
    assert [comparison.name for comparison in COMPARISONS] == [*MENDS, "sound"]


def test_each_run_has_a_partner_by_clue_with_its_seed_and_dropout() -> None:
    planned = set(runs("c3", EVERYTHING))
    for run in planned:
        assert Run("c3", "clue", run.dropout, run.seed) in planned
    assert {run.seed for run in planned} == set(SEEDS)


def test_what_does_not_apply_is_not_trained() -> None:
    assert {run.protocol for run in runs("c3", frozenset({"sound"}))} == {"clue", "sound"}


def test_scores_are_read_back_without_a_line_that_was_cut_off(tmp_path: Path) -> None:
    path, run = tmp_path / "new" / "scores.jsonl", Run("csl", "clue", 0.1, 2)
    note(path, run, 0.5, 30)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"task": "csl", "prot')
    assert read_scores(path) == {run: 0.5}


def test_a_cell_says_whether_the_seeds_tell_a_difference() -> None:
    scores = {Run("c3", "clue", 0.1, seed): 0.5 for seed in SEEDS}
    scores |= {Run("c3", "sound", 0.1, seed): 0.6 + seed / 1000 for seed in SEEDS}
    scores |= {
        Run("c3", "clue+seeded_order", 0.1, seed): 0.5 + seed / 100 - 0.02 for seed in SEEDS
    }
    scores |= {Run("c3", "clue+mask_fillers", 0.1, seed): 0.5 for seed in SEEDS}
    rows = dict(
        line.strip("| ").split(" | ")
        for line in table(scores, {"c3": EVERYTHING - {"best_assignment"}})
        if line.startswith("| `")
    )
    assert rows["`clue`"] == "50.0 ± 0.0"
    assert rows["`sound`"] == "**+10.2 ± 0.1**"
    assert rows["`seeded_order`"] == "can't be told apart (+0.0 ± 1.0)"
    assert rows["`mask_fillers`"] == "no score differs"
    assert rows["`best_assignment`"] == "-"
    assert rows["`exact_length`"] == "?"


def test_rows_with_several_blanks_are_found() -> None:
    assert has_rows_with_several([1, 2, 2])
    assert not has_rows_with_several([1, 2, 3])
    assert not has_rows_with_several([])


def test_generated_text_has_rows_with_several_blanks(tmp_path: Path) -> None:
    spec = load_task("chid")
    data = open_data(spec, str(rows_of(spec, tmp_path / "none", tmp_path / "rows")))
    assert has_rows_with_several([blank.group for blank in data.examples("dev")])


def question(number: int) -> dict[str, object]:
    answers = [{"text": "天", "answer_start": 0}]
    return {"id": f"Q{number}", "question": "问", "answers": answers}


def test_first_rows_of_span_extraction_are_questions(tmp_path: Path) -> None:
    paragraphs = [
        {"id": f"P{i}", "context": "天地人", "qas": [question(2 * i), question(2 * i + 1)]}
        for i in range(3)
    ]
    (tmp_path / "all" / "cmrc2018").mkdir(parents=True)
    for split in ("train", "dev"):
        document = {"version": "v1.0", "data": [{"paragraphs": paragraphs}]}
        path = tmp_path / "all" / "cmrc2018" / f"{split}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
    spec = load_task("cmrc2018")
    cut = first_rows(spec, tmp_path / "all", tmp_path / "cut", {"train": 3, "dev": None})
    data = open_data(spec, str(cut))
    assert [example.id for example in data.examples("train")] == ["Q0", "Q1", "Q2"]
    assert len(data.examples("dev")) == 6


@pytest.mark.parametrize("wanted", [3, 4])
def test_first_rows_of_two_files_are_half_of_each(tmp_path: Path, wanted: int) -> None:
    folder = tmp_path / "all" / "c3"
    folder.mkdir(parents=True)
    asked = {"question": "问", "choice": ["天", "地"], "answer": "天"}
    text = json.dumps([[["话"], [asked, asked, asked], f"text {i}"] for i in range(2)])
    for name in ("d-train", "m-train", "d-dev", "m-dev"):
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    spec = load_task("c3")
    cut = first_rows(spec, tmp_path / "all", tmp_path / "cut", {"train": wanted, "dev": 2})
    data = open_data(spec, str(cut))
    assert len(data.examples("train")) == wanted
    assert len(data.examples("dev")) == 2


def test_first_rows_of_lines_keep_the_header_of_a_table(tmp_path: Path) -> None:
    folder = tmp_path / "all" / "xnli"
    folder.mkdir(parents=True)
    rows = [f"a {i}\tb\tneutral" for i in range(5)]
    for split in ("train", "dev"):
        text = "\n".join(["text_a\ttext_b\tlabel", *rows]) + "\n"
        (folder / f"{split}.tsv").write_text(text, encoding="utf-8")
    spec = load_task("xnli")
    cut = first_rows(spec, tmp_path / "all", tmp_path / "cut", {"train": 2, "dev": 9})
    data = open_data(spec, str(cut))
    assert [len(data.examples(split)) for split in ("train", "dev")] == [2, 5]
