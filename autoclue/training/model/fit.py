"""Check that a model fits a task's texts, before anything is trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from autoclue.models import ModelSource, pair_hint
from autoclue.models.folders import check_kept_head, check_model
from autoclue.tasks import TaskSpec
from autoclue.training.model.hub import fetch_hub_model, open_if_here
from autoclue.training.model.network import PaddleHead

_ABOUT_PAIRS = {"pair": True, "single": False, "wsc": False}
"""Whether a classification task of an input is about pairs of sentences; others are neither."""


def check_model_fits(
    source: ModelSource,
    spec: TaskSpec,
    train: Iterable[Any],
    head: PaddleHead,
    *,
    keep_head: bool = False,
    fetch: bool = False,
) -> tuple[str, ...]:
    """Check a model's folder, and its vocabulary against the first thousand training texts.

    Args:
        source: The model.
        spec: The task.
        train: Its training examples.
        head: The layers that will be put on top of it.
        keep_head: Whether the model brings its head, which then must be one for the task's labels.
        fetch: Whether a model of PaddleNLP's hub that isn't here yet is fetched.

    Returns:
        What was derived, mapped, left out or looks odd, a clause each; nothing for a model of
        PaddleNLP's hub that isn't here.

    Raises:
        UsageError: It can't be fetched or read, its architecture has no such head, or its parts
            don't fit each other or the texts.
    """
    kept: tuple[str, ...] = ()
    if keep_head:
        kept = (check_kept_head(source.path, spec.output_labels, model=source.name),)
    opened = open_if_here(source)
    given = source.name if source.path is None else str(source.path)
    if opened is None:
        check_model(given, None, (), head=head.kind)  # before it is fetched for nothing
        opened = fetch_hub_model(source.name).open() if fetch else None
    return (*check_model(given, opened, texts_in(train), head=head.kind), *kept)


def model_hint(source: ModelSource, spec: TaskSpec) -> str | None:
    """Say that another model of the same makers is meant for such a task, where that is so.

    Args:
        source: The model.
        spec: The task.
    """
    given: Any = spec
    pairs = _ABOUT_PAIRS.get(given.input.kind) if spec.kind == "classification" else None
    return None if pairs is None else pair_hint(source.name, pairs=pairs)


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
