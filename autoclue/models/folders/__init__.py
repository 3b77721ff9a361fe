"""Model folders: what they hold, whoever wrote them, and whether their parts fit each other."""

from autoclue.models.folders.architectures import (
    ARCHITECTURES,
    Architecture,
    by_class,
    known_families,
    no_such_head,
)
from autoclue.models.folders.config_file import ConfigFile, read_config, read_json
from autoclue.models.folders.fingerprint import folder_fingerprint
from autoclue.models.folders.fit import check_folder, check_model, encoder_shapes
from autoclue.models.folders.folder import HubOrigin, ModelFolder, open_model, weight_files
from autoclue.models.folders.head_labels import check_kept_head, head_labels
from autoclue.models.folders.matching import Match, Source, UnfitWeightsError
from autoclue.models.folders.moving import content_key, model_files

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "ConfigFile",
    "HubOrigin",
    "Match",
    "ModelFolder",
    "Source",
    "UnfitWeightsError",
    "by_class",
    "check_folder",
    "check_kept_head",
    "check_model",
    "content_key",
    "encoder_shapes",
    "folder_fingerprint",
    "head_labels",
    "known_families",
    "model_files",
    "no_such_head",
    "open_model",
    "read_config",
    "read_json",
    "weight_files",
]
