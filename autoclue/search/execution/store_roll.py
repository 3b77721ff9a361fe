"""The part of the roll call that concerns the artifact store: each machine writes and is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from autoclue.errors import AutoclueError, reason_of
from autoclue.search.objects import PROBES, open_objects


@dataclass(frozen=True, slots=True)
class StoreHere:
    """An artifact store, as this machine reaches it.

    Attributes:
        uri: Its address.
        place: The study's place in it.
    """

    uri: str
    place: str

    @property
    def probes(self) -> str:
        """The place where machines sign."""
        return f"{self.place}/{PROBES}"


@contextmanager
def signing_in_store(here: StoreHere | None, token: str) -> Iterator[None]:
    """Leave the token in the artifact store for machines to find, and remove it in the end.

    Args:
        here: The store; ``None`` leaves nothing.
        token: The token.

    Raises:
        StoreError: The store can't be used.
    """
    if here is None:
        yield
        return
    store = open_objects(here.uri)
    store.write(token.encode(), here.probes)
    try:
        yield
    finally:
        store.drop(here.probes)


def sign_in_store(here: StoreHere, token: str, node_id: str) -> Iterator[str]:
    """Find the driver's token in the artifact store, and write it with an own name beside it.

    Yields:
        Why this machine can't use the store, a clause.
    """
    try:
        store = open_objects(here.uri)
        if store.read(here.probes, _name(token.encode())) is None:
            yield (
                f"it doesn't find in the artifact store {here.uri} what the command has written "
                "there; give one with --artifacts that all machines reach"
            )
            return
        store.write(_signature(token, node_id), here.probes)
    except AutoclueError as error:
        told = reason_of(error)
        yield told[0].lower() + told[1:]


def has_signed_in_store(here: StoreHere, token: str, node_id: str) -> bool:
    """Return whether what a machine wrote to the artifact store arrives here.

    Raises:
        StoreError: The store can't be used.
    """
    store = open_objects(here.uri)
    return store.read(here.probes, _name(_signature(token, node_id))) is not None


def _signature(token: str, node_id: str) -> bytes:
    return f"{token} {node_id}".encode()


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
