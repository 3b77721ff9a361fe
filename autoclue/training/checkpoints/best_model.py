"""Keep the best model of a trial in PaddleNLP's own form, written whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from safetensors import SafetensorError

from autoclue.errors import FolderError, UsageError
from autoclue.outside import read_text
from autoclue.records import Evaluation
from autoclue.system import checksum, file_checksum
from autoclue.tasks import TaskSpec
from autoclue.training.checkpoints.durable import put_in_place, sync, sync_tree
from autoclue.training.config import TrialConfig
from autoclue.training.platform import make_scratch, share_as_usual
from autoclue.yaml_files import describe

DESCRIPTION = "autoclue.json"
SCRATCH_PREFIX = ".best-"


@dataclass(frozen=True, slots=True)
class KeptModel:
    """What the description beside a kept network says.

    Attributes:
        config: The settings of the trial that kept it.
        labels: What each output of the network stands for; empty where that is no fixed list.
        kind: Kind of its task.
    """

    config: TrialConfig
    labels: tuple[str, ...]
    kind: str = "classification"


def read_kept(folder: Path) -> KeptModel:
    """Read the description of a kept model.

    Raises:
        UsageError: The folder holds none, or one that can't be read.
    """
    path = folder / DESCRIPTION
    try:
        found = json.loads(read_text(path))
        damaged = damaged_files(folder)
        if damaged:
            raise UsageError(
                f"The model in {folder} is damaged: {', '.join(damaged)} isn't as autoclue wrote "
                "it. Train it again, or take it from a backup."
            )
        config = TrialConfig.model_validate(found["config"])
        return KeptModel(config, tuple(found["labels"]), found.get("kind", "classification"))
    except OSError as error:
        raise UsageError(
            f"{folder} holds no model that autoclue kept: {DESCRIPTION} can't be read "
            f"({error.strerror or error}); give the folder 'best' of a study or a training."
        ) from error
    except ValidationError as error:
        raise UsageError(f"{path}: {describe(error)}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a description that autoclue wrote ({error}).") from error


def save_best(
    folder: Path,
    *,
    network: Any,
    tokenizer: Any,
    config: TrialConfig,
    spec: TaskSpec,
    evaluation: Evaluation,
) -> None:
    """Replace the kept model.

    The folder loads with the Auto class of the task's head; weights are in safetensors form, so
    that loading them runs no one's code. ``autoclue.json`` beside them says what was trained, how
    well it scored, and which label each index means.

    Args:
        folder: Where the model is kept.
        network: The network as it is now.
        tokenizer: Its tokenizer.
        config: The trial's settings.
        spec: The task.
        evaluation: The score it was kept for.

    Raises:
        FolderError: It can't be written (a full disk, a read-only folder).
    """
    description: dict[str, object] = {
        "format": 2,
        "config": config.model_dump(),
        "evaluation": asdict(evaluation),
        "kind": spec.kind,
        "labels": list(spec.output_labels),
        "metric": spec.metric,
    }
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = make_scratch(folder.parent, SCRATCH_PREFIX)
        try:
            network.save_pretrained(str(scratch), safe_serialization=True)
            tokenizer.save_pretrained(str(scratch))
            description["checksums"] = _checksums(scratch)
            description["checksum"] = _own_checksum(description)
            text = json.dumps(description, ensure_ascii=False, indent=1)
            (scratch / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
            share_as_usual(scratch)
            sync_tree(scratch)
            put_in_place(scratch, folder, scratch_prefix=SCRATCH_PREFIX)
            sync(folder.parent)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except (OSError, SafetensorError) as error:
        raise FolderError.writing("The best model", folder, error) from error


def _checksums(folder: Path) -> dict[str, str]:
    """Return the checksum of every file of a model but its description, by name."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: file_checksum(path) for path in files if path.name != DESCRIPTION}


def _own_checksum(description: Mapping[str, object]) -> str:
    rest = {name: value for name, value in description.items() if name != "checksum"}
    return checksum([json.dumps(rest, ensure_ascii=False, sort_keys=True).encode()])


def damaged_files(folder: Path) -> tuple[str, ...]:
    """Name the files of a kept model that are missing or aren't what was written.

    A model that was kept before there were checksums has none that can be told.

    Args:
        folder: Where the model is kept; its description can be read.

    Raises:
        OSError: A file can't be read.
    """
    told = json.loads(read_text(folder / DESCRIPTION))
    if not isinstance(told, dict):
        return (DESCRIPTION,)
    if told.get("format") == 1:
        return ()
    if told.get("checksum") != _own_checksum(told):
        return (DESCRIPTION,)
    return tuple(
        name
        for name, written in told["checksums"].items()
        if not (folder / name).is_file() or file_checksum(folder / name) != written
    )


def kept_evaluation(folder: Path) -> Evaluation | None:
    """Return the evaluation that a kept model was kept for; ``None`` when no model is whole.

    Args:
        folder: Where the model is kept.
    """
    try:
        told = json.loads(read_text(folder / DESCRIPTION))
        return Evaluation(**told["evaluation"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def kept_step(folder: Path) -> int | None:
    """Return the step after which a kept model was scored; ``None`` when none is whole."""
    found = kept_evaluation(folder)
    return None if found is None else found.step
