"""Which artifact store a study has, and whether it can be used."""

from __future__ import annotations

import secrets

from autoclue.errors import UsageError
from autoclue.search.objects import PROBES, open_objects, read_address, try_objects
from autoclue.search.store import StoredArtifacts


def new_store(given: str | None, name: str) -> StoredArtifacts | None:
    """Choose the place of a new study in the store that is given for it, and try the store.

    Args:
        given: As ``--artifacts`` has it; ``None`` for no store.
        name: The study's name.

    Raises:
        UsageError: It is no address of a store.
        StoreError: The store can't be used.
    """
    if given is None:
        return None
    chosen = StoredArtifacts(read_address(given).text, f"{name}-{secrets.token_hex(4)}")
    try_store(chosen)
    return chosen


def same_store(
    given: str | None, known: StoredArtifacts | None, name: str, *, option: str = "--study"
) -> None:
    """Refuse another store than a study was begun with, and try the one that it has.

    Args:
        given: As ``--artifacts`` has it; ``None`` takes what the study has.
        known: What its ledger holds.
        name: The study's name.
        option: What names another study, or the suite of another one.

    Raises:
        UsageError: Another one is given.
        StoreError: The store can't be used.
    """
    if given is not None and (known is None or read_address(given).text != known.uri):
        where = "in its own folder" if known is None else f"at {known.uri}"
        raise UsageError(
            f"The study {name!r} keeps its states and models {where}; leave --artifacts out to go "
            f"on with it, or begin another one with {option}."
        )
    if known is not None:
        try_store(known)


def try_store(known: StoredArtifacts) -> None:
    """See that a store can be written and read.

    Raises:
        StoreError: It can't.
    """
    try_objects(open_objects(known.uri), f"{known.place}/{PROBES}")
