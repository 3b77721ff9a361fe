"""Checksums of what is written to be read back: a flipped bit must not train on unnoticed.

They tell damage, not malice: XXH3 is as fast as memory, which a cryptographic sum isn't, and a
state of a large model has gigabytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import xxhash

CHUNK_BYTES = 4 * 1024 * 1024


def checksum(parts: Iterable[bytes | memoryview]) -> str:
    """Return the checksum of bytes that follow one another, 32 hex digits."""
    found = xxhash.xxh3_128()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def file_checksum(path: Path) -> str:
    """Return the checksum of a file's content.

    Raises:
        OSError: It can't be read.
    """
    found = xxhash.xxh3_128()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content in hex, for what is named by its content elsewhere.

    Raises:
        OSError: It can't be read.
    """
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found.update(chunk)
    return found.hexdigest()
