from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.cli.suites.conftest import ScriptedExecutor

Cli = Callable[..., CompletedProcess[str]]


@pytest.fixture
def suite(cli: Cli, ten_tasks: Path, executor: ScriptedExecutor, studies: Path) -> str:
    """A suite of two tasks whose batches of 16 and 64 are equal; those of 32 have failed."""
    for rate in (1e-5, 2e-5, 3e-5, 5e-5):
        executor.failing[("tnews", rate, 32, 0.1)] = 3
    given = f"grid --model builtin --data {ten_tasks} --tasks tnews,cmrc2018 --max-steps 20"
    assert cli(*given.split(), "--folder", str(studies), "--suite", "mine").returncode == 1
    return str(studies / "mine")


def test_ties_are_shown_in_every_form_and_the_published_script_would_name_the_last(
    cli: Cli, suite: str
) -> None:
    text = cli("extract", suite).stdout
    assert "TNEWS\t76.00\t(2e-05,16,0.1) (2e-05,64,0.1)\n" in text
    assert "average of 2 tasks, exact match of CMRC2018: 78.00\n" in text
    assert "14 of 18 runs complete, 4 failed\n" in text

    published = cli("extract", suite, "--as-published").stdout
    assert published.splitlines()[-2:] == [
        "TNEWS\t76.00\t(2e-05,64,0.1)",
        "CMRC2018\t80.00/90.00\t(2e-05,32,0.1)",
    ]

    lines = list(csv.DictReader(cli("extract", suite, "--csv").stdout.splitlines()))
    assert [(r["task"], r["score"], r["f1"], r["batch_size"]) for r in lines] == [
        ("tnews", "76.0", "", "16"),
        ("tnews", "76.0", "", "64"),
        ("cmrc2018", "80.0", "90.0", "32"),
    ]

    tnews, cmrc = json.loads(cli("extract", suite, "--json").stdout)
    assert (tnews["runs"], tnews["complete"], tnews["failed"]) == (12, 8, 4)
    assert cmrc["scores_percent"] == {"em": 80.0, "f1": 90.0}
    assert [w["batch_size"] for w in tnews["winners"]] == [16, 64]

    done = cli("extract", "yours", "--folder", str(Path(suite).parent))
    assert done.returncode == 2
    assert "No suite is called 'yours' in" in done.stderr
    assert done.stderr.endswith("There are: mine.\n")


def test_an_index_that_leads_out_of_its_folder_is_refused(cli: Cli, tmp_path: Path) -> None:
    study = {"model": "m", "task": "tnews", "study": "../elsewhere"}
    (tmp_path / "odd").mkdir()
    index = {"format": 1, "studies": [study]}
    (tmp_path / "odd" / "suite.json").write_text(json.dumps(index), encoding="utf-8")
    done = cli("extract", str(tmp_path / "odd"))
    assert done.returncode == 2
    assert "'../elsewhere' can't name a study" in done.stderr
