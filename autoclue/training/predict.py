"""Write what fine-tuned models predict, in the files that are handed in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import UsageError
from autoclue.tasks import TaskData, find_test_parts, prediction_contents
from autoclue.tasks.submission import check_folder_for, write_files
from autoclue.training.evaluate import (
    FineTuned,
    ModelAnswers,
    answer_rows,
    can_score,
    score_part,
)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        files: The prediction files.
        arrays: The files of logits and probabilities.
        rows: By split, how many rows were predicted.
        scores: By split, the scores of what was predicted, where the answers are known.
    """

    files: tuple[Path, ...]
    arrays: tuple[Path, ...]
    rows: Mapping[str, int]
    scores: Mapping[str, Mapping[str, float]]


def splits_to_predict(data: TaskData, split: str | None) -> tuple[str, ...]:
    """Return the splits that are predicted: one by its name, or every test part that is there.

    Raises:
        UsageError: It isn't there.
    """
    if split is None:
        return find_test_parts(data)
    data.path(split)  # refuses one that isn't there
    return (split,)


def predict_splits(
    models: Sequence[FineTuned],
    data: TaskData,
    splits: Sequence[str],
    folder: Path,
    *,
    arrays: bool = False,
    device: str = "auto",
) -> Written:
    """Predict some splits and write the files of all of them, once the last has been predicted.

    Args:
        models: At least one; the answers of several are averaged.
        data: The task's rows.
        splits: Splits that are there.
        folder: Where the files are written.
        arrays: Whether logits and probabilities are written too.
        device: ``auto``, ``cpu``, ``gpu`` or ``xpu``.

    Raises:
        UsageError: See ``answer_rows``; or the folder can't be written.
        FolderError: The files can't be written.
    """
    check_folder_for(folder)
    files: dict[str, bytes] = {}
    kept: dict[str, bytes] = {}
    rows: dict[str, int] = {}
    scores = {}
    for split in splits:
        said = answer_rows(models, data, split, device=device)
        contents = prediction_contents(data.spec, split, said.predictions)
        files |= contents
        rows[split] = len(said.predictions)
        if can_score(data, split):
            everything = range(rows[split])
            scores[split] = score_part(data, said.predictions, said.examples, everything).scores
        if arrays:
            name = f"{Path(next(iter(contents))).stem}.npz"
            kept[name] = _packed(_arrays(data, said))
    written = write_files(folder, {**files, **kept}, what="The predictions")
    return Written(written[: len(files)], written[len(files) :], rows, scores)


def _arrays(data: TaskData, said: ModelAnswers) -> dict[str, NDArray[Any]]:
    """Collect what is kept of a split: the rows' ids, the labels' names and what is said."""
    found: dict[str, NDArray[Any]] = {"ids": np.array(said.predictions.ids)}
    if data.spec.output_labels:
        found["labels"] = np.array(data.spec.output_labels)
    return found | said.head.arrays(said.outputs, said.features)


def _packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack arrays as an npz file; the same arrays always make the same bytes."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]  # names are no options
    return buffer.getvalue()


def check_same_task(models: Sequence[FineTuned]) -> None:
    """Refuse models that don't answer together.

    Raises:
        UsageError: Two of them answer different tasks, or by different protocols.
    """
    first = models[0]
    for other in models[1:]:
        if other.spec.name != first.spec.name or other.spec.version != first.spec.version:
            raise UsageError(
                f"The model in {first.folder} is of {first.spec.name}, and that in {other.folder} "
                f"of {other.spec.name}; give models of one task, or name the task with --task."
            )
        if other.protocol != first.protocol:
            raise UsageError(
                f"The model in {first.folder} was trained by protocol {first.protocol}, and that "
                f"in {other.folder} by {other.protocol}, which answer differently; give models of "
                "one protocol."
            )
