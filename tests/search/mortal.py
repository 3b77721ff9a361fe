"""A storage that dies: what stands for the end of a process, after any write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import optuna

WRITES = ("create_new_trial", "set_trial", "set_study_user_attr")


class CutOffError(Exception):
    """What stands for the end of a process."""


class Mortal:
    """A storage whose process dies after a number of writes; ``None`` lives for ever."""

    def __init__(self, backend: optuna.storages.InMemoryStorage, writes: int | None) -> None:
        self.backend = backend
        self.left = writes
        self.done = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.backend, name)
        return self._counted(method) if name.startswith(WRITES) else method

    def _counted(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = method(*args, **kwargs)
            self.done += 1
            if self.done == self.left:
                raise CutOffError("the process has died")
            return result

        return call
