"""A console of Rich's that shows strings; apart from the others here, because Rich takes time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from autoclue.outside.secrets import hide_secrets
from autoclue.outside.text import shown

_ONLY_STYLE = re.compile(r"(?:\x1b\[[0-9;]*m)+")
"""What libraries leave in a stream that a live display has stood in for: no text at all."""


class PlainConsole(Console):
    """A console on which no string is obeyed: neither markup nor a terminal's own sequences.

    It shows no password of an address that stands in one line.

    Styles are given as objects; the framework imposes the base class.
    """

    def __init__(self, *, stderr: bool = False, width: int | None = None) -> None:
        super().__init__(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print objects, unless all they hold is a style of somebody's log."""
        if not objects or any(
            not isinstance(each, str) or not _ONLY_STYLE.fullmatch(each) for each in objects
        ):
            super().print(*objects, **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render something; its text holds nothing that a terminal obeys."""
        for each in super().render(renderable, options):
            yield each if each.control else Segment(shown(hide_secrets(each.text)), each.style)
