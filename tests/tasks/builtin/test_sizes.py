from __future__ import annotations

import random

import pytest

from autoclue.errors import UsageError
from autoclue.tasks import load_task, normal_data, open_data, sized_data
from autoclue.tasks.builtin import GENERATORS, SIZES, normal_size
from autoclue.tasks.builtin.draw import Sample, distinct, distinct_parts
from autoclue.tasks.builtin.sizes import FEWEST_ROWS, MOST_ROWS, rows_of


@pytest.mark.parametrize(
    ("size", "train", "held_out"),
    [("tiny", 600, 100), ("small", 4800, 600), ("medium", 19_200, 2000), ("70", 70, 600)],
)
def test_a_size_gives_the_rows_of_each_split(size: str, train: int, held_out: int) -> None:
    rows = rows_of(size, small=4800)
    assert (rows.train, rows.held_out, rows.total) == (train, held_out, train + 2 * held_out)


def test_tiny_is_never_fewer_rows_than_a_number_may_ask_for() -> None:
    assert rows_of("tiny", small=160).train == FEWEST_ROWS


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_small_makes_short_trials_with_the_recipes_epochs(name: str) -> None:
    read = rows_of("small", small=GENERATORS[name].small).train * load_task(name).recipe.epochs
    assert 1500 <= read <= 10_000


@pytest.mark.parametrize("name", ["c3", "chid", "cmrc2018"])
@pytest.mark.parametrize("size", ["tiny", "77"])
def test_rows_of_a_reading_task_are_its_questions_or_blanks(name: str, size: str) -> None:
    rows = rows_of(normal_size(size), small=GENERATORS[name].small)
    data = open_data(load_task(name), f"builtin:{size}")
    found = [len(data.examples(split)) for split in data.splits]
    assert found == [rows.train, rows.held_out, rows.held_out]


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_no_named_size_of_a_task_is_beyond_the_limit(name: str) -> None:
    assert max(rows_of(s, small=GENERATORS[name].small).train for s in SIZES) <= MOST_ROWS


@pytest.mark.parametrize(
    ("data", "normal"),
    [
        ("builtin", "builtin"),
        ("builtin:small", "builtin"),
        ("builtin: Tiny", "builtin:tiny"),
        ("builtin:0500", "builtin:500"),
        ("download", "download"),
        ("./builtin", "./builtin"),
    ],
)
def test_data_has_one_spelling(data: str, normal: str) -> None:
    assert normal_data(data) == normal


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("smal", r"Unknown --builtin-size 'smal'\. Did you mean small"),
        ("", "Known: medium, small, tiny. Or give the number of rows"),
        ("-5", "Unknown --builtin-size"),
        ("1.5", "Unknown --builtin-size"),
        ("49", "is 49 rows, but must be 50 to 30000"),
        ("30001", "is 30001 rows"),
        ("\u0663\u0663\u0663", "Unknown --builtin-size"),
    ],
)
def test_a_size_that_is_none_is_refused(size: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        normal_size(size)


def test_a_size_and_the_built_in_text_make_one_value() -> None:
    assert sized_data("builtin", "tiny") == "builtin:tiny"
    assert sized_data("builtin", None) == sized_data("builtin", "small") == "builtin"
    assert sized_data("my-folder", None) == "my-folder"


@pytest.mark.parametrize("data", ["download", "my-folder", "builtin:tiny"])
def test_a_size_beside_other_data_is_refused(data: str) -> None:
    with pytest.raises(UsageError, match=f"given with --data {data}; it goes with --data builtin"):
        sized_data(data, "tiny")


def test_a_number_of_rows_is_generated() -> None:
    data = open_data(load_task("lcqmc"), "builtin:123")
    assert [len(data.examples(split)) for split in data.splits] == [123, 600, 600]


def test_a_grammar_that_is_used_up_says_so() -> None:
    def draw(rng: random.Random) -> Sample:
        text = rng.choice("abc")
        return Sample("0", {"text": text}, (text,))

    with pytest.raises(UsageError, match=r"4 rows were asked for, .* gives only 3 different ones"):
        distinct(draw, random.Random(1), 4)


def test_a_row_that_holds_more_than_a_part_lacks_is_left_out() -> None:
    def draw(rng: random.Random) -> Sample:
        units = tuple((str(rng.random()),) for _ in range(rng.choice((1, 3))))
        return Sample("", {}, ("text",), units)

    parts = distinct_parts(draw, random.Random(1), (5, 2))
    assert [sum(sample.size for sample in part) for part in parts] == [5, 2]
    assert {sample.size for sample in parts[0]} == {1, 3}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_every_grammar_holds_as_many_rows_as_may_be_asked_for(name: str) -> None:
    rows = rows_of(str(MOST_ROWS), small=GENERATORS[name].small)
    drawn = distinct(GENERATORS[name].draw, random.Random(7), rows.total)
    assert sum(sample.size for sample in drawn) == rows.total
