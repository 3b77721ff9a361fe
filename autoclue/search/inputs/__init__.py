"""Data, models and modules that trials need: where they are, and how machines get them."""

from autoclue.search.inputs.bringing import bring_inputs
from autoclue.search.inputs.finding import (
    FoundData,
    FoundInput,
    MissingInputError,
    find_code_here,
    find_data_here,
    find_input,
    find_model_here,
)
from autoclue.search.inputs.import_path import command_folders, import_from
from autoclue.search.inputs.keeping import inputs_of, keep_inputs, keep_tested
from autoclue.search.inputs.needed import (
    CodeHere,
    DataHere,
    Here,
    KeptInputs,
    ModelHere,
    TrialInputs,
)

__all__ = [
    "CodeHere",
    "DataHere",
    "FoundData",
    "FoundInput",
    "Here",
    "KeptInputs",
    "MissingInputError",
    "ModelHere",
    "TrialInputs",
    "bring_inputs",
    "command_folders",
    "find_code_here",
    "find_data_here",
    "find_input",
    "find_model_here",
    "import_from",
    "inputs_of",
    "keep_inputs",
    "keep_tested",
]
