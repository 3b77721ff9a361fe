"""Where a task's rows come from: a folder, a download, or what autoclue generates itself."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from autoclue.errors import DataError, UsageError
from autoclue.outside import hide_secrets
from autoclue.tasks.builtin import (
    BUILTIN,
    MARK,
    builtin_files,
    builtin_name,
    builtin_size,
    has_builtin,
    is_generated,
    labels_name,
)
from autoclue.tasks.formats import is_there, stored_files
from autoclue.tasks.kinds import BadRow, TextTaskSpec, find_kind, labels_in
from autoclue.tasks.reading import Remark
from autoclue.tasks.sources.cutting import TRAIN, check_parts, cut_parts, sources_of
from autoclue.tasks.spec import NEEDED_SPLITS, TaskSpec
from autoclue.yaml_files import describe

DOWNLOAD = "download"


@dataclass(frozen=True, slots=True)
class TaskData:
    """A task and the files that were found for it.

    Attributes:
        spec: The task.
        origin: Where the files come from, for people.
        synthetic: Whether autoclue generated the text.
        files: The files of each split that is there, in their order; train always is, and dev
            unless it is cut off the training rows.
    """

    spec: TaskSpec
    origin: str
    synthetic: bool
    files: Mapping[str, tuple[Path, ...]]

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that are there, in the order of the task's file."""
        return tuple(s for s in self.spec.splits if s in self.files or s in self.spec.cut_splits)

    def path(self, split: str) -> Path:
        """Return a split's file, the first of several.

        Raises:
            UsageError: The split is not there.
        """
        return self.paths(split)[0]

    def paths(self, split: str) -> tuple[Path, ...]:
        """Return the files that a split's rows are in: those of train where it is cut off them.

        Raises:
            UsageError: The split is not there.
        """
        if split in self.spec.cut_splits:
            return self.files[TRAIN]
        if split not in self.files:
            raise UsageError(
                f"{self.spec.name} has no split {split!r} in {self.origin}; "
                f"there is {', '.join(self.splits)}."
            )
        return self.files[split]

    @property
    def scored_splits(self) -> tuple[str, ...]:
        """The splits that are there with their labels, so that predictions can be scored."""
        labelled = self.spec.answered_splits
        return tuple(s for s in self.splits if s in labelled or self.labels_path(s) is not None)

    def labels_path(self, split: str) -> Path | None:
        """Return the file with the labels of a split whose rows carry none, where there is one.

        It stands beside the split's own file: ``test_labels.json`` beside ``test.json``.

        Raises:
            UsageError: The split is not there.
        """
        if split in self.spec.answered_splits:
            return None
        path = self.path(split)
        labels = path.with_name(labels_name(path.name))
        return labels if labels.is_file() else None

    def examples(self, split: str) -> list[Any]:
        """Read a split, without the rows that the task drops.

        Rows of a split in :attr:`scored_splits` have their labels.

        Returns:
            Examples of the task's kind, each with its ``row`` and ``id``.

        Raises:
            UsageError: The split is not there, or a row is unreadable.
        """
        cut = self.spec.split
        if cut is None or split not in (TRAIN, *self.spec.cut_splits):
            return self._read(split)
        whole = self._read(TRAIN)
        kind = find_kind(self.spec.kind)
        parts = cut_parts(sources_of(whole), kind.strata(whole), cut)
        check_parts(parts, self.origin)
        return [whole[row] for row in parts[split]]

    def _read(self, split: str) -> list[Any]:
        """Read all files of a split; the rows of several are numbered through."""
        kind, labels = find_kind(self.spec.kind), self.labels_path(split)
        found: list[Any] = []
        for path in self.paths(split):
            examples = kind.read(self.spec, split, path, labels=labels)
            after = found[-1].row + 1 if found else 0
            found += [_renumbered(each, after) for each in examples] if after else examples
        return found

    def bad_rows(self, split: str) -> tuple[BadRow, ...]:
        """Return the rows that can't be read; those of a part that is cut off belong to train.

        Raises:
            DataError: A file as a whole can't be read.
        """
        if split in self.spec.cut_splits:
            return ()
        kind, labels = find_kind(self.spec.kind), self.labels_path(split)
        return tuple(
            bad
            for path in self.paths(split)
            for bad in kind.bad_rows(self.spec, split, path, labels=labels)
        )

    @property
    def left_out(self) -> tuple[str, ...]:
        """The bad rows of train and dev that are left out, each with its place."""
        if getattr(self.spec, "on_bad_row", "stop") == "stop":
            return ()
        bad = (row for split in NEEDED_SPLITS for row in self.bad_rows(split))
        return tuple(str(row.error) for row in bad)

    def remarks(self) -> tuple[Remark, ...]:
        """List the flaws of rows to train on and to judge by that are read all the same.

        Raises:
            UsageError: A row is unreadable.
        """
        kind = find_kind(self.spec.kind)
        return tuple(
            remark
            for split in NEEDED_SPLITS
            if split not in self.spec.cut_splits
            for path in self.paths(split)
            for remark in kind.remarks(self.spec, split, path)
        )

    @property
    def fingerprint(self) -> str:
        """The sha256 of the bytes of train and dev, as 64 hexadecimal digits."""
        digest = hashlib.sha256()
        for split in NEEDED_SPLITS:
            for path in self.stored(split):
                data = path.read_bytes()
                # The length keeps a row that moves from one file to another from going unnoticed.
                digest.update(f"{split} {len(data)}\n".encode())
                digest.update(data)
        return digest.hexdigest()

    def stored(self, split: str) -> tuple[Path, ...]:
        """Return every file on disk that a split is read from."""
        kind = find_kind(self.spec.kind)
        return tuple(
            stored
            for named in self.paths(split)
            for path in kind.files(self.spec, split, named)
            for stored in stored_files(path)
        )


