"""What a task's data holds, and what is odd about it."""

from autoclue.tasks.checks.facts import Overlap, SplitFacts
from autoclue.tasks.checks.report import DataFacts, data_facts

__all__ = [
    "DataFacts",
    "Overlap",
    "SplitFacts",
    "data_facts",
]
