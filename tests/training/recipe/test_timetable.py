from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.training import Timetable, make_timetable
from autoclue.training.recipe.timetable import epoch_order, evaluation_batches, training_batches


def published(
    examples: int,
    batch_size: int,
    epochs: int,
    *,
    accumulation: int = 1,
    max_steps: int | None = None,
    exact_length: bool = False,
) -> Timetable:
    return make_timetable(
        examples=examples,
        batch_size=batch_size,
        accumulation=accumulation,
        epochs=epochs,
        max_steps=max_steps,
        eval_every_steps=100,
        exact_length=exact_length,
    )


def test_csl_at_batch_64_keeps_half_an_update_and_never_reaches_its_end() -> None:
    # The official 20,000 rows in micro-batches of 32: 625 an epoch, 312 steps and one left over.
    timetable = published(20_000, 64, 5, accumulation=2)
    assert timetable.total_steps == 1562.5
    assert timetable.steps == 1560
    assert timetable.evaluation_steps == tuple(range(100, 1501, 100))


def test_an_exact_length_is_that_of_the_steps_that_happen_and_is_evaluated() -> None:
    timetable = published(20_000, 64, 5, accumulation=2, exact_length=True)
    assert timetable.total_steps == timetable.steps == timetable.evaluation_steps[-1] == 1560
    short = published(100, 10, 1, accumulation=2, max_steps=12, exact_length=True)
    assert short.total_steps == short.steps == 12


def test_leftover_features_of_an_epoch_belong_to_no_step() -> None:
    assert published(20_000, 64, 5, accumulation=2).features_in_steps(32) == 624 * 32
    assert published(100, 30, 1).features_in_steps(30) == 120  # the last micro-batch has ten


@pytest.mark.parametrize(
    ("examples", "batch_size", "epochs", "evaluations"),
    [
        pytest.param(53_360, 32, 3, 51, id="tnews"),
        pytest.param(391_783, 16, 2, 490, id="cmnli"),
        pytest.param(1_244, 8, 50, 78, id="cluewsc2020"),
        pytest.param(12_133, 64, 3, 6, id="iflytek"),
    ],
)
def test_as_many_evaluations_as_the_published_script_makes(
    examples: int, batch_size: int, epochs: int, evaluations: int
) -> None:
    timetable = published(examples, batch_size, epochs)
    assert len(timetable.evaluation_steps) == evaluations
    assert timetable.evaluation_steps[-1] == timetable.steps == timetable.total_steps


def test_max_steps_replaces_the_epochs_and_counts_steps() -> None:
    timetable = published(100, 10, 1, accumulation=2, max_steps=12)
    assert (timetable.total_steps, timetable.steps, timetable.epochs) == (12.0, 12, 2)


def test_a_schedule_shorter_than_an_interval_is_scored_at_its_end() -> None:
    assert published(96, 32, 1).evaluation_steps == (3,)


def test_a_short_schedule_with_half_an_update_is_scored_at_its_last_update() -> None:
    timetable = published(90, 20, 1, accumulation=2)
    assert (timetable.total_steps, timetable.steps) == (4.5, 4)
    assert timetable.evaluation_steps == (4,)


def test_too_few_rows_for_one_update_are_refused() -> None:
    with pytest.raises(UsageError, match="8 training rows make 2 micro-batches of 4, fewer than"):
        published(8, 16, 3, accumulation=4)


