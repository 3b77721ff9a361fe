"""What is odd about rows is counted and said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from autoclue.tasks import ClassificationSpec, DataFacts, TaskData, TextExample, data_facts

MakeSpec = Callable[..., ClassificationSpec]
Row = tuple[str, int]


def facts_of(
    spec: ClassificationSpec, train: Sequence[Row], dev: Sequence[Row], **more: object
) -> DataFacts:
    """Look at rows of a text and a label index each."""
    examples = {
        split: [TextExample(n, str(n), text, None, label) for n, (text, label) in enumerate(rows)]
        for split, rows in (("train", train), ("dev", dev))
    }
    data = TaskData(spec, "here", False, {})
    return data_facts(data, examples, max_length_tokens=8, **more)  # type: ignore[arg-type]


def distinct(rows: int, name: str, label: int | None = None) -> list[Row]:
    """Return rows of different texts, with both labels in turn or with one."""
    return [(f"{name}{n}", n % 2 if label is None else label) for n in range(rows)]


def test_nothing_is_said_of_rows_that_are_in_order(make_spec: MakeSpec) -> None:
    facts = facts_of(make_spec(), distinct(200, "a"), distinct(100, "b"))
    assert facts.warnings == ()
    assert facts.majority == ("no", 0.5)


def test_rows_that_stand_in_two_parts_are_counted(make_spec: MakeSpec) -> None:
    dev = [*distinct(98, "b"), ("a0", 0), ("a2", 1)]
    (told,) = facts_of(make_spec(), distinct(200, "a"), dev).warnings
    assert told == (
        "2 of dev's 100 rows stand in train too, 1 of them with another label, so that scores on "
        "dev are too high (row 99 of dev: a0)"
    )


@pytest.mark.parametrize(
    ("train", "dev", "told"),
    [
        (
            distinct(100, "a", 0),
            distinct(60, "b"),
            "every row of train has the label no: there is nothing to tell apart",
        ),
        (
            [*distinct(99, "a"), ("a0", 1)],
            distinct(60, "b"),
            "2 rows of train have a text that stands there with another label too",
        ),
        (
            [*distinct(99, "a"), ("a0", 0)],
            distinct(60, "b"),
            "1 row of train repeat the text of an earlier row",
        ),
        (distinct(99, "a"), distinct(2, "b"), "dev has 2 rows, so that one of them moves"),
        (
            distinct(99, "a"),
            [*distinct(95, "b", 0), *distinct(5, "c", 1)],
            "95% of dev has the label no, so that accuracy says little",
        ),
        (
            [*distinct(98, "a"), ("有七个字的文字", 0), ("有七个字的文本", 0)],
            distinct(60, "b"),
            "at least 2 rows of train (2%) are longer than 8 tokens and are cut",
        ),
    ],
)
def test_what_is_odd_is_said(
    make_spec: MakeSpec, train: Sequence[Row], dev: Sequence[Row], told: str
) -> None:
    warnings = facts_of(make_spec(), train, dev).warnings
    assert any(each.startswith(told) for each in warnings), warnings


def test_a_label_that_never_occurs_is_named_as_people_call_it(make_spec: MakeSpec) -> None:
    spec = make_spec(labels={0: "bad", 1: "good", 2: "so-so"})
    warnings = facts_of(spec, distinct(99, "a"), distinct(60, "b")).warnings
    assert "train has no row of the label 2 (so-so)" in warnings


def test_rows_that_are_left_out_are_listed(make_spec: MakeSpec) -> None:
    left_out = [f"train.tsv:{n}: field 'a' is empty" for n in range(7)]
    facts = facts_of(make_spec(), distinct(99, "a"), distinct(60, "b"), left_out=left_out)
    assert facts.warnings[0].startswith("7 rows can't be read and are left out: train.tsv:0: ")
    assert facts.warnings[0].endswith("; and 2 more")
