"""What a model answers in the framework that it comes from, where that is installed.

Each framework runs in a process of its own: in one process with Paddle their libraries clash.
"""

from autoclue.training.originals.compare import (
    FRAMEWORKS,
    Framework,
    Inputs,
    NotComparedError,
    original_outputs,
    some_inputs,
)

__all__ = [
    "FRAMEWORKS",
    "Framework",
    "Inputs",
    "NotComparedError",
    "original_outputs",
    "some_inputs",
]
