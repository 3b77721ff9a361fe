"""The most memory that a configuration takes of its device: a few steps on the longest rows.

Run as a process of its own, so that what it holds is given back before anything else begins.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import AutoclueError
from autoclue.tasks import open_moved
from autoclue.training.config import TrialConfig
from autoclue.training.data import Materials, Workspace
from autoclue.training.evaluate import answered_batches
from autoclue.training.features import Features
from autoclue.training.loop import Learner
from autoclue.training.platform import (
    MemoryReading,
    Meter,
    apply_switches,
    flush_denormals,
    flushing_enabled,
    load_paddle,
    memory_ran_out,
    meter_of,
    pick_device,
)

PROBED_STEPS: Final = 3
"""The moments of the optimizer are made in the first, and what libraries keep in the second."""


def probe_memory(
    config: TrialConfig, workspace: Workspace, *, device: str, meter: Meter | None = None
) -> MemoryReading:
    """Train three steps on the longest rows, answer the longest batch, and say what it took.

    A strategy that thaws layers is probed as in its last epoch, where most of them train. Where
    memory runs out, the configuration takes all of the device.

    Args:
        config: What is probed.
        workspace: What this process keeps.
        device: Paddle's device name.
        meter: Measures the device; ``None`` takes its own.

    Raises:
        UsageError: Something that it needs can't be read.
        AutoclueError: The memory of the device can't be read.
    """
    measure = meter_of(device) if meter is None else meter  # before the device holds anything
    load_paddle().set_device(device)
    materials = workspace.materials(config)
    measure.begin()
    try:
        with flush_denormals(enabled=device == "cpu" and flushing_enabled()):
            _take_largest_steps(config, materials, on_gpu=device != "cpu")
    except Exception as error:  # Paddle raises several kinds
        if not memory_ran_out(error):
            raise
        found = measure.read()
        return MemoryReading(found.device, found.room_bytes, found.context_bytes, found.room_bytes)
    return measure.read()


def _take_largest_steps(config: TrialConfig, materials: Materials, *, on_gpu: bool) -> None:
    timetable = config.timetable(len(materials.train))
    learner = Learner(config, materials, timetable, on_gpu=on_gpu)
    learner.begin_epoch(max(0, int(config.epochs) - 1))
    longest = longest_rows(materials.train, config.micro_batch_size)
    for step in range(1, PROBED_STEPS + 1):
        for _ in range(timetable.accumulation):
            learner.learn(longest, step=step)
        learner.take_step(step)
    learner.check_losses()  # waits for a GPU
    head, dev = materials.head, materials.dev
    rows = answered_batches(head, dev)[0]  # the longest come first
    least = int(head.evaluation_lengths(dev)[rows].max())
    batch = dev.batch(rows, int(materials.tokenizer.pad_token_id), least_length_tokens=least)
    learner.network.eval()
    with load_paddle().no_grad():
        head.outputs(learner.network, batch)


def longest_rows(features: Features, count: int) -> NDArray[np.int64]:
    """Return the numbers of the longest features, the longest first.

    Args:
        features: A split.
        count: How many; all where there are fewer.
    """
    order: NDArray[np.int64] = np.argsort(-features.lengths, kind="stable")[:count]
    return order


def answer_probe() -> int:
    """Probe the configuration that comes as JSON, and answer with a line of JSON.

    The question has the settings as ``config``, ``cpu`` or ``gpu`` as ``device``, and in
    ``copies`` the folders of ``data`` and ``model`` where they aren't at the places that the
    settings name; the answer has the reading, or why there is none as ``problem``.
    """
    asked = json.load(sys.stdin)
    try:
        apply_switches(gpu=asked["device"] != "cpu")
        config, device = TrialConfig.model_validate(asked["config"]), pick_device(asked["device"])
        workspace = _workspace_of(config, asked["copies"])
        told: dict[str, object] = asdict(probe_memory(config, workspace, device=device))
    except AutoclueError as error:
        told = {"problem": str(error)}
    print(json.dumps(told), flush=True)
    return 0


def _workspace_of(config: TrialConfig, copies: Mapping[str, str]) -> Workspace:
    workspace = Workspace()
    if "data" in copies:
        workspace.take_data(config.task, config.data, open_moved(Path(copies["data"])))
    if "model" in copies:
        workspace.take_model(config.model, Path(copies["model"]))
    return workspace
