"""Check that a model fits a task's texts, before anything is trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from autoclue.models import ModelSource
from autoclue.models.folders import check_kept_head, check_model
from autoclue.tasks import TaskData
from autoclue.training.model.network import PaddleHead


def check_model_fits(
    source: ModelSource, data: TaskData, head: PaddleHead, *, keep_head: bool = False
) -> tuple[str, ...]:
    """Check a model's folder, and its vocabulary against the first thousand training texts.

    Args:
        source: The model.
        data: The task's rows.
        head: The layers that will be put on top of it.
        keep_head: Whether the model brings its head, which then must be one for the task's labels.

    Returns:
        What was derived, mapped, left out or looks odd, a clause each; nothing for a model of
        PaddleNLP's hub, which isn't here yet.

    Raises:
        UsageError: It can't be read, its architecture has no such head, or its parts don't fit
            each other or the texts.
    """
    kept: tuple[str, ...] = ()
    if keep_head:
        kept = (check_kept_head(source.path, data.spec.output_labels, model=source.name),)
    return (*check_model(source, _texts(data), head=head.kind), *kept)


def _texts(data: TaskData) -> Iterator[str]:
    """Yield every text of the training rows, whatever a row of this kind of task is made of."""
    for example in data.examples("train"):
        row: Any = example
        for field in dataclasses.fields(row):
            value = getattr(row, field.name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    yield text