def _renumbered(example: Any, after: int) -> Any:
    """Number a row of a further file on; so is its name, where that is only its number."""
    row = example.row + after
    name = str(row) if example.id == str(example.row) else example.id
    return dataclasses.replace(example, row=row, id=name)


def open_data(spec: TaskSpec, data: str) -> TaskData:
    """Find a task's files.

    Args:
        spec: The task.
        data: A folder that holds them, ``download``, ``builtin`` or ``builtin:SIZE``. A user's own
            task without a download section finds its files beside its YAML file under
            ``download``.

    Raises:
        UsageError: They can't be had from there; the message says what was looked for.

    Examples:
        >>> from autoclue.tasks import load_task, open_data
        >>> data = open_data(load_task("tnews"), "builtin:tiny")
        >>> data.synthetic, data.splits
        (True, ('train', 'dev', 'test'))
        >>> len(data.examples("dev"))
        100
    """
    size = builtin_size(data)
    if size is not None:
        files = {split: (path,) for split, path in builtin_files(spec, size).items()}
        return TaskData(spec, f"synthetic text generated by autoclue ({size})", True, files)
    if data == DOWNLOAD:
        return _with_labels(_downloaded(spec))
    return _with_labels(_in_folder(spec, Path(data).expanduser()))


def _with_labels(data: TaskData) -> TaskData:
    """Take the labels from the training rows, where the task's file lists none."""
    spec = data.spec
    if not isinstance(spec, TextTaskSpec) or spec.labels:
        return data
    found = labels_in(spec, data.paths(TRAIN))
    try:
        return dataclasses.replace(data, spec=spec.with_labels(found))
    except ValidationError as error:
        raise UsageError(
            f"{spec.name}: the labels of the training rows don't fit: {describe(error)}."
        ) from error


def normal_data(data: str) -> str:
    """Return the one spelling of a value of ``--data`` that names no folder; leave a folder alone.

    Raises:
        UsageError: It asks for a size of the built-in text that there is not.
    """
    size = builtin_size(data)
    return data if size is None else builtin_name(size)


def names_a_folder(data: str) -> bool:
    """Return whether a value of ``--data`` is meant to be a folder."""
    return data != DOWNLOAD and builtin_size(data) is None


def sized_data(data: str, size: str | None) -> str:
    """Join ``--data`` and ``--builtin-size`` into one value.

    Raises:
        UsageError: There is no such size, or a size is given for other data.
    """
    if size is None:
        return data
    if data != BUILTIN:
        raise UsageError(
            f"--builtin-size {size} is given with --data {data}; it goes with --data builtin."
        )
    return builtin_name(size)


def _downloaded(spec: TaskSpec) -> TaskData:
    """Fetch the archive, or look beside a user's own file that names none."""
    if spec.download is not None:
        from autoclue.tasks.sources.archive import (
            downloaded_files,  # imports requests, which is slow
        )

        files, digest = downloaded_files(spec, instead=_instead(spec, but=DOWNLOAD))
        return TaskData(spec, f"{hide_secrets(spec.download.url)} ({digest})", False, files)
    if spec.source is not None:
        return _in_folder(spec, spec.source.parent)
    raise UsageError(f"{spec.name} has no download; give --data a folder that holds its files.")


