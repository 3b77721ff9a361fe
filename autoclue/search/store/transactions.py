"""Write what is known at one moment in one transaction, and try it again as a whole."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TypeVar

from optuna.storages import BaseStorage

from autoclue.search.store.cached_storage import CachedStorage
from autoclue.search.store.optuna_internals import one_transaction
from autoclue.search.store.storage import persist

Result = TypeVar("Result")


class Transactions:
    """Writes to a storage; one within another is a part of it."""

    def __init__(self, storage: BaseStorage) -> None:
        """Stand before a storage."""
        self._storage = storage
        self._within = False

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Commit what is written meanwhile all at once. After a failure nothing of it stands."""
        if self._within:
            yield
            return
        self._within = True
        at = self._storage
        try:
            with at.together() if isinstance(at, CachedStorage) else one_transaction(at):
                yield
        finally:
            self._within = False

    def persist(self, write: Callable[[], Result]) -> Result:
        """Write as the function ``persist`` does; a part of a transaction isn't tried alone."""
        return write() if self._within else persist(write)

    def at_once(self, write: Callable[[], Result]) -> Result:
        """Make one transaction of what a function writes, and try it again as ``persist`` does."""

        def attempt() -> Result:
            with self.together():
                return write()

        return self.persist(attempt)
