"""Tell by content whether a model's folder is still the one that it was."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from autoclue.errors import UsageError

CHUNK_BYTES: Final = 1 << 20
PATTERNS: Final = (
    *("*.safetensors", "*.pdparams", "pytorch_model*.bin", "*.ckpt.*", "*.index"),
    *("vocab.txt", "vocab.json", "merges.txt", "tokenizer.json", "*.model"),
)
"""Weights and vocabularies; a configuration that changes asks for other weights, or says nothing
that changes them."""


def folder_fingerprint(folder: Path) -> str:
    """Identify a model by the content of its weights and vocabulary, as 32 hexadecimal digits.

    Raises:
        UsageError: A file can't be read.
    """
    files = {path for pattern in PATTERNS for path in folder.glob(pattern) if path.is_file()}
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(files):
        try:
            digest.update(f"{path.name} {path.stat().st_size}\n".encode())
            with path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
        except OSError as error:
            raise UsageError(f"{path} can't be read: {error.strerror or error}.") from error
    return digest.hexdigest()
