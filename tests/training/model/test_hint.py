from __future__ import annotations

import pytest

from autoclue.models import ModelSource
from autoclue.tasks import load_task
from autoclue.training.model import model_hint


@pytest.mark.parametrize(
    ("model", "task", "words"),
    [
        ("clue/roberta_chinese_pair_tiny", "tnews", "for single texts take"),
        ("clue/roberta_chinese_pair_tiny", "cluewsc2020", "for single texts take"),
        ("clue/roberta_chinese_clue_tiny", "afqmc", "for pairs of sentences"),
    ],
)
def test_the_other_kind_of_model_is_named(model: str, task: str, words: str) -> None:
    assert words in str(model_hint(ModelSource("hub", model), load_task(task)))


@pytest.mark.parametrize("task", ["csl", "c3", "afqmc"])
def test_nothing_is_said_where_the_model_is_right_or_the_task_neither(task: str) -> None:
    assert (
        model_hint(ModelSource("hub", "clue/roberta_chinese_pair_tiny"), load_task(task)) is None
    )
