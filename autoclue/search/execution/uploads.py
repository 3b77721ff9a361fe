"""What a trial that runs keeps in the artifact store: its state with its best model, as one tree.

A tree never changes, and the ledger alone says which one counts. So what a worker sends that is
no longer heard, since its machine was cut off and the trial went on elsewhere, is never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autoclue.search.objects import LostObjectError, ObjectStore, fetch_tree, keep_tree
from autoclue.training.checkpoints import STATE_FILE

MODEL = "best/"
"""How the paths of a best model's files begin, in a tree."""
LEFT = "left"
"""Folder for what another training has left, below that of the trial."""


def split_address(address: str) -> tuple[str, str]:
    """Split the address of a tree, as the ledger holds it, into its place and its name."""
    place, _, name = address.rpartition("/")
    return place, name


@dataclass(slots=True)
class Uploads:
    """Sends what one attempt at a trial saves, and drops what nobody can need any more.

    Attributes:
        store: The artifact store.
        place: The place of this attempt in that of the trial.
        folder: Where the trial works.
        fresh: Whether something was sent since this was last set to ``False``.
    """

    store: ObjectStore
    place: str
    folder: Path
    fresh: bool = False
    _unreported: str | None = None  # name of the newest tree
    _reported: str | None = None
    _older: str | None = None  # place of the attempt whose state this one began with
    _sent: dict[str, frozenset[str]] = field(default_factory=dict)  # by tree, its objects

    def fetch(self, address: str) -> str | None:
        """Fetch a state and its best model into the folder.

        Returns:
            Why there is nothing to start from, a clause; ``None`` where it has come.

        Raises:
            StoreError: The store can't be used.
            FolderError: The folder can't be written.
        """
        place, name = split_address(address)
        try:
            fetch_tree(self.store, place, name, self.folder)
        except LostObjectError as error:
            (self.folder / STATE_FILE).unlink(missing_ok=True)
            return str(error)
        if place != self.place and self._is_own(place):
            self._older = place
        return None

    def _is_own(self, place: str) -> bool:
        """Return whether a place is that of an attempt at this trial."""
        return place.rpartition("/")[0] == self.place.rpartition("/")[0]

    def fetch_left(self, address: str) -> Path | None:
        """Fetch the state that another training has left, to go on from it.

        A state of this trial's own comes into its folder instead: it begins with that.

        Returns:
            The folder of the state; ``None`` where there is none, and what lies before is trained
            again.

        Raises:
            StoreError: The store can't be used.
            FolderError: The folder can't be written.
        """
        place, name = split_address(address)
        if self._is_own(place):
            self.fetch(address)
            return None
        try:
            fetch_tree(self.store, place, name, self.folder / LEFT)
        except LostObjectError:
            return None
        return self.folder / LEFT if (self.folder / LEFT / STATE_FILE).is_file() else None

    def keep(self) -> None:
        """Send the state as it is now, and the best model with it.

        Raises:
            StoreError: The store can't be used.
        """
        self._send({STATE_FILE: self.folder / STATE_FILE, **self._model()})

    def keep_model(self) -> None:
        """Send the best model alone, at the end of a trial.

        Raises:
            StoreError: The store can't be used.
        """
        self._send(self._model())

    def _model(self) -> dict[str, Path]:
        files = sorted((self.folder / MODEL).glob("*"))
        return {f"{MODEL}{path.name}": path for path in files if path.is_file()}

    def _send(self, files: Mapping[str, Path]) -> None:
        kept = keep_tree(self.store, self.place, files)
        self._sent[kept.name] = kept.objects
        self._unreported, self.fresh = kept.name, True

    def report(self) -> dict[str, Any]:
        """Return what an event says of the newest tree, if that is new."""
        if self._unreported is None:
            return {}
        self._reported, self._unreported = self._unreported, None
        told = {"address": f"{self.place}/{self._reported}", "sha256": self._reported}
        return {"state": told}

    def tidy(self) -> None:
        """Drop what was sent before the newest tree that the ledger holds.

        Called once the driver has asked for the next event, which it does after it has written
        what the last one said.

        Raises:
            StoreError: The store can't be used.
        """
        if self._reported is None:
            return
        if self._older is not None:
            self.store.drop(self._older)
            self._older = None
        if len(self._sent) < 2:
            return
        newest = (self._reported, self._unreported)
        kept = {name: objects for name, objects in self._sent.items() if name in newest}
        older = frozenset().union(*self._sent.values()) - frozenset().union(*kept.values())
        self.store.drop(self.place, sorted(older))
        self._sent = kept
