"""Count what is committed to databases, by the thread that does it."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy


@dataclass(slots=True)
class Commits:
    """Counts commits of every database of this process.

    Attributes:
        by_thread: How many, by the identity of the thread.
    """

    by_thread: Counter[int] = field(default_factory=Counter)

    @property
    def here(self) -> int:
        """How many the thread has made that asks."""
        return self.by_thread[threading.get_ident()]

    @contextlib.contextmanager
    def counting(self) -> Iterator[None]:
        """Count meanwhile."""
        engines = sqlalchemy.engine.Engine
        sqlalchemy.event.listen(engines, "commit", self._count)
        try:
            yield
        finally:
            sqlalchemy.event.remove(engines, "commit", self._count)

    def _count(self, connection: sqlalchemy.Connection) -> None:
        self.by_thread[threading.get_ident()] += 1
