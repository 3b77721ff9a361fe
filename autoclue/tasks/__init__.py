"""What a task is: its file, its rows, its metric, and where its data comes from."""

from autoclue.tasks.builtin import (
    BuiltinFiles,
    builtin_characters,
    has_builtin,
    make_builtin,
    write_builtin,
)
from autoclue.tasks.checks import DataFacts, Overlap, SplitFacts, data_facts
from autoclue.tasks.drafting import new_task
from autoclue.tasks.handing_in import (
    FileChecker,
    check_predictions,
    find_test_parts,
    prediction_contents,
)
from autoclue.tasks.kinds import (
    KINDS,
    UNLABELLED,
    BadRow,
    ChoiceSpec,
    ClassificationSpec,
    ClozeSpec,
    Example,
    MultiLabelExample,
    MultiLabelSpec,
    SpanSpec,
    TaskKind,
    TextExample,
    find_kind,
    read_rows,
    read_split,
)
from autoclue.tasks.metrics import METRICS, Metric, find_metric
from autoclue.tasks.predictions import Predictions
from autoclue.tasks.reading import Remark, flaw_words
from autoclue.tasks.registry import load_task, task_names
from autoclue.tasks.sources import (
    DOWNLOAD,
    MovableData,
    TaskData,
    names_a_folder,
    normal_data,
    open_data,
    open_moved,
    pack_data,
    rows_key,
    sized_data,
)
from autoclue.tasks.spec import NEEDED_SPLITS, TaskSpec
from autoclue.tasks.spec_parts import Count, Download, Recipe, TrainingSettings

__all__ = [
    "DOWNLOAD",
    "KINDS",
    "METRICS",
    "NEEDED_SPLITS",
    "UNLABELLED",
    "BadRow",
    "BuiltinFiles",
    "ChoiceSpec",
    "ClassificationSpec",
    "ClozeSpec",
    "Count",
    "DataFacts",
    "Download",
    "Example",
    "FileChecker",
    "Metric",
    "MovableData",
    "MultiLabelExample",
    "MultiLabelSpec",
    "Overlap",
    "Predictions",
    "Recipe",
    "Remark",
    "SpanSpec",
    "SplitFacts",
    "TaskData",
    "TaskKind",
    "TaskSpec",
    "TextExample",
    "TrainingSettings",
    "builtin_characters",
    "check_predictions",
    "data_facts",
    "find_kind",
    "find_metric",
    "find_test_parts",
    "flaw_words",
    "has_builtin",
    "load_task",
    "make_builtin",
    "names_a_folder",
    "new_task",
    "normal_data",
    "open_data",
    "open_moved",
    "pack_data",
    "prediction_contents",
    "read_rows",
    "read_split",
    "rows_key",
    "sized_data",
    "task_names",
    "write_builtin",
]
