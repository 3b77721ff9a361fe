"""Find a task by its registered name or by the path of a user's own YAML file."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from autoclue.errors import UsageError, unknown_name
from autoclue.tasks.kinds import DEFAULT_KIND, find_kind, with_label_file
from autoclue.tasks.spec import TaskSpec
from autoclue.yaml_files import read_yaml, validated

SPECS = "autoclue.tasks.specs"
SUFFIXES = (".yaml", ".yml")


def task_names() -> tuple[str, ...]:
    """Return the names of the tasks that ship, sorted.

    Examples:
        >>> from autoclue.tasks import task_names
        >>> "xnli" in task_names()
        True
    """
    entries = resources.files(SPECS).iterdir()
    return tuple(sorted(Path(e.name).stem for e in entries if e.name.endswith(SUFFIXES)))


def load_task(name_or_path: str) -> TaskSpec:
    """Read a task.

    Args:
        name_or_path: A name of :func:`task_names`, in any case, or the path of a YAML file
            (anything that ends in ``.yaml`` or ``.yml``).

    Raises:
        UsageError: Nothing answers to the name, or the file has mistakes, all of them named.

    Examples:
        >>> from autoclue.tasks import load_task
        >>> spec = load_task("xnli")
        >>> spec.labels, spec.recipe.max_length_tokens
        (('contradiction', 'entailment', 'neutral'), 128)
    """
    if names_a_file(name_or_path):
        return _load_file(Path(name_or_path).expanduser())
    name = name_or_path.lower()
    if name not in task_names():
        hint = "A task of your own is the path of a .yaml file."
        raise unknown_name("task", name_or_path, task_names(), hint=hint)
    with resources.as_file(resources.files(SPECS) / f"{name}.yaml") as path:
        return _read(path)


def names_a_file(name_or_path: str) -> bool:
    """Return whether a task is named by the path of a file."""
    return name_or_path.lower().endswith(SUFFIXES)


def _load_file(path: Path) -> TaskSpec:
    """Read a user's own task."""
    if not path.is_file():
        raise UsageError(f"There is no task file {path}; write one as docs/tasks.md shows.")
    return _read(path).read_from(path.resolve())


def _read(path: Path) -> TaskSpec:
    """Read a task file by the keys of its kind."""
    data = with_label_file(read_yaml(path), path.parent)
    kind = find_kind(str(data.get("kind", DEFAULT_KIND)))
    return validated(kind.spec, data, origin=str(path))
