from __future__ import annotations

import math
import re
from pathlib import Path

import optuna
import pytest

from autoclue.models import models
from autoclue.space import FloatRange, SearchSpace, load_space, override, space_names
from autoclue.space.optuna_adapter import suggest

ROOT = Path(__file__).parents[2]
CLUE = ("afqmc", "tnews", "iflytek", "cmnli", "ocnli", "cluewsc2020", "csl")
TASKS = (*CLUE, "xnli", "lcqmc", "inews")
ALLOWED = (
    *("learning_rate", "batch_size", "dropout", "epochs", "max_length_tokens", "max_steps"),
    *("warmup_proportion", "weight_decay", "adam_epsilon", "max_grad_norm", "schedule", "seed"),
    *("gradient_accumulation_steps", "factor", "blocks", "frozen_blocks", "grouping", "decay"),
)
TYPES = {
    "learning_rate": float,
    "factor": float,
    "decay": float,
    "dropout": float,
    "weight_decay": float,
    "batch_size": int,
    "epochs": int,
    "blocks": int,
    "frozen_blocks": int,
    "max_length_tokens": int,
    "grouping": str,
    "schedule": str,
}


def shipped(name: str, task: str | None = None) -> SearchSpace:
    return load_space(name, task=task, allowed=ALLOWED)


def floats(space: SearchSpace, name: str) -> FloatRange:
    parameter = space.parameters[name]
    assert isinstance(parameter, FloatRange)
    return parameter


@pytest.mark.parametrize("name", space_names())
def test_shipped_space_says_what_it_is(name: str) -> None:
    space = shipped(name)
    assert space.name == name
    assert space.version >= 1
    assert len(space.description) > 20
    assert len(space.reference) > 10


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("name", space_names())
def test_hundred_samples_are_in_bounds_and_of_the_right_type(name: str, task: str) -> None:
    space = shipped(name, task)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    points = [suggest(space, study.ask()) for _ in range(100)]
    assert all(space.contains(point) for point in points)
    assert all(type(value) is TYPES[n] for point in points for n, value in point.items())


@pytest.mark.parametrize("name", space_names())
def test_every_shipped_parameter_can_be_overridden(name: str) -> None:
    space = shipped(name)
    changed = override(space, [f"{n}=1,2" for n in space.parameters], allowed=ALLOWED)
    assert changed.size() == 2 ** len(space.parameters)


def test_documented_grid_has_116_runs() -> None:
    sizes = {task: shipped("clue_grid", task).size() for task in CLUE}
    assert sizes == dict.fromkeys(CLUE, 12) | {"iflytek": 24, "cluewsc2020": 32}
    assert sum(len(shipped("clue_grid", task).grid()) for task in CLUE) == 116


def test_documented_grid_runs_in_the_published_order() -> None:
    grid = shipped("clue_grid", "iflytek").grid()
    expected = [
        {"learning_rate": lr, "batch_size": batch, "dropout": dropout}
        for lr in (1e-5, 2e-5, 3e-5, 5e-5)
        for batch in (16, 32, 64)
        for dropout in (0.1, 0.0)
    ]
    assert grid == expected
    assert list(grid[0]) == ["learning_rate", "batch_size", "dropout"]


@pytest.mark.parametrize("task", CLUE)
def test_published_best_settings_lie_in_the_documented_grid(task: str) -> None:
    space = shipped("clue_grid", task)
    best = [card.best[task]._asdict() for card in models()]
    searched = [{n: v for n, v in point.items() if n in space.parameters} for point in best]
    assert len(searched) == 29
    assert [point for point in searched if not space.contains(point)] == []


@pytest.mark.parametrize("name", ["discriminative", "layerwise_decay", "gradual_unfreezing"])
@pytest.mark.parametrize("task", TASKS)
def test_strategy_space_is_the_grid_and_more(name: str, task: str) -> None:
    grid = shipped("clue_grid", task).parameters
    parameters = shipped(name, task).parameters
    assert {n: parameters[n] for n in grid} == grid
    assert set(parameters) - set(grid) <= {"factor", "frozen_blocks", "decay", "blocks"}


