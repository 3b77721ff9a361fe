from __future__ import annotations

import pytest

from autoclue.errors import UsageError
from autoclue.tasks import Recipe
from autoclue.training import build_config
from autoclue.training.protocols import CLUE, PROTOCOLS, find_protocol


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_is_found_by_the_name_that_results_carry(name: str) -> None:
    assert find_protocol(name).name == name


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("epoch", [0, 3])
def test_an_epoch_takes_every_feature_once(name: str, epoch: int) -> None:
    order = find_protocol(name).order(31, epoch, 7)
    assert sorted(order.tolist()) == list(range(31))
    assert order.tolist() == find_protocol(name).order(31, epoch, 7).tolist()


def test_the_published_order_depends_on_the_epoch_and_not_on_the_seed() -> None:
    assert CLUE.order(31, 1, 7).tolist() == CLUE.order(31, 1, 8).tolist()
    assert CLUE.order(31, 1, 7).tolist() != CLUE.order(31, 2, 7).tolist()


def test_an_unknown_protocol_is_named() -> None:
    with pytest.raises(UsageError, match=r"Unknown protocol 'clew'\. Did you mean clue\?"):
        find_protocol("clew")


def test_a_trial_takes_no_protocol_that_there_is_not() -> None:
    with pytest.raises(UsageError, match=r"protocol: no protocol is called 'clew'; there is clue"):
        build_config(
            Recipe(),
            task="csl",
            model="m",
            data="download",
            strategy="uniform",
            settings={"protocol": "clew"},
        )
