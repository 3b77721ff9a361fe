"""Ask another framework what a model answers to a few inputs, in a process of its own."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autoclue.errors import last_line

ROWS, TOKENS = 2, 12
MOST_SECONDS = 900


class NotComparedError(Exception):
    """A model's answers can't be had from the framework that it comes from; the text says why."""


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework in which models are published.

    Attributes:
        script: Runs it; a file beside this one, or its path.
        modules: What it imports.
        extra: The extra of autoclue that installs them.
        families: The architectures that it can build; empty for whatever the framework itself has.
    """

    script: str
    modules: tuple[str, ...]
    extra: str
    families: tuple[str, ...] = ()

    @property
    def missing(self) -> str | None:
        """The first module that isn't installed; ``None`` where all are."""
        return next((m for m in self.modules if importlib.util.find_spec(m) is None), None)

    @property
    def words(self) -> str:
        """Its modules with their versions."""
        return " and ".join(f"{each} {_version(each)}" for each in self.modules)


FRAMEWORKS: Mapping[str, Framework] = {
    "Hugging Face": Framework("torch_outputs.py", ("transformers", "torch"), "torch"),
    "TensorFlow": Framework("tensorflow_outputs.py", ("tensorflow",), "tensorflow", ("bert",)),
}
"""By the form that a model's folder is in; PaddleNLP's own forms need no comparison."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """A few inputs without padding.

    Attributes:
        ids: Token ids, ``[rows x tokens]``.
        segments: Segment ids, ``[rows x tokens]``.
    """

    ids: NDArray[np.int64]
    segments: NDArray[np.int64]


def some_inputs(vocabulary: int, positions: int | None, segments: int) -> Inputs:
    """Make inputs of ids from all over a vocabulary, the second half of each a second text.

    Args:
        vocabulary: Rows of the table of embeddings.
        positions: Longest input in tokens; ``None`` where there is no limit.
        segments: Segments that the model tells apart.
    """
    tokens = TOKENS if positions is None else min(TOKENS, max(positions - 2, 1))
    ids = np.linspace(vocabulary // 10 + 1, vocabulary - 1, ROWS * tokens).astype(np.int64)
    second = np.arange(tokens) >= tokens // 2 if segments > 1 else np.zeros(tokens, dtype=bool)
    return Inputs(
        ids.reshape(ROWS, tokens), np.broadcast_to(second, (ROWS, tokens)).astype(np.int64)
    )


def original_outputs(
    framework: Framework,
    *,
    config: Mapping[str, object],
    family: str,
    weights: Sequence[Path],
    prefix: str,
    inputs: Inputs,
) -> NDArray[np.float32]:
    """Return what a model answers in the framework that it comes from.

    Args:
        framework: Which.
        config: The model's configuration.
        family: Its architecture.
        weights: Its files of weights.
        prefix: What stands before the names of its encoder, with dots.
        inputs: What it is given.

    Returns:
        The last hidden states, ``[rows x tokens x width]``.

    Raises:
        NotComparedError: The framework isn't installed, doesn't know the architecture, or fails.
    """
    if (missing := framework.missing) is not None:
        raise NotComparedError(
            f"{missing} isn't installed (pip install 'autoclue[{framework.extra}]')"
        )
    if framework.families and family not in framework.families:
        raise NotComparedError(f"there is nothing to compare a {family} with")
    asked = {
        "config": dict(config),
        "family": family,
        "weights": [str(path.resolve()) for path in weights],
        "prefix": prefix,
        "ids": inputs.ids.tolist(),
        "segments": inputs.segments.tolist(),
    }
    with tempfile.TemporaryDirectory(prefix="autoclue-") as folder:
        return _run(framework, asked, Path(folder))


def _run(framework: Framework, asked: Mapping[str, object], folder: Path) -> NDArray[np.float32]:
    (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    script = Path(__file__).parent / framework.script
    variables = {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "USE_TF": "0"}
    try:
        done = subprocess.run(
            [sys.executable, str(script), "asked.json", "answered.npy"],
            cwd=folder,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=MOST_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotComparedError(
            f"{framework.words} didn't answer ({type(error).__name__})"
        ) from error
    if done.returncode != 0:
        raise NotComparedError(f"{framework.words} said: {last_line(done.stderr)[:300]}")
    found: NDArray[np.float32] = np.load(folder / "answered.npy", allow_pickle=False)
    return found


def _version(module: str) -> str:
    for name in (module, f"{module}_cpu"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(name)
    return "of unknown version"