# Published winners: learning rate, blocks, factor (ChineseGLUE-AutoFinetune's README).
WINNERS = {
    "tnews": (7.87074615736e-06, 16, 1.11736168682),
    "lcqmc": (7.0320322471924945e-06, 14, 1.1048263018713724),
    "xnli": (2.38766761764e-05, 17, 1.09782046325),
    "inews": (5.040216575441548e-06, 15, 1.109245663801446),
}


@pytest.mark.parametrize("name", ["autofinetune", "autofinetune_log"])
@pytest.mark.parametrize("task", WINNERS)
def test_autofinetune_ranges_hold_their_published_winners(name: str, task: str) -> None:
    learning_rate, blocks, factor = WINNERS[task]
    parameters = shipped(name, task).parameters
    assert parameters["learning_rate"].contains(learning_rate)
    assert parameters["blocks"].contains(blocks)
    assert parameters["factor"].contains(factor)


def test_autofinetune_log_differs_in_the_scale_alone() -> None:
    linear, log = shipped("autofinetune", "xnli"), shipped("autofinetune_log", "xnli")
    assert not floats(linear, "learning_rate").log
    assert floats(log, "learning_rate").log
    same_scale = floats(log, "learning_rate").model_copy(update={"log": False})
    assert linear.parameters == {**log.parameters, "learning_rate": same_scale}


@pytest.mark.parametrize("task", WINNERS)
@pytest.mark.parametrize("layers", [4, 12, 24])
def test_discriminative_factor_covers_the_winners_spread(task: str, layers: int) -> None:
    # 149 groups in BERT-large; blocks of B groups, so floor(147 / B) steps down to the embeddings.
    _, blocks, factor = WINNERS[task]
    spread = factor ** ((149 - 2) // math.ceil(149 / blocks))
    per_layer = spread ** (1 / (layers + 1))
    assert shipped("discriminative").parameters["factor"].contains(per_layer)


def test_small_model_space_is_the_documents() -> None:
    space = shipped("small_model")
    assert space.parameters["learning_rate"].values() == (1e-4, 4e-4, 1e-5)
    assert space.parameters["epochs"].values() == (5, 6, 7, 8)
    assert space.size() == 12


@pytest.mark.parametrize(
    ("name", "value"),
    [("discriminative", ("factor", 1.0)), ("layerwise_decay", ("decay", 1.0))],
)
def test_strategy_space_holds_the_plain_optimizer(name: str, value: tuple[str, float]) -> None:
    assert shipped(name).parameters[value[0]].contains(value[1])


def test_readme_lists_every_shipped_space() -> None:
    text = (ROOT / "search_spaces" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.M) == sorted(space_names(), key=text.index)
    assert shipped("gradual_unfreezing").size() == 36


def test_documented_example_file_loads(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "search-spaces.md").read_text(encoding="utf-8")
    example, hparam = re.findall(r"```yaml\n(.*?)```", text, re.S)
    (tmp_path / "my_space.yaml").write_text(example, encoding="utf-8")
    (tmp_path / "hparam.yaml").write_text(hparam, encoding="utf-8")
    space = load_space(str(tmp_path / "my_space.yaml"), task="iflytek", allowed=ALLOWED)
    assert space.parameters["dropout"].when == {"batch_size": (16,)}
    assert space.parameters["epochs"].values() == (3, 5)
    assert list(load_space(str(tmp_path / "hparam.yaml")).parameters) == [
        "learning_rate",
        "blocks",
    ]


def test_documented_settings_are_accepted() -> None:
    text = (ROOT / "docs" / "search-spaces.md").read_text(encoding="utf-8")
    settings = re.findall(r"^\| `--set (\S+)` \|", text, re.M)
    changed = override(shipped("clue_grid"), settings, allowed=ALLOWED)
    assert len(settings) == 6
    assert changed.parameters["dropout"].values() == (0.0, 0.1, 0.2, 0.3)
