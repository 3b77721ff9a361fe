"""Check that a model fits a task's texts, before anything is trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from autoclue.models import ModelSource
from autoclue.models.folders import check_model
from autoclue.tasks import TaskData


def check_model_fits(source: ModelSource, data: TaskData) -> tuple[str, ...]:
    """Check a model's folder, and its vocabulary against the first thousand training texts.

    Args:
        source: The model.
        data: The task's rows.

    Returns:
        What was derived, mapped, left out or looks odd, a clause each; nothing for a model of
        PaddleNLP's hub, which isn't here yet.

    Raises:
        UsageError: It can't be read, or its parts don't fit each other or the texts.
    """
    return check_model(source, texts_in(data.examples("train")))


def texts_in(examples: Iterable[Any]) -> Iterator[str]:
    """Yield every text of some examples, whatever a row of their kind of task is made of.

    Args:
        examples: Examples of any kind; their ids are no text.
    """
    for row in examples:
        for field in dataclasses.fields(row):
            value = None if field.name == "id" else getattr(row, field.name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    yield text
