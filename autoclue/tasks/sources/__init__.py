"""Where a task's files come from: a folder, a download or the built-in text."""

from autoclue.tasks.sources.cutting import texts_of_examples
from autoclue.tasks.sources.moving import MovableData, open_moved, pack_data, rows_key
from autoclue.tasks.sources.task_data import (
    DOWNLOAD,
    TaskData,
    names_a_folder,
    normal_data,
    open_data,
    sized_data,
    was_downloaded,
)

__all__ = [
    "DOWNLOAD",
    "MovableData",
    "TaskData",
    "names_a_folder",
    "normal_data",
    "open_data",
    "open_moved",
    "pack_data",
    "rows_key",
    "sized_data",
    "texts_of_examples",
    "was_downloaded",
]
