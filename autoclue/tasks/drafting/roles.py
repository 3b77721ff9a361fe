"""Guess which column holds the label, and which the text or the two texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from autoclue.errors import UsageError

LABEL_NAMES: Final = (
    *("label", "labels", "class", "category", "sentiment", "polarity", "target", "stars", "star"),
    *("score", "tag", "tags", "cat", "标签", "类别", "情感", "label_desc", "y"),
)
ID_NAMES: Final = frozenset({"id", "idx", "index", "guid", "uid", "qid", "序号", "编号"})
PAIR_NAMES: Final = (
    ("sentence1", "sentence2"),
    ("text_a", "text_b"),
    ("question1", "question2"),
    ("q1", "q2"),
    ("s1", "s2"),
    ("text1", "text2"),
    ("premise", "hypothesis"),
    ("query", "title"),
)
MOST_LABEL_CHARACTERS: Final = 40
SIMILAR: Final = 2.5
"""How much longer the texts of one column may be than those of another, to be two of a pair."""
LEAST_PAIR_CHARACTERS: Final = 4


@dataclass(frozen=True, slots=True)
class Roles:
    """Which columns a task reads.

    Attributes:
        text: The text, or the first of two.
        text_pair: The second text; ``None`` for one text.
        label: The label.
        id: The name of a row; ``None`` where there is none.
        values: Rows of each value of the label, the most frequent first.
        lengths: Characters of the texts of each row, ascending.
        multi: Whether a row has several labels.
    """

    text: str
    text_pair: str | None
    label: str
    id: str | None
    values: Mapping[str, int]
    lengths: Sequence[int]
    multi: bool = False


def guess_roles(
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    *,
    text: str | None = None,
    text_pair: str | None = None,
    label: str | None = None,
) -> Roles:
    """Find out which columns a task reads.

    Args:
        columns: The columns' names.
        rows: Rows by column.
        text: The column of the text, where it is known.
        text_pair: That of the second text.
        label: That of the label.

    Raises:
        UsageError: A column isn't there, or none looks like a label or a text.
    """
    for given in (text, text_pair, label):
        if given is not None and given not in columns:
            raise UsageError(f"There is no column {given!r}; there is {', '.join(columns)}.")
    label = label or _label(columns, rows, but={text, text_pair})
    identity = next((c for c in columns if c.lower() in ID_NAMES and c != label), None)
    texts = {
        c: _mean_length(rows, c)
        for c in columns
        if c not in (label, identity) and _is_text(rows, c)
    }
    if text is None:
        text, found = _texts(texts)
        text_pair = text_pair or found
    if text is None:
        raise UsageError(
            f"No column looks like a text: there is {', '.join(columns)}. Name one with --text."
        )
    read = [c for c in (text, text_pair) if c is not None]
    lengths = sorted(sum(len(str(row.get(c, ""))) for c in read) for row in rows)
    values = [row.get(label) for row in rows]
    multi = any(isinstance(value, list) for value in values)
    counts: Counter[str] = Counter()
    for value in values:
        counts.update(map(_spelled, value if isinstance(value, list) else [value]))
    counts.pop("", None)
    return Roles(text, text_pair, label, identity, dict(counts.most_common()), lengths, multi)


def _label(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, but: set[str | None]
) -> str:
    """Return the column with a known name, or that with the fewest different short values."""
    usable = {}
    for column in columns:
        values = _values(rows, column)
        if column in but or not values or column.lower() in ID_NAMES:
            continue
        kinds = len(set(values))
        longest = max(map(len, values))
        if 2 <= kinds <= max(2, len(values) // 2) and longest <= MOST_LABEL_CHARACTERS:
            usable[column] = kinds
    for name in LABEL_NAMES:
        for column in usable:
            if column.lower() == name:
                return column
    if not usable:
        raise UsageError(
            f"No column looks like a label: there is {', '.join(columns)}. Name one with --label."
        )
    return min(usable, key=lambda column: usable[column])


def _values(rows: Sequence[Mapping[str, Any]], column: str) -> list[str]:
    values: list[str] = []
    for row in rows:
        value = row.get(column)
        if isinstance(value, dict):
            return []
        values += map(_spelled, value if isinstance(value, list) else [value])
    return [value for value in values if value]


def _spelled(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _is_text(rows: Sequence[Mapping[str, Any]], column: str) -> bool:
    values = [row.get(column) for row in rows]
    texts = [value for value in values if isinstance(value, str) and value]
    if len(texts) * 2 < len(values):
        return False
    return not all(text.strip().replace(".", "").isdigit() for text in texts)


def _mean_length(rows: Sequence[Mapping[str, Any]], column: str) -> float:
    return sum(len(str(row.get(column, ""))) for row in rows) / len(rows)


def _texts(texts: Mapping[str, float]) -> tuple[str | None, str | None]:
    """Choose one text or two: a pair by its names, or two columns of like length alone."""
    lower = {name.lower(): name for name in texts}
    for first, second in PAIR_NAMES:
        if first in lower and second in lower:
            return lower[first], lower[second]
    if not texts:
        return None, None
    ordered = sorted(texts, key=lambda name: -texts[name])
    unnamed = all(name.startswith("column") for name in texts)
    if unnamed and len(ordered) == 2:
        short = texts[ordered[1]]
        if short >= LEAST_PAIR_CHARACTERS and texts[ordered[0]] <= SIMILAR * short:
            first, second = texts
            return first, second
    return ordered[0], None
