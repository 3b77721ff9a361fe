from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import DataError
from autoclue.tasks.reading.examples import BlankExample
from autoclue.training.heads.blanks import encode_blanks, passage_tokens, window_around
from tests.training.heads.plain_tokenizer import MASK, SEP, UNKNOWN, PlainTokenizer

IDIOMS = ("一心一意", "画蛇添足")


def example(passage: str, start: int, candidates: tuple[str, ...] = IDIOMS) -> BlankExample:
    return BlankExample(0, "#idiom000001#", 0, passage, start, candidates, 1)


def signs(ids: list[int]) -> str:
    names = {SEP: "|", MASK: "M", UNKNOWN: "_"}
    return "".join(names.get(token, chr(token)) for token in ids[1:])


def encode(given: BlankExample, length: int = 64) -> str:
    (made,) = encode_blanks([given], PlainTokenizer(), max_length_tokens=length)
    return signs(made.input_ids[1].tolist())


def test_candidate_stands_before_the_passage_with_its_blank_marked() -> None:
    assert encode(example("甲乙#idiom000001#丙", 2)) == "画蛇添足|甲乙_丙|"


def test_other_blanks_become_four_masks_each() -> None:
    passage = "甲#idiom000001#乙#idiom000002#丙"
    assert encode(example(passage, 1)) == "画蛇添足|甲_乙MM|"
    assert encode(example(passage, passage.rindex("#idiom"))) == "画蛇添足|MM乙_丙|"


def test_signs_are_replaced_before_the_passage_is_cut() -> None:
    tokens = passage_tokens("“甲”——‘乙’—…\u202f#idiom000001#―", PlainTokenizer())
    assert tokens == [*"\"甲\"--'乙'-...", "#idiom000001#", "-"]


def test_window_takes_half_from_each_side() -> None:
    left, right = window_around("abcdeXfghij", 5, 4)
    assert ("".join(left), "".join(right)) == ("de", "fg")


def test_side_with_enough_fills_up_for_a_short_beginning() -> None:
    left, right = window_around("aXbcdefgh", 1, 4)
    assert ("".join(left), "".join(right)) == ("a", "bcd")


def test_side_with_enough_fills_up_for_a_short_end() -> None:
    left, right = window_around("abcdefgXh", 7, 4)
    assert ("".join(left), "".join(right)) == ("efg", "h")


def test_short_passage_loses_its_beginning_as_in_the_script() -> None:
    tokens = "abcdefXg"
    assert window_around(tokens, 6, 10)[0] == list("f")  # from 2 x 8 - 11 on
    assert window_around(tokens, 6, 10, wrap=False) == (list("abcdef"), ["g"])


@given(st.integers(1, 80), st.data())
def test_window_never_holds_more_than_it_may(length: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, length - 1))
    for wrap in (True, False):
        left, right = window_around("甲" * length, place, 56, wrap=wrap)
        assert len(left) + len(right) <= 56


def test_candidates_of_different_lengths_are_refused() -> None:
    uneven = example("甲#idiom000001#", 1, ("一心一意", "不管三七二十一"))
    with pytest.raises(DataError, match="candidates of blank #idiom000001# have different"):
        encode(uneven)
