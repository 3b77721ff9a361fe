from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.models import known_best, models, resolve_model
from autoclue.models.nearest import Shape, nearest_card
from autoclue.models.shipped import shipped_folder


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        (Shape("ernie", 12, 768), "ernie-1.0-base-zh-cw"),
        (Shape("bert", 24, 1024), "hfl/roberta-wwm-ext-large"),
        (Shape("bert", 6, 768), "hfl/rbt6"),
        (Shape("ernie", 4, 312), "ernie-3.0-nano-zh"),
    ],
)
def test_the_nearest_model_is_of_the_same_family_and_size(shape: Shape, name: str) -> None:
    card = nearest_card(shape)
    assert card is not None
    assert card.name == name


@pytest.mark.parametrize(
    "shape",
    [
        Shape("electra", 12, 768),  # of no published family
        Shape("ernie", 48, 1024),  # twice as deep as any
        Shape("ernie", 4, 192),  # the one that ships
    ],
)
def test_a_model_unlike_all_published_ones_has_none_near(shape: Shape) -> None:
    assert nearest_card(shape) is None


def test_of_equally_near_models_the_one_of_the_same_name_comes_first() -> None:
    card = nearest_card(Shape("ernie", 12, 768), "ernie-2.0-base-zh")
    assert card is not None
    assert card.name == "ernie-2.0-base-zh"


def test_every_published_model_is_its_own_nearest_on_every_task() -> None:
    for card in models():
        found = known_best(resolve_model(card.name), "csl")
        assert found is not None
        assert (found.name, found.shape) == (card.name, None)
        assert found.scores[0].settings == card.best["csl"]._asdict()


def test_the_model_that_ships_starts_from_nothing_published_under_any_name() -> None:
    assert known_best(resolve_model("builtin"), "csl") is None
    assert known_best(resolve_model(str(shipped_folder())), "csl") is None


def test_what_is_unknown_before_it_is_downloaded_has_no_nearest() -> None:
    assert known_best(resolve_model("somebody/some-bert"), "csl") is None


def test_a_folder_of_the_small_clue_model_is_near_a_published_one() -> None:
    found = known_best(resolve_model("clue/roberta_chinese_clue_tiny"), "tnews")
    assert found is not None
    assert found.words == (
        "uer/chinese-roberta-mini, the nearest to this model (bert, 4 layers, 312 wide)"
    )
    assert not Path(found.name).exists()
