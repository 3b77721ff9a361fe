"""What tests of whole trials compare, to the last bit."""

from __future__ import annotations

from collections.abc import Mapping

from autoclue.records import Evaluation
from autoclue.training.loop.trial import Trial


def run(trial: Trial) -> Trial:
    while trial.advance() is not None:
        pass
    return trial


def curve(trial: Trial) -> list[tuple[float, ...]]:
    def digits(e: Evaluation) -> tuple[float, ...]:
        return e.step, e.score, e.dev_loss, e.train_loss, e.learning_rate, e.epoch

    return [digits(e) for e in trial.history]


def weights(trial: Trial) -> Mapping[str, bytes]:
    return {name: p.numpy().tobytes() for name, p in trial.learner.network.named_parameters()}
