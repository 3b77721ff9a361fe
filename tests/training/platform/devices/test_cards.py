from __future__ import annotations

import importlib
import importlib.util

import pytest

from autoclue.training.platform.devices import cards
from autoclue.training.platform.devices.cards import CardState, NvmlCards, open_cards
from tests.made_up_nvml import MadeUpNvml, MadeUpNvmlError


def test_all_cards_are_read_where_none_is_hidden() -> None:
    found = NvmlCards(MadeUpNvml([10, 20]), None).read()
    assert found == (CardState(0, "card 0", 80, 10, 0.5), CardState(1, "card 1", 80, 20, 0.5))
    assert [card.free_bytes for card in found] == [70, 60]


@pytest.mark.parametrize("visible", [("1",), ("GPU-1",)])
def test_a_card_is_counted_among_those_that_may_be_used(visible: tuple[str, ...]) -> None:
    assert NvmlCards(MadeUpNvml([10, 20]), visible).read() == (
        CardState(0, "card 1", 80, 20, 0.5),
    )


def test_a_card_that_does_not_say_how_busy_it_is_says_nothing() -> None:
    (card,) = NvmlCards(MadeUpNvml([10], busy=None), None).read()
    assert card.busy is None


def test_a_card_that_is_lost_is_left_out() -> None:
    assert [c.index for c in NvmlCards(MadeUpNvml([None, 20]), None).read()] == [1]


def test_what_a_process_holds_is_known_where_the_driver_knows_the_process() -> None:
    found = NvmlCards(MadeUpNvml([10], held={7: 4, 8: None}), None)
    assert (found.held_by(0, 7), found.held_by(0, 8), found.held_by(0, 9)) == (4, None, None)


def test_cards_are_opened_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(importlib, "import_module", lambda name: MadeUpNvml([10, 20]))
    found = open_cards({"CUDA_VISIBLE_DEVICES": "1"})
    assert found is not None
    assert [card.name for card in found.read()] == ["card 1"]


def test_there_are_no_cards_without_a_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoDriver(MadeUpNvml):
        def nvmlInit(self) -> None:
            raise MadeUpNvmlError("Driver Not Loaded")

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(importlib, "import_module", lambda name: NoDriver([]))
    assert open_cards({}) is None


def test_there_are_no_cards_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "NVML_MODULE", "no_such_module")
    assert open_cards({}) is None
