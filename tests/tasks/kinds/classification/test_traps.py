"""What the publishers' files teach, each checked on the files themselves."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from autoclue.errors import DataError
from autoclue.tasks import (
    ClassificationSpec,
    TextExample,
    load_task,
    make_builtin,
    open_data,
    read_split,
)

pytestmark = pytest.mark.shared_data

ROWS = {
    "afqmc": {"train": 34_334, "dev": 4_316, "test": 3_861},
    "tnews": {"train": 53_360, "dev": 10_000, "test": 10_000, "test1.0": 10_000},
    "iflytek": {"train": 5_753, "dev": 2_599, "test": 2_600},
    "ocnli": {"train": 10_000 - 15, "dev": 3_000 - 50, "test": 3_000},
    "cluewsc2020": {"train": 1_244, "dev": 304, "test": 2_574, "test1.0": 290},
    "csl": {"train": 2_402, "dev": 598, "test": 3_000},
    "xnli": {"train": 9_751, "dev": 2_490},
    "lcqmc": {"train": 12_500, "dev": 8_802},
}
COMPLETE = [
    *(("afqmc", split) for split in ("train", "dev", "test")),
    *(("tnews", split) for split in ("dev", "test", "test1.0")),
    *(("iflytek", split) for split in ("dev", "test")),
    *(("ocnli", split) for split in ("dev", "test")),
    *(("cluewsc2020", split) for split in ("train", "dev", "test", "test1.0")),
    *(("csl", split) for split in ("test",)),
    *(("lcqmc", split) for split in ("dev",)),
]


def classification(name: str) -> ClassificationSpec:
    return ClassificationSpec.of(load_task(name))


def examples(folder: Path, name: str, split: str) -> list[TextExample]:
    return open_data(load_task(name), str(folder)).examples(split)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_row_is_read(shared_data: Path, name: str) -> None:
    data = open_data(load_task(name), str(shared_data))
    assert {split: len(data.examples(split)) for split in data.splits} == ROWS[name]


@pytest.mark.parametrize(("name", "split"), COMPLETE)
def test_the_stated_checksum_is_that_of_the_published_file(
    shared_data: Path, name: str, split: str
) -> None:
    spec = load_task(name)
    path = open_data(spec, str(shared_data)).path(split)
    assert spec.download is not None
    digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    assert spec.download.members_md5[split] == digest


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_trap_1_text_holds_line_separators_that_are_no_line_ends(
    shared_data: Path, split: str
) -> None:
    data = open_data(load_task("iflytek"), str(shared_data))
    lines = data.path(split).read_text(encoding="utf-8").splitlines()
    found = data.examples(split)
    assert any("\u2028" in e.text for e in found)
    assert len(lines) > len(found) == ROWS["iflytek"][split]


def test_trap_2_rows_without_a_majority_are_dropped(shared_data: Path) -> None:
    rows = [e.row for e in examples(shared_data, "ocnli", "dev")]
    assert (len(rows), rows[-1]) == (2_950, 2_999)
    path = open_data(load_task("ocnli"), str(shared_data)).path("dev")
    with pytest.raises(DataError, match="label '-' is unknown"):
        read_split(classification("ocnli").model_copy(update={"drop_labels": {}}), "dev", path)


def test_trap_3_labels_may_be_numbers(shared_data: Path, tmp_path: Path) -> None:
    text = (shared_data / "afqmc" / "dev.json").read_text(encoding="utf-8")
    numbers = text.replace('"label": "0"', '"label": 0').replace('"label": "1"', '"label": 1')
    (tmp_path / "dev.json").write_text(numbers, encoding="utf-8")
    read = read_split(classification("afqmc"), "dev", tmp_path / "dev.json")
    assert read == examples(shared_data, "afqmc", "dev")


def test_trap_6_tnews_has_fifteen_labels_and_repeats_sentences(shared_data: Path) -> None:
    train, dev = (examples(shared_data, "tnews", split) for split in ("train", "dev"))
    assert {e.label for e in train} == set(range(15))
    assert len({e.text for e in train} & {e.text for e in dev}) == 924


def test_trap_8_the_longest_texts_are_kept_whole(shared_data: Path) -> None:
    splits = ("train", "dev")
    longest = {
        name: max(
            len(e.text_pair or e.text) for s in splits for e in examples(shared_data, name, s)
        )
        for name in ("iflytek", "csl")
    }
    assert longest["iflytek"] >= 1_755
    assert 500 < longest["csl"] <= 819


def test_wsc_markers_stand_in_every_text_in_both_orders(shared_data: Path) -> None:
    found = [e.text for s in ("train", "test") for e in examples(shared_data, "cluewsc2020", s)]
    orders = Counter(text.index("_") < text.index("[") for text in found)
    assert orders[True] > orders[False] > 400


def test_unlabelled_rows_have_no_label(shared_data: Path) -> None:
    for name in ("afqmc", "tnews", "iflytek", "ocnli", "cluewsc2020", "csl"):
        assert {e.label for e in examples(shared_data, name, "test")} == {None}


def test_both_spellings_of_contradiction_are_one_label(shared_data: Path, tmp_path: Path) -> None:
    text = (shared_data / "xnli" / "dev.tsv").read_text(encoding="utf-8")
    path = tmp_path / "dev.tsv"
    path.write_text(text.replace("\tcontradiction\n", "\tcontradictory\n"), encoding="utf-8")
    assert read_split(classification("xnli"), "dev", path) == examples(shared_data, "xnli", "dev")


def shape(line: str) -> list[tuple[str, str]]:
    """The fields of a row in their order, each with the kind of its value."""
    return [(name, type(value).__name__) for name, value in json.loads(line).items()]


@pytest.mark.parametrize("split", ["train", "dev", "test"])
@pytest.mark.parametrize("name", ["afqmc", "tnews", "iflytek", "ocnli", "cluewsc2020", "csl"])
def test_generated_rows_have_the_publishers_fields_in_their_order(
    shared_data: Path, name: str, split: str
) -> None:
    spec = classification(name)
    published = open_data(spec, str(shared_data)).path(split).read_text(encoding="utf-8")
    generated = make_builtin(spec, "tiny").splits[split].decode()
    assert shape(generated.split("\n")[0]) == shape(published.split("\n")[0])


@pytest.mark.parametrize("name", ["xnli", "lcqmc"])
def test_generated_lines_have_the_publishers_columns(shared_data: Path, name: str) -> None:
    spec = classification(name)
    published = open_data(spec, str(shared_data)).path("dev").read_text(encoding="utf-8")
    lines = make_builtin(spec, "tiny").splits["dev"].decode().split("\n")
    assert lines[0].count("\t") == published.split("\n")[0].count("\t") == 2
    assert (lines[0] == published.split("\n")[0]) is spec.header
