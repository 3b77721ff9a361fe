"""Forms of prediction files. The first lines are those that the published scripts wrote."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.tasks.submission import FORMS, FormError, find_form

ANSWERS = st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=12), max_size=6)
PLACES = st.dictionaries(st.text(min_size=1, max_size=8), st.integers(0, 9), max_size=6)
LABELS = st.lists(st.sampled_from(["0", "1", "entailment", "116"]), min_size=1, max_size=9)


def numbered(count: int) -> list[str]:
    """The ids of a numbered form."""
    return [str(number) for number in range(count)]


def test_label_lines_are_numbered_ascii_objects() -> None:
    written = find_form("label_lines").write(["2415", "7"], ["entailment", "neutral"])
    assert written == b'{"id": 0, "label": "entailment"}\n{"id": 1, "label": "neutral"}\n'


def test_choice_lines_hold_integers() -> None:
    assert find_form("choice_lines").write(["0"], [2]) == b'{"id": 0, "label": 2}\n'


def test_rows_of_several_labels_hold_lists_that_are_read_again() -> None:
    form = find_form("label_list_lines")
    written = form.write(["0", "1"], [["红", "蓝"], []])
    assert written == '{"id": 0, "label": ["红", "蓝"]}\n{"id": 1, "label": []}\n'.encode()
    assert form.read(written) == (("0", ["红", "蓝"]), ("1", []))


def test_answers_are_indented_by_four_and_end_with_a_line_feed() -> None:
    written = find_form("answers").write(["TRIAL_1_QUERY_0"], ["北京"])
    assert written == '{\n    "TRIAL_1_QUERY_0": "北京"\n}\n'.encode()


def test_blanks_are_indented_by_two_and_end_without_a_line_feed() -> None:
    written = find_form("blanks").write(["#idiom623377#"], [9])
    assert written == b'{\n  "#idiom623377#": 9\n}'


def test_plain_lines_hold_labels_alone() -> None:
    assert find_form("plain_lines").write(["0", "1"], ["neutral", "entailment"]) == (
        b"neutral\nentailment\n"
    )


@given(ANSWERS)
def test_answers_are_read_as_they_were_written(answers: dict[str, str]) -> None:
    form = find_form("answers")
    assert form.read(form.write(list(answers), list(answers.values()))) == tuple(answers.items())


@given(PLACES)
def test_places_are_read_as_they_were_written(places: dict[str, int]) -> None:
    form = find_form("blanks")
    assert form.read(form.write(list(places), list(places.values()))) == tuple(places.items())


@given(LABELS, st.sampled_from(["label_lines", "plain_lines"]))
def test_labels_are_read_as_they_were_written(labels: list[str], name: str) -> None:
    form, ids = find_form(name), numbered(len(labels))
    assert form.read(form.write(ids, labels)) == tuple(zip(ids, labels, strict=True))


@pytest.mark.parametrize(
    ("form", "content", "problem"),
    [
        ("label_lines", b'{"id": 0, "label": "1"}', "doesn't end with a line feed"),
        ("label_lines", b'{"id": 0}\n', "line 1 is not an object with the keys id and label"),
        ("label_lines", b'{"id": 0, "label": 1}\n', "line 1: id must be an integer and label a s"),
        ("label_lines", b'{"id": true, "label": "1"}\n', "id must be an integer"),
        ("label_lines", b"\xff\n", r"it is not UTF-8 \(byte 0\)"),
        ("label_lines", b"\n", "line 1 is not JSON"),
        ("label_list_lines", b'{"id": 0, "label": [1]}\n', "label a list of strings"),
        ("choice_lines", b'{"id": 0, "label": "2"}\n', "label an integer"),
        ("choice_lines", b'{"id": 0, "label": NaN}\n', "NaN is no JSON value"),
        ("answers", b"[]", "it is not one JSON object"),
        ("answers", b'{"a": "x", "a": "y"}', "the id 'a' stands twice"),
        ("answers", b'{"a": 1}', "the value of 'a' is not a string"),
        ("answers", b"[" * 100_000, "it is nested too deeply"),
        ("blanks", b'{"a": ' + b"1" * 5_000 + b"}", "it is not JSON"),
        ("plain_lines", b"neutral", "doesn't end with a line feed"),
        ("plain_lines", b"a" * 1_000_001 + b"\n", "more than 1,000,000 characters"),
    ],
)
def test_other_bytes_are_one_clause(form: str, content: bytes, problem: str) -> None:
    with pytest.raises(FormError, match=problem):
        find_form(form).read(content)


def test_label_lines_need_no_escapes() -> None:
    line = find_form("label_lines").write(["0"], ["是"]).decode("ascii")
    assert json.loads(line) == {"id": 0, "label": "是"}


def test_every_form_says_whether_it_numbers_its_rows() -> None:
    assert {name for name, form in FORMS.items() if not form.numbered} == {"answers", "blanks"}
