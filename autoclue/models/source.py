"""Decide what ``--model`` means: a folder, the model that ships, or a name on PaddleNLP's hub."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autoclue.errors import UsageError
from autoclue.models.catalog import find_model
from autoclue.models.shipped import SHIPPED

BUILTIN = "builtin"

_NEEDED = {
    "a configuration (config.json, model_config.json or bert_config.json)": (
        "config.json",
        "model_config.json",
        "bert_config.json",
    ),
    "weights (*.safetensors, model_state.pdparams, pytorch_model.bin or *.ckpt.index)": (
        "*.safetensors",
        "model_state*.pdparams",
        "pytorch_model*.bin",
        "*.index",
    ),
    "a vocabulary (vocab.txt, or tokenizer.json or a *.model file)": (
        "vocab.txt",
        "vocab.json",
        "tokenizer.json",
        "*.model",
    ),
}
_PATH_PREFIXES = ("~", f".{os.sep}", f"..{os.sep}")


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model comes from.

    Attributes:
        kind: "hub" for a name that PaddleNLP resolves, "local" for a folder, "builtin" for the
            pretrained model that ships.
        name: The hub name, the folder's name, or "autoclue-tiny-zh" or "builtin", which are one.
        path: The folder, absolute; ``None`` unless ``kind`` is "local".
        fetched: Of a model of the hub, the folder of a copy of it that is used in its place.
    """

    kind: Literal["hub", "local", "builtin"]
    name: str
    path: Path | None = None
    fetched: Path | None = None


def resolve_model(text: str) -> ModelSource:
    """Decide what a model argument means; nothing is downloaded or loaded.

    An existing folder wins over a hub name, as it does in PaddleNLP. A name that the catalog
    doesn't hold is taken as a hub name, because PaddleNLP knows many more.

    Args:
        text: "autoclue-tiny-zh", "builtin", a folder, or a hub name such as "ernie-3.0-base-zh"
            or "hfl/rbt3".

    Raises:
        UsageError: It is empty, a path where nothing is, a file, or a folder that lacks a part
            of a model.

    Examples:
        >>> from autoclue.models import resolve_model
        >>> resolve_model("ernie-3.0-base-zh").kind, resolve_model("builtin").kind
        ('hub', 'builtin')
    """
    given = text.strip()
    if not given:
        raise UsageError("No model given; give a folder, a PaddleNLP name or 'builtin'.")
    if given in (BUILTIN, SHIPPED):
        return ModelSource("builtin", given)
    path = Path(os.path.expanduser(given))
    if path.is_dir():
        return _local(path.resolve(), given)
    if path.exists():
        raise UsageError(f"Model {given!r} is a file; give the folder that holds it.")
    if _looks_like_path(given):
        raise UsageError(f"There is no folder {given!r}; give a model's folder or PaddleNLP name.")
    return ModelSource("hub", given)


def _looks_like_path(text: str) -> bool:
    return os.path.isabs(text) or text.startswith(_PATH_PREFIXES) or text.endswith(os.sep)


def _local(path: Path, given: str) -> ModelSource:
    missing = [
        part
        for part, patterns in _NEEDED.items()
        if not any(file.is_file() for pattern in patterns for file in path.glob(pattern))
    ]
    if missing:
        shadow = (
            "; it hides the PaddleNLP model of that name, so rename or remove it to use that one"
            if find_model(given) is not None
            else ""
        )
        raise UsageError(f"Folder {given!r} lacks {', '.join(missing)}{shadow}.")
    return ModelSource("local", path.name, path)
