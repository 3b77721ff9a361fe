from __future__ import annotations

from types import SimpleNamespace

import pytest

from autoclue.errors import TroubleError
from autoclue.search.suite.warm_up import warm_up
from autoclue.tasks import load_task
from autoclue.training import TrialConfig, build_config


def config_of(model: str, task: str, **settings: int) -> TrialConfig:
    recipe = load_task(task).recipe
    given = {"task": task, "model": model, "data": "builtin", "strategy": "uniform"}
    return build_config(recipe, **given, settings=settings)


class Warmed:
    """Notes what is loaded, without a model."""

    def __init__(self) -> None:
        self.features: list[tuple[str, str, int]] = []
        self.weights: list[str] = []

    def materials(self, config: TrialConfig) -> SimpleNamespace:
        self.features.append((config.model, config.task, config.max_length_tokens))
        head = SimpleNamespace(build=lambda location, seed: self.weights.append(location))
        return SimpleNamespace(location=config.model, head=head)


@pytest.fixture
def warmed(monkeypatch: pytest.MonkeyPatch) -> Warmed:
    found = Warmed()
    module = "autoclue.search.suite.warm_up"
    monkeypatch.setattr(f"{module}.Workspace", lambda: found)
    paddle = SimpleNamespace(set_device=lambda name: None)
    monkeypatch.setattr(f"{module}.load_paddle", lambda: paddle)
    return found


def test_features_are_made_once_for_each_task_and_length_and_hub_weights_once(
    warmed: Warmed,
) -> None:
    configs = [
        *(config_of("hfl/rbt3", "tnews", batch_size=size) for size in (16, 32)),
        config_of("hfl/rbt3", "tnews", max_length_tokens=64),
        config_of("hfl/rbt3", "csl"),
        config_of("builtin", "csl"),
    ]
    warm_up(configs, gpu=False)
    assert warmed.features == [
        *(("hfl/rbt3", "tnews", 128), ("hfl/rbt3", "tnews", 64), ("hfl/rbt3", "csl", 256)),
        ("builtin", "csl", 256),
    ]
    assert warmed.weights == ["hfl/rbt3"]


def test_a_broken_download_ends_here_in_a_sentence(
    warmed: Warmed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(location: str, seed: int) -> None:
        raise ConnectionError("the server has gone away")

    materials = SimpleNamespace(location="hfl/rbt3", head=SimpleNamespace(build=broken))
    monkeypatch.setattr(warmed, "materials", lambda config: materials)
    with pytest.raises(TroubleError, match=r"^The model can't be used: the server has gone away"):
        warm_up([config_of("hfl/rbt3", "tnews")], gpu=False)
