"""Which files of a model's folder another machine needs."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from autoclue.errors import UsageError
from autoclue.models.folders.config_file import CONFIG_FILES
from autoclue.models.folders.fingerprint import PATTERNS, folder_fingerprint

DESCRIBING: Final = ("*.json", "*.txt")
"""Configurations of networks and tokenizers, and indexes of weights in several files."""


def model_files(folder: Path) -> dict[str, Path]:
    """Return the files of a model by name: weights, vocabulary and configuration."""
    found = {path for pattern in (*PATTERNS, *DESCRIBING) for path in folder.glob(pattern)}
    return {path.name: path for path in sorted(found) if path.is_file()}


def content_key(folder: Path) -> str:
    """Identify a model by its weights, its vocabulary and its configuration.

    Raises:
        UsageError: A file can't be read.
    """
    digest = hashlib.sha256(folder_fingerprint(folder).encode())
    for name in (*CONFIG_FILES, "tokenizer_config.json", "special_tokens_map.json"):
        path = folder / name
        if path.is_file():
            try:
                digest.update(f"{name} ".encode() + hashlib.sha256(path.read_bytes()).digest())
            except OSError as error:
                raise UsageError(f"{path} can't be read: {error.strerror or error}.") from error
    return digest.hexdigest()
