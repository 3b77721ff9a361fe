"""What a store of objects does; a new one adds itself to ``STORES`` of its contract suite."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from autoclue.errors import TroubleError


class StoreError(TroubleError):
    """An artifact store can't be reached, or refuses what is asked of it."""


class ObjectStore(Protocol):
    """Keeps objects that never change, each below a place and under the sha256 of its content.

    A place is a relative path with ``/`` between its parts. What is there under a name is whole,
    or a reader finds out by its sum. Every method raises ``StoreError`` where the store can't be
    used.
    """

    @property
    def text(self) -> str:
        """Its address, for people."""

    def put(self, source: Path, place: str) -> str:
        """Keep a copy of a file, unless it is there already; return its sha256 in hex.

        Raises:
            OSError: The file can't be read.
        """

    def get(self, place: str, sha256: str, target: Path) -> bool:
        """Copy an object to a file of this machine, whose folder is made.

        Its content isn't compared with its name: see ``fetch_tree``.

        Returns:
            Whether there is such an object; nothing is written otherwise.

        Raises:
            FolderError: The file can't be written.
        """

    def write(self, content: bytes, place: str) -> str:
        """Keep a short content; return its sha256 in hex."""

    def read(self, place: str, sha256: str) -> bytes | None:
        """Return a short content; ``None`` where there is none."""

    def names(self, place: str) -> frozenset[str]:
        """Return the paths of all objects in a place and below it, from the place on."""

    def drop(self, place: str, names: Collection[str] | None = None) -> None:
        """Delete objects of a place, or all that is in it and below it; none is missed."""
