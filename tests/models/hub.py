"""A made-up cache of PaddleNLP, with a hub behind it that can't be reached."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from autoclue.training.platform import load_paddlenlp
from tests.models.layouts import CONFIG, PIECES, Arrays, core
from tests.models.writers import write_paddle

TABLED = "bert-base-chinese"
"""A name whose configuration stands in PaddleNLP's tables."""
NEXT_LAYER = {
    name.replace("layers.1.", "layers.2."): array
    for name, array in core().items()
    if "layers.1." in name
}
"""A layer beyond the published configuration, as that of ernie-3.0-micro-zh."""


def take_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have PaddleNLP keep models in a folder, and reach no hub."""
    load_paddlenlp()
    hub = importlib.import_module("paddlenlp.utils.download.bos_download")
    monkeypatch.setattr(hub, "MODEL_HOME", str(home))
    monkeypatch.setattr(importlib.import_module("paddlenlp.utils.env"), "MODEL_HOME", str(home))
    monkeypatch.setattr(hub, "BOS_URL_TEMPLATE_WITHOUT_REVISION", "http://127.0.0.1:9/{filename}")
    return home


def put_tabled(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a small model there, as if it had been fetched."""
    bert = load_paddlenlp().BertModel
    monkeypatch.setitem(bert.pretrained_init_configuration, TABLED, dict(CONFIG))
    folder = home / TABLED
    folder.mkdir(parents=True)
    (folder / "bert-base-chinese-vocab.txt").write_text("\n".join(PIECES), encoding="utf-8")
    put(folder, core())
    return folder


def put(folder: Path, arrays: Arrays) -> None:
    """Write weights as PaddleNLP publishes them."""
    named = {f"bert.{name}": array for name, array in arrays.items()}
    named["cls.predictions.bias"] = np.zeros(30, dtype="f4")
    (folder / "model_state.pdparams").unlink(missing_ok=True)
    write_paddle(folder / "model_state.pdparams", named)
