"""One search-space file, read and checked by itself, before anything is merged."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from autoclue.space.conditions import Entry
from autoclue.space.parse import parse_parameter, problems_of
from autoclue.space.problems import Problem


class SpaceFile(BaseModel):
    """The keys of a search-space file; each parameter is read by ``parse_parameter``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str | None = Field(default=None, min_length=1)
    description: str = ""
    reference: str = ""
    version: StrictInt = Field(default=1, ge=1)
    extends: str | None = Field(default=None, min_length=1)
    parameters: dict[str, object] = Field(default_factory=dict)
    tasks: dict[str, dict[str, object]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file says, and everything wrong with it.

    Attributes:
        label: The file as messages name it.
        name: The space's name.
        description: What the space is for.
        reference: Where its values come from.
        version: The author's version number.
        extends: The name or path of the file it builds on.
        parameters: Its own parameters by name.
        tasks: Its extras by task, then by name.
        problems: What is wrong in this file alone.
    """

    label: str
    name: str
    description: str
    reference: str
    version: int
    extends: str | None
    parameters: dict[str, Entry]
    tasks: dict[str, dict[str, Entry]]
    problems: tuple[Problem, ...]


def read_layer(data: dict[str, object], *, label: str, default_name: str) -> Layer:
    """Read one file's data and collect its problems; nothing is raised.

    Args:
        data: The YAML mapping.
        label: The file as messages name it.
        default_name: The space's name when the file gives none.
    """
    problems: list[Problem] = []
    try:
        file = SpaceFile.model_validate(data)
    except ValidationError as error:
        known = list(SpaceFile.model_fields)
        problems += problems_of(error, origin=label, key="", known=known)
        file = SpaceFile()
    # Read from the data itself, so that a wrong heading doesn't hide a wrong parameter.
    parameters = _entries(data.get("parameters"), label, "parameters", problems)
    raw_tasks = data.get("tasks")
    tasks = {
        str(task): _entries(extras, label, f"tasks.{task}", problems)
        for task, extras in (raw_tasks.items() if isinstance(raw_tasks, dict) else ())
    }
    extends = data.get("extends")
    return Layer(
        label=label,
        name=file.name or default_name,
        description=file.description,
        reference=file.reference,
        version=file.version,
        extends=extends if isinstance(extends, str) and extends else None,
        parameters=parameters,
        tasks=tasks,
        problems=tuple(problems),
    )


def _entries(raw: object, label: str, key: str, problems: list[Problem]) -> dict[str, Entry]:
    """Read every parameter of one mapping; what is wrong is appended to ``problems``."""
    entries: dict[str, Entry] = {}
    for name, value in raw.items() if isinstance(raw, dict) else ():
        place = f"{key}.{name}"
        if value is None:
            entries[str(name)] = Entry(None, label, place)
            continue
        parameter = parse_parameter(value, origin=label, key=place)
        if isinstance(parameter, list):
            problems += parameter
            entries[str(name)] = Entry(None, label, place, broken=True)
        else:
            entries[str(name)] = Entry(parameter, label, place)
    return entries
