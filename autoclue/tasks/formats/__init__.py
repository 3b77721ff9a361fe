"""Rows of the publishers' files, and the examples made of them."""

from autoclue.tasks.formats.reader import Example, read_split

__all__ = [
    "Example",
    "read_split",
]
