from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from autoclue.training import TrialConfig

MakeConfig = Callable[..., TrialConfig]


def _config(**changes: object) -> TrialConfig:
    given = {"task": "xnli", "model": "builtin", "learning_rate": 3e-5, "batch_size": 32}
    return TrialConfig.model_validate({**given, "epochs": 3, "max_length_tokens": 128, **changes})


@pytest.fixture
def config() -> MakeConfig:
    """Make a trial's settings."""
    return _config


@pytest.fixture
def terminal() -> Callable[..., Console]:
    """Make a terminal that keeps what is drawn on it."""

    def make(width: int = 100) -> Console:
        return Console(file=io.StringIO(), record=True, force_terminal=True, width=width)

    return make


@pytest.fixture
def pipe() -> Console:
    """A pipe that keeps what is printed into it."""
    return Console(file=io.StringIO(), record=True, width=20)
