"""Have a process of its own find out what a configuration takes of a GPU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from autoclue.errors import AutoclueError, UsageError, last_line
from autoclue.search.inputs import command_folders
from autoclue.search.spec import Brought
from autoclue.training import TrialConfig
from autoclue.training.platform import MemoryReading

MOST_SECONDS: Final = 1800.0
"""Data that are tokenized for the first time take a while."""

SCRIPT: Final = (
    "import sys; sys.path[:1] = {folders!r}; "
    "from autoclue.training.memory_probe import answer_probe; sys.exit(answer_probe())"
)
"""Imports from the folders of this command in place of the current one, as workers do."""


def ask_for_memory(
    config: TrialConfig,
    device: str,
    *,
    brought: Brought | None = None,
    timeout_s: float = MOST_SECONDS,
) -> MemoryReading:
    """Probe what a configuration takes of its device.

    Args:
        config: The configuration.
        device: ``cpu`` or ``gpu``.
        brought: Copies of data and model, where this machine lacks what the configuration names.
        timeout_s: Seconds that it may take.

    Raises:
        UsageError: Something that the configuration needs can't be read.
        AutoclueError: The probe can't be run.
    """
    places = {} if brought is None else {"data": brought.tree, "model": brought.model}
    copies = {name: str(path) for name, path in places.items() if path is not None}
    asked = json.dumps({"config": config.model_dump(), "device": device, "copies": copies})
    return _reading(_run([sys.executable, "-c", _script()], asked, timeout_s))


def _script() -> str:
    return SCRIPT.format(folders=command_folders())


def _run(command: Sequence[str], asked: str, timeout_s: float) -> str:
    """Return the last line that the process prints."""
    try:
        done = subprocess.run(
            command,
            input=asked,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AutoclueError(
            f"The memory of a trial could not be probed ({type(error).__name__}); give "
            "--gpus-per-trial a number."
        ) from error
    if done.returncode != 0:
        said = last_line(done.stderr, otherwise=f"exit code {done.returncode}")
        raise AutoclueError(
            f"The memory of a trial could not be probed ({said[:300]}); give --gpus-per-trial a "
            "number."
        )
    return last_line(done.stdout)


def _reading(answer: str) -> MemoryReading:
    told = json.loads(answer)
    if "problem" in told:
        raise UsageError(told["problem"])
    return MemoryReading(**told)