@given(
    examples=st.integers(1, 500),
    micro=st.integers(1, 40),
    accumulation=st.integers(1, 4),
    epochs=st.integers(1, 6),
)
def test_a_timetable_never_promises_more_steps_than_the_data_hold(
    examples: int, micro: int, accumulation: int, epochs: int
) -> None:
    micro_batches = math.ceil(examples / micro)
    timetable = Timetable(
        total_steps=micro_batches * epochs / accumulation,
        epochs=epochs,
        micro_batches=micro_batches,
        accumulation=accumulation,
        eval_every_steps=100,
    )
    assert timetable.steps == epochs * (micro_batches // accumulation)
    assert timetable.steps <= timetable.total_steps < timetable.steps + epochs + 1


@given(examples=st.integers(1, 300), epoch=st.integers(0, 50))
def test_the_order_of_an_epoch_is_that_of_a_generator_seeded_by_its_number(
    examples: int, epoch: int
) -> None:
    rows = list(range(examples))
    np.random.RandomState(epoch).shuffle(rows)
    assert epoch_order(examples, epoch).tolist() == rows


@pytest.mark.paddle
def test_the_order_is_that_of_paddles_own_sampler() -> None:
    from autoclue.training.platform.runtime import load_paddle

    io = load_paddle().io
    sampler = io.DistributedBatchSampler(list(range(53)), batch_size=8, shuffle=True)
    for epoch in range(3):
        assert list(sampler) == [
            rows.tolist() for rows in training_batches(epoch_order(53, epoch), 8)
        ]


@given(examples=st.integers(1, 200), size=st.integers(1, 50), skip=st.integers(0, 5))
def test_an_epoch_takes_every_row_once_but_for_the_skipped_batches(
    examples: int, size: int, skip: int
) -> None:
    batches = [b.tolist() for b in training_batches(epoch_order(examples, 0), size, skip=skip)]
    assert [row for batch in batches for row in batch] == epoch_order(examples, 0).tolist()[
        skip * size :
    ]
    assert all(len(batch) == size for batch in batches[:-1])


@given(lengths=st.lists(st.integers(1, 128), min_size=1, max_size=100), size=st.integers(1, 40))
def test_evaluation_takes_every_row_once_the_longest_first(lengths: list[int], size: int) -> None:
    batches = evaluation_batches(lengths, size)
    rows = np.concatenate(batches).tolist()
    assert sorted(rows) == list(range(len(lengths)))
    assert [lengths[row] for row in rows] == sorted(lengths, reverse=True)
    assert max(len(batch) for batch in batches) <= size


@given(
    lengths=st.lists(st.integers(1, 128), min_size=1, max_size=100),
    size=st.integers(1, 40),
    tokens=st.integers(1, 500),
)
def test_no_batch_of_an_evaluation_has_more_tokens_than_allowed(
    lengths: list[int], size: int, tokens: int
) -> None:
    batches = evaluation_batches(lengths, size, batch_tokens=tokens)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    padded = [len(batch) * lengths[batch[0]] for batch in batches]
    assert all(
        len(batch) == 1 or (total <= tokens and len(batch) <= size)
        for batch, total in zip(batches, padded, strict=True)
    )


def test_a_batch_of_an_evaluation_is_as_large_as_its_tokens_allow() -> None:
    batches = evaluation_batches([512, 60, 500, 64, 490, 64, 64], 4, batch_tokens=1024)
    assert [batch.tolist() for batch in batches] == [[0, 2], [4, 3], [5, 6, 1]]


@pytest.mark.parametrize(
    ("epochs_between", "expected"),
    [(1.0, (5, 10, 12)), (0.5, (3, 5, 8, 10, 12)), (2.0, (10, 12)), (0.1, tuple(range(1, 13)))],
)
def test_evaluations_by_epochs_fall_where_a_share_of_the_steps_is_complete(
    epochs_between: float, expected: tuple[int, ...]
) -> None:
    timetable = make_timetable(
        examples=21,  # in micro-batches of 2: five steps an epoch, and one micro-batch left over
        batch_size=4,
        accumulation=2,
        epochs=1,
        max_steps=12,
        eval_every_steps=100,
        eval_every_epochs=epochs_between,
    )
    assert timetable.evaluation_steps == expected


def test_a_schedule_of_whole_steps_is_rounded_down() -> None:
    timetable = make_timetable(
        examples=9,
        batch_size=4,
        accumulation=2,
        epochs=3,
        max_steps=None,
        eval_every_steps=100,
        eval_every_epochs=1.0,
        whole_steps=True,
    )
    assert (timetable.total_steps, timetable.steps) == (7.0, 6)
    assert timetable.evaluation_steps == (2, 4, 6)
