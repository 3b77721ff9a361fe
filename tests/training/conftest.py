from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.tasks import load_task
from autoclue.training import TrialConfig, build_config
from autoclue.training.data.workspace import Workspace

CHARACTERS = "天地人山水火木金土日月风云雨雪花草鸟鱼虫"
LABELS = ("red", "yellow", "blue")
TASK = """
name: tiny
format: jsonl
files: {train: train.json, dev: dev.json}
input: {kind: pair, text: first, text_pair: second}
labels: [red, yellow, blue]
recipe:
  {epochs: 1, max_length_tokens: 32, batch_size: 16, learning_rate: 1e-3, eval_every_steps: 5}
"""

MakeConfig = Callable[..., TrialConfig]


def write_rows(path: Path, count: int, *, seed: int) -> None:
    """Write pairs of 2 to 25 characters; the label is the first character's place modulo 3."""
    draw = random.Random(seed)
    lines = []
    for _ in range(count):
        texts = ["".join(draw.choices(CHARACTERS, k=draw.randint(2, 25))) for _ in range(2)]
        label = LABELS[CHARACTERS.index(texts[0][0]) % 3]
        lines.append(json.dumps({"first": texts[0], "second": texts[1], "label": label}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def tiny_task(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A task file with 200 training and 45 development rows beside it."""
    folder = tmp_path_factory.mktemp("task")
    write_rows(folder / "train.json", 200, seed=1)
    write_rows(folder / "dev.json", 45, seed=2)
    (folder / "tiny.yaml").write_text(TASK, encoding="utf-8")
    return folder / "tiny.yaml"


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder: 2 layers, width 32."""
    from autoclue.training.model.small_model import SmallModel, build_small_model

    shape = SmallModel(layers=2, hidden_size=32, heads=2, positions=64)
    return build_small_model(tmp_path_factory.mktemp("model") / "tiny", shape, CHARACTERS)


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture
def make_config(tiny_task: Path, tiny_model: Path) -> MakeConfig:
    """Return the function that fills the tiny task's recipe with some settings."""
    recipe = load_task(str(tiny_task)).recipe

    def make(
        strategy: str = "uniform", **settings: bool | int | float | str | None
    ) -> TrialConfig:
        return build_config(
            recipe,
            task=str(tiny_task),
            model=str(tiny_model),
            data="download",
            strategy=strategy,
            settings=settings,
        )

    return make
