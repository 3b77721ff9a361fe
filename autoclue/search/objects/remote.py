"""Objects in a bucket, through the file systems of pyarrow."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from autoclue.errors import FolderError
from autoclue.outside import one_line
from autoclue.search.objects.address import KEYS, Address
from autoclue.search.objects.store import StoreError
from autoclue.system import file_sha256

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

CHUNK_BYTES: Final = 8 * 1024 * 1024
CONNECT_TIMEOUT_S: Final = 10.0
REQUEST_TIMEOUT_S: Final = 60.0
"""Of S3: how long the server may be silent; a transfer may take longer."""
ATTEMPTS: Final = 6
"""Of each request to S3, some seconds altogether, before the store counts as away."""
ELSEWHERE: Final = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")
"""Variables that say where a bucket is."""

_AWS = re.compile(r"AWS Error (?P<kind>\w+) during \w+ operation: (?P<told>.*)", re.DOTALL)
_ASIDES = re.compile(r"^curlCode: \d+, |; Details:.*| \(Request ID:.*|\.? Detail: .*", re.DOTALL)
_REFUSALS: Final = re.compile(
    r"ACCESS_DENIED|INVALID_ACCESS_KEY_ID|INVALID_CLIENT_TOKEN_ID|SIGNATURE|UNRECOGNIZED_CLIENT"
    r"|MISSING_AUTHENTICATION|INVALID_TOKEN|EXPIRED_TOKEN|NOT_INITIALIZED|VALIDATION",
)


def open_files(address: Address) -> FileSystem:
    """Make pyarrow's file system for an address.

    Args:
        address: One of ``s3`` or ``gs``. Amazon is asked where a bucket is, unless something says.
    """
    from pyarrow import fs

    options = dict(address.options)
    if address.scheme == "gs":
        return fs.GcsFileSystem(**options)
    if not any(
        (options.keys() & {"region", "endpoint_override"}, *map(os.environ.get, ELSEWHERE))
    ):
        options["region"] = fs.resolve_s3_region(address.bucket)
    patience: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "request_timeout": REQUEST_TIMEOUT_S,
        "retry_strategy": fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
    }
    return fs.S3FileSystem(**options, **patience)


class RemoteObjects:
    """Keeps each object as one of a bucket, which is there once it has come over whole."""

    def __init__(self, address: Address, files: FileSystem | None = None) -> None:
        """Use a bucket, which must be there.

        Args:
            address: Where it is.
            files: pyarrow's file system; ``None`` makes that of the address.
        """
        self._address = address
        with self._refusing():
            self._files = open_files(address) if files is None else files

    @property
    def text(self) -> str:
        """The address."""
        return self._address.text

    def put(self, source: Path, place: str) -> str:
        """Send a file, unless an object of its name and size is there."""
        sha256, size = file_sha256(source), source.stat().st_size
        path = self._path(place, sha256)
        with self._refusing():
            if self._files.get_file_info(path).size == size:
                return sha256
        with (
            source.open("rb") as file,
            self._refusing(),
            self._files.open_output_stream(path) as stream,
        ):
            shutil.copyfileobj(file, stream, CHUNK_BYTES)
        return sha256

    def get(self, place: str, sha256: str, target: Path) -> bool:
        """Fetch an object."""
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            file = target.open("wb")
        except OSError as error:
            raise FolderError.writing("A file of the artifact store", target, error) from error
        with file:
            found = self._copy(self._path(place, sha256), file)
        if not found:
            target.unlink()
        return found

    def _copy(self, path: str, file: Any) -> bool:
        try:
            with self._refusing(), self._files.open_input_stream(path) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    _write(file, chunk)
        except FileNotFoundError:
            return False
        return True

    def write(self, content: bytes, place: str) -> str:
        """Send a short content."""
        sha256 = hashlib.sha256(content).hexdigest()
        with (
            self._refusing(),
            self._files.open_output_stream(self._path(place, sha256)) as stream,
        ):
            stream.write(content)
        return sha256

    def read(self, place: str, sha256: str) -> bytes | None:
        """Fetch a short content."""
        try:
            with (
                self._refusing(),
                self._files.open_input_stream(self._path(place, sha256)) as stream,
            ):
                found: bytes = stream.read()
                return found
        except FileNotFoundError:
            return None

    def names(self, place: str) -> frozenset[str]:
        """List what begins with a place."""
        from pyarrow import fs

        base = self._path(place)
        wanted = fs.FileSelector(base, recursive=True, allow_not_found=True)
        with self._refusing():
            found = self._files.get_file_info(wanted)
        return frozenset(each.path[len(base) + 1 :] for each in found if each.is_file)

    def drop(self, place: str, names: Collection[str] | None = None) -> None:
        """Delete objects, or all that begins with a place."""
        with self._refusing():
            if names is None:
                with contextlib.suppress(FileNotFoundError):
                    self._files.delete_dir(self._path(place))
                return
            for name in names:
                with contextlib.suppress(FileNotFoundError):
                    self._files.delete_file(self._path(place, name))

    def _path(self, *parts: str) -> str:
        return "/".join((self._address.root, *parts))

    @contextlib.contextmanager
    def _refusing(self) -> Iterator[None]:
        """Say in one sentence what the store refuses.

        Raises:
            FileNotFoundError: There is no such object.
            StoreError: Anything else.
        """
        try:
            yield
        except (FileNotFoundError, FolderError):
            raise
        except Exception as error:  # pyarrow raises its own kinds, and OSError
            raise StoreError(
                f"The artifact store {self.text} can't be used: {self._reason(error)}"
            ) from error

    def _reason(self, error: Exception) -> str:
        """Say why, and what to do."""
        told = _AWS.search(str(error))
        kind, words = (told["kind"], told["told"]) if told else ("", str(error))
        words = one_line(_ASIDES.sub("", words)).rstrip(".")
        if kind == "NO_SUCH_BUCKET" or "bucket does not exist" in words.lower():
            return f"there is no bucket {self._address.bucket}; make it, or give another."
        if kind == "NETWORK_CONNECTION":
            return f"nobody answers there ({words}). Look at the address and the network."
        if _REFUSALS.search(kind):
            return (
                f"it refuses this user ({words or kind}). Put keys that may read and write there "
                f"on every machine ({KEYS[self._address.scheme]})."
            )
        return f"{words}. Look at the store and its address."


def _write(file: Any, chunk: bytes) -> None:
    try:
        file.write(chunk)
    except OSError as error:
        name = Path(file.name)
        raise FolderError.writing("A file of the artifact store", name, error) from error
