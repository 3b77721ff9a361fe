"""Gather prediction files into the archive that is handed in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autoclue.errors import UsageError
from autoclue.outside import read_bytes
from autoclue.tasks.submission.files import BENCHMARK_FILES, PredictionFile
from autoclue.tasks.submission.writing import write_files

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every member, so that the same predictions make the same bytes."""

MOST_BYTES: Final = 256 * 1024 * 1024
"""A larger prediction file is refused unread."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The prediction files that were found.

    Attributes:
        files: Content by file name, in the order of ``BENCHMARK_FILES``.
        missing: Files of the benchmark's version that no folder holds.
    """

    files: Mapping[str, bytes]
    missing: tuple[PredictionFile, ...]


def gather(
    folders: Sequence[Path],
    *,
    version: str,
    check: Callable[[PredictionFile, bytes], Iterable[str]],
) -> Gathered:
    """Find and check every prediction file of a version of the benchmark.

    Args:
        folders: Where to look; a file may also lie one folder below.
        version: "1.0" or "1.1".
        check: Finds what is wrong with a file's content.

    Raises:
        UsageError: A folder is none, a file lies in two places with other content, or some file
            is wrong: every problem is named.
    """
    problems = [f"{folder} is not a folder" for folder in folders if not folder.is_dir()]
    found: dict[str, bytes] = {}
    missing: list[PredictionFile] = []
    for file in (each for each in BENCHMARK_FILES if version in each.version):
        contents = {path: _read(path) for folder in folders for path in _places(folder, file.name)}
        if not contents:
            missing.append(file)
        elif len(set(contents.values())) > 1:
            places = " and ".join(str(path) for path in contents)
            problems.append(f"{file.name} lies in {places} with different content")
        else:
            path, content = next(iter(contents.items()))
            found[file.name] = content
            problems += [f"{path}: {problem}" for problem in check(file, content)]
    problems += _of_another_version(folders, version, found)
    if problems:
        raise UsageError("Nothing was written: " + "; ".join(problems) + ".")
    return Gathered(found, tuple(missing))


def _of_another_version(
    folders: Sequence[Path], version: str, found: Mapping[str, bytes]
) -> list[str]:
    """Name files whose task is there only under the name of another version.

    CHID and C3 have one name, of version 1.1; an archive of version 1.0 goes without them.
    """
    own = {file.task for file in BENCHMARK_FILES if file.name in found}
    asked = {file.task for file in BENCHMARK_FILES if version in file.version}
    return [
        f"{file.name} belongs to version {' and '.join(file.version)} of the benchmark, and "
        f"version {version} needs another file for {file.task}"
        for file in BENCHMARK_FILES
        if version not in file.version
        and file.task in asked - own
        and any(_places(folder, file.name) for folder in folders)
    ]


def _places(folder: Path, name: str) -> list[Path]:
    return [path for path in (folder / name, *sorted(folder.glob(f"*/{name}"))) if path.is_file()]


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path, MOST_BYTES)
    except OSError as error:
        raise UsageError(f"{path} can't be read ({error.strerror or error}).") from error


def write_archive(files: Mapping[str, bytes], target: Path) -> None:
    """Write the archive; the same files always make the same bytes.

    Args:
        files: Content by file name.
        target: The archive's path; it is replaced whole or not at all.

    Raises:
        UsageError: There is no file to hand in.
        FolderError: It can't be written.
    """
    if not files:
        raise UsageError(
            "There is no prediction file to hand in; make some with autoclue predict."
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, date_time=EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    write_files(target.parent, {target.name: buffer.getvalue()}, what="The archive")
