"""The lines of a training log, in the form that users of the published script know."""

from __future__ import annotations

from collections.abc import Iterable

from autoclue.records import LayerRate


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
    *, last_batch_loss: float, score: float, seconds: float, holdout_score: float | None = None
) -> str:
    """Report an evaluation; the loss is that of the last batch, as the script prints it."""
    line = f"eval loss: {last_batch_loss:f}, acc: {score:.5g}, eval done total : {seconds} s"
    return line if holdout_score is None else f"{line}, held out: {holdout_score:.5g}"


def best_line(score: float) -> str:
    """Report the best evaluation; the published tools look for this line."""
    return f"best_result: {100 * score:.2f}"


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


def continues_line(step: int) -> str:
    """Report that a trial goes on from its state."""
    return f"continues from step {step}"


def begins_anew_line(state_file: object, reason: str) -> str:
    """Report that a trial begins anew although there is a state of it."""
    return f"The state in {state_file} can't be used: {reason}. The trial begins anew."


def no_state_line(reason: str) -> str:
    """Report that a trial keeps no state of itself."""
    return f"No state is kept: {reason}. After an interruption this trial begins anew."
