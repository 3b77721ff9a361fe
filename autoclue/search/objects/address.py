"""What an address of an artifact store may be, without asking the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from autoclue.errors import UsageError, one_door
from autoclue.outside import quoted

FILE: Final = "file"
QUERIES: Final = {"s3": ("endpoint_override", "region", "scheme"), "gs": ("endpoint_override",)}
"""By scheme, what may stand behind the question mark."""
KEYS: Final = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or ~/.aws/credentials",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
}
"""By scheme, where the keys of a machine belong."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where artifacts are kept.

    Attributes:
        scheme: ``file``, ``s3`` or ``gs``.
        root: Absolute path of a folder, or the bucket and what is below it.
        options: What stood behind the question mark, by name.
    """

    scheme: str
    root: str
    options: tuple[tuple[str, str], ...] = ()

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self.root.partition("/")[0]

    @property
    def text(self) -> str:
        """The address as it is written down: a path of a folder, or a URI."""
        if self.scheme == FILE:
            return self.root
        query = "&".join(f"{name}={value}" for name, value in self.options)
        return f"{self.scheme}://{self.root}{'?' if query else ''}{query}"


def read_address(text: str) -> Address:
    """Read what was given as ``--artifacts``.

    Args:
        text: A folder, or a URI of one of the schemes ``file``, ``s3`` and ``gs``.

    Raises:
        UsageError: It is none, or holds a key.
    """
    if any(not each.isprintable() for each in text):
        raise UsageError(f"--artifacts is {quoted(text)}, which is no address of a store.")
    if "://" not in text:
        return Address(FILE, str(_folder(text)))
    with one_door(lambda why: UsageError(f"--artifacts is {quoted(text)}: {why}.")):
        parts = urlsplit(text)
    scheme = parts.scheme.lower()
    if scheme == FILE and parts.netloc in ("", "localhost"):
        return Address(FILE, str(_folder(parts.path)))
    if scheme not in QUERIES:
        raise UsageError(
            f"--artifacts takes a folder, s3://BUCKET/PATH or gs://BUCKET/PATH, and "
            f"{quoted(scheme)} is no such scheme."
        )
    if "@" in parts.netloc:
        raise UsageError(
            f"--artifacts holds a key, which would be written into run files and sent to every "
            f"machine; leave it out and put it on each machine ({KEYS[scheme]})."
        )
    if not parts.netloc:
        raise UsageError(f"--artifacts names no bucket; write {scheme}://BUCKET/PATH.")
    options = tuple(sorted(parse_qsl(parts.query)))
    unknown = [name for name, _ in options if name not in QUERIES[scheme]]
    if unknown:
        known = ", ".join(QUERIES[scheme])
        raise UsageError(
            f"--artifacts takes behind the question mark of a {scheme} address only {known}, "
            f"and not {quoted(unknown[0])}; keys belong on each machine ({KEYS[scheme]})."
        )
    return Address(scheme, f"{parts.netloc}{parts.path}".rstrip("/"), options)


def _folder(text: str) -> Path:
    if not text:
        raise UsageError("--artifacts is empty; give a folder, s3://BUCKET/PATH or gs://....")
    return Path(text).expanduser().absolute()
