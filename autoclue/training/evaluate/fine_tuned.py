"""Find a model that was fine-tuned before: one that autoclue kept, or any folder of PaddleNLP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.models.folders import ModelFolder, head_labels, no_such_head, open_model
from autoclue.tasks import TaskSpec, load_task
from autoclue.training.checkpoints import DESCRIPTION, KeptModel, read_kept
from autoclue.training.heads import make_head
from autoclue.training.protocols import CLUE

BEST = "best"
"""Folder of the kept model in the folder of a study or a training."""

MOST_NAMED = 8
"""Labels that a message names."""


@dataclass(frozen=True, slots=True)
class FineTuned:
    """A model that has learnt a task.

    Attributes:
        folder: Network, head and tokenizer.
        spec: The task.
        kept: What autoclue wrote beside it; ``None`` for another's folder.
        max_length_tokens: Longest input, special tokens included.
    """

    folder: Path
    spec: TaskSpec
    kept: KeptModel | None
    max_length_tokens: int

    @property
    def data(self) -> str | None:
        """Where the rows came from that it was trained on, as far as that is known."""
        return None if self.kept is None else self.kept.config.data

    @property
    def seed(self) -> int:
        """A seed to build the network with; nothing of what it answers depends on it."""
        return 0 if self.kept is None else self.kept.config.seed

    @property
    def protocol(self) -> str:
        """The protocol it was trained by; ``clue`` for another's folder."""
        return CLUE.name if self.kept is None else self.kept.config.protocol


def find_fine_tuned(
    folder: Path, *, task: str | None = None, max_length_tokens: int | None = None
) -> FineTuned:
    """Find a fine-tuned model and check that it can answer a task; no network is built.

    Args:
        folder: What a trial kept, the folder of a study or a training with a ``best`` in it, or
            a folder of PaddleNLP's with a head.
        task: The task; ``None`` takes the one that a kept model was trained on.
        max_length_tokens: Longest input; ``None`` takes that of its training, or of the task's
            recipe as far as the model has positions.

    Raises:
        UsageError: There is no such folder, nothing says which task it is of, or it is of another
            kind of task, has other labels, or no head.
    """
    folder = folder.expanduser()
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}; give the folder of a fine-tuned model.")
    found = next((f for f in (folder, folder / BEST) if (f / DESCRIPTION).is_file()), None)
    if found is not None:
        return _kept(found.resolve(), task, max_length_tokens)
    if task is None:
        raise UsageError(
            f"{folder} holds no model that autoclue kept ({DESCRIPTION} is missing), so that "
            "nothing says which task it is of; name it with --task, or give the folder 'best' of "
            "a study or a training."
        )
    return _of_paddlenlp(folder.resolve(), load_task(task), max_length_tokens)


def _kept(folder: Path, task: str | None, max_length_tokens: int | None) -> FineTuned:
    kept = read_kept(folder)
    spec = load_task(kept.config.task if task is None else task)
    if spec.output_labels or kept.kind != spec.kind:  # other labels are found in the data
        check_kept(kept, folder, spec)
    length = kept.config.max_length_tokens if max_length_tokens is None else max_length_tokens
    return FineTuned(folder, spec, kept, length)


def check_kept(kept: KeptModel, folder: Path, spec: TaskSpec) -> None:
    """Refuse a kept model that can't answer a task.

    Raises:
        UsageError: It is of another kind of task, or has other labels.
    """
    if kept.kind != spec.kind:
        raise UsageError(
            f"The model in {folder} was trained for {kept.config.task}, a {kept.kind} task, but "
            f"{spec.name} is a {spec.kind} task; give a model that was trained on it."
        )
    if spec.output_labels != kept.labels:
        raise UsageError(
            f"The model in {folder} was trained for the labels {_listed(kept.labels)}, but "
            f"{spec.name} has {_listed(spec.output_labels)}; give a model that was trained on it."
        )


def _of_paddlenlp(folder: Path, spec: TaskSpec, max_length_tokens: int | None) -> FineTuned:
    opened = open_model(folder)
    _check_head(opened, spec)
    if max_length_tokens is None:
        positions = opened.sizes.get("max_position_embeddings", 0)
        wanted = spec.recipe.max_length_tokens
        max_length_tokens = min(wanted, positions) if positions > 0 else wanted
    found = FineTuned(folder, spec, None, max_length_tokens)
    check_answers(found, spec)
    return found


def _check_head(opened: ModelFolder, spec: TaskSpec) -> None:
    """Refuse a folder whose head can't be the task's; its shapes are looked at when it is loaded.

    Raises:
        UsageError: Its architecture has no such head, or its configuration names another one.
    """
    kind = make_head(spec).layers.kind
    if not opened.architecture.has_head(kind):
        raise no_such_head(str(opened.path), f"AutoModel{kind}")
    listed = opened.config.get("architectures")
    named = listed[0] if isinstance(listed, list) and listed else opened.config.get("init_class")
    if isinstance(named, str) and not named.endswith(kind):
        raise UsageError(
            f"The model in {opened.path} is {named[:100]}, but {spec.name} needs the head of a "
            f"class that ends in {kind}; give a model that was fine-tuned on it."
        )


def check_answers(model: FineTuned, spec: TaskSpec) -> None:
    """Refuse a model whose outputs stand for other labels than a task's.

    Args:
        model: The model.
        spec: The task, with the labels that its data may have given it.

    Raises:
        UsageError: They do; or a kept model is of another kind of task.
    """
    if model.kept is not None:
        check_kept(model.kept, model.folder, spec)
        return
    labels = head_labels(model.folder)
    if spec.output_labels and labels is not None and labels != spec.output_labels:
        raise UsageError(
            f"The outputs of the model in {model.folder} stand for {_listed(labels)}, but "
            f"those of {spec.name} for {_listed(spec.output_labels)}; both must be the same "
            "in the same order."
        )


def _listed(labels: Sequence[str]) -> str:
    """Write labels out, the first of them where there are many."""
    more = f" and {len(labels) - MOST_NAMED} more" if len(labels) > MOST_NAMED else ""
    return ", ".join(labels[:MOST_NAMED]) + more
