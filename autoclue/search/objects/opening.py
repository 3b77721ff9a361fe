"""Open an artifact store, and see that it keeps what it is given."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from autoclue.search.objects.address import FILE, read_address
from autoclue.search.objects.folder import FolderObjects
from autoclue.search.objects.remote import RemoteObjects
from autoclue.search.objects.store import ObjectStore, StoreError

PROBES: Final = "roll-call"
"""Place, below that of a study, where machines show that they can write and be read."""


def open_objects(text: str) -> ObjectStore:
    """Open a store; nothing is asked of it yet.

    Args:
        text: A folder, or a URI as ``read_address`` takes it.

    Raises:
        UsageError: It is none.
        StoreError: Its library refuses the address.
    """
    address = read_address(text)
    return FolderObjects(Path(address.root)) if address.scheme == FILE else RemoteObjects(address)


def try_objects(store: ObjectStore, place: str) -> None:
    """See that a store takes an object, gives it back and drops it.

    Args:
        store: The store.
        place: Where the object is kept for a moment.

    Raises:
        StoreError: It doesn't.
    """
    content = secrets.token_bytes(16)
    name = store.write(content, place)
    if store.read(place, name) != content:
        raise StoreError(
            f"The artifact store {store.text} can't be used: it doesn't give back what was just "
            "written to it. Give another with --artifacts."
        )
    store.drop(place, [name])
