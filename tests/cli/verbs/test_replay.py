from __future__ import annotations

import json
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

import autoclue

Cli = Callable[..., CompletedProcess[str]]


@pytest.fixture
def _study(tune: Cli, _scripted: None) -> None:
    """A study of six trials that nothing was stopped in."""
    assert tune("--trials", "6", "--scheduler", "none").returncode == 0


@pytest.mark.usefixtures("_study")
def test_every_scheduler_stands_in_the_table(cli: Cli) -> None:
    done = cli("replay", "mine", "--folder", "studies")

    assert (done.returncode, done.stderr) == (0, "")
    for name in ("adaptive", "asha", "median", "hyperband", "none"):
        assert f"\n{name} " in done.stdout
    assert "6 curves: 6 whole; the winner is trial " in done.stdout
    assert "Replayed on 1 worker." in done.stdout


@pytest.mark.usefixtures("_study")
def test_json_holds_every_figure(cli: Cli) -> None:
    done = cli(
        *("replay", "mine", "--folder", "studies", "--scheduler", "asha", "--parallel", "2"),
        "--json",
    )

    (found,) = json.loads(done.stdout)
    assert (found["scheduler"], found["workers"], found["trials"]) == ("asha", 2, 6)
    assert found["saved_share"] == 1 - found["steps_taken"] / found["whole_steps"]
    assert [set(stop) for stop in found["stops"]] == [
        {"number", "stop", "recorded_best", "saved_steps"}
    ] * len(found["stops"])


@pytest.mark.usefixtures("_study")
def test_the_function_gives_the_same(cli: Cli) -> None:
    shown = json.loads(cli("replay", "mine", "--folder", "studies", "--json").stdout)

    found = autoclue.replay("mine", folder="studies")

    assert [(r.scheduler, r.steps_taken) for r in found] == [
        (each["scheduler"], each["steps_taken"]) for each in shown
    ]


@pytest.mark.usefixtures("_study")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("mnie",), "No study is called 'mnie'"),
        (("mine", "--scheduler", "ash"), "Did you mean asha"),
        (("mine", "--parallel", "0"), "parallel is 0, but must be at least 1"),
    ],
)
def test_a_mistake_is_one_sentence(words: tuple[str, ...], message: str, cli: Cli) -> None:
    done = cli("replay", *words, "--folder", "studies")

    assert done.returncode == 2
    assert message in done.stderr
