from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import autoclue
from autoclue.errors import UsageError

Cli = Callable[..., CompletedProcess[str]]

pytestmark = pytest.mark.usefixtures("_studies")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the studies are kept once they have been made."""
    return tmp_path_factory.mktemp("kept") / "studies"


@pytest.fixture
def _studies(kept: Path, tune: Cli, _scripted: None) -> None:
    """Two studies, ``mine`` with four trials and ``more`` with two."""
    if not kept.exists():
        assert tune("--trials", "4", "--scheduler", "none").returncode == 0
        assert tune("--trials", "2", "--scheduler", "none", "--study", "more").returncode == 0
        shutil.move("studies", kept)
    shutil.copytree(kept, "studies")


def test_trials_are_shown_best_first_with_their_differences(cli: Cli) -> None:
    done = cli("show", "mine", "--folder", "studies")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split() for line in done.stdout.splitlines()[3:7]]
    assert [row[0] for row in rows] == ["3", "2", "1", "0"]
    assert rows[0][1:7] == ["complete", "(winner)", "33.00%", "+3.00", "100%", "3"]
    assert rows[0][8].startswith("learning_rate=")
    assert rows[3][1:4] == ["complete", "(baseline)", "30.00%"]
    assert done.stdout.splitlines()[1].startswith("task xnli, model builtin")


def test_csv_has_a_row_for_each_trial_and_nothing_else(cli: Cli) -> None:
    done = cli("show", "mine", "--folder", "studies", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["number"] for row in rows] == ["0", "1", "2", "3"]
    assert float(rows[3]["difference"]) == pytest.approx(0.03)


def test_json_has_the_same_lines(cli: Cli) -> None:
    rows = json.loads(cli("show", "mine", "--folder", "studies", "--json").stdout)
    assert [(row["number"], row["role"]) for row in rows] == [
        (3, "winner"), (2, ""), (1, ""), (0, "baseline"),
    ]  # fmt: skip


@pytest.mark.parametrize("verb", ["show", "report", "replay"])
def test_the_beginning_of_a_name_is_enough(verb: str, cli: Cli) -> None:
    assert cli(verb, "mi", "--folder", "studies").returncode == 0


def test_a_beginning_of_several_names_is_refused(cli: Cli) -> None:
    done = cli("show", "m", "--folder", "studies")
    assert done.returncode == 2
    assert "2 studies in studies begin with 'm': mine, more. Give more of" in done.stderr


def test_a_whole_name_wins_over_longer_ones(cli: Cli, tune: Cli) -> None:
    assert tune("--trials", "1", "--study", "mine-too").returncode == 0
    assert cli("show", "mine", "--folder", "studies").stdout.startswith("mine\n")


def test_load_reads_a_study_and_writes_nothing() -> None:
    report = Path("studies/mine/report.html")
    report.unlink()
    result = autoclue.load("mi", folder="studies")
    assert [result.study.name, len(result.trials)] == ["mine", 4]
    assert not report.exists()
    with pytest.raises(UsageError, match="No study is called 'nobody'"):
        autoclue.load("nobody", folder="studies")


def test_studies_are_compared_with_what_can_be_told_apart(cli: Cli) -> None:
    done = cli("compare", "mi", "mo", "--folder", "studies")
    assert done.returncode == 0
    words = " ".join(done.stdout.split())
    assert "mine: the winner" not in words
    assert "mine: winner and baseline can't be told apart on the development set" in words
    assert "xnli: mine is the best on the development set that chose them (33.00%), and" in words
    assert "can't be told apart from more (31.00%)" in words
    assert "say nothing about real text" in words


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("markdown", "| study | task |"),
        ("csv", "study,task,strategy,model"),
        ("latex", "\\begin{tabular}"),
    ],
)
def test_a_comparison_of_all_is_the_table_alone(form: str, begins: str, cli: Cli) -> None:
    printed = cli("compare", "--folder", "studies", "--format", form).stdout
    assert printed.startswith(begins)
    assert all(name in printed for name in ("mine", "more"))
    assert "told apart from" not in printed


def test_nothing_to_compare_is_said(cli: Cli) -> None:
    done = cli("compare", "--folder", "nowhere")
    assert done.returncode == 2
    assert "There is no study in nowhere to compare" in done.stderr


def test_a_study_is_deleted_only_when_told(cli: Cli) -> None:
    done = cli("rm", "mine", "--folder", "studies")
    assert (done.returncode, Path("studies/mine").is_dir()) == (2, True)
    assert "Give --yes to delete the study mine (" in done.stderr
    done = cli("rm", "mine", "--folder", "studies", "--yes")
    assert done.stdout.startswith("The study mine is deleted (")
    assert [path.name for path in Path("studies").iterdir()] == ["more"]


def test_a_study_in_a_database_of_several_is_deleted_alone(cli: Cli, tune: Cli) -> None:
    storage = ("--storage", "sqlite:///all.db")
    for name in ("one", "two"):
        assert tune("--trials", "2", "--study", name, *storage).returncode == 0
    outside = ("--folder", "studies", "--follow-storage")
    assert cli("rm", "one", *outside, "--yes").returncode == 0
    assert not Path("studies/one").exists()
    assert cli("show", "two", *outside).returncode == 0
    assert tune("--trials", "1", "--study", "one", *storage).returncode == 0
    assert len(autoclue.load("one", folder="studies", follow_storage=True).trials) == 1


def test_a_study_that_runs_is_not_deleted(cli: Cli) -> None:
    from autoclue.search.store import driving

    storage = f"sqlite:///{Path('studies/mine/ledger.db').resolve()}"
    with driving(storage, "mine"):
        done = cli("rm", "mine", "--folder", "studies", "--yes")
    assert done.returncode == 1
    assert "is being run by process" in done.stderr
    assert Path("studies/mine/study.json").is_file()


def test_a_study_without_its_ledger_can_be_deleted(cli: Cli) -> None:
    Path("studies/mine/ledger.db").unlink()
    assert cli("show", "mine", "--folder", "studies").returncode == 2
    assert cli("rm", "mine", "--folder", "studies", "--yes").returncode == 0
