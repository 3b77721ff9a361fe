"""Write generated files into a folder of the user's, so that the publishers' forms can be seen."""

from __future__ import annotations

from pathlib import Path

from autoclue.errors import UsageError, reason_of
from autoclue.tasks.builtin.files import BUILTIN, make_builtin
from autoclue.tasks.cache import write_atomically
from autoclue.tasks.spec import TaskSpec


def write_builtin(spec: TaskSpec, folder: Path, *, size: str, force: bool) -> tuple[Path, ...]:
    """Write a task's generated files where ``--data FOLDER`` finds them.

    Args:
        spec: The task.
        folder: Where several tasks may lie side by side; the files go into the task's own folder
            within it.
        size: A named size, or the number of rows to train on.
        force: Whether files with other content may be replaced.

    Returns:
        The files, train, dev and test first.

    Raises:
        UsageError: Nothing is generated for this task, there is no such size, a file with other
            content stands there, or the folder can't be written.
    """
    contents = make_builtin(spec, size).contents
    target = folder / spec.name
    files = {target / name: content for name, content in contents.items()}
    try:
        taken = [path for path, content in files.items() if _is_other(path, content)]
        if taken and not force:
            raise UsageError(
                f"{', '.join(str(path) for path in taken)} would be replaced; choose another "
                "folder, or add --force."
            )
        target.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            write_atomically(path, content)
    except OSError as error:
        raise UsageError(
            f"{BUILTIN} data can't be written to {target}: {reason_of(error)}. Free some space "
            "there, or give another folder."
        ) from error
    return tuple(files)


def _is_other(path: Path, content: bytes) -> bool:
    """Return whether something else stands where a file is to be written."""
    if not path.exists():
        return False
    return not path.is_file() or path.read_bytes() != content
