"""The pretrained model that is part of the package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

SHIPPED = "autoclue-tiny-zh"
"""The name that ``--model`` takes for it; what it is good for stands in its MODEL_CARD.md."""


def shipped_folder() -> Path:
    """Return the folder of the model, in PaddleNLP's form."""
    return Path(str(resources.files("autoclue.models").joinpath("tiny_zh")))
