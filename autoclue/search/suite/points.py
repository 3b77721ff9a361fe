"""The published grid: every run of it, in the order of the published tool."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from autoclue.errors import UsageError, unknown_name
from autoclue.records import Scalar
from autoclue.space import SearchSpace, load_space

GRID_SPACE: Final = "clue_grid"
CLASSIFICATION_TASKS: Final = (
    *("afqmc", "tnews", "iflytek", "ocnli", "cmnli", "cluewsc2020", "csl"),
)
READING_TASKS: Final = ("chid", "cmrc2018", "c3")
GRID_TASKS: Final = (*CLASSIFICATION_TASKS, *READING_TASKS)
ALL_TASKS: Final = "all"
EXTRA_BATCH_SIZE: Final = 8
"""The published tool ran the batches of this size after all other classification."""

_SHARD = re.compile(r"(\d+)/(\d+)")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class GridPoint:
    """One run of the grid.

    Attributes:
        task: The task.
        params: Its value of each parameter of the task's space.
    """

    task: str
    params: Mapping[str, Scalar]


def published_points(tasks: Iterable[str] = GRID_TASKS) -> tuple[GridPoint, ...]:
    """List the runs of the published grid in the published order.

    First the classification tasks one by one, then the smallest batches of CLUEWSC2020, and last
    the reading tasks, which take turns.

    Args:
        tasks: Whose runs to list; the order stays as published.

    Examples:
        >>> from autoclue.search.suite import published_points
        >>> len(published_points()), len(published_points(["cluewsc2020"]))
        (134, 32)
        >>> dict(published_points(["c3"])[0].params)
        {'learning_rate': 1e-05, 'batch_size': 32}
    """
    wanted = set(tasks)
    return tuple(point for point in _all_points() if point.task in wanted)


@cache
def _all_points() -> tuple[GridPoint, ...]:
    grids = {task: _grid(load_space(GRID_SPACE, task=task), task) for task in GRID_TASKS}
    classified = [point for task in CLASSIFICATION_TASKS for point in grids[task]]
    first = [point for point in classified if not _is_extra(point)]
    last = [point for point in classified if _is_extra(point)]
    turns = [
        point for row in zip(*(grids[t] for t in READING_TASKS), strict=True) for point in row
    ]
    return (*first, *last, *turns)


def grid_tasks(given: Sequence[str]) -> tuple[str, ...]:
    """Return the tasks that are asked for, in the published order.

    Args:
        given: Their names; none, or ``all``, for all of them.

    Raises:
        UsageError: One isn't of the published grid.

    Examples:
        >>> from autoclue.search.suite import grid_tasks
        >>> grid_tasks(["csl", "tnews"]), len(grid_tasks(["all"]))
        (('tnews', 'csl'), 10)
    """
    wanted = [name for name in given if name != ALL_TASKS]
    for name in wanted:
        if name not in GRID_TASKS:
            raise unknown_name("task of the published grid", name, GRID_TASKS)
    every = ALL_TASKS in given or not given
    return tuple(task for task in GRID_TASKS if every or task in wanted)


def _grid(space: SearchSpace, task: str) -> list[GridPoint]:
    return [GridPoint(task, params) for params in space.grid()]


def _is_extra(point: GridPoint) -> bool:
    return point.params["batch_size"] == EXTRA_BATCH_SIZE


def take_shard(items: Sequence[Item], shard: str | None) -> tuple[Item, ...]:
    """Take every n-th item, beginning with the k-th.

    Args:
        items: What is dealt out.
        shard: ``k/n``; ``None`` takes all.

    Raises:
        UsageError: It is no such share.

    Examples:
        >>> from autoclue.search.suite import take_shard
        >>> take_shard("abcdefg", "2/3")
        ('b', 'e')
    """
    if shard is None:
        return tuple(items)
    found = _SHARD.fullmatch(shard.strip())
    k, n = (int(found.group(1)), int(found.group(2))) if found else (0, 0)
    if not 1 <= k <= n:
        raise UsageError(f"shard is {shard!r}; write the share and their number, such as 2/8.")
    return tuple(items[k - 1 :: n])
