from __future__ import annotations

import pytest

from autoclue.errors import DataError
from autoclue.tasks.reading.examples import ChoiceExample
from autoclue.training.heads.choices import FILLER, ChoiceFeature, encode_choices, shorten_longest
from tests.training.heads.plain_tokenizer import PAD, SEP, PlainTokenizer


def feature(
    context: str, choices: tuple[str, ...], *, length: int = 64, num_choices: int = 4
) -> ChoiceFeature:
    example = ChoiceExample(0, "Q1", context, "问", choices, 1)
    (made,) = encode_choices(
        [example], PlainTokenizer(), max_length_tokens=length, num_choices=num_choices
    )
    return made


def parts(made: ChoiceFeature, choice: int) -> list[str]:
    """The three texts of a choice's input."""
    ids = [token for token in made.input_ids[choice, 1:].tolist() if token != PAD]
    signs = "".join("|" if token == SEP else chr(token) for token in ids)
    return signs.split("|")[:3]


def test_each_choice_is_laid_out_behind_text_and_question() -> None:
    made = feature("甲乙", ("丙", "丁"), num_choices=2)
    assert [parts(made, choice) for choice in range(2)] == [
        ["甲乙", "问", "丙"],
        ["甲乙", "问", "丁"],
    ]
    assert made.token_type_ids[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_missing_choices_are_filled_up_and_told_apart() -> None:
    made = feature("甲", ("丙", "丁"))
    assert [parts(made, choice)[2] for choice in range(4)] == ["丙", "丁", FILLER, FILLER]
    assert made.real.tolist() == [True, True, False, False]


def test_rows_are_filled_up_to_the_longest_choice() -> None:
    made = feature("甲", ("丙丁戊", "丁"), num_choices=2)
    assert made.input_ids.shape == (2, 9)
    assert made.input_ids[1, -2:].tolist() == [PAD, PAD]
    assert made.token_type_ids[1, -2:].tolist() == [0, 0]


def test_all_choices_carry_the_text_as_the_last_one_left_it() -> None:
    made = feature("甲乙丙丁戊己", ("子", "丑寅卯"), length=12, num_choices=2)
    assert parts(made, 0) == ["甲乙丙丁", "问", "子"]
    assert parts(made, 1) == ["甲乙丙丁", "问", "丑寅卯"]


def test_longest_part_loses_first_and_earlier_among_equals() -> None:
    lists = (list("甲甲"), list("乙乙"), list("丙"))
    shorten_longest(lists, 3)
    assert [len(part) for part in lists] == [1, 1, 1]
    shorten_longest(lists, 2)
    assert [len(part) for part in lists] == [0, 1, 1]


def test_question_without_a_label_has_minus_one() -> None:
    example = ChoiceExample(0, "Q1", "甲", "问", ("丙", "丁"), None)
    (made,) = encode_choices([example], PlainTokenizer(), max_length_tokens=64, num_choices=2)
    assert made.label == -1


def test_more_choices_than_the_network_scores_are_refused() -> None:
    with pytest.raises(DataError, match="Question Q1 has 5 choices, but the network scores 4"):
        feature("甲", tuple("子丑寅卯辰"))
