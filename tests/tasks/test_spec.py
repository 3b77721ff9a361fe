from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from autoclue.errors import UsageError
from autoclue.tasks import ClassificationSpec, load_task

MakeSpec = Callable[..., ClassificationSpec]
TSV = {"format": "tsv", "columns": ["a", "b", "label"]}


def test_a_small_task_takes_clues_recipe(make_spec: MakeSpec) -> None:
    recipe = make_spec().recipe
    assert (recipe.learning_rate, recipe.batch_size, recipe.dropout) == (3e-5, 32, 0.1)


def test_a_task_without_a_title_is_called_by_its_name(make_spec: MakeSpec) -> None:
    assert make_spec().display_name == "small"


def test_one_file_name_counts_as_a_list_of_one(make_spec: MakeSpec) -> None:
    assert make_spec().files["train"] == ("train.json",)


def test_labels_written_as_numbers_become_text(make_spec: MakeSpec) -> None:
    assert make_spec(labels=[0, 1]).labels == ("0", "1")


def test_label_ids_follow_the_order_and_hold_the_aliases(make_spec: MakeSpec) -> None:
    spec = make_spec(labels=["yes", "no"], label_aliases={"nope": "no"})
    assert spec.label_ids == {"yes": 0, "no": 1, "nope": 1}


def test_a_task_can_not_be_changed(make_spec: MakeSpec) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        make_spec().name = "other"


def test_a_users_task_remembers_its_file_through_pickling(make_spec: MakeSpec) -> None:
    spec = make_spec().read_from(Path("mine.yaml"))
    assert pickle.loads(pickle.dumps(spec)).source == Path("mine.yaml")


def test_remembering_the_file_leaves_the_original_alone(make_spec: MakeSpec) -> None:
    spec = make_spec()
    spec.read_from(Path("mine.yaml"))
    assert spec.source is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": [True, False]}, "put quotes around yes, no, true and false"),
        ({"labels": ["a", "a"]}, "labels: a label stands twice"),
        ({"labels": ["a"]}, "at least 2 are needed, not 1"),
        ({"label_aliases": {"nope": "nein"}}, "label_aliases.nope: 'nein' is not a label"),
        ({"label_aliases": {"yes": "no"}}, "label_aliases.yes: is a label itself"),
        ({"drop_labels": {"dev": ["yes"]}}, "drop_labels.dev: 'yes' is a label"),
        ({"drop_labels": {"dve": ["-"]}}, "drop_labels.dve: no such split"),
        ({"files": {"train": "t"}}, "files.dev: is missing"),
        ({"files": {"train": [], "dev": "d"}}, "files.train: names no file"),
        ({"metric": "f1"}, "no metric is called 'f1'; there is accuracy"),
        ({"delimiter": ","}, "delimiter: doesn't belong to format jsonl, but to tsv and csv"),
        (TSV | {"header": True}, "one of the two"),
        ({"format": "tsv"}, "one of the two"),
        (TSV | {"columns": ["a", "b"]}, "columns: label is used but not among the columns"),
        (TSV | {"columns": ["a", "b", "label", "a"]}, "columns: a name stands twice"),
        (TSV | {"delimiter": "\n"}, "delimiter: can't hold a line break"),
        (TSV | {"input": {"kind": "csl", "text": "a", "keywords": "b"}}, "csl needs format jsonl"),
        ({"recipe": {"gradient_accumulation_steps": 5}}, "can't be cut into 5 equal parts"),
        ({"recipe": {"epochs": True}}, "recipe.epochs"),
        ({"recipe": {"learning_rate": float("nan")}}, "recipe.learning_rate"),
        ({"download": {"url": "https://h/a.zip"}}, "download.md5"),
    ],
)
def test_a_mistake_in_a_task_is_named(
    make_spec: MakeSpec, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)):
        make_spec(**changes)


def test_all_mistakes_of_a_file_are_named_at_once_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("name: Bad Name\nformat: xml\nlables: [a, b]\n", encoding="utf-8")
    with pytest.raises(
        UsageError,
        match=r"bad\.yaml: name: .*; files: is missing; format: .*; "
        r"input: is missing; lables: is not a known key",
    ):
        load_task(str(path))
