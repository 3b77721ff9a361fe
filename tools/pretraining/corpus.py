"""Read a corpus of documents: one paragraph a line, an empty line after each document."""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32


@dataclass(frozen=True, slots=True)
class Document:
    """Some paragraphs that belong together.

    Attributes:
        lines: The paragraphs.
        first_line: The number of the first line in the file, from 1.
    """

    lines: tuple[str, ...]
    first_line: int


def read_lines(path: Path) -> Iterator[str]:
    """Read a text file, packed with xz or not, without line ends."""
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line.rstrip("\n")


def documents(lines: Iterable[str]) -> Iterator[Document]:
    """Group lines into documents at the empty lines."""
    found: list[str] = []
    number = 0
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found.append(line)
        elif found:
            yield Document(tuple(found), number - len(found))
            found = []
    if found:
        yield Document(tuple(found), number - len(found) + 1)


def is_held_out(document: Document, share: float) -> bool:
    """Return whether a document is kept for validation, by the checksum of its first line.

    Args:
        document: Any document.
        share: The share of documents kept, from 0 to 1.
    """
    return crc32(document.lines[0].encode()) % 10_000 < share * 10_000
