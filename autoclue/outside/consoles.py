"""A console of Rich's that shows strings; apart from the others here, because Rich takes time."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from autoclue.outside.text import shown


class PlainConsole(Console):
    """A console on which no string is obeyed: neither markup nor a terminal's own sequences.

    Styles are given as objects; the framework imposes the base class.
    """

    def __init__(self, *, stderr: bool = False, width: int | None = None) -> None:
        super().__init__(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render something; its text holds nothing that a terminal obeys."""
        for each in super().render(renderable, options):
            yield each if each.control else Segment(shown(each.text), each.style)
