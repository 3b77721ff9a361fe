from __future__ import annotations

import numpy as np
import pytest

from autoclue.errors import DataError
from autoclue.tasks.decoding.answers import OUTSIDE
from autoclue.tasks.reading.examples import Answer, SpanExample
from autoclue.training.heads.windows import SpanWindow, encode_spans
from tests.training.heads.plain_tokenizer import PlainTokenizer

CONTEXT = "零一二三四五六七八九"


def example(text: str = "", start: int = -1, *, context: str = CONTEXT) -> SpanExample:
    answers = (Answer(text, start),) if text else ()
    return SpanExample(0, "Q1", context, "问", answers)


def windows(given: SpanExample, *, length: int = 8, hop: int = 2) -> list[SpanWindow]:
    return encode_spans([given], PlainTokenizer(), max_length_tokens=length, hop_tokens=hop)


def text_of(window: SpanWindow) -> str:
    places = window.offsets[window.offsets[:, 0] != OUTSIDE]
    return CONTEXT[places[0, 0] : places[-1, 1]]


def test_windows_begin_one_hop_apart_and_the_last_is_shorter() -> None:
    texts = [text_of(window) for window in windows(example(), length=8, hop=3)]
    assert texts == ["零一二三", "三四五六", "六七八九"]
    texts = [text_of(window) for window in windows(example(), length=9, hop=4)]
    assert texts == ["零一二三四", "四五六七八", "八九"]


def test_short_window_hops_its_own_length() -> None:
    texts = [text_of(window) for window in windows(example(), length=8, hop=128)]
    assert texts == ["零一二三", "四五六七", "八九"]


def test_window_has_the_answer_only_if_it_holds_all_of_it() -> None:
    labels = [(window.start, window.end) for window in windows(example("三四", 3), hop=2)]
    assert labels == [(0, 0), (4, 5), (0, 0), (0, 0)]


def test_first_answer_alone_is_the_label() -> None:
    both = SpanExample(0, "Q1", CONTEXT, "问", (Answer("一", 1), Answer("二", 2)))
    assert (windows(both)[0].start, windows(both)[0].end) == (4, 4)


def test_answer_in_the_last_token_of_a_window_starts_one_too_far() -> None:
    window = windows(example("三", 3))[0]
    assert (window.start, window.end) == (7, 6)
    assert len(window.input_ids) == 8


def test_answer_is_found_by_its_place_whatever_stands_there() -> None:
    window = windows(example("甲乙", 1))[0]
    assert (window.start, window.end) == (4, 5)


@pytest.mark.parametrize("given", [example(), example("零", -1)])
def test_answer_without_a_place_is_labelled_as_not_there(given: SpanExample) -> None:
    assert {(window.start, window.end) for window in windows(given)} == {(0, 0)}


def test_empty_context_has_no_window() -> None:
    assert windows(example(context="")) == []


def test_question_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(DataError, match="Question Q1 has 1 tokens, which leaves no room"):
        windows(example(), length=4)


def test_tokenizer_whose_places_dont_match_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlainTokenizer, "get_offset_mapping", lambda self, text: [(0, 1)])
    with pytest.raises(DataError, match="finds 10 tokens but places for 1"):
        windows(example())


def test_windows_know_their_example() -> None:
    made = encode_spans([example(), example()], PlainTokenizer(), max_length_tokens=512)
    assert [window.example for window in made] == [0, 1]
    assert np.array_equal(made[0].input_ids, made[1].input_ids)
