"""Data that ships: generated text, written in the publisher's form and read like any other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from autoclue.errors import UsageError
from autoclue.tasks import grammar
from autoclue.tasks.cache import cache_dir, write_atomically
from autoclue.tasks.spec import TaskSpec

TRAIN_ROWS: Final = 4800
DEV_ROWS: Final = 600
SEED: Final = 42

Generator = Callable[[], Mapping[str, bytes]]
"""Gives the content of each split's file, in the publisher's form."""


def xnli() -> dict[str, bytes]:
    """Generate XNLI-like pairs, none of them in both splits."""
    generated = grammar.pairs(SEED, TRAIN_ROWS + DEV_ROWS)
    return {"train": _tsv(generated[:TRAIN_ROWS]), "dev": _tsv(generated[TRAIN_ROWS:])}


GENERATORS: Final[Mapping[str, Generator]] = MappingProxyType({"xnli": xnli})
"""What can be generated, by the name of the task."""


def has_builtin(spec: TaskSpec) -> bool:
    """Say whether ``--data builtin`` works for a task; it never does for a user's own."""
    return spec.source is None and spec.name in GENERATORS


def builtin_files(spec: TaskSpec) -> dict[str, Path]:
    """Generate a task's files into the cache folder, if they are not there yet.

    Returns:
        The file of each split.

    Raises:
        UsageError: Nothing is generated for this task, or the folder can't be written.
    """
    if not has_builtin(spec):
        raise UsageError(
            f"--data builtin is there for {', '.join(sorted(GENERATORS))}, not for {spec.name}; "
            f"give --data a folder with the publisher's files, or download."
        )
    contents = GENERATORS[spec.name]()
    digest = hashlib.sha256(b"".join(contents.values())).hexdigest()[:12]
    folder = cache_dir() / "builtin" / f"{spec.name}-{digest}"
    files = {split: folder / spec.files[split][0] for split in contents}
    for split, path in files.items():
        if not path.is_file() or path.read_bytes() != contents[split]:
            write_atomically(path, contents[split])
    return files


def builtin_characters() -> str:
    """Give every character that a generated text can hold, sorted; a vocabulary's raw material."""
    return grammar.characters()


def _tsv(pairs: list[grammar.Pair]) -> bytes:
    """Write pairs the way XNLI's publisher does."""
    rows = [("text_a", "text_b", "label"), *((p.premise, p.hypothesis, p.label) for p in pairs)]
    return "".join("\t".join(row) + "\n" for row in rows).encode()
