from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import DataError
from autoclue.tasks import ClassificationSpec, TextExample, read_split
from autoclue.tasks.kinds.classification.inputs import input_builder
from autoclue.tasks.spec_parts import WscInput

MakeSpec = Callable[..., ClassificationSpec]
WriteRows = Callable[..., Path]
WSC = {"input": {"kind": "wsc", "text": "text", "target": "target"}}
CSL = {"input": {"kind": "csl", "keywords": "k", "text": "t"}}
TEXT = "猫追狗因为它饿"
TARGET = {"span1_text": "狗", "span1_index": 2, "span2_text": "它", "span2_index": 5}


def test_a_single_text_has_no_second(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    spec = make_spec(input={"kind": "single", "text": "s"})
    path = write_rows({"s": "标题", "keywords": "词", "label": "no"})
    assert read_split(spec, "train", path) == [TextExample(0, "0", "标题", None, 0)]


def test_wsc_marks_a_noun_before_its_pronoun(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    path = write_rows({"text": TEXT, "target": TARGET, "label": "no"})
    assert read_split(make_spec(**WSC), "train", path)[0].text == "猫追_狗_因为[它]饿"


def test_wsc_marks_a_pronoun_before_its_noun(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    target = {"span1_text": "饿", "span1_index": 6, "span2_text": "它", "span2_index": 5}
    path = write_rows({"text": TEXT, "target": target, "label": "no"})
    assert read_split(make_spec(**WSC), "train", path)[0].text == "猫追狗因为[它]_饿_"


@given(
    st.lists(st.text("甲乙丙丁", min_size=1, max_size=4), min_size=5, max_size=5), st.booleans()
)
def test_wsc_markers_are_all_that_is_added(parts: list[str], swap: bool) -> None:
    start, end = len(parts[0]), len("".join(parts[:3]))
    spans = [(parts[1], start), (parts[3], end)]
    (noun, noun_at), (pronoun, pronoun_at) = reversed(spans) if swap else spans
    target = {"span1_text": noun, "span1_index": noun_at}
    target |= {"span2_text": pronoun, "span2_index": pronoun_at}
    builder = input_builder(WscInput(kind="wsc", text="text", target="target"))
    marked, _ = builder({"text": "".join(parts), "target": target})
    assert f"_{noun}_" in marked
    assert f"[{pronoun}]" in marked
    assert marked.translate({ord(c): None for c in "_[]"}) == "".join(parts)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"span1_index": 3}, "span1 '狗' does not stand at character 3 of the text"),
        ({"span2_index": -2}, "span2 '它' does not stand at character -2 of the text"),
        ({"span1_index": "2"}, "span1_index must be a whole number, not text"),
        ({"span1_index": True}, "span1_index must be a whole number, not true or false"),
        ({"span1_text": ""}, "span1_text is empty"),
        ({"span2_text": "为它", "span2_index": 4, "span1_text": "它", "span1_index": 5},
         "span1 and span2 overlap"),
    ],
)  # fmt: skip
def test_a_wsc_span_that_does_not_fit_is_an_error(
    make_spec: MakeSpec, write_rows: WriteRows, change: dict[str, object], problem: str
) -> None:
    path = write_rows({"text": TEXT, "target": TARGET | change, "label": "no"})
    with pytest.raises(DataError, match=f":1: {problem}"):
        read_split(make_spec(**WSC), "train", path)


def test_a_wsc_target_that_is_no_object_is_an_error(
    make_spec: MakeSpec, write_rows: WriteRows
) -> None:
    path = write_rows({"text": TEXT, "target": [1], "label": "no"})
    with pytest.raises(DataError, match="field 'target' must be an object, not a list"):
        read_split(make_spec(**WSC), "train", path)


def test_csl_keywords_are_joined_by_one_space(make_spec: MakeSpec, write_rows: WriteRows) -> None:
    path = write_rows({"k": ["甲 乙", "丙"], "t": "摘要", "label": "yes"})
    assert read_split(make_spec(**CSL), "train", path) == [
        TextExample(0, "0", "甲 乙 丙", "摘要", 1)
    ]


@pytest.mark.parametrize(
    ("keywords", "problem"),
    [
        ("甲", "field 'k' must be a list of texts, not text"),
        ([], "field 'k' is empty"),
        (["甲", 2], "entry 2 of field 'k' must be text, not a number"),
        (["甲", ""], "entry 2 of field 'k' is empty"),
    ],
)
def test_broken_csl_keywords_are_an_error(
    make_spec: MakeSpec, write_rows: WriteRows, keywords: object, problem: str
) -> None:
    path = write_rows({"k": keywords, "t": "摘要", "label": "yes"})
    with pytest.raises(DataError, match=f":1: {problem}"):
        read_split(make_spec(**CSL), "train", path)
