"""A few steps of a configuration, to learn what it costs: seconds, and memory on a GPU."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from autoclue.errors import UsageError
from autoclue.training.config import TrialConfig
from autoclue.training.data import Materials, Workspace
from autoclue.training.evaluate import answered_batches
from autoclue.training.loop import Learner
from autoclue.training.platform import (
    card_memory,
    flush_denormals,
    flushing_enabled,
    forget_peak_memory,
    free_memory,
    load_paddle,
    memory_ran_out,
)
from autoclue.training.protocols import find_protocol
from autoclue.training.recipe import Timetable, training_batches

WARM_STEPS: Final = 3
"""The first steps are slow, and aren't counted."""
TIMED_STEPS: Final = 20
TIMED_BATCHES: Final = 12
"""Batches of the development set that are answered, spread over all lengths."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a few steps of a configuration took.

    Attributes:
        accumulation: Parts of a step that it was run in: more than asked where memory ran out.
        load_s: Seconds from nothing to the first step, once the features are there.
        step_s: Seconds of a step.
        evaluation_s: Seconds of an evaluation of the whole development set.
        features: Features of the training set, from which the steps of a trial follow.
        peak_bytes: The most memory of a GPU that it held; ``None`` on a CPU.
        card_bytes: All memory of that GPU.
    """

    accumulation: int
    load_s: float
    step_s: float
    evaluation_s: float
    features: int
    peak_bytes: int | None = None
    card_bytes: int | None = None


def probe(
    config: TrialConfig, workspace: Workspace, *, device: str, steps: int = TIMED_STEPS
) -> ProbeResult:
    """Run a few steps of a configuration, and answer a part of the development set.

    Where memory runs out, it is run in twice as many parts, as a search would go on.

    Args:
        config: What is probed.
        workspace: What this process keeps between probes.
        device: Paddle's device name.
        steps: Steps that are timed, at least 1.

    Raises:
        UsageError: Something that it needs can't be read, or not even one example at a time fits
            into memory.
    """
    load_paddle().set_device(device)
    materials = workspace.materials(config)
    while True:
        try:
            forget_peak_memory()
            return _measured(config, materials, on_gpu=device != "cpu", steps=steps)
        except Exception as error:  # Paddle raises several kinds
            if not memory_ran_out(error):
                raise
            before = config.micro_batch_size
        free_memory()
        if before < 2 or before % 2:
            raise UsageError(
                f"Memory runs out with {before} examples of {config.task} at once, of at most "
                f"{config.max_length_tokens} tokens; give a shorter length or a smaller model."
            )
        halves = {"gradient_accumulation_steps": 2 * config.gradient_accumulation_steps}
        config = TrialConfig.model_validate({**config.model_dump(), **halves})


def _measured(
    config: TrialConfig, materials: Materials, *, on_gpu: bool, steps: int
) -> ProbeResult:
    timetable = config.timetable(len(materials.train))
    with flush_denormals(enabled=not on_gpu and flushing_enabled()):
        began = time.perf_counter()
        learner = Learner(config, materials, timetable, on_gpu=on_gpu)
        load_s = time.perf_counter() - began
        step_s = _step_seconds(config, materials, timetable, learner, steps)
        evaluation_s = _evaluation_seconds(materials, learner.network)
    memory = card_memory()
    return ProbeResult(
        accumulation=config.gradient_accumulation_steps,
        load_s=load_s,
        step_s=step_s,
        evaluation_s=evaluation_s,
        features=len(materials.train),
        peak_bytes=None if memory is None else memory[0],
        card_bytes=None if memory is None else memory[1],
    )


def _step_seconds(
    config: TrialConfig,
    materials: Materials,
    timetable: Timetable,
    learner: Learner,
    steps: int,
) -> float:
    """Time steps after the first few; a small data set has fewer than are asked for."""
    order = find_protocol(config.protocol).order(len(materials.train), 0, config.seed)
    parts = timetable.accumulation
    batches = iter(training_batches(order, config.micro_batch_size))
    possible = max(1, timetable.micro_batches // parts)
    warm = min(WARM_STEPS, possible - 1)
    began, done = time.perf_counter(), 0
    for step in range(1, min(warm + steps, possible) + 1):
        for rows in islice(batches, parts):
            learner.learn(rows, step=step)
        learner.take_step(step)
        if step == warm:
            learner.check_losses()
            began = time.perf_counter()
        elif step > warm:
            done += 1
    learner.check_losses()  # waits for a GPU
    return (time.perf_counter() - began) / done


def _evaluation_seconds(materials: Materials, network: Any) -> float:
    """Time some batches of the development set, and count up to all of them."""
    paddle, head = load_paddle(), materials.head
    pad_id = int(materials.tokenizer.pad_token_id)
    lengths = head.evaluation_lengths(materials.dev)
    batches = answered_batches(head, materials.dev)
    chosen = batches[:: math.ceil(len(batches) / TIMED_BATCHES)]
    network.eval()
    began = time.perf_counter()
    with paddle.no_grad():
        for rows in chosen:
            least = int(lengths[rows].max())
            head.outputs(network, materials.dev.batch(rows, pad_id, least_length_tokens=least))
    spent = time.perf_counter() - began
    network.train()
    return spent * len(batches) / len(chosen)
