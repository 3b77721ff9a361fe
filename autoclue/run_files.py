"""Runs as files: join one with the command line, and write one that is complete.

A run file is a YAML mapping of options, by the names that the functions give them. Paths in it
are read as on the command line: from the folder where the command runs.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar, get_origin

import yaml
from pydantic.fields import FieldInfo

from autoclue.errors import FolderError, UsageError, unknown_name
from autoclue.option_fields import Options, options_of, read_options, shown_as
from autoclue.outside import drop_secrets
from autoclue.space import read_settings
from autoclue.yaml_files import read_yaml

RUN_FILE: Final = "run.yaml"
INSTEAD: Final[Mapping[str, frozenset[str]]] = {
    "trials": frozenset({"extend"}),
    "rounds": frozenset({"extend"}),
    "extend": frozenset({"trials", "rounds"}),
}
"""Options that exclude others: one on the command line drops those of the file."""

WIDTH: Final = 97
"""Of a line of a run file, in characters."""

Run = TypeVar("Run", bound=Options)


def complete_run(model: type[Run], given: Mapping[str, object], path: Path | None) -> Run:
    """Join a run file with the options of the command line, which win, and check the whole.

    Settings are joined name by name.

    Args:
        model: What takes the options.
        given: Options of the command line, by name.
        path: The run file, if there is one.

    Raises:
        UsageError: The file can't be read, or an option is unknown, missing or wrong; the file is
            named where it comes from there.
    """
    if path is None:
        return read_options(model, given)
    known = options_of(model)
    in_file = {
        name: value
        for name, value in read_yaml(path.expanduser()).items()
        if INSTEAD.get(name, frozenset()).isdisjoint(given)
    }
    for name in in_file:
        if name not in known:
            raise unknown_name(f"key in {path},", name, known)
    joined = {
        name: _joined(name, in_file[name], given[name], path)
        for name in in_file
        if name in given and _holds_settings(known[name])
    }
    origins = {name: str(path) for name in in_file if name not in given}
    return read_options(model, {**in_file, **given, **joined}, origins=origins)


def _holds_settings(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is Mapping


def _joined(name: str, in_file: object, given: object, path: Path) -> dict[str, object]:
    """Join settings of a file with those of the command line."""
    try:
        below = read_settings(in_file)
    except ValueError as error:
        raise UsageError(f"{path}: {name}: {error}.") from error
    try:
        return {**below, **read_settings(given)}
    except ValueError as error:
        raise UsageError(f"{error}.") from error


def run_text(options: Options) -> str:
    """Return a run file that holds every option, each with its sentence; no password is in it."""
    values = _values(options)
    panels: dict[str, list[str]] = {}
    for name, field in options_of(type(options)).items():
        lines = panels.setdefault(shown_as(field).panel, [])
        told = textwrap.wrap(field.description or "", WIDTH, break_on_hyphens=False)
        lines += [f"# {line}\n" for line in told]
        lines.append(_written(name, values[name]))
    return "\n".join(f"# -- {panel} --\n{''.join(lines)}" for panel, lines in panels.items())


def _written(name: str, value: object) -> str:
    inline = None if value and isinstance(value, dict) else False
    return yaml.safe_dump(
        {name: value}, allow_unicode=True, sort_keys=False, default_flow_style=inline, width=WIDTH
    )


def _values(options: Options) -> dict[str, object]:
    """Return the value of each option by name, as YAML can hold it."""
    found: dict[str, object] = {}
    for name, value in options.model_dump(mode="json").items():
        group = getattr(options, name)
        found.update(_values(group) if isinstance(group, Options) else {name: value})
    if isinstance(found.get("storage"), str):
        found["storage"] = drop_secrets(str(found["storage"]))
    return found


def write_run(folder: Path, options: Options) -> None:
    """Write what was run into its folder, where it isn't there already.

    Raises:
        FolderError: It can't be written.
    """
    path, text = folder / RUN_FILE, run_text(options)
    temporary = folder / f".{RUN_FILE}.new"
    try:
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            return
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        raise FolderError.writing("The run file", folder, error) from error
