"""A configuration as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.training import TrialConfig
from autoclue.training.recipe_file import read_recipe, write_recipe

CONFIG = TrialConfig(
    task="ocnli",
    model="m",
    learning_rate=1e-3,
    batch_size=16,
    epochs=1,
    max_length_tokens=32,
    strategy="discriminative",
    strategy_params={"factor": 1.1},
).changed(10, {"learning_rate": 3e-5, "factor": 1.3})


def test_a_recipe_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = write_recipe(tmp_path, CONFIG)
    assert read_recipe(path) == CONFIG
    assert read_recipe(path).key == CONFIG.key
    assert "at_step: 10" in path.read_text(encoding="utf-8")


def test_the_seed_alone_may_be_another(tmp_path: Path) -> None:
    path = write_recipe(tmp_path, CONFIG)
    assert read_recipe(path, seed=7) == CONFIG.model_copy(update={"seed": 7})


def test_a_recipe_of_several_trainings_is_read_back_with_another_seed_in_all(
    tmp_path: Path,
) -> None:
    lineage = CONFIG.at(0).going_on_from(CONFIG.at(0))
    path = write_recipe(tmp_path, lineage)
    assert read_recipe(path) == lineage
    assert read_recipe(path, seed=7) == lineage.with_seed(7)


def test_json_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    path.write_text(CONFIG.model_dump_json(), encoding="utf-8")
    assert read_recipe(path) == CONFIG


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("task: ocnli\n", r"r\.yaml is no recipe: .*model"),
        ("[1, 2]\n", r"r\.yaml"),
        (
            "{task: a, model: m, learning_rate: 1e-3, batch_size: 8, epochs: 1, "
            "max_length_tokens: 8, changes: [{at_step: 5, settings: {batch_size: 4}}]}",
            r"is no recipe: .*batch_size can't change on the way",
        ),
    ],
)
def test_what_is_no_recipe_is_refused_with_the_file(
    text: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "r.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=reason):
        read_recipe(tmp_path / "r.yaml")
