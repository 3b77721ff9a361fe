"""What the reading tasks have in common: the keys of their files, and rows that can't be read."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from autoclue.tasks.formats import UTF8, Layout, known_encoding
from autoclue.tasks.kinds.usable_rows import OnBadRow
from autoclue.tasks.spec import TaskSpec

Encoding = Annotated[str, Field(min_length=1), AfterValidator(known_encoding)]
"""The name of an encoding that Python knows."""

TEXT_FORMATS = ("jsonl", "json")
"""Forms of one's own rows that are text, and so have an encoding."""


class ReadingSpec(TaskSpec):
    """A task that asks about texts, in its publisher's layout or in rows of one's own.

    Attributes:
        format: Form of the files.
        encoding: Of text files that aren't UTF-8.
        on_bad_row: Whether a row that can't be read stops everything, or is counted and left out.
    """

    published: ClassVar[str]

    format: str
    encoding: Encoding = UTF8
    on_bad_row: OnBadRow = "stop"

    @property
    def layout(self) -> Layout:
        """How rows of one's own are laid out."""
        return Layout(self.format, encoding=self.encoding)

    def problems(self) -> list[str]:
        """List what is wrong between the keys."""
        problems = TaskSpec.problems(self)
        own = self.format != self.published
        if not own and "fields" in self.model_fields_set:
            problems.append(f"fields: belongs to rows of one's own, not to format {self.format}")
        if own and self.format not in TEXT_FORMATS and "encoding" in self.model_fields_set:
            problems.append(f"encoding: doesn't belong to format {self.format}")
        return problems
