"""The parts of a model card that are made from files."""

from __future__ import annotations

from benchmarks.pretraining.card import CURVE_POINTS, curve_table, source_table


def validation(updates: int) -> dict[str, float]:
    return {
        "updates": updates,
        "tokens": 2048 * updates,
        "held_out_token_loss": 4.0,
        "held_out_token_accuracy": 0.25,
        "held_out_relation_accuracy": 0.5,
    }


def test_every_source_is_named_with_its_licence() -> None:
    row = {"source": "tales", "repo": "a/b", "commit": "0123456789abcdef", "licence": "MIT"}
    assert list(source_table([row]))[2:] == ["| tales | a/b | 0123456789ab | MIT |"]


def test_curve_keeps_first_and_last_and_leaves_training_lines_out() -> None:
    lines = [*(validation(n) for n in range(1, 101)), {"updates": 101, "train_token_loss": 4.0}]
    rows = list(curve_table(lines))[2:]
    assert len(rows) == CURVE_POINTS
    assert rows[0].startswith("| 1 | 0.0 | 4.000 | 25.0% | 50.0% |")
    assert rows[-1].startswith("| 100 | 0.2 |")


def test_short_curve_is_shown_whole() -> None:
    assert len(list(curve_table([validation(1), validation(2)]))) == 2 + 2
    assert len(list(curve_table([validation(1)]))) == 2 + 1
