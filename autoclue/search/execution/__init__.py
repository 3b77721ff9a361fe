"""What runs trials: devices, worker processes and the files on disk."""

from autoclue.search.execution.artifacts import (
    ArtifactStore,
    LocalArtifacts,
    find_kept_model,
    trial_folder,
)
from autoclue.search.execution.resources import Resources, choose_resources
from autoclue.search.execution.retention import Retention, drop_files, keep_best_model
from autoclue.search.execution.roll_call import (
    GIB,
    Expected,
    Node,
    NodeAnswer,
    node_versions,
)
from autoclue.search.execution.scalars import scalar_logs
from autoclue.search.execution.store_roll import StoreHere
from autoclue.search.execution.study_artifacts import StudyArtifacts
from autoclue.search.execution.worker import job_for_worker

__all__ = [
    "GIB",
    "ArtifactStore",
    "Expected",
    "LocalArtifacts",
    "Node",
    "NodeAnswer",
    "Resources",
    "Retention",
    "StoreHere",
    "StudyArtifacts",
    "choose_resources",
    "drop_files",
    "find_kept_model",
    "job_for_worker",
    "keep_best_model",
    "node_versions",
    "scalar_logs",
    "trial_folder",
]
