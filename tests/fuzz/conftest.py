"""What targets share."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def loaded() -> None:
    """Load Paddle and PaddleNLP, which ask the system for its libraries when they come."""
    from autoclue.training.platform import load_paddle

    load_paddle()
    import paddlenlp.transformers  # noqa: F401
