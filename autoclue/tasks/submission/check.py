"""Check a prediction file against the rows that it shall predict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from autoclue.tasks.submission.forms import Form, FormError, Rows

MOST_NAMED = 3
"""How many ids or labels a sentence names; the rest are counted."""


def check_file(
    content: bytes,
    form: Form,
    *,
    ids: Sequence[str],
    labels: Collection[str] | None = None,
    choices: Sequence[int] | None = None,
) -> list[str]:
    """Find everything that is wrong with a prediction file.

    Args:
        content: The file.
        form: Its form.
        ids: The ids of the test file's rows, in their order, ``[rows]``; for a numbered form the
            numbers from 0.
        labels: The task's labels; ``None`` where any text is allowed.
        choices: How many choices each row has, ``[rows]``; ``None`` where there are none.

    Returns:
        One clause a problem; empty where there is none.

    Examples:
        >>> from autoclue.tasks.submission import check_file, find_form
        >>> form = find_form("label_lines")
        >>> content = form.write(["0", "1"], ["104", "999"])
        >>> for problem in check_file(content, form, ids=["0", "1", "2"], labels=["100", "104"]):
        ...     print(problem)
        it has 2 rows, and the test file has 3
        ids '2' are missing
        labels '999' are none of the task's 2 labels
    """
    try:
        rows = form.read(content)
    except FormError as error:
        return [str(error)]
    return [
        *_row_problems(rows, ids),
        *_label_problems(rows, labels),
        *_choice_problems(rows, ids, choices),
    ]


def _row_problems(rows: Rows, ids: Sequence[str]) -> Iterator[str]:
    given = [row_id for row_id, _ in rows]
    if len(given) != len(ids):
        yield f"it has {_rows(len(given))}, and the test file has {len(ids):,}"
    wanted, counts = set(ids), Counter(given)
    repeated = [row_id for row_id, count in counts.items() if count > 1]
    missing = [row_id for row_id in ids if row_id not in counts]
    unknown = [row_id for row_id in counts if row_id not in wanted]
    for problem, found in (
        ("stand twice or more", repeated),
        ("are missing", missing),
        ("are in no row of the test file", unknown),
    ):
        if found:
            yield f"{_named('id', found)} {problem}"
    if not (repeated or missing or unknown) and given != list(ids):
        yield "its rows are not in the order of the test file"


def _label_problems(rows: Rows, labels: Collection[str] | None) -> Iterator[str]:
    if labels is None:
        return
    given = (value if isinstance(value, list) else [str(value)] for _, value in rows)
    unknown = sorted(set(chain.from_iterable(given)) - set(labels))
    if unknown:
        yield f"{_named('label', unknown)} are none of the task's {len(labels)} labels"


def _choice_problems(
    rows: Rows, ids: Sequence[str], choices: Sequence[int] | None
) -> Iterator[str]:
    if choices is None:
        return
    count = dict(zip(ids, choices, strict=True))
    wrong = [
        row_id
        for row_id, value in rows
        if row_id in count and not (isinstance(value, int) and 0 <= value < count[row_id])
    ]
    if wrong:
        yield f"{_named('id', wrong)} choose what their row doesn't have"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _named(noun: str, found: Sequence[str]) -> str:
    shown = ", ".join(repr(each[:40]) for each in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED:,} more" if len(found) > MOST_NAMED else ""
    return f"{noun}s {shown}{more}"
