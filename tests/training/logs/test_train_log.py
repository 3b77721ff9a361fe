from __future__ import annotations

from autoclue.records import LayerRate
from autoclue.training.logs.train_log import best_line, evaluation_line, progress_line, rates_line


def test_a_progress_line_reads_as_in_the_published_logs() -> None:
    # The first line of the TNEWS log in PaddleNLP's CLUE document.
    line = progress_line(
        step=100,
        total_steps=10008.0,
        epoch=0,
        batch=99,
        loss=2.719922,
        learning_rate=3e-6,
        steps_per_s=12.009,
    )
    assert line == (
        "global step 100/10008, epoch: 0, batch: 99, rank_id: 0, loss: 2.719922, "
        "lr: 0.0000030000, speed: 12.0090 step/s"
    )


def test_an_evaluation_line_reads_as_in_the_published_logs() -> None:
    # The second line of the same log.
    line = evaluation_line(last_batch_loss=2.762143, score=0.0532, seconds=9.460448503494263)
    assert line == "eval loss: 2.762143, acc: 0.0532, eval done total : 9.460448503494263 s"


def test_a_schedule_of_half_steps_is_printed_with_its_half() -> None:
    line = progress_line(
        step=100,
        total_steps=1562.5,
        epoch=0,
        batch=199,
        loss=0.5,
        learning_rate=1e-5,
        steps_per_s=1.0,
    )
    assert line.startswith("global step 100/1562.5, epoch: 0, batch: 199,")


def test_the_best_line_is_a_percentage_with_two_digits() -> None:
    assert best_line(0.79034) == "best_result: 79.03"


def test_rates_are_listed_by_depth_with_frozen_and_mixed_ones() -> None:
    rates = [
        LayerRate(0, "embeddings", 0.25, 0.25, False, 10),
        LayerRate(1, "layer 1", 0.25, 0.5, True, 10),
        LayerRate(2, "head", 1.0, 1.0, True, 10),
    ]
    expected = "peak learning rates: embeddings frozen, layer 1 5e-06 to 1e-05, head 2e-05"
    assert rates_line(rates, 2e-5) == expected
