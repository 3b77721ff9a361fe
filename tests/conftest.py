from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from autoclue.training.platform.runtime import apply_switches
from tests.s3_server import KEYS, S3Server, s3_server

apply_switches(gpu=False)  # before any test loads Paddle: digits depend on them

hypothesis.settings.register_profile(
    "shared machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("shared machine")  # how fast an example is tells nothing here


def pytest_configure() -> None:
    """Let Ctrl-C arrive, here and in the commands that tests start.

    A shell starts its background jobs, as one half of ``make test`` is, with Ctrl-C ignored.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The publishers' files, which are no part of the project."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the publishers' files are not at {folder}")
    return folder


EASY_TASK = """
name: easy
description: One character of a random text decides; learnt within a few dozen updates.
format: tsv
header: true
files: {train: train.tsv, dev: dev.tsv}
input: {kind: single, text: text}
labels: [bad, good]
recipe: {eval_every_steps: 10, max_length_tokens: 16, batch_size: 16, learning_rate: 1.0e-2}
"""


@pytest.fixture(scope="session")
def easy_task(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a task with 300 rows to train on and 100 to judge by, data beside it."""
    folder = tmp_path_factory.mktemp("easy")
    rng = random.Random(1)
    for name, count in (("train.tsv", 300), ("dev.tsv", 100)):
        rows = "".join(f"{_easy_row(rng)}\n" for _ in range(count))
        (folder / name).write_text(f"text\tlabel\n{rows}", encoding="utf-8")
    (folder / "easy.yaml").write_text(EASY_TASK, encoding="utf-8")
    return folder / "easy.yaml"


def _easy_row(rng: random.Random) -> str:
    good = rng.random() < 0.5
    text = [rng.choice("天地人山水火木金土日月") for _ in range(8)]
    text.insert(rng.randrange(9), "优" if good else "劣")
    return f"{''.join(text)}\t{'good' if good else 'bad'}"


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random encoder of one layer that learns the easy task."""
    from autoclue.training.model.small_model import (
        SmallModel,
        build_small_model,
        common_characters,
    )

    folder = tmp_path_factory.mktemp("models") / "tiny"
    return build_small_model(folder, SmallModel(layers=1, hidden_size=32), common_characters())


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3 server with an empty bucket, and its keys in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        with s3_server() as server:
            yield server
