"""What a shell completes: names of tasks, models, spaces, strategies, studies and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from autoclue.option_fields import LOG_KINDS, PROTOCOL_NAMES

if TYPE_CHECKING:
    from autoclue.registry import Registry

Completion = tuple[str, str]
"""A value, and what a shell shows beside it."""


def completer(kind: str) -> Callable[[typer.Context, str], list[Completion]]:
    """Return what completes the values of a kind.

    Args:
        kind: A key of ``VALUES``.
    """

    def complete(ctx: typer.Context, incomplete: str) -> list[Completion]:
        return [each for each in VALUES[kind](ctx) if each[0].startswith(incomplete)]

    return complete


def _tasks(ctx: typer.Context) -> Iterable[Completion]:
    from autoclue.tasks import load_task, task_names

    return ((name, load_task(name).description) for name in task_names())


def _models(ctx: typer.Context) -> Iterable[Completion]:
    from autoclue import models

    yield "builtin", "small encoder that comes with autoclue"
    yield from ((card.name, card.title) for card in models.models())


def _data(ctx: typer.Context) -> Iterable[Completion]:
    yield "builtin", "text that autoclue generates"
    yield "download", "the publisher's files"


def _sizes(ctx: typer.Context) -> Iterable[Completion]:
    return ((name, "") for name in ("tiny", "small", "medium"))


def _devices(ctx: typer.Context) -> Iterable[Completion]:
    return ((name, "") for name in ("auto", "cpu", "gpu", "xpu"))


def _protocols(ctx: typer.Context) -> Iterable[Completion]:
    return ((name, "") for name in PROTOCOL_NAMES)


def _logs(ctx: typer.Context) -> Iterable[Completion]:
    return ((name, "") for name in (*LOG_KINDS, ",".join(LOG_KINDS)))


def _spaces(ctx: typer.Context) -> Iterable[Completion]:
    from autoclue.space import load_space, space_names

    return ((name, " ".join(load_space(name).description.split())) for name in space_names())


def _registered(registry: Registry[object]) -> Iterable[Completion]:
    return ((name, registry.doc(name)) for name in registry.names())


def _strategies(ctx: typer.Context) -> Iterable[Completion]:
    from autoclue.layers.registry import STRATEGIES

    return _registered(STRATEGIES)  # type: ignore[arg-type]


def _samplers(ctx: typer.Context) -> Iterable[Completion]:
    from autoclue.search.sampling import SAMPLERS

    return _registered(SAMPLERS)  # type: ignore[arg-type]


def _schedulers(ctx: typer.Context) -> Iterable[Completion]:
    from autoclue.search.stopping import SCHEDULERS

    return _registered(SCHEDULERS)  # type: ignore[arg-type]


def _studies(ctx: typer.Context) -> Iterable[Completion]:
    """List the studies of the folder that the command line names, else of the usual one."""
    from autoclue.option_fields import read_options
    from autoclue.options import StudiesFolder
    from autoclue.search.study import study_names

    given = ctx.params.get("folder")
    folder = Path(given) if given else read_options(StudiesFolder, {}).folder
    return ((name, "") for name in study_names(folder.expanduser()))


VALUES: Mapping[str, Callable[[typer.Context], Iterable[Completion]]] = {
    "task": _tasks,
    "model": _models,
    "data": _data,
    "builtin_size": _sizes,
    "device": _devices,
    "log": _logs,
    "protocol": _protocols,
    "space": _spaces,
    "strategy": _strategies,
    "sampler": _samplers,
    "scheduler": _schedulers,
    "study": _studies,
}
"""What completes an option or argument, by its name."""
