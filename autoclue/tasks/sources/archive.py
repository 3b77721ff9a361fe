"""Find the files of a task in the archive that its publisher offers."""

from __future__ import annotations

import hashlib
from pathlib import Path

from autoclue.errors import DataError
from autoclue.tasks.cache import cache_dir, locked
from autoclue.tasks.sources.download import fetch_archive
from autoclue.tasks.sources.unpack import unpack
from autoclue.tasks.spec import NEEDED_SPLITS, TaskSpec
from autoclue.tasks.spec_parts import Download

SplitPaths = dict[str, tuple[Path, ...]]


def downloaded_files(spec: TaskSpec, *, instead: str) -> tuple[SplitPaths, str]:
    """Download, verify and unpack a task's archive, as far as that was not done before.

    Args:
        spec: A task with a download section.
        instead: What a user without a network can do, as a sentence.

    Returns:
        The files of each split, and the archive's digest ("md5:..." or "sha256:...").

    Raises:
        DataError: It can't be had, or its files are not those that the task describes.
    """
    if spec.download is None:
        raise DataError(f"{spec.name} has no download section.")
    download = spec.download
    root, before = cache_dir(), unpacked_folder(spec)
    if before is not None:  # the archive itself may have been deleted since
        return _files_in(spec, before), f"md5:{download.md5}"
    archive = fetch_archive(download, root / "downloads", instead=instead)
    target = _target(root, spec, archive.digest)
    with locked(target.with_name(f"{target.name}.lock")):
        if not target.is_dir():
            unpack(archive.path, target, check=lambda folder: _check(spec, download, folder))
    return _files_in(spec, target), archive.digest


def unpacked_folder(spec: TaskSpec) -> Path | None:
    """Return where a task's archive was unpacked, if it was and its publisher states its sum."""
    if spec.download is None or spec.download.md5 is None:
        return None
    target = _target(cache_dir(), spec, f"md5:{spec.download.md5}")
    return target if target.is_dir() else None


def _target(root: Path, spec: TaskSpec, digest: str) -> Path:
    """Name the folder of an unpacked archive after the task and the archive's content."""
    return root / "unpacked" / f"{spec.name}-{digest.partition(':')[2][:12]}"


def _files_in(spec: TaskSpec, folder: Path) -> SplitPaths:
    """Find the files of each split, however deep the archive keeps them.

    Raises:
        DataError: Train or dev is missing.
    """
    everything = sorted(
        (p for p in folder.rglob("*") if p.is_file()), key=lambda p: (len(p.parts), str(p))
    )
    found = {split: _of_split(spec, split, everything) for split in spec.files}
    needed = [split for split in NEEDED_SPLITS if split in spec.files]
    missing = [split for split in needed if not found[split]]
    if missing:
        looked_for = ", ".join(name for split in missing for name in spec.files[split])
        raise DataError(f"The archive of {spec.name} holds no {looked_for}.")
    return {split: paths for split, paths in found.items() if paths}


def _of_split(spec: TaskSpec, split: str, files: list[Path]) -> tuple[Path, ...]:
    """Return all files of a split, or the first that there is of alternatives."""
    names = spec.files[split]
    if split in spec.alternatives:
        path = _deep_match(files, names)
        return () if path is None else (path,)
    paths = [_deep_match(files, (name,)) for name in names]
    whole = [path for path in paths if path is not None]
    return tuple(whole) if len(whole) == len(names) else ()


def _deep_match(files: list[Path], names: tuple[str, ...]) -> Path | None:
    """Return the file whose path ends with the first name that fits; of several the least deep."""
    for name in names:
        ending = Path(name).parts
        for path in files:
            if path.parts[-len(ending) :] == ending:
                return path
    return None


def _check(spec: TaskSpec, download: Download, folder: Path) -> None:
    """Compare the unpacked files with their published checksums.

    Raises:
        DataError: One is missing or differs.
    """
    files = _files_in(spec, folder)
    for split, md5 in download.members_md5.items():
        if split not in files:
            raise DataError(f"The archive of {spec.name} lacks the file of {split}.")
        found = hashlib.md5(files[split][0].read_bytes(), usedforsecurity=False).hexdigest()
        if found != md5:
            raise DataError(
                f"{files[split][0].name} in the archive of {spec.name} has md5 {found}, "
                f"but its publisher states {md5}; it is not used."
            )