def was_downloaded(spec: TaskSpec) -> bool:
    """Return whether a task's archive is here, so that its publisher needn't be asked."""
    from autoclue.tasks.sources.archive import unpacked_folder  # imports requests, which is slow

    return unpacked_folder(spec) is not None


def _in_folder(spec: TaskSpec, folder: Path) -> TaskData:
    """Look for the files in a folder and in the task's own folders within it."""
    if not folder.is_dir():
        raise _no_folder(spec, folder)
    places = [folder / spec.name, folder / f"{spec.name}_public", folder]
    for place in places:
        files = _files_at(spec, place)
        if all(split in files for split in _needed(spec)):
            _check_whole(spec, place, files)
            if _is_synthetic(spec, files[TRAIN]):
                origin = f"{place} (synthetic text generated by autoclue)"
                return TaskData(spec, origin, True, files)
            return TaskData(spec, str(place), False, files)
    raise DataError(_not_found(spec, folder, places))


def _needed(spec: TaskSpec) -> tuple[str, ...]:
    """Return the splits that need files."""
    return tuple(split for split in NEEDED_SPLITS if split not in spec.cut_splits)


def _files_at(spec: TaskSpec, place: Path) -> dict[str, tuple[Path, ...]]:
    """Return the files of each split that are at this place; of alternatives the first."""
    found = {}
    for split, names in spec.files.items():
        there = tuple(place / name for name in names if is_there(place / name))
        found[split] = there[:1] if split in spec.alternatives else there
    return {split: paths for split, paths in found.items() if paths}


def _check_whole(spec: TaskSpec, place: Path, files: Mapping[str, tuple[Path, ...]]) -> None:
    """Refuse a split of several files of which one is missing.

    Raises:
        DataError: One is.
    """
    for split, paths in files.items():
        names = spec.files[split]
        missing = [name for name in names if place / name not in paths]
        if missing and split not in spec.alternatives:
            raise DataError(
                f"{place} lacks {', '.join(missing)}: files.{split} of {spec.name} means all of "
                f"its {len(names)} files together. Where they are names of one file, write "
                f"alternatives: [{split}]."
            )


def _is_synthetic(spec: TaskSpec, train: tuple[Path, ...]) -> bool:
    """Return whether autoclue generated everything that is trained on."""
    if not all(path.with_name(MARK).is_file() for path in train):
        return False
    kind = find_kind(spec.kind)
    return all(is_generated(kind.files(spec, TRAIN, path)) for path in train)


def _not_found(spec: TaskSpec, folder: Path, places: Sequence[Path]) -> str:
    """Describe what was looked for, and what of it was there."""
    wanted = "; ".join(f"{s}: {_names(spec, s)}" for s in _needed(spec))
    tried = _either(str(place) for place in places)
    best = max((_files_at(spec, place) for place in places), key=len)
    there = [str(path) for paths in best.values() for path in paths]
    found = f"found only {_either(there)}" if best else "found none"
    return (
        f"{folder} does not hold the files of {spec.name}: looked for {wanted}, together in "
        f"{tried}; {found}. {_instead(spec)}"
    )


def _names(spec: TaskSpec, split: str) -> str:
    names = spec.files[split]
    return _either(names) if split in spec.alternatives else " and ".join(names)


def _no_folder(spec: TaskSpec, folder: Path) -> UsageError:
    """Build the error for a missing folder, and guess at a misspelt keyword."""
    close = difflib.get_close_matches(str(folder), (DOWNLOAD, BUILTIN), n=1, cutoff=0.6)
    guess = f" Did you mean {close[0]}?" if close else ""
    return UsageError(f"--data {folder} is not a folder.{guess} {_instead(spec)}")


def _instead(spec: TaskSpec, *, but: str = "") -> str:
    """Describe what ``--data`` takes for this task, without what was just tried."""
    there = {
        "a folder with the publisher's files": True,
        DOWNLOAD: spec.download is not None,
        BUILTIN: has_builtin(spec),
    }
    others = [option for option, usable in there.items() if usable and option != but]
    return f"--data {'also ' if but else ''}takes {_either(others)}."


def _either(options: Iterable[str]) -> str:
    """Join options by "or"."""
    return " or ".join(options)
