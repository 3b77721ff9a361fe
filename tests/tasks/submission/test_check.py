"""What is wrong with a prediction file is named, all of it."""

from __future__ import annotations

import pytest

from autoclue.tasks.submission import check_file, find_form

IDS = ["0", "1", "2"]
LABELS = ["0", "1"]


def label_lines(*labels: str, first: int = 0) -> bytes:
    """A file of labels whose numbers begin somewhere."""
    return "".join(
        f'{{"id": {number}, "label": "{label}"}}\n'
        for number, label in enumerate(labels, start=first)
    ).encode()


def test_a_file_as_it_should_be_has_no_problem() -> None:
    content = label_lines("0", "1", "1")
    assert check_file(content, find_form("label_lines"), ids=IDS, labels=LABELS) == []


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (
            label_lines("0", "1"),
            ["it has 2 rows, and the test file has 3", "ids '2' are missing"],
        ),
        (
            label_lines("0", "1", "1", "0"),
            ["it has 4 rows, and the test file has 3", "ids '3' are in no row of the test file"],
        ),
        (label_lines("0", "2", "7"), ["labels '2', '7' are none of the task's 2 labels"]),
        (
            label_lines("0", "1", "1", first=1),
            ["ids '0' are missing", "ids '3' are in no row of the test file"],
        ),
        (
            label_lines("0", "1") + label_lines("1"),
            ["ids '0' stand twice or more", "ids '2' are missing"],
        ),
        (b"\xfe", ["it is not UTF-8 (byte 0)"]),
    ],
)
def test_every_problem_is_named(content: bytes, problems: list[str]) -> None:
    assert check_file(content, find_form("label_lines"), ids=IDS, labels=LABELS) == problems


def test_another_order_is_a_problem_of_its_own() -> None:
    content = b'{\n  "b": 0,\n  "a": 1\n}'
    assert check_file(content, find_form("blanks"), ids=["a", "b"]) == [
        "its rows are not in the order of the test file"
    ]


def test_a_choice_that_the_row_does_not_have_is_a_problem() -> None:
    content = b'{"id": 0, "label": 3}\n{"id": 1, "label": 4}\n'
    found = check_file(content, find_form("choice_lines"), ids=["0", "1"], choices=[4, 4])
    assert found == ["ids '1' choose what their row doesn't have"]


def test_many_ids_are_counted() -> None:
    content = label_lines("0")
    found = check_file(content, find_form("label_lines"), ids=[str(n) for n in range(10)])
    assert found[1] == "ids '1', '2', '3' and 6 more are missing"
