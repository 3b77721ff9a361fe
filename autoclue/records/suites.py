"""Several studies that belong together, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from autoclue.records.studies import StudyRecord


@dataclass(frozen=True, slots=True)
class SuiteStudy:
    """A study of a suite.

    Attributes:
        model: What the suite calls its model.
        task: Its task.
        study: The study itself.
    """

    model: str
    task: str
    study: StudyRecord


@dataclass(frozen=True, slots=True)
class SuiteRecord:
    """Several studies that belong together: a task each, of one model or several.

    Attributes:
        name: The suite's name.
        studies: In the order in which they were planned.
    """

    name: str
    studies: tuple[SuiteStudy, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """What the suite calls its models, in their order."""
        return tuple(dict.fromkeys(each.model for each in self.studies))
