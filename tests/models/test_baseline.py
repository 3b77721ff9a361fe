from __future__ import annotations

import json
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.models import ModelSource, default_baseline, is_small, models, resolve_model

ROOT = Path(__file__).parents[2]


READING = ("cmrc2018", "chid", "c3")
"""Tasks whose published grid ends at a lower learning rate."""


def folder_of(path: Path, config: object) -> ModelSource:
    """A model of one's own with a configuration."""
    path.mkdir()
    (path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return ModelSource("local", path.name, path)


@pytest.mark.parametrize(
    ("layers", "hidden_size", "small"),
    [
        *((4, 312, True), (4, 768, True), (3, 1024, True), (2, 128, True), (6, 384, True)),
        *((6, 768, False), (8, 512, False), (12, 768, False), (24, 1024, False)),
    ],
)
def test_few_layers_or_a_small_width_make_a_small_model(
    layers: int, hidden_size: int, small: bool
) -> None:
    assert is_small(layers, hidden_size) is small


def test_large_and_base_models_have_the_published_default() -> None:
    found = default_baseline(resolve_model("ernie-1.0-large-zh-cw"), epochs=3)
    assert found.settings == {}
    assert (found.source, found.small) == ("the published default for 24-layer models", False)


def test_a_model_that_nobody_knows_has_the_published_default() -> None:
    found = default_baseline(resolve_model("somebody/something"), epochs=3)
    assert (found.settings, found.source, found.small) == ({}, "the published default", False)


def test_a_small_model_has_the_small_model_recipe() -> None:
    found = default_baseline(resolve_model("ernie-3.0-nano-zh"), epochs=3)
    assert found.settings == {"learning_rate": 1e-4, "epochs": 5}
    assert found.source == "the small-model recipe of CLUE Pretrained Models"
    assert found.small


@pytest.mark.parametrize("epochs", [5, 50])
def test_a_longer_recipe_keeps_its_epochs(epochs: int) -> None:
    found = default_baseline(resolve_model("ernie-3.0-nano-zh"), epochs=epochs)
    assert found.settings == {"learning_rate": 1e-4}


@pytest.mark.parametrize(
    "config",
    [
        {"num_hidden_layers": 4, "hidden_size": 128},
        {"n_layer": 6, "d_model": 256},
        {"init_args": [{"num_hidden_layers": 2, "hidden_size": 768}]},
    ],
)
def test_a_folder_s_configuration_says_how_large_its_model_is(
    tmp_path: Path, config: object
) -> None:
    found = default_baseline(folder_of(tmp_path / "own", config), epochs=5)
    assert (found.settings, found.small) == ({"learning_rate": 1e-4}, True)


def test_a_folder_of_a_large_model_has_the_published_default(tmp_path: Path) -> None:
    model = folder_of(tmp_path / "own", {"num_hidden_layers": 12, "hidden_size": 768})
    assert default_baseline(model, epochs=3).source == "the published default for 12-layer models"


def test_a_configuration_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    model = folder_of(tmp_path / "own", ["no", "object"])
    with pytest.raises(UsageError, match="must hold one JSON object"):
        default_baseline(model, epochs=3)


def test_the_model_that_ships_has_what_its_card_shows_to_work() -> None:
    found = default_baseline(resolve_model("builtin"), epochs=2)
    card = (ROOT / "autoclue/models/tiny_zh/MODEL_CARD.md").read_text(encoding="utf-8")
    assert found.settings == {"learning_rate": 6e-4}
    assert "(at 0.0006)" in card
    assert "autoclue-tiny-zh" in found.source


def test_what_a_task_file_states_stays() -> None:
    model = resolve_model("ernie-3.0-nano-zh")
    epochs = default_baseline(model, epochs=3, stated={"epochs"})
    rate = default_baseline(model, epochs=3, stated={"learning_rate"})
    assert (epochs.settings, epochs.source[:9]) == ({"learning_rate": 1e-4}, "the small")
    assert (rate.settings, rate.source) == ({"epochs": 5}, "the recipe of the task file")


def test_a_user_s_settings_win_and_are_named() -> None:
    found = default_baseline(resolve_model("hfl/rbt3"), epochs=3)
    own = found.with_settings({"learning_rate": 2e-4, "dropout": 0.0})
    assert own.settings == {"learning_rate": 2e-4, "epochs": 5, "dropout": 0.0}
    assert own.source == f"{found.source}, with learning_rate=0.0002, dropout=0.0"
    assert own.small
    assert found.with_settings({}) is found


def test_the_rule_is_borne_out_by_the_published_tables() -> None:
    """How often the best learning rate was the highest of the grid, as the module says."""
    highest = {True: [0, 0], False: [0, 0]}
    for card in models():
        of = highest[is_small(card.layers, card.hidden_size)]
        searched = [best for task, best in card.best.items() if task not in READING]
        of[0] += sum(best.learning_rate == 5e-5 for best in searched)
        of[1] += len(searched)
    assert highest == {True: [49, 77], False: [33, 126]}
