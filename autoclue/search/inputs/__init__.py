"""Data, models and modules that trials need: where they are, and how machines get them."""

from autoclue.search.inputs.finding import (
    FoundData,
    FoundInput,
    MissingInputError,
    find_code_here,
    find_data_here,
    find_input,
    find_model_here,
)
from autoclue.search.inputs.import_path import command_folders
from autoclue.search.inputs.keeping import inputs_of, keep_inputs
from autoclue.search.inputs.needed import CodeHere, DataHere, Here, ModelHere, TrialInputs

__all__ = [
    "CodeHere",
    "DataHere",
    "FoundData",
    "FoundInput",
    "Here",
    "MissingInputError",
    "ModelHere",
    "TrialInputs",
    "command_folders",
    "find_code_here",
    "find_data_here",
    "find_input",
    "find_model_here",
    "inputs_of",
    "keep_inputs",
]
