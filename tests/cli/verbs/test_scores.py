from __future__ import annotations

import csv
import json
from collections.abc import Callable
from subprocess import CompletedProcess

Cli = Callable[..., CompletedProcess[str]]


def test_leaderboard_holds_every_model_of_the_table_best_first(cli: Cli) -> None:
    lines = cli("ls", "scores").stdout.splitlines()
    assert lines[0].split()[:4] == ["model", "average", "afqmc", "tnews"]
    assert lines[1].startswith("ERNIE 1.0-Large-zh-cw")
    assert "70.71/90.41" in next(line for line in lines if line.startswith("ERNIE 3.0-Base-zh"))


def test_a_task_is_sorted_by_its_score_within_each_part_of_the_data(cli: Cli) -> None:
    rows = json.loads(cli("ls", "scores", "--task", "afqmc", "--json").stdout)
    dev = [r["scores_percent"]["accuracy"] for r in rows if r["part"] == "dev"]
    assert dev == sorted(dev, reverse=True)
    assert [r["part"] for r in rows] == sorted(r["part"] for r in rows)
    base = next(r for r in rows if r["name"] == "ernie-3.0-base-zh" and r["settings"])
    assert base["settings"] == {"learning_rate": 3e-5, "batch_size": 16, "dropout": 0.1}


def test_csv_holds_a_line_for_each_value(cli: Cli) -> None:
    done = cli("ls", "scores", "--family", "ernie_gram", "--csv")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert len(rows) == 10
    assert {row["document"] for row in rows} == {"paddlenlp"}
    assert [(r["em"], r["f1"]) for r in rows if r["task"] == "cmrc2018"] == [("71.82", "90.38")]


def test_names_that_nothing_is_published_of_are_refused(cli: Cli) -> None:
    for option, word in {"--task": "tnew", "--family": "ernje", "--sort": "averge"}.items():
        done = cli("ls", "scores", option, word)
        assert done.returncode == 2
        assert word in done.stderr
    assert cli("ls", "scores", "--csv", "--json").returncode == 2


def test_speeds_are_listed_by_vocabulary(cli: Cli) -> None:
    rows = json.loads(cli("ls", "speeds", "--json").stdout)
    assert [row["seconds_per_1k_steps"] for row in rows] == [404, 350, 50]
