"""A study whose folder isn't on this machine: its database and its artifact store are enough."""

from __future__ import annotations

from pathlib import Path

from autoclue.errors import UsageError
from autoclue.outside import quoted
from autoclue.search.store import Ledger, public
from autoclue.search.study.location import POINTER, Place, find_study, is_known, place_of


def find_in_storage(root: Path, name: str, storage: str) -> Place:
    """Find a study by its name in a database, and give it a folder on this machine.

    Nothing is written yet.

    Args:
        root: Folder of all studies.
        name: The study's whole name.
        storage: URL of the database.

    Raises:
        UsageError: The database can't be used or holds no such study, the study has no artifact
            store, or a folder of its name here is another one's.
    """
    place = place_of(root, name, storage)
    if is_known(place):
        known = find_study(root, name)
        if known.storage != storage:
            raise UsageError(
                f"{place.folder / POINTER} says that the study {quoted(name)} is in "
                f"{public(known.storage)}; leave --storage out, or give another --folder."
            )
        return known
    if not Ledger.readable(storage, name):
        raise UsageError(f"The storage {public(storage)} holds no study {quoted(name)}.")
    if Ledger.open(storage, name, read_only=True).attributes.artifacts is None:
        raise UsageError(
            f"The study {quoted(name)} keeps its states and models in its own folder, as it was "
            "begun without --artifacts; go on with it where that folder is."
        )
    return place
