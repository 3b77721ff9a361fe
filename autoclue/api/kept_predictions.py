"""Predictions that stand beside what they were made of, so that they are made once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from autoclue.api.after_training import models_and_data, predicting
from autoclue.outside import read_text
from autoclue.predict_options import FineTunedOptions, PredictArguments
from autoclue.results import PredictResult

if TYPE_CHECKING:
    from autoclue.tasks import TaskData

MADE_FROM: Final = "made-from.json"
"""What predictions were made of, and their checksums; written last."""


def predicted_once(model: Path, folder: Path, *, device: str = "auto") -> PredictResult:
    """Predict every test part of a kept model's task, unless that is done.

    It is where the same model has answered the same rows and the files are as they were written.

    Args:
        model: Folder of the kept model.
        folder: Where the files go.
        device: ``auto``, ``cpu``, ``gpu`` or ``xpu``.

    Raises:
        UsageError: See ``predict``.
        FolderError: The files can't be written.
    """
    from autoclue.tasks.submission import write_files

    options = FineTunedOptions(model=model, device=device)
    _, data = models_and_data(options)
    made_from = {"model": _model_checksum(model), "rows": _rows_checksum(data)}
    known = _known(folder, made_from, data)
    if known is not None:
        return known
    result = predicting(PredictArguments(models=options, out=folder))
    told = {
        **made_from,
        "files": {file.name: _checksum([file]) for file in result.files},
        "predicted": dict(result.rows),
        "scores": {split: dict(scores) for split, scores in result.scores.items()},
    }
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    write_files(folder, {MADE_FROM: text.encode()}, what="What the predictions were made of")
    return result


def _known(folder: Path, made_from: Mapping[str, str], data: TaskData) -> PredictResult | None:
    """Return the predictions that are there, if they are of just this and whole."""
    try:
        told = json.loads(read_text(folder / MADE_FROM))
        files = {folder / name: checksum for name, checksum in told["files"].items()}
        same = all(told[name] == value for name, value in made_from.items())
        if not same or any(_checksum([file]) != checksum for file, checksum in files.items()):
            return None
        rows, scores = told["predicted"], told["scores"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # they are made anew
    return PredictResult(
        task=data.spec.name,
        files=tuple(files),
        arrays=(),
        rows=rows,
        scores=scores,
        data=data.origin,
        synthetic=data.synthetic,
    )


def _model_checksum(model: Path) -> str:
    """Identify a kept model by the files of its folder."""
    return _checksum(sorted(path for path in model.rglob("*") if path.is_file()))


def _rows_checksum(data: TaskData) -> str:
    from autoclue.tasks import find_test_parts

    return _checksum(data.path(split) for split in find_test_parts(data))


def _checksum(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode())
        with path.open("rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    return digest.hexdigest()
