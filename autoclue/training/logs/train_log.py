"""The lines of a training log, in the form that users of the published script know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from autoclue.records import LayerRate

NO_SCORES: Final[Mapping[str, float]] = MappingProxyType({})

BEST_SCORES = 2
"""Scores that the line of the best evaluation holds at most."""


def protocol_line(protocol: str) -> str:
    """Name the protocol at the head of a log."""
    return f"protocol: {protocol}"


def progress_line(
    *,
    step: int,
    total_steps: float,
    epoch: int,
    batch: int,
    loss: float,
    learning_rate: float,
    steps_per_s: float,
) -> str:
    """Report training; ``learning_rate`` is that of the next step, as the script prints it."""
    return (
        f"global step {step}/{total_steps:g}, epoch: {epoch}, batch: {batch}, rank_id: 0, "
        f"loss: {loss:f}, lr: {learning_rate:.10f}, speed: {steps_per_s:.4f} step/s"
    )


def evaluation_line(
    *,
    last_batch_loss: float,
    scores: Mapping[str, float],
    seconds: float,
    holdout_scores: Mapping[str, float] = NO_SCORES,
) -> str:
    """Report an evaluation; the loss is that of the last batch, as the script prints it.

    Args:
        last_batch_loss: In nats.
        scores: Scores by name, the primary one first.
        seconds: What the evaluation took.
        holdout_scores: Those on the held-out rows, if there are any.
    """
    line = f"eval loss: {last_batch_loss:f}, {_named(scores)}, eval done total : {seconds} s"
    if not holdout_scores:
        return line
    if len(holdout_scores) > 1:
        return f"{line}, held out: {_named(holdout_scores)}"
    return f"{line}, held out: {next(iter(holdout_scores.values())):.5g}"


def _named(scores: Mapping[str, float]) -> str:
    """Write scores with their names; the script calls accuracy ``acc``."""
    names = {"accuracy": "acc"}
    return ", ".join(f"{names.get(name, name)}: {value:.5g}" for name, value in scores.items())


def best_line(scores: Mapping[str, float]) -> str:
    """Report the best evaluation; the published tools look for this line.

    Of CMRC2018 it holds exact match and F1 as PaddleNLP computes them, as published.
    """
    shown = list(scores.values())[:BEST_SCORES]
    return "best_result: " + "/".join(f"{100 * score:.2f}" for score in shown)


def scores_line(scores: Mapping[str, float]) -> str:
    """Report all scores of the best evaluation by name, in percent."""
    return ", ".join(f"{name}: {100 * score:.2f}" for name, score in scores.items())


def rates_line(rates: Iterable[LayerRate], learning_rate: float) -> str:
    """Report the learning rate of every depth, lowest first."""
    parts = []
    for rate in rates:
        if not rate.trains:
            parts.append(f"{rate.label} frozen")
        elif rate.lr_scale_low == rate.lr_scale_high:
            parts.append(f"{rate.label} {rate.lr_scale_low * learning_rate:.3g}")
        else:
            low, high = rate.lr_scale_low * learning_rate, rate.lr_scale_high * learning_rate
            parts.append(f"{rate.label} {low:.3g} to {high:.3g}")
    return "peak learning rates: " + ", ".join(parts)


def change_line(step: int, settings: Mapping[str, object]) -> str:
    """Report that settings are others from a step on."""
    told = ", ".join(f"{name} {value}" for name, value in settings.items())
    return f"after step {step} changes: {told}"


def continues_line(step: int) -> str:
    """Report that a trial goes on from its state."""
    return f"continues from step {step}"


def trains_prefix_line(reason: str) -> str:
    """Report that a trial has no state of another one to start from."""
    return f"The trial begins at its first step, with the same result: {reason}."


def trains_earlier_line(reason: str | None) -> str:
    """Report that what a trial goes on from is trained first, and why there is no state of it."""
    told = "" if reason is None else f": {reason}"
    return f"First comes the training that the trial goes on from, with the same result{told}."


def goes_on_line(trainings: int) -> str:
    """Report that a trial begins with what so many trainings before it have come to."""
    return f"It goes on from the end of training {trainings} before it, with a new schedule."


def begins_anew_line(state_file: object, reason: str) -> str:
    """Report that a trial begins anew although there is a state of it."""
    return f"The state in {state_file} can't be used: {reason}. The trial begins anew."


def no_state_line(reason: str) -> str:
    """Report that a trial keeps no state of itself."""
    return f"No state is kept: {reason}. After an interruption this trial begins anew."
