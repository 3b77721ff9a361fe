from __future__ import annotations

import pytest

from autoclue.errors import UsageError
from autoclue.option_fields import PROTOCOL_NAMES
from autoclue.tasks import Recipe
from autoclue.training import build_config
from autoclue.training.protocols import CLUE, MENDS, PROTOCOLS, SOUND, find_protocol


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


def test_the_sound_order_depends_on_epoch_and_seed() -> None:
    orders = {tuple(SOUND.order(31, e, seed).tolist()) for e in (0, 1) for seed in (7, 8)}
    assert len(orders) == 4


def test_clue_mends_nothing_and_sound_everything() -> None:
    assert not any(getattr(CLUE.mends, mend) for mend in MENDS)
    assert all(getattr(SOUND.mends, mend) for mend in MENDS)


@pytest.mark.parametrize("mend", MENDS)
def test_one_defect_can_be_mended_alone(mend: str) -> None:
    protocol = find_protocol(f"clue+{mend}")
    assert protocol.name == f"clue+{mend}"
    assert [each for each in MENDS if getattr(protocol.mends, each)] == [mend]


def test_an_unknown_mend_is_named() -> None:
    with pytest.raises(UsageError, match=r"Unknown mend of clue 'seed_order'\. Did you mean seed"):
        find_protocol("clue+seed_order")


def test_every_protocol_is_an_option() -> None:
    assert tuple(PROTOCOLS) == PROTOCOL_NAMES


def test_an_unknown_protocol_is_named() -> None:
    with pytest.raises(UsageError, match=r"Unknown protocol 'clew'\. Did you mean clue"):
        find_protocol("clew")


def test_a_trial_takes_no_protocol_that_there_is_not() -> None:
    with pytest.raises(
        UsageError, match=r"protocol: no protocol is called 'clew'; there is clue, sound"
    ):
        build_config(
            Recipe(),
            task="csl",
            model="m",
            data="download",
            strategy="uniform",
            settings={"protocol": "clew"},
        )
