from __future__ import annotations

from typing import Any

import pytest

from autoclue.models.shipped import shipped_folder
from autoclue.training.platform.runtime import load_paddlenlp


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    """The tokenizer of the shipped model."""
    return load_paddlenlp().AutoTokenizer.from_pretrained(str(shipped_folder()))
