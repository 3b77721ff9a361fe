from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.tasks import ClassificationSpec, TaskSpec, load_task, task_names

MINIMAL = """
name: mine
format: jsonl
files: {train: t.jsonl, dev: d.jsonl}
input: {kind: single, text: s}
labels: [a, b]
"""


def test_the_tasks_of_clue_and_chineseglue_ship() -> None:
    clue = {"afqmc", "tnews", "iflytek", "ocnli", "cmnli", "cluewsc2020", "csl"}
    assert set(task_names()) == clue | {"xnli", "lcqmc", "inews"}


def test_names_are_found_in_any_case() -> None:
    assert load_task("XNLI") == load_task("xnli")


def test_a_task_that_ships_has_no_source() -> None:
    assert load_task("xnli").source is None


def test_an_unknown_name_lists_the_close_one_and_the_other_way() -> None:
    with pytest.raises(UsageError, match=r"'xlni'\. Did you mean xnli\?.*path of a \.yaml file"):
        load_task("xlni")


def test_a_path_is_read_as_a_users_own_task(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(MINIMAL, encoding="utf-8")
    spec = load_task(str(path))
    assert (spec.name, spec.source) == ("mine", path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no task file .*gone\.yaml"):
        load_task(str(tmp_path / "gone.yaml"))


def test_an_unknown_kind_of_task_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"kind: clasification\n{MINIMAL}", encoding="utf-8")
    with pytest.raises(UsageError, match=r"Unknown kind of task 'clasification'\. Did you mean"):
        load_task(str(path))


def test_a_key_of_no_kind_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"{MINIMAL}doc_stride: 128\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"mine\.yaml: doc_stride: is not a known key$"):
        load_task(str(path))


def test_a_task_of_another_kind_is_not_taken_for_a_classification() -> None:
    spec = TaskSpec.model_construct(name="puzzle", kind="riddle")
    with pytest.raises(UsageError, match=r"puzzle is a riddle task; this takes a classification"):
        ClassificationSpec.of(spec)
