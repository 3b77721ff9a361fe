"""Parts that are cut off the training rows, and parts of several files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import DataError, UsageError
from autoclue.tasks import TaskData, load_task, open_data
from autoclue.tasks.sources.cutting import cut_parts
from autoclue.tasks.spec_parts import Split

TASK = """
name: mine
format: tsv
columns: [text, label]
input: {kind: single, text: text}
labels: [0, 1]
"""


def own_task(folder: Path, keys: str, files: dict[str, int]) -> TaskData:
    """Write files of so many rows, a quarter of them with label 1, and open the task."""
    for name, rows in files.items():
        lines = [f"{name} {n}\t{int(n % 4 == 0)}\n" for n in range(rows)]
        (folder / name).write_text("".join(lines), encoding="utf-8")
    (folder / "mine.yaml").write_text(TASK + keys, encoding="utf-8")
    return open_data(load_task(str(folder / "mine.yaml")), "download")


def test_one_file_is_enough(tmp_path: Path) -> None:
    keys = "files: {train: all.tsv}\nsplit: {dev: 0.2, test: 0.1}\n"
    data = own_task(tmp_path, keys, {"all.tsv": 200})
    parts = {split: data.examples(split) for split in data.splits}
    assert {split: len(rows) for split, rows in parts.items()} == {
        "train": 140,
        "dev": 40,
        "test": 20,
    }
    assert Counter(each.label for each in parts["dev"]) == {0: 30, 1: 10}
    assert sorted(each.row for rows in parts.values() for each in rows) == list(range(200))
    assert data.scored_splits == ("train", "dev", "test")


def test_another_seed_cuts_other_rows(tmp_path: Path) -> None:
    keys = "files: {train: all.tsv}\nsplit: {dev: 0.2, seed: SEED, stratify: false}\n"
    cut = {
        seed: own_task(tmp_path, keys.replace("SEED", seed), {"all.tsv": 50}).examples("dev")
        for seed in ("1", "2")
    }
    assert cut["1"] != cut["2"]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=80),
    st.floats(0.05, 0.4),
    st.booleans(),
)
def test_every_row_is_in_one_part_and_no_text_in_two(
    rows: list[tuple[int, int]], share: float, stratify: bool
) -> None:
    sources, strata = zip(*rows, strict=True)
    split = Split(dev=share, test=share, stratify=stratify)
    parts = cut_parts(sources, strata, split)
    assert sorted(row for part in parts.values() for row in part) == list(range(len(rows)))
    texts = [{sources[row] for row in part} for part in parts.values()]
    assert sum(map(len, texts)) == len(set(sources))


def test_every_label_is_among_the_training_rows() -> None:
    strata = [0] * 50 + [1, 2, 3]
    parts = cut_parts(range(53), strata, Split(dev=0.3, test=0.3))
    assert {strata[row] for row in parts["train"]} == {0, 1, 2, 3}


def test_too_few_rows_to_cut_are_refused(tmp_path: Path) -> None:
    keys = "files: {train: all.tsv}\nsplit: {dev: 0.1}\n"
    data = own_task(tmp_path, keys, {"all.tsv": 3})
    with pytest.raises(DataError, match="leaves no row for dev of the 3 rows"):
        data.examples("dev")


def test_several_files_make_one_part(tmp_path: Path) -> None:
    keys = "files: {train: [a.tsv, b.tsv], dev: b.tsv}\n"
    data = own_task(tmp_path, keys, {"a.tsv": 3, "b.tsv": 2})
    found = [(each.row, each.id, each.text) for each in data.examples("train")]
    assert found[2:4] == [(2, "2", "a.tsv 2"), (3, "3", "b.tsv 0")]
    assert len(found) == 5


def test_a_missing_file_of_several_is_named(tmp_path: Path) -> None:
    keys = "files: {train: [a.tsv, c.tsv], dev: a.tsv}\n"
    with pytest.raises(DataError, match=r"lacks c\.tsv: .*all of its 2 files .*alternatives: \["):
        own_task(tmp_path, keys, {"a.tsv": 3})


def test_of_alternatives_the_first_found_counts(tmp_path: Path) -> None:
    keys = "files: {train: [c.tsv, a.tsv], dev: a.tsv}\nalternatives: [train]\n"
    assert len(own_task(tmp_path, keys, {"a.tsv": 3}).examples("train")) == 3


def test_a_file_more_is_another_fingerprint(tmp_path: Path) -> None:
    files = {"a.tsv": 3, "b.tsv": 2}
    one, two = (
        own_task(tmp_path, f"files: {{train: [{names}], dev: a.tsv}}\n", files).fingerprint
        for names in ("a.tsv", "a.tsv, b.tsv")
    )
    assert one != two


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("files: {train: a.tsv}\n", r"files\.dev: is missing; name a file, or cut a part off"),
        ("files: {train: a.tsv}\nsplit: {test: 0.1}\n", r"files\.dev: is missing"),
        ("files: {train: a.tsv, dev: b.tsv}\nsplit: {dev: 0.1}\n", "leave one of the two out"),
        ("files: {train: a.tsv}\nsplit: {dev: 0.6, test: 0.4}\n", "leaves no row to train on"),
        ("files: {train: a.tsv, dev: b.tsv}\nsplit: {}\n", "split: cuts nothing off"),
    ],
)
def test_a_split_that_can_not_be_is_refused(tmp_path: Path, keys: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        own_task(tmp_path, keys, {"a.tsv": 3})
