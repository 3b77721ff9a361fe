"""Files that every machine of a search can reach: immutable, and named by their content."""

from autoclue.search.objects.address import Address, read_address
from autoclue.search.objects.folder import FolderObjects
from autoclue.search.objects.opening import PROBES, open_objects, try_objects
from autoclue.search.objects.remote import RemoteObjects
from autoclue.search.objects.store import ObjectStore, StoreError
from autoclue.search.objects.trees import (
    KeptTree,
    LostObjectError,
    fetch_tree,
    is_tree,
    keep_tree,
    read_tree,
)

__all__ = [
    "PROBES",
    "Address",
    "FolderObjects",
    "KeptTree",
    "LostObjectError",
    "ObjectStore",
    "RemoteObjects",
    "StoreError",
    "fetch_tree",
    "is_tree",
    "keep_tree",
    "open_objects",
    "read_address",
    "read_tree",
    "try_objects",
]
