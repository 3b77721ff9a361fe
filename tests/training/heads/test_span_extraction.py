from __future__ import annotations

import numpy as np
import pytest

from autoclue.tasks.decoding.answers import NO_ANSWER, OUTSIDE
from autoclue.tasks.reading.examples import SpanExample
from autoclue.training.heads.span_extraction import SpanLogits, answer_questions, collate_windows
from autoclue.training.heads.windows import SpanWindow, encode_spans
from tests.training.heads.plain_tokenizer import PAD, PlainTokenizer

CONTEXT = "零一二三四五"


def windows(*contexts: str, length: int = 7) -> tuple[list[SpanExample], list[SpanWindow]]:
    examples = [SpanExample(i, f"Q{i}", text, "问", ()) for i, text in enumerate(contexts)]
    made = encode_spans(examples, PlainTokenizer(), max_length_tokens=length, hop_tokens=2)
    return examples, made


def peak(length: int, place: int) -> SpanLogits:
    values = np.zeros(length, dtype=np.float32)
    values[place] = 9.0
    return SpanLogits(values, values)


def test_windows_are_padded_to_the_longest() -> None:
    _, made = windows("零", "零一")
    batch = collate_windows(made, pad_id=PAD)
    assert batch.input_ids.shape == (2, 6)
    assert batch.input_ids[0, -1] == PAD
    assert batch.token_type_ids.tolist() == [[0, 0, 0, 1, 1, 0], [0, 0, 0, 1, 1, 1]]


def test_answer_comes_from_the_best_window() -> None:
    examples, made = windows(CONTEXT)
    outputs = [peak(7, 0) for _ in made]
    outputs[-1] = peak(7, 3)
    places = made[-1].offsets[made[-1].offsets[:, 0] != OUTSIDE]
    assert answer_questions(examples, made, outputs) == {"Q0": CONTEXT[places[0, 0]]}


def test_answers_are_in_the_order_of_the_questions_and_all_there() -> None:
    examples, made = windows("零", "", "一")
    answers = answer_questions(examples, made, [peak(5, 3), peak(5, 3)])
    assert list(answers.items()) == [("Q0", "零"), ("Q1", NO_ANSWER), ("Q2", "一")]


def test_every_window_needs_its_output() -> None:
    examples, made = windows("零")
    with pytest.raises(ValueError, match="shorter"):
        answer_questions(examples, made, [])
