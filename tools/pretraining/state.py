"""A training run on disk: weights, optimizer and how far it is; replaced in one move."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tools.pretraining.network import WORDS, Shape, initial_weights
from tools.pretraining.word_vectors import word_vectors

CHECKPOINT = "checkpoint.pt"
WORD_DEVIATION = 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        updates: Updates done; also the number of the next batch.
        tokens: Tokens seen.
        trained_s: Training time so far, without pauses.
    """

    updates: int = 0
    tokens: int = 0
    trained_s: float = 0.0

    def after(self, *, tokens: int, seconds: float) -> Progress:
        """Add one update."""
        return replace(
            self,
            updates=self.updates + 1,
            tokens=self.tokens + tokens,
            trained_s=self.trained_s + seconds,
        )


@dataclass
class Run:
    """What changes while training.

    Attributes:
        shape: The size of the network.
        weights: By name.
        optimizer: Over these weights.
        progress: How far it is.
    """

    shape: Shape
    weights: dict[str, Tensor]
    optimizer: torch.optim.Optimizer
    progress: Progress

    def save(self, folder: Path) -> None:
        """Write a checkpoint; a reader sees the old one or the new one, never a part."""
        content = {
            "shape": asdict(self.shape),
            "weights": {name: weight.detach() for name, weight in self.weights.items()},
            "optimizer": self.optimizer.state_dict(),
            "progress": asdict(self.progress),
        }
        scratch = folder / f"{CHECKPOINT}.new"
        with scratch.open("wb") as file:
            torch.save(content, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, folder / CHECKPOINT)


def new_run(shape: Shape, tokens: NDArray[np.uint16], *, seed: int, weight_decay: float) -> Run:
    """Begin with what counting the tokens of the corpus tells, and random weights elsewhere.

    Args:
        shape: The size of the network.
        tokens: The corpus.
        seed: Seeds the random weights.
        weight_decay: Of matrices.
    """
    weights = initial_weights(shape, seed=seed)
    vectors = word_vectors(tokens, shape.vocabulary, width=shape.hidden, seed=seed)
    counts = np.bincount(tokens, minlength=shape.vocabulary) + 1.0
    with torch.no_grad():
        weights[WORDS].copy_(torch.from_numpy(vectors * WORD_DEVIATION))
        weights["guess.bias"].copy_(torch.from_numpy(np.log(counts / counts.sum())))
    return Run(shape, weights, _optimizer(weights, weight_decay), Progress())


def read_run(folder: Path, *, weight_decay: float) -> Run:
    """Go on with a checkpoint."""
    content = read_checkpoint(folder)
    weights = {name: weight.requires_grad_() for name, weight in content["weights"].items()}
    optimizer = _optimizer(weights, weight_decay)
    optimizer.load_state_dict(content["optimizer"])
    return Run(Shape(**content["shape"]), weights, optimizer, Progress(**content["progress"]))


def read_checkpoint(folder: Path) -> dict[str, Any]:
    """Read a checkpoint's plain content; nothing but tensors and numbers is unpickled."""
    content: dict[str, Any] = torch.load(
        folder / CHECKPOINT, map_location="cpu", weights_only=True
    )
    return content


def _optimizer(weights: dict[str, Tensor], weight_decay: float) -> torch.optim.Optimizer:
    matrices = [weight for weight in weights.values() if weight.dim() > 1]
    vectors = [weight for weight in weights.values() if weight.dim() == 1]
    groups = [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), eps=1e-6, fused=True)
