"""Several studies as one: the published grid over every task of one model or several."""

from autoclue.search.suite.importing import ImportedLogs, make_suite_of_logs
from autoclue.search.suite.index import (
    SuiteEntry,
    SuiteIndex,
    add_to_index,
    find_suite,
    load_suite,
    names_a_suite,
    read_index,
    suite_folder,
    suite_names,
)
from autoclue.search.suite.plan import (
    PlannedRun,
    PlannedStudy,
    SuitePlan,
    make_suite_plan,
    model_labels,
)
from autoclue.search.suite.points import (
    GRID_TASKS,
    GridPoint,
    grid_tasks,
    published_points,
    take_shard,
)
from autoclue.search.suite.run import SuiteRun, start_suite
from autoclue.search.suite.source import MOST_ATTEMPTS, PointSource
from autoclue.search.suite.tuner import Numbering, SuiteTuner
from autoclue.search.suite.warm_up import prepare_searches

__all__ = [
    "GRID_TASKS",
    "MOST_ATTEMPTS",
    "GridPoint",
    "ImportedLogs",
    "Numbering",
    "PlannedRun",
    "PlannedStudy",
    "PointSource",
    "SuiteEntry",
    "SuiteIndex",
    "SuitePlan",
    "SuiteRun",
    "SuiteTuner",
    "add_to_index",
    "find_suite",
    "grid_tasks",
    "load_suite",
    "make_suite_of_logs",
    "make_suite_plan",
    "model_labels",
    "names_a_suite",
    "prepare_searches",
    "published_points",
    "read_index",
    "start_suite",
    "suite_folder",
    "suite_names",
    "take_shard",
]
