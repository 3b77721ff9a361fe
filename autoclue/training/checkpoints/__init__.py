"""What a trial leaves on disk: its best model, and the state to resume from."""

from autoclue.training.checkpoints.best_model import (
    DESCRIPTION,
    KeptModel,
    kept_evaluation,
    read_kept,
)
from autoclue.training.checkpoints.durable import (
    put_in_place,
    remove_scratch,
    sync,
    sync_tree,
)
from autoclue.training.checkpoints.keeper import Keeper, remove_leftovers
from autoclue.training.checkpoints.random_state import put_random_state, take_random_state
from autoclue.training.checkpoints.snapshot import MOMENT, put_arrays, put_weights, take_arrays
from autoclue.training.checkpoints.trial_state import (
    DAMAGED_FILE,
    STATE_FILE,
    Arrays,
    SavedState,
    StateError,
    TrialProgress,
    has_state,
    read_state,
    remove_state,
)

__all__ = [
    "DAMAGED_FILE",
    "DESCRIPTION",
    "MOMENT",
    "STATE_FILE",
    "Arrays",
    "Keeper",
    "KeptModel",
    "SavedState",
    "StateError",
    "TrialProgress",
    "has_state",
    "kept_evaluation",
    "put_arrays",
    "put_in_place",
    "put_random_state",
    "put_weights",
    "read_kept",
    "read_state",
    "remove_leftovers",
    "remove_scratch",
    "remove_state",
    "sync",
    "sync_tree",
    "take_arrays",
    "take_random_state",
]
