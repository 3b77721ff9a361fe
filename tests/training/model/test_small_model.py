from __future__ import annotations

import json
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.training.model.small_model import (
    SPECIAL_TOKENS,
    SmallModel,
    build_like,
    build_small_model,
    characters_of,
    common_characters,
)

SHAPE = SmallModel(layers=1, hidden_size=8, heads=2, positions=16)


def test_characters_are_listed_by_frequency_then_by_code() -> None:
    assert characters_of(["bA a", "ab c", "\n\t文"]) == ["a", "b", "c", "文"]


def test_rare_characters_can_be_left_out() -> None:
    assert characters_of(["aab"], min_count=2) == ["a"]


def test_common_characters_are_the_first_level_of_the_standard() -> None:
    characters = common_characters()
    chinese = [c for c in characters if "\u4e00" <= c <= "\u9fff"]
    assert len(chinese) == 3755  # GB/T 2312-1980
    assert (chinese[0], chinese[-1]) == ("啊", "座")
    assert len(set(characters)) == len(characters)
    assert not any(c.isspace() or c.isupper() for c in characters)


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        (SmallModel(layers=0, heads=0), "layers is 0.*heads is 0"),
        (SmallModel(hidden_size=10, heads=3), "hidden_size 10 is not a multiple of heads 3"),
        (SmallModel(positions=-1), "positions is -1"),
    ],
)
def test_a_shape_that_cannot_be_built_is_refused(
    tmp_path: Path, shape: SmallModel, problem: str
) -> None:
    with pytest.raises(UsageError, match=problem):
        build_small_model(tmp_path / "model", shape, "ab")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="exists already and is not empty"):
        build_small_model(tmp_path, SHAPE, "ab")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.paddle
def test_the_same_shape_and_seed_give_the_same_files(tmp_path: Path) -> None:
    first = build_small_model(tmp_path / "1", SHAPE, "abc")
    (tmp_path / "2").mkdir()
    second = build_small_model(tmp_path / "2", SHAPE, "abc")
    names = sorted(path.name for path in first.iterdir())
    assert names == sorted(path.name for path in second.iterdir())
    for name in ("model.safetensors", "vocab.txt", "config.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    other = build_small_model(tmp_path / "3", SmallModel(1, 8, 2, 16, seed=1), "abc")
    weights = "model.safetensors"
    assert (first / weights).read_bytes() != (other / weights).read_bytes()


@pytest.mark.paddle
def test_the_vocabulary_is_the_special_tokens_and_the_characters(tmp_path: Path) -> None:
    folder = build_small_model(tmp_path / "model", SHAPE, "cab")
    lines = (folder / "vocab.txt").read_text(encoding="utf-8").split()
    assert lines == [*SPECIAL_TOKENS, "c", "a", "b"]
    assert json.loads((folder / "config.json").read_text())["vocab_size"] == 8


@pytest.mark.paddle
def test_building_a_model_leaves_the_random_state_as_it_was(tmp_path: Path) -> None:
    from autoclue.training.platform.runtime import load_paddle

    paddle = load_paddle()
    paddle.seed(7)
    expected = paddle.rand([3]).tolist()
    paddle.seed(7)
    build_small_model(tmp_path / "model", SHAPE, "ab")
    assert paddle.rand([3]).tolist() == expected


@pytest.mark.paddle
def test_a_model_like_another_shares_all_but_its_weights(tmp_path: Path) -> None:
    model = build_small_model(tmp_path / "model", SHAPE, "abc")
    first, same, other = (
        build_like(tmp_path / name, str(model), seed=seed)
        for name, seed in (("1", 1), ("same", 1), ("other", 2))
    )
    weights = "model.safetensors"
    assert (first / "vocab.txt").read_text() == (model / "vocab.txt").read_text()
    assert json.loads((first / "config.json").read_text())["hidden_size"] == SHAPE.hidden_size
    assert (first / weights).stat().st_size == (model / weights).stat().st_size
    assert (first / weights).read_bytes() == (same / weights).read_bytes()
    assert (first / weights).read_bytes() != (other / weights).read_bytes()
