"""Load a pretrained network with a fresh head through PaddleNLP's Auto classes."""

from __future__ import annotations

import contextlib
import io
import random
from typing import Any

import numpy as np

from autoclue.errors import UsageError
from autoclue.training.platform import load_paddle, load_paddlenlp


def load_with_head(auto: str, location: str, *, seed: int, **head: int) -> Any:
    """Seed all generators, then load a network; nothing draws between the two.

    Only Paddle's generator matters: it draws the head's first weights and every dropout mask.

    Args:
        auto: The Auto class, such as ``AutoModelForMultipleChoice``.
        location: Hub name or folder.
        seed: Seeds the head.
        head: What the head takes, such as ``num_choices``.

    Returns:
        The network, in training mode.

    Raises:
        UsageError: The architecture has no such head, or the model can't be loaded.
    """
    transformers = load_paddlenlp()
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - libraries below draw from the global generator
    load_paddle().seed(seed)
    noise = io.StringIO()
    try:
        with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
            network = getattr(transformers, auto).from_pretrained(location, **head)
    except Exception as error:  # PaddleNLP raises whatever its download layer does
        told = " ".join(str(error).split()) or type(error).__name__
        if _lacks_head(error):
            raise UsageError(
                f"The model {location!r} is of an architecture that PaddleNLP gives no head for "
                f"this task ({auto}); choose another, such as an ERNIE or BERT."
            ) from error
        raise UsageError(
            f"The model {location!r} can't be loaded ({told}); check its name or folder."
        ) from error
    network.train()
    return network


def _lacks_head(error: Exception) -> bool:
    """Tell an architecture without this head from other troubles."""
    return isinstance(error, AttributeError) and "only supports the following" in str(error)
