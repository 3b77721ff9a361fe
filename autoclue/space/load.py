"""Find search spaces and resolve them: inheritance first, then a task's extras, then checks."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import replace
from importlib import resources
from pathlib import Path

from autoclue.errors import UsageError, unknown_name
from autoclue.space.conditions import Entry, check
from autoclue.space.hparam import from_hparam, is_hparam
from autoclue.space.layer import Layer, read_layer
from autoclue.space.problems import Problem, raise_problems
from autoclue.space.search_space import SearchSpace
from autoclue.yaml_files import read_yaml

_SUFFIXES = (".yaml", ".yml")


def space_names() -> list[str]:
    """List the search spaces that ship, in alphabetical order.

    Examples:
        >>> from autoclue.space import space_names
        >>> "clue_grid" in space_names()
        True
    """
    return sorted(path.stem for path in _shipped_folder().glob("*.yaml"))


def load_space(
    name_or_path: str, *, task: str | None = None, allowed: Collection[str] | None = None
) -> SearchSpace:
    """Load a search space, with everything it extends and a task's extras merged in.

    File by file, from the one that extends nothing: its ``parameters`` and then its extras for
    the task replace what was there, so a file that extends another always has the last word.

    Args:
        name_or_path: The name of a space that ships, or the path of a YAML file.
        task: Whose extras apply; ``None`` for none. A task without extras is no error.
        allowed: Names that mean something to a trial and its strategy; ``None`` allows all.

    Raises:
        UsageError: There is no such space, files extend each other in a circle, or anything in
            the files is wrong; every problem is named with its file and key, for all tasks.

    Examples:
        >>> from autoclue.space import load_space
        >>> load_space("clue_grid").parameters["batch_size"].values()
        (16, 32, 64)
        >>> load_space("clue_grid", task="cluewsc2020").parameters["batch_size"].values()
        (8, 16, 32, 64)
    """
    layers = _chain(_locate(name_or_path))
    problems = [problem for layer in layers for problem in layer.problems]
    for each in (None, *dict.fromkeys(t for layer in layers for t in layer.tasks)):
        entries, unmerged = _merge(layers, each)
        problems += [*unmerged, *check(entries, allowed)]
    entries, _ = _merge(layers, task)
    if not entries:
        problems.append(Problem(layers[-1].label, "parameters", "is missing or empty"))
    raise_problems(problems)
    return _space(layers[-1], entries)


def space_from_mapping(
    data: dict[str, object], *, origin: str, allowed: Collection[str] | None = None
) -> SearchSpace:
    """Read back what ``SearchSpace.to_mapping`` gave.

    Args:
        data: A space that extends nothing and has no task extras.
        origin: Where it was stored, named in messages.
        allowed: Names that mean something to a trial; ``None`` allows all.

    Raises:
        UsageError: With every problem in it.

    Examples:
        >>> from autoclue.space import load_space, space_from_mapping
        >>> space = load_space("clue_grid")
        >>> space_from_mapping(space.to_mapping(), origin="a ledger") == space
        True
    """
    layer = read_layer(data, label=origin, default_name=origin)
    unresolved = [
        Problem(origin, key, "is not resolved")
        for key, there in (("extends", layer.extends is not None), ("tasks", bool(layer.tasks)))
        if there
    ]
    entries, unmerged = _merge([layer], None)
    raise_problems([*layer.problems, *unresolved, *unmerged, *check(entries, allowed)])
    return _space(layer, entries)


def _space(layer: Layer, entries: dict[str, Entry]) -> SearchSpace:
    return SearchSpace(
        name=layer.name,
        parameters={n: e.parameter for n, e in entries.items() if e.parameter is not None},
        description=layer.description,
        reference=layer.reference,
        version=layer.version,
    )


def _shipped_folder() -> Path:
    return Path(str(resources.files("autoclue.search_spaces")))


def _locate(name_or_path: str) -> Path:
    names = space_names()
    if name_or_path in names:
        return _shipped_folder() / f"{name_or_path}.yaml"
    path = Path(os.path.expanduser(name_or_path))
    if path.suffix in _SUFFIXES or path.is_file():
        return path
    raise unknown_name("search space", name_or_path, names, hint="A .yaml file's path works too.")


def _chain(path: Path) -> list[Layer]:
    """Read a file and all that it extends, the one that extends nothing first."""
    layers: list[Layer] = []
    seen: list[Path] = []
    while True:
        seen.append(path.resolve())
        label = path.name if path.parent == _shipped_folder() else str(path)
        layer = _read(path, label)
        layers.insert(0, layer)
        if layer.extends is None:
            return layers
        path = _parent(path, label, layer.extends)
        if path.resolve() in seen:
            circle = " -> ".join(p.name for p in (*seen, path))
            raise UsageError(
                f"Search spaces extend each other in a circle: {circle}; "
                f"remove 'extends' from one of them."
            )


def _read(path: Path, label: str) -> Layer:
    data = read_yaml(path)
    if not is_hparam(data):
        return read_layer(data, label=label, default_name=path.stem)
    translated, problems = from_hparam(data, origin=label)
    layer = read_layer(translated, label=label, default_name=path.stem)
    return replace(layer, problems=(*problems, *layer.problems))


def _parent(path: Path, label: str, extends: str) -> Path:
    if extends.endswith(_SUFFIXES):
        found = path.parent / extends
        if not found.is_file():
            raise UsageError(f"{label}: extends: there is no file {found}.")
        return found
    try:
        return _locate(extends)
    except UsageError as error:
        raise UsageError(f"{label}: extends: {error}") from error


def _merge(layers: Iterable[Layer], task: str | None) -> tuple[dict[str, Entry], list[Problem]]:
    merged: dict[str, Entry] = {}
    problems = []
    for layer in layers:
        extras = {} if task is None else layer.tasks.get(task, {})
        for entries in (layer.parameters, extras):
            for name, entry in entries.items():
                if entry.parameter is not None or entry.broken:
                    merged[name] = entry
                elif merged.pop(name, None) is None:
                    problems.append(
                        Problem(
                            entry.origin,
                            entry.key,
                            "is null, which removes an inherited parameter, but none is inherited",
                        )
                    )
    return merged, problems
