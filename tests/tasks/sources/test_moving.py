"""A task's rows on another machine are the same rows, read by the same keys."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.tasks import (
    TaskData,
    has_builtin,
    load_task,
    open_data,
    open_moved,
    pack_data,
    rows_key,
    task_names,
)
from autoclue.tasks.sources.moving import DESCRIPTION

BUILTIN = [name for name in task_names() if has_builtin(load_task(name))]


def moved(data: TaskData, folder: Path) -> TaskData:
    """What another machine opens, which has nothing but what was packed."""
    packed = pack_data(data)
    for name, source in packed.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)
    for name, text in packed.texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return open_moved(folder)


def same(found: TaskData, data: TaskData) -> bool:
    return (
        found.fingerprint == data.fingerprint
        and rows_key(found.spec) == rows_key(data.spec)
        and all(found.examples(split) == data.examples(split) for split in ("train", "dev"))
    )


@pytest.mark.parametrize("name", BUILTIN)
def test_every_task_moves_with_its_rows_and_its_keys(name: str, tmp_path: Path) -> None:
    data = open_data(load_task(name), "builtin:tiny")

    found = moved(data, tmp_path)

    assert same(found, data)
    assert found.spec.model_dump_json() == data.spec.model_dump_json()
    assert found.splits == ("train", "dev")


def test_labels_found_in_the_rows_and_a_part_cut_off_move_too(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    rows = "".join(f"{text}\t{'是' if text < 20 else '不'}\n" for text in range(40))
    (own / "all.tsv").write_text(f"text\tlabel\n{rows}", encoding="utf-8")
    (own / "own.yaml").write_text(
        "name: own\nformat: tsv\nheader: true\nfiles: {train: all.tsv}\nsplit: {dev: 0.25}\n"
        "input: {kind: single, text: text}\n",
        encoding="utf-8",
    )
    data = open_data(load_task(str(own / "own.yaml")), "download")

    assert same(moved(data, tmp_path / "there"), data)


def test_a_member_of_an_archive_moves_with_the_archive(easy_task: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    with zipfile.ZipFile(own / "rows.zip", "w") as archive:
        for name in ("train.tsv", "dev.tsv"):
            archive.write(easy_task.with_name(name), f"deep/{name}")
    text = easy_task.read_text(encoding="utf-8")
    for name in ("train.tsv", "dev.tsv"):
        text = text.replace(name, f"rows.zip/deep/{name}")
    (own / "own.yaml").write_text(text, encoding="utf-8")
    data = open_data(load_task(str(own / "own.yaml")), "download")

    assert list(pack_data(data).files) == ["files/rows.zip"]
    assert same(moved(data, tmp_path / "there"), data)


def test_another_column_is_another_question(easy_task: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = easy_task.read_text(encoding="utf-8")
    other.write_text(text.replace("labels: [bad, good]", "labels: [good, bad]"), encoding="utf-8")
    retold = tmp_path / "retold.yaml"
    retold.write_text(text.replace("decides", "is what counts"), encoding="utf-8")

    keys = [rows_key(load_task(str(path))) for path in (easy_task, retold, other)]

    assert (keys[0] == keys[1], keys[0] == keys[2]) == (True, False)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('"format": 1', '"format": 2', "in another form"),
        ('["dev.tsv"]', '["../dev.tsv"]', "in another form"),
        ('"kind": "classification"', '"kind": "none"', "none"),
        ('"synthetic": false', '"synthetic": "?"', "describes no task"),
    ],
)
def test_a_description_that_is_not_as_written_is_refused(
    before: str, after: str, words: str, easy_task: Path, tmp_path: Path
) -> None:
    moved(open_data(load_task(str(easy_task)), "download"), tmp_path)
    path = tmp_path / DESCRIPTION
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")

    with pytest.raises(UsageError, match=words):
        open_moved(tmp_path)
