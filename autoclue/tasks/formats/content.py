"""The bytes of a data file and their text: packed files, archives' members and encodings."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from autoclue.errors import DataError
from autoclue.tasks.formats.bounded import CountedStream, UnpackBudget

UTF8: Final = "utf-8"

ENCODING_HINTS: Final[Mapping[str, str]] = {"gb18030": "GB18030 or GBK", "utf-16": "UTF-16"}
"""Encodings that Chinese files are often in, tried where one is no UTF-8."""

BINARY_FORMS: Final[Mapping[bytes, str]] = {
    b"\x1f\x8b": "is packed with gzip; let its name end in .gz",
    b"PAR1": "is a Parquet file; write format: parquet",
    b"PK\x03\x04": "is a ZIP archive or an Excel file; let its name end in .zip, or write "
    "format: excel",
    b"\xd0\xcf\x11\xe0": "is an Excel file from before 2007; save it as .xlsx and write "
    "format: excel",
    b"ARROW1": "is an Arrow file; write format: datasets for a folder that "
    "datasets.save_to_disk wrote, or save it as Parquet",
}
"""What a file is that begins with these bytes, and what to do."""

LEAST_FOREIGN_SHARE: Final = 0.3
"""Share of Chinese characters above which another encoding is believed."""


def known_encoding(value: str) -> str:
    """Return the usual name of an encoding.

    Raises:
        ValueError: There is none of that name.
    """
    try:
        found = codecs.lookup(value)
    except LookupError:
        raise ValueError(
            f"no encoding is called {value!r}; Chinese files are utf-8 or gb18030"
        ) from None
    return UTF8 if found.name in ("utf-8", "utf-8-sig") else found.name


def split_member(path: Path) -> tuple[Path, str]:
    """Part a path through a ZIP archive into the archive and the member's name within it.

    Returns:
        The file on disk, and the name; empty where the path leads into no archive.
    """
    for parent in path.parents:
        if parent.suffix.lower() == ".zip" and parent.is_file():
            return parent, path.relative_to(parent).as_posix()
    return path, ""


def is_there(path: Path) -> bool:
    """Return whether there is a file, a folder, or a member of a ZIP archive at a path."""
    archive, member = split_member(path)
    if not member:
        return path.exists()
    try:
        with zipfile.ZipFile(archive) as packed:
            return member in packed.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def stored_files(path: Path) -> tuple[Path, ...]:
    """List the files on disk that the content of a path lies in: all of them for a folder."""
    if path.is_dir():
        return tuple(sorted(each for each in path.rglob("*") if each.is_file()))
    return (split_member(path)[0],)


def file_suffix(path: Path) -> str:
    """Return the ending of a file's own name, in small letters, without that of its packing."""
    name = path.name.lower()
    return Path(name.removesuffix(".gz").removesuffix(".zip")).suffix


def read_content(path: Path) -> bytes:
    """Read a file; one that ends in ``.gz`` is unpacked, and so is the one file of a ``.zip``.

    Raises:
        DataError: It can't be read or unpacked.
    """
    archive, member = split_member(path)
    try:
        if member or path.suffix.lower() == ".zip":
            data = _member(archive, member)
        else:
            data = path.read_bytes()
        if path.suffix.lower() != ".gz":
            return data
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            return CountedStream(packed, UnpackBudget(path, size=len(data))).readall()
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, gzip.BadGzipFile) as error:
        raise DataError(f"Can't unpack {path}: {error}. Unpack it by hand.") from error
    except OSError as error:
        raise DataError(f"Can't read {path}: {error.strerror or error}.") from error


def _member(archive: Path, member: str) -> bytes:
    with zipfile.ZipFile(archive) as packed:
        every = [each.filename for each in packed.infolist()]
        names = [name for name in every if name and not name.endswith("/")]
        if not member and len(names) != 1:
            shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
            raise DataError(
                f"{archive} holds {len(names)} files ({shown}); name one, as in "
                f"{archive.name}/{names[0] if names else 'train.tsv'}."
            )
        if member and member not in names:
            raise DataError(f"{archive} holds no {member}; it holds {', '.join(names[:5])}.")
        with packed.open(member or names[0]) as file:
            budget = UnpackBudget(archive, size=archive.stat().st_size)
            return CountedStream(file, budget).readall()


def decode_file(path: Path, encoding: str = UTF8) -> str:
    """Read a text file without its byte order mark.

    Args:
        path: The file.
        encoding: What a file is in that is no UTF-8. One that is UTF-8 is read as such whatever is
            said here: text in another encoding practically never fits it.

    Raises:
        DataError: It can't be read, or is in another encoding; the message says which one fits.
    """
    data = read_content(path)
    if encoding == UTF8 or _fits(data, UTF8):
        return _utf8(path, data)
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DataError.at(
            path, _line(data, error), f"is neither UTF-8 nor {encoding} text{_guess(data)}"
        ) from error


def _utf8(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        for start, told in BINARY_FORMS.items():
            if data.startswith(start):
                raise DataError(f"{path} {told}.") from error
        raise DataError.at(
            path, _line(data, error), f"is not UTF-8 text; convert the file first{_guess(data)}"
        ) from error


def _line(data: bytes, error: UnicodeDecodeError) -> int:
    """Count the line; the position doesn't count a byte order mark, which holds no line break."""
    return data.count(b"\n", 0, error.start) + 1


def guess_encoding(data: bytes) -> str | None:
    """Return the encoding that a text is in, where one of the usual ones fits it."""
    return next((name for name in (UTF8, *ENCODING_HINTS) if _fits(data, name)), None)


def _guess(data: bytes) -> str:
    """Name the encoding that fits, as a clause."""
    found = next((name for name in ENCODING_HINTS if _fits(data, name)), None)
    if found is None:
        return ""
    return (
        f", or write encoding: {found} into the task's file (it looks like "
        f"{ENCODING_HINTS[found]})"
    )


def _fits(data: bytes, encoding: str) -> bool:
    """Return whether bytes can be read in an encoding and make sense as Chinese text in it."""
    try:
        text = data.decode(encoding)
    except UnicodeError:
        return False
    if encoding == UTF8:
        return True
    if encoding == "utf-16":
        return data.startswith((b"\xff\xfe", b"\xfe\xff"))
    foreign = [char for char in text if ord(char) > 127]
    chinese = sum("\u4e00" <= char <= "\u9fff" for char in foreign)
    return bool(foreign) and chinese >= LEAST_FOREIGN_SHARE * len(foreign)
