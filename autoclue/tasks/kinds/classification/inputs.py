"""Turn a row's fields into the one or two texts that a model reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autoclue.tasks.formats import Row, RowProblem, kind_of
from autoclue.tasks.spec_parts import CslInput, PairInput, SingleInput, WscInput

Texts = tuple[str, str | None]
"""The first text, and the second where there is one."""

Builder = Callable[[Row], Texts]


def input_builder(kind: SingleInput | PairInput | WscInput | CslInput) -> Builder:
    """Return the function that builds the texts of one row; it raises :class:`RowProblem`."""
    match kind:
        case SingleInput():
            return lambda row: (_text(row, kind.text), None)
        case PairInput():
            return lambda row: (_text(row, kind.text), _text(row, kind.text_pair))
        case WscInput():
            return lambda row: (_marked(row, kind), None)
        case CslInput():
            return lambda row: (_joined(row, kind.keywords), _text(row, kind.text))


def field(row: Row, name: str) -> object:
    """Return a field of a row, or say which fields there are."""
    try:
        return row[name]
    except KeyError:
        have = ", ".join(row) or "none"
        raise RowProblem(f"field {name!r} is missing; the row's fields: {have}") from None


def _text(row: Row, name: str) -> str:
    """Return a field that must be text and not blank."""
    return _checked_text(field(row, name), f"field {name!r}")


def _checked_text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise RowProblem(f"{what} must be text, not {kind_of(value)}")
    if not value or value.isspace():
        raise RowProblem(f"{what} is empty")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RowProblem(f"{what} holds half a character (a lone \\u escape)") from None
    return value


def _joined(row: Row, name: str) -> str:
    """Join a list of keywords by one space each, as published."""
    words = field(row, name)
    if not isinstance(words, list):
        raise RowProblem(f"field {name!r} must be a list of texts, not {kind_of(words)}")
    if not words:
        raise RowProblem(f"field {name!r} is empty")
    return " ".join(
        _checked_text(word, f"entry {number} of field {name!r}")
        for number, word in enumerate(words, start=1)
    )


def _marked(row: Row, kind: WscInput) -> str:
    """Put the noun between underscores and the pronoun in brackets."""
    text = _text(row, kind.text)
    target = field(row, kind.target)
    if not isinstance(target, dict):
        raise RowProblem(f"field {kind.target!r} must be an object, not {kind_of(target)}")
    noun = (*_span(text, target, "span1"), "_", "_")
    pronoun = (*_span(text, target, "span2"), "[", "]")
    first, second = sorted((noun, pronoun))
    if second[0] < first[1]:
        raise RowProblem("span1 and span2 overlap")
    parts = []
    done = 0
    for start, end, before, after in (first, second):
        parts += [text[done:start], before, text[start:end], after]
        done = end
    return "".join((*parts, text[done:]))


def _span(text: str, target: Mapping[str, object], name: str) -> tuple[int, int]:
    """Return where a span starts and ends, after checking that it stands there."""
    words = _checked_text(field(target, f"{name}_text"), f"{name}_text")
    start = field(target, f"{name}_index")
    if not isinstance(start, int) or isinstance(start, bool):
        raise RowProblem(f"{name}_index must be a whole number, not {kind_of(start)}")
    end = start + len(words)
    if start < 0 or text[start:end] != words:
        raise RowProblem(f"{name} {words!r} does not stand at character {start} of the text")
    return start, end
