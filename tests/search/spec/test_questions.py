"""What makes another question: an edited task file, other data, a replaced model."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.models import shipped_folder
from autoclue.option_fields import read_options
from autoclue.options import StudySpec
from autoclue.search.spec.differences import differences
from autoclue.search.spec.plan import Plan, make_plan

Asked = Callable[..., Plan]
TASK = """
name: edit
format: jsonl
files: {train: train.json, dev: train.json}
input: {kind: single, text: title}
labels: ["0", "1"]
recipe: {batch_size: 4}
"""


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Plan a search on a task of eight rows, with a copy of the model that ships."""
    rows = [f'{{"title": "标题{n}", "content": "内容{n}", "label": {n % 2}}}\n' for n in range(8)]
    (tmp_path / "train.json").write_text("".join(rows), encoding="utf-8")
    (tmp_path / "task.yaml").write_text(TASK, encoding="utf-8")
    shutil.copytree(shipped_folder(), tmp_path / "model")

    def plan(**changes: Any) -> Plan:
        given = {"task": str(tmp_path / "task.yaml"), "model": str(tmp_path / "model"), **changes}
        return make_plan(read_options(StudySpec, given))

    return plan


def test_the_same_files_ask_the_same(asked: Asked) -> None:
    assert differences(asked().settings, asked().settings) == {}


def test_an_edited_task_file_is_told_with_what_changed(asked: Asked, tmp_path: Path) -> None:
    before = asked()
    text = TASK.replace("text: title", "text: content")
    (tmp_path / "task.yaml").write_text(text, encoding="utf-8")
    after = asked()
    assert after.default_name == before.default_name
    assert differences(before.settings, after.settings) == {
        "task_file": "the task's file has changed: input.text was 'title' and is 'content'"
    }


def test_a_title_is_no_other_question(asked: Asked, tmp_path: Path) -> None:
    before = asked()
    (tmp_path / "task.yaml").write_text(f"{TASK}title: Edited\n", encoding="utf-8")
    assert differences(before.settings, asked().settings) == {}


@pytest.mark.parametrize("name", ["vocab.txt", "model.safetensors"])
def test_a_replaced_model_is_told(asked: Asked, tmp_path: Path, name: str) -> None:
    before = asked()
    content = bytearray((tmp_path / "model" / name).read_bytes())
    content[-2] ^= 1
    (tmp_path / "model" / name).write_bytes(content)
    told = differences(before.settings, asked().settings)
    assert told == {"model_fingerprint": "the weights or the vocabulary of the model has changed"}


def test_a_study_from_before_fingerprints_goes_on(asked: Asked) -> None:
    settings = asked().settings
    older = {k: v for k, v in settings.items() if k not in ("task_file", "model_fingerprint")}
    assert differences(older, settings) == {}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"settings": ["max_length_tokens=1024"]},
            r"No trial of this space can be trained: max_length_tokens is 1024, but the model has",
        ),
        (
            {"settings": ["frozen_blocks=9"]},
            r"No trial .*: frozen_blocks is 9, but this model has \d blocks here",
        ),
        ({"settings": ["batch_size=16"]}, r"batch_size is 16, but there are 8 rows to train on"),
        ({"baseline": ["batch_size=16"]}, r"The baseline can't be trained: batch_size is 16"),
    ],
)
def test_values_that_can_never_work_are_refused(
    asked: Asked, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        asked(**changes)


def test_what_part_of_a_space_can_not_work_is_said(asked: Asked) -> None:
    plan = asked(settings=["max_length_tokens=64,1024"])
    (told,) = plan.space_notes
    assert told.startswith("some of the space can't work: max_length_tokens is 1024, but the")


@pytest.mark.parametrize(("max_steps", "void"), [(10, ("epochs",)), (None, ())])
def test_epochs_are_void_where_steps_are_given(
    asked: Asked, max_steps: int | None, void: tuple[str, ...]
) -> None:
    plan = asked(settings=["epochs=2,3"], max_steps=max_steps)
    assert plan.void == void


def test_what_is_odd_about_the_data_is_noted(asked: Asked) -> None:
    assert (
        asked(settings=["batch_size=4"])
        .data_notes[0]
        .startswith("8 of dev's 8 rows stand in train too")
    )
