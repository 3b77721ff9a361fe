"""Built-in text of the reading tasks: their grammars and their publishers' files."""

from autoclue.tasks.builtin.reading import publish
from autoclue.tasks.builtin.reading.blanks import (
    Meaning,
    Sayings,
    draw_blank,
    draw_blanks,
    saying_characters,
)
from autoclue.tasks.builtin.reading.passages import (
    Chronicle,
    draw_passage,
    passage_characters,
)
from autoclue.tasks.builtin.reading.talks import Town, draw_talk, talk_characters

__all__ = [
    "Chronicle",
    "Meaning",
    "Sayings",
    "Town",
    "draw_blank",
    "draw_blanks",
    "draw_passage",
    "draw_talk",
    "passage_characters",
    "publish",
    "saying_characters",
    "talk_characters",
]
