"""What is said of cards and numbers, and the options that ask for the same again."""

from __future__ import annotations

import shlex

import pytest

from autoclue.option_fields import read_options
from autoclue.options import card_settings
from autoclue.reporting.wording import computing_text, training_command
from autoclue.train_options import TrainArguments

CONFIG: dict[str, object] = {
    **{"task": "xnli", "model": "builtin", "data": "builtin", "strategy": "uniform"},
    **{"learning_rate": 1e-4, "batch_size": 16, "protocol": "sound"},
}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, None),
        ({"cards": 1}, None),
        (
            {"cards": 2, "batch_per": "step"},
            "2 cards; a batch size counts the rows of a step",
        ),
        (
            {"cards": 4, "batch_per": "card"},
            "4 cards; a batch size counts the rows of each card, as in the published scripts",
        ),
        (
            {"precision": "bf16", "recompute": True},
            "bf16 while it trains, fp32 in evaluations; activations computed anew for gradients",
        ),
    ],
)
def test_what_a_batch_size_counts_is_told(settings: dict[str, object], told: str | None) -> None:
    assert computing_text({**CONFIG, **settings}) == told


def test_the_command_that_trains_it_again_has_the_same_cards_and_numbers() -> None:
    asked = {"cards": 2, "batch_per": "step", "precision": "bf16", "recompute": True}
    command = training_command({**CONFIG, **asked}, seed=42)
    assert command is not None
    words = shlex.split(command)
    given = {
        "cards_per_trial": int(words[words.index("--cards-per-trial") + 1]),
        "batch_per": words[words.index("--batch-per") + 1],
        "precision": words[words.index("--precision") + 1],
        "recompute": "--recompute" in words,
    }
    again = read_options(TrainArguments, {"task": "xnli", "protocol": "sound", **given})
    assert asked.items() <= again.named.items()


@pytest.mark.parametrize(
    ("protocol", "given", "counted"),
    [("clue", None, "card"), ("sound", None, "step"), ("clue", "step", "step")],
)
def test_a_protocol_says_what_a_batch_size_counts_unless_it_is_given(
    protocol: str, given: str | None, counted: str
) -> None:
    found = card_settings(2, given, protocol, precision="fp32", recompute=False)
    assert found == {"cards": 2, "batch_per": counted}
    assert card_settings(1, given, protocol, precision="fp32", recompute=False) == {}
