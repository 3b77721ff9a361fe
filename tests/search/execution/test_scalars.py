from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from autoclue.option_fields import LOG_KINDS
from autoclue.records import Evaluation, LayerRate, TrialState
from autoclue.search.execution import scalars
from autoclue.search.execution.scalars import WRITERS, ScalarWriter, scalar_logs, scalars_of
from autoclue.search.store import Prepared
from autoclue.training import TrialConfig

CONFIG = TrialConfig(
    task="ocnli", model="m", learning_rate=1e-3, batch_size=16, epochs=1, max_length_tokens=32
)
RATES = (
    LayerRate(0, "embeddings", 0.0, 0.0, False, 9),
    LayerRate(1, "layer 1", 0.4, 0.5, True, 9),
)
EVALUATION = Evaluation(40, 0.7, 0.5, 0.6, 1e-3, 10.0, 0.1, 4.0, 1)


class Written:
    """A writer that remembers what it is given."""

    made: ClassVar[list[Written]] = []

    def __init__(self, folder: Path) -> None:
        self.folder, self.rows, self.closed = folder, list[tuple[str, float, int]](), False
        self.made.append(self)

    def add(self, name: str, value: float, step: int) -> None:
        self.rows.append((name, value, step))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Written]]:
    """What was written, by a writer that stands in the place of TensorBoard's."""
    monkeypatch.setattr(scalars, "WRITERS", {"tensorboard": Written})
    yield Written.made
    Written.made.clear()


def test_an_evaluation_gives_losses_scores_speed_and_rates_by_layer() -> None:
    assert scalars_of(EVALUATION, RATES) == {
        "score/development": 0.7,
        "loss/train": 0.6,
        "loss/development": 0.5,
        "speed/steps_per_s": 10.0,
        "rate/base": 1e-3,
        "rate/00_embeddings": 0.0,
        "rate/01_layer_1": 5e-4,
    }


def test_numbers_that_are_not_finite_are_left_out() -> None:
    odd = Evaluation(1, 0.5, float("nan"), float("inf"), 1e-3, 1.0, 0.1, 1.0, 1, 0.4)
    assert set(scalars_of(odd, ())) == {
        "score/development", "score/held_out", "speed/steps_per_s", "rate/base",
    }  # fmt: skip


def test_every_trial_has_a_log_of_its_own_and_each_is_closed(
    written: list[Written], tmp_path: Path
) -> None:
    with scalar_logs(tmp_path, ["tensorboard"]) as logs:
        for number in (0, 1):
            logs.started(number, CONFIG)
            logs.prepared(number, Prepared(40.0, (40,), RATES))
            logs.evaluated(number, EVALUATION)
        logs.ended(0, TrialState.COMPLETE, score=0.7, reason=None)
        assert [each.closed for each in written] == [True, False]
    assert [each.closed for each in written] == [True, True]
    assert [each.folder for each in written] == [
        tmp_path / "logs" / "tensorboard" / name for name in ("0000", "0001")
    ]
    assert ("rate/01_layer_1", 5e-4, 40) in written[1].rows


def test_without_a_tool_nothing_is_written(tmp_path: Path) -> None:
    with scalar_logs(tmp_path, ()) as logs:
        logs.started(0, CONFIG)
        logs.evaluated(0, EVALUATION)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", LOG_KINDS)
def test_the_tools_own_writers_leave_their_files(kind: str, tmp_path: Path) -> None:
    assert set(WRITERS) == set(LOG_KINDS)
    pytest.importorskip(LOG_KINDS[kind])
    writer: ScalarWriter = WRITERS[kind](tmp_path / "0000")
    writer.add("score/development", 0.5, 10)
    writer.close()
    assert [path.stat().st_size > 0 for path in (tmp_path / "0000").iterdir()] == [True]
