"""The ledger: its schema, its storage, its reader and the lease on it."""

from autoclue.records import StateRef, StoredState
from autoclue.search.store import optuna_internals
from autoclue.search.store.backup import back_up, restore
from autoclue.search.store.ended_trial import EndedTrial
from autoclue.search.store.lease import Lease, driving, forget_drivers, refuse_if_driven
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.param_names import Renamed, plain_name, stored_names
from autoclue.search.store.reader import read_study, read_trial
from autoclue.search.store.schema import (
    Compared,
    ConfirmationExtent,
    ConfirmationRequest,
    DeathCounter,
    Generation,
    MemberPlace,
    Prepared,
    Proposed,
    Repetition,
    SpaceVersion,
    StoredArtifacts,
    StoredLimits,
    StudyAttributes,
    TrialAttributes,
    lies_outside_space,
    now,
)
from autoclue.search.store.storage import not_as_written, persist, public
from autoclue.search.store.stored_trial import StoredTrial

__all__ = [
    "Compared",
    "ConfirmationExtent",
    "ConfirmationRequest",
    "DeathCounter",
    "EndedTrial",
    "Generation",
    "Lease",
    "Ledger",
    "MemberPlace",
    "Prepared",
    "Proposed",
    "Renamed",
    "Repetition",
    "SpaceVersion",
    "StateRef",
    "StoredArtifacts",
    "StoredLimits",
    "StoredState",
    "StoredTrial",
    "StudyAttributes",
    "TrialAttributes",
    "back_up",
    "driving",
    "forget_drivers",
    "lies_outside_space",
    "not_as_written",
    "now",
    "optuna_internals",
    "persist",
    "plain_name",
    "public",
    "read_study",
    "read_trial",
    "refuse_if_driven",
    "restore",
    "stored_names",
]
