"""Fetch an archive: resumable, verified by checksum, kept in the cache folder."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import requests

from autoclue.errors import DataError, FolderError, one_door
from autoclue.outside import hide_secrets, one_line
from autoclue.tasks.cache import locked, make_folder, write_to_cache
from autoclue.tasks.spec_parts import Download

CHUNK_BYTES = 1 << 16
"""How much is lost at most where a connection breaks off."""
TIMEOUTS_S = (10.0, 60.0)
"""Seconds to connect, and seconds without a single byte."""
MOST_BYTES = 2 * 2**30
"""Of a download; no data set of CLUE has a tenth of it."""
MOST_ATTEMPTS = 100
"""How often a connection that breaks off is taken up again, as long as each brings something."""
PATIENCE_S = 120.0
LEAST_BYTES_EACH_S = 1000
"""After so many seconds a server that sends fewer bytes a second is given up for now."""
LONGEST_NAME = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ResumingDownloader:
    """Download by HTTP into a ``.part`` file and go on from it after an interruption.

    pooch calls it with the address and a temporary file, and checks the sum afterwards.

    Attributes:
        part: Where the bytes are kept until the file is whole.
        checked: Whether a checksum will be compared. Without one, bytes are only ever added to
            those of the same version on the server (its ETag or date).
    """

    part: Path
    checked: bool

    def __call__(self, url: str, output_file: str, pooch: object = None) -> None:
        """Download ``url`` and move the whole file to ``output_file``.

        Raises:
            requests.RequestException: The server can't be reached, refuses, or breaks off
                without having sent a byte; what has come so far stays in ``part``.
        """
        for attempt in range(1, MOST_ATTEMPTS + 1):
            before = self._size()
            try:
                self._pull(url)
                break
            except _BROKEN_OFF:
                if self._size() <= before or attempt == MOST_ATTEMPTS:
                    raise
        os.replace(self.part, output_file)
        self._tag_file.unlink(missing_ok=True)

    @property
    def _tag_file(self) -> Path:
        return self.part.with_name(f"{self.part.name}.tag")

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _pull(self, url: str) -> None:
        """Ask for what is missing and add it."""
        start = self._size()
        tag = self._tag_file.read_text(encoding="utf-8") if self._tag_file.exists() else ""
        if start and not tag and not self.checked:
            start = 0
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
            if tag:
                headers["If-Range"] = tag
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUTS_S) as answer:
            if not start or answer.status_code != requests.codes.requested_range_not_satisfiable:
                self._add(answer, start)
                return
        # What is here is as long as the whole file or longer, so it is of no use.
        self.part.unlink()
        self._pull(url)

    def _add(self, answer: requests.Response, start: int) -> None:
        """Write what the server sends, behind the first ``start`` bytes if it agreed to that."""
        answer.raise_for_status()
        resumed = answer.headers.get("Content-Range", "").startswith(f"bytes {start}-")
        start = start if resumed else 0
        self._tag_file.write_text(_version_tag(answer), encoding="utf-8")
        told = answer.headers.get("Content-Length", "0")
        length = int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0
        _bound(start + length)
        began_s, size = time.monotonic(), start
        with self.part.open("ab" if start else "wb") as file:
            for chunk in answer.iter_content(CHUNK_BYTES):
                file.write(chunk)
                size += len(chunk)
                _bound(size)
                _keep_pace(size - start, time.monotonic() - began_s)
        missing = start + length - self._size()
        if missing > 0:
            raise requests.ConnectionError(f"the server broke off {missing} bytes before the end")


class _TooLargeError(requests.RequestException):
    """A server sends more than any data set has."""


def _bound(size: int) -> None:
    if size > MOST_BYTES:
        raise _TooLargeError(f"the file has more than {MOST_BYTES // 2**20:,} MiB")


def _keep_pace(count: int, seconds: float) -> None:
    if seconds > PATIENCE_S and count < LEAST_BYTES_EACH_S * seconds:
        raise requests.RequestException("the server sends too slowly")


_BROKEN_OFF = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)


def _version_tag(answer: requests.Response) -> str:
    """Return what identifies this version of the file; a weak ETag does not."""
    tag = answer.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")


@dataclass(frozen=True, slots=True)
class Archive:
    """A downloaded archive.

    Attributes:
        path: Where it lies.
        digest: "md5:..." as its publisher states it, or "sha256:..." as it arrived.
    """

    path: Path
    digest: str


def fetch_archive(download: Download, folder: Path, *, instead: str) -> Archive:
    """Fetch an archive, or find it where it was put before.

    Args:
        download: Address and checksum.
        folder: Where archives are kept.
        instead: What a user without a network can do, appended to the message as a sentence.

    Raises:
        DataError: It can't be fetched, or is not the file that was published.
    """
    path = make_folder(folder) / archive_name(download.url)
    part, address = path.with_name(f"{path.name}.part"), hide_secrets(download.url)
    by_hand = f"Put the file there by hand as {path}, or try again to go on where this stopped."
    refuse = partial(_refused, address, by_hand, instead)
    with locked(path.with_name(f"{path.name}.lock")), one_door(refuse):
        try:
            _retrieve(download, path, part)
        except requests.RequestException as error:
            raise refuse(_reason(error)) from error
        except OSError as error:
            raise FolderError.writing("The download", path.parent, error) from error
        except ValueError as error:
            if "hash" not in str(error):
                raise
            raise DataError(
                f"What {address} sent is not the published file (md5 {download.md5}); it was "
                f"deleted. Try again, or put the right file there by hand as {path}. {instead}"
            ) from error
        if download.md5 is not None:
            return Archive(path, f"md5:{download.md5}")
        return Archive(path, f"sha256:{_recorded_sha256(path, address)}")


def _refused(address: str, by_hand: str, instead: str, reason: str) -> DataError:
    return DataError(f"Can't download {address} ({reason}). {by_hand} {instead}")


def archive_name(url: str) -> str:
    """Name the file of an address: its own name behind a few digits that tell addresses apart.

    What stands behind a question mark is left out, because it may be a secret.
    """
    own = url.partition("#")[0].partition("?")[0].rsplit("/", 1)[-1]
    return f"{hashlib.sha256(url.encode()).hexdigest()[:8]}-{own[-LONGEST_NAME:]}"


def _retrieve(download: Download, path: Path, part: Path) -> None:
    """Let pooch fetch and verify; it does nothing when the right file is there."""
    import pooch  # here, because it takes longer to import than the rest of this package

    known = None if download.md5 is None else f"md5:{download.md5}"
    pooch.get_logger().setLevel("WARNING")  # it would print the address as it is, password and all
    downloader = ResumingDownloader(part, checked=known is not None)
    pooch.retrieve(
        download.url, known_hash=known, fname=path.name, path=path.parent, downloader=downloader
    )


def _recorded_sha256(path: Path, url: str) -> str:
    """Record what arrived without a published checksum, and hold later uses to it.

    Raises:
        DataError: The file is not the one that was recorded.
    """
    digest = _sha256(path)
    record = path.with_name(f"{path.name}.sha256")
    if not record.exists():
        write_to_cache(record, f"{digest}\n".encode())
    if record.read_text(encoding="utf-8").strip() != digest:
        raise DataError(
            f"{path} has changed since it was first used (see {record.name} beside it); "
            f"delete both files to download it again."
        )
    log.warning(
        "Nobody published a checksum for %s, so it is not verified; its sha256 is %s.", url, digest
    )
    return digest


def _sha256(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(2**20):
            found.update(chunk)
    return found.hexdigest()


def _reason(error: requests.RequestException) -> str:
    """Name in a few words what went wrong."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        told = one_line(str(error.response.reason), 60)
        return f"the server answered {error.response.status_code} {told}".strip()
    if isinstance(error, requests.TooManyRedirects):
        return "the server sends in a circle from one address to the next"
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate isn't trusted"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy doesn't let it through"
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return "that is no address"
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return "what the server sent is damaged"
    if isinstance(error, requests.Timeout):
        return "the server does not answer"
    if "broke off" in str(error):
        return str(error)
    if isinstance(error, requests.ConnectionError):
        return "no connection to the server"
    return one_line(str(error)) or type(error).__name__
