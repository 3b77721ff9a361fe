"""What can be searched: spaces written in YAML, checked, resolved and changed from the outside.

``autoclue.space.optuna_adapter`` is left out here, because it imports Optuna.
"""

from autoclue.space.load import load_space, space_from_mapping, space_names
from autoclue.space.parameters import Choice, Fixed, FloatRange, IntRange, Parameter, Scalar, same
from autoclue.space.search_space import SearchSpace
from autoclue.space.settings import (
    SettingInput,
    SettingsInput,
    fixed_settings,
    override,
    read_settings,
)

__all__ = [
    "Choice",
    "Fixed",
    "FloatRange",
    "IntRange",
    "Parameter",
    "Scalar",
    "SearchSpace",
    "SettingInput",
    "SettingsInput",
    "fixed_settings",
    "load_space",
    "override",
    "read_settings",
    "same",
    "space_from_mapping",
    "space_names",
]
