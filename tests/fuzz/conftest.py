"""What targets share."""

from __future__ import annotations

import pytest
from optuna.storages._rdb.storage import _VersionManager


@pytest.fixture
def known_head(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Optuna look up once which version of its tables is the newest; it never changes."""
    head = _VersionManager.get_head_version
    known: list[str] = []

    def get_head_version(self: _VersionManager) -> str:
        if not known:
            known.append(head(self))
        return known[0]

    monkeypatch.setattr(_VersionManager, "get_head_version", get_head_version)


@pytest.fixture(scope="session")
def loaded() -> None:
    """Load Paddle and PaddleNLP, which ask the system for its libraries when they come."""
    from autoclue.training.platform import load_paddle

    load_paddle()
    import paddlenlp.transformers  # noqa: F401
