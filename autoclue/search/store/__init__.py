"""The ledger: its storage, its reader and the lease on it."""

from autoclue.search.store.lease import Lease, driving
from autoclue.search.store.ledger import EVALUATION_PREFIX, Ledger, Prepared
from autoclue.search.store.param_names import Renamed, plain_name, stored_names
from autoclue.search.store.reader import prepared_of, read_study, read_trial, recorded_evaluations
from autoclue.search.store.storage import persist

__all__ = [
    "EVALUATION_PREFIX",
    "Lease",
    "Ledger",
    "Prepared",
    "Renamed",
    "driving",
    "persist",
    "plain_name",
    "prepared_of",
    "read_study",
    "read_trial",
    "recorded_evaluations",
    "stored_names",
]
