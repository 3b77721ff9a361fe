"""Searches over scripted curves: the decisions of a search without any training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import optuna

from tests.golden.driving import (
    EVERY,
    UPDATES_A_PASS,
    Asking,
    Happening,
    confirm,
    make_space,
    open_ledger,
    replays,
    search,
)
from tests.golden.seam import Plain

GRID = make_space({"rate": [1e-5, 2e-5, 3e-5, 5e-5], "batch": [16, 32, 64]})
WIDE = make_space(
    {
        "rate": {"float": [1e-5, 5e-5], "log": True},
        "batch": [16, 32, 64],
        "factor": {"float": [1.0, 1.4]},
        "passes": {"int": [2, 3]},
    }
)
NARROWER = make_space(
    {"rate": {"float": [1.5e-5, 4e-5], "log": True}, "batch": [16, 24], "factor": 1.1}
)
STEPPED = make_space({"rate": {"float": [1e-5, 5e-5], "step": 1e-5}, "batch": [16, 128]})
BASELINE = {"rate": 2e-5, "batch": 32}
WIDE_BASELINE = {**BASELINE, "factor": 1.0, "passes": 3}

SEARCH = Asking(WIDE, "tpe", "adaptive", WIDE_BASELINE, trials=24)
FULL_GRID = Asking(GRID, "grid", "none", BASELINE, trials=99)


def rising(settings: Plain, begun: int) -> Iterator[Happening]:
    """Rise towards a score that the settings give; curves cross, and some high rates blow up.

    There is nothing but sums and products here, so that each processor gives the same digits.
    """
    rate, batch = settings["rate"] / 5e-5, settings["batch"]
    factor, seed = settings.get("factor", 1.0), settings["seed"]
    final = 0.9 - 0.5 * (rate - 0.6) * (rate - 0.6) - 0.002 * batch
    final -= 0.1 * (factor - 1.2) * (factor - 1.2)
    total = UPDATES_A_PASS * settings["passes"]
    for at, step in enumerate(range(EVERY, total + 1, EVERY), start=1):
        if rate > 0.75 and batch == 64 and at == 3:
            yield "fails"
        done = step / total
        slow = done * done if batch == 16 else done
        wobble = 0.004 * ((7 * at + batch // 8 + seed) % 11 - 5)
        yield step, round(final * slow * (2 - slow) + wobble * (1 - done / 2), 6)


def mishaps(settings: Plain, begun: int) -> Iterator[Happening]:
    """Run out of memory, or lose the process once, twice or for ever, by the settings."""
    deaths = {16: 1, 32: 2, 64: 99}[settings["batch"]] if settings["rate"] > 2.5e-5 else 0
    for at, happening in enumerate(rising(settings, begun)):
        if settings["rate"] == 1e-5 and settings["batch"] > 16 and at == 2 and begun < 3:
            yield "memory"
        if at == 1 + begun and begun <= deaths:
            yield "dies"
        yield happening


def failing(settings: Plain, begun: int) -> Iterator[Happening]:
    """Blow up at once, whatever the settings are."""
    yield "fails"


def changed_space(sampler: str, scheduler: str) -> Plain:
    """Ask ten trials of one space, and then some of another in the same study."""
    ledger = open_ledger()
    first = replace(SEARCH, sampler=sampler, scheduler=scheduler, trials=10)
    search(first, rising, ledger)
    second = replace(first, space=NARROWER, trials=20, changed=True)
    return search(second, rising, ledger)


def changed_grid() -> Plain:
    """Ask part of one grid, and then all of another in the same study."""
    ledger = open_ledger()
    search(replace(FULL_GRID, trials=6), rising, ledger)
    return search(replace(FULL_GRID, space=STEPPED, changed=True), rising, ledger)


def extended() -> Plain:
    """Add trials to a study that has had all of its own."""
    ledger = open_ledger()
    search(replace(SEARCH, trials=12), rising, ledger)
    return search(SEARCH, rising, ledger)


def confirmed() -> Plain:
    """Train the best three of a search and its baseline again."""
    ledger = open_ledger()
    search(SEARCH, rising, ledger)
    return confirm(ledger, rising, best=3, seeds=4)


def replayed() -> Plain:
    """Replay every scheduler over a full grid and over a search that was stopped itself."""
    grid, stopped = open_ledger(), open_ledger()
    search(FULL_GRID, rising, grid)
    search(replace(SEARCH, scheduler="asha"), rising, stopped)
    return {"grid": replays(grid, workers=2), "stopped": replays(stopped, workers=1)}


def plain_search(**changes: Any) -> Callable[[], Plain]:
    """Return a search that differs from the usual one."""
    return lambda: search(replace(SEARCH, **changes), rising, open_ledger())


def plain_grid(**changes: Any) -> Callable[[], Plain]:
    """Return a search of the grid."""
    return lambda: search(replace(FULL_GRID, **changes), rising, open_ledger())


SCRIPTED: Mapping[str, Callable[[], Plain]] = {
    "tpe-adaptive": plain_search(),
    "tpe-adaptive-other-seed": plain_search(seed=11),
    "tpe-adaptive-parallel": plain_search(parallel=3, trials=40),
    "tpe-asha": plain_search(scheduler="asha"),
    "random-asha-parallel": plain_search(sampler="random", scheduler="asha", parallel=3),
    "random-median": plain_search(sampler="random", scheduler="median"),
    "random-adaptive": plain_search(sampler="random", trials=32),
    "cmaes-hyperband": plain_search(sampler="cmaes", scheduler="hyperband", parallel=2),
    "tpe-median": plain_search(scheduler="median"),
    "tpe-hyperband": plain_search(scheduler="hyperband"),
    "tpe-none": plain_search(scheduler="none", trials=16),
    "grid-none": plain_grid(),
    "grid-asha": plain_grid(scheduler="asha"),
    "grid-adaptive": plain_grid(scheduler="adaptive", parallel=2),
    "finite-tpe-adaptive": plain_grid(sampler="tpe", scheduler="adaptive"),
    "update-budget": plain_search(step_budget=9000),
    "time-budget": plain_search(time_budget=150, parallel=2),
    "changed-space-tpe": lambda: changed_space("tpe", "adaptive"),
    "changed-space-random": lambda: changed_space("random", "asha"),
    "changed-space-cmaes": lambda: changed_space("cmaes", "median"),
    "changed-space-grid": changed_grid,
    "mishaps": lambda: search(FULL_GRID, mishaps, open_ledger()),
    "mishaps-asha": lambda: search(replace(FULL_GRID, scheduler="asha"), mishaps, open_ledger()),
    "hopeless": lambda: search(SEARCH, failing, open_ledger()),
    "confirmed": confirmed,
    "replayed": replayed,
}
"""Every scripted search by the name of its record."""


class CutOffError(Exception):
    """What stands for the end of a process."""


class Mortal:
    """A storage whose process dies after a number of writes of trials."""

    def __init__(self, backend: optuna.storages.InMemoryStorage, writes: int) -> None:
        self.backend = backend
        self.left = writes

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.backend, name)
        return (
            self._counted(method) if name.startswith(("create_new_trial", "set_trial")) else method
        )

    def _counted(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = method(*args, **kwargs)
            self.left -= 1
            if self.left == 0:
                raise CutOffError("the process has died")
            return result

        return call


def cut_off(*cuts: int) -> Plain:
    """Run the usual search in several attempts, each cut off after so many writes but the last."""
    backend = optuna.storages.InMemoryStorage()
    for writes in cuts:
        mortal: Any = Mortal(backend, writes)
        try:
            search(SEARCH, rising, open_ledger(mortal))
        except CutOffError:
            continue
        raise AssertionError(f"the search ended before its write {writes}")
    return search(SEARCH, rising, open_ledger(backend))
