from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.layers.registry import STRATEGIES
from autoclue.models import SHIPPED, clue_models, models
from autoclue.search.sampling import SAMPLERS
from autoclue.search.stopping import SCHEDULERS
from autoclue.space import space_names
from autoclue.tasks import task_names

Cli = Callable[..., CompletedProcess[str]]

NAMES = {
    "tasks": [*task_names()],
    "models": [*(c.name for c in models()), *(m.name for m in clue_models()), SHIPPED],
    "spaces": [*space_names()],
    "strategies": [*STRATEGIES.names()],
    "samplers": [*SAMPLERS.names()],
    "schedulers": [*SCHEDULERS.names()],
}


@pytest.mark.parametrize("what", NAMES)
def test_list_as_json_names_all_there_is(what: str, cli: Cli) -> None:
    done = cli("ls", what, "--json")
    rows = json.loads(done.stdout)
    column = next(iter(rows[0]))
    assert [row[column] for row in rows] == NAMES[what]
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("what", NAMES)
def test_list_as_a_table_names_all_there_is(what: str, cli: Cli) -> None:
    done = cli("ls", what)
    assert [name for name in NAMES[what] if name not in done.stdout] == []
    assert (done.returncode, done.stderr) == (0, "")


def test_parameters_are_listed_with_sentence_type_range_and_default(cli: Cli) -> None:
    listed = " ".join(cli("ls", "schedulers").stdout.split())
    assert "asha Stop at a rung whatever lies below the best share" in listed
    assert "One in this many goes on past a rung (eta). (float, above 1; default 3)" in listed


def test_parameters_are_listed_as_json(cli: Cli) -> None:
    rows = {row["strategy"]: row for row in json.loads(cli("ls", "strategies", "--json").stdout)}
    assert rows["layerwise_decay"]["parameters"] == [
        {
            "name": "decay",
            "kind": "float",
            "limits": "above 0 and at most 1",
            "required": False,
            "default": 0.9,
            "doc": "Ratio between a layer's rate and that of the layer above.",
        }
    ]
    assert rows["uniform"]["parameters"] == []


def test_no_studies_are_an_empty_list(cli: Cli) -> None:
    assert json.loads(cli("ls", "studies", "--json").stdout) == []


def test_no_studies_say_how_to_begin_one(cli: Cli) -> None:
    done = cli("ls", "studies")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no study in autoclue-studies yet; 'autoclue tune' begins one" in done.stderr


@pytest.mark.usefixtures("_scripted")
def test_studies_are_listed_with_their_best_score(cli: Cli, tune: Cli) -> None:
    tune("--trials", "2")
    rows = json.loads(cli("ls", "studies", "--folder", "studies", "--json").stdout)
    assert rows == [{"study": "mine", "trials": 2, "best": 0.31, "state": "finished"}]


@pytest.mark.usefixtures("_scripted")
def test_study_that_cannot_be_read_does_not_hide_the_others(
    cli: Cli, tune: Cli, tmp_path: Path
) -> None:
    tune("--trials", "1")
    (tmp_path / "studies" / "broken").mkdir()
    (tmp_path / "studies" / "broken" / "study.json").write_text("{")
    done = cli("ls", "studies", "--folder", "studies")
    assert done.returncode == 0
    assert "can't be read" in done.stdout
    assert "finished" in done.stdout
