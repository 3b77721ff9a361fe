"""Ledgers that are damaged or gone: nothing begins anew, and the copy goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.search.study.location import find_study, load_study

Cli = Callable[..., CompletedProcess[str]]
FOLDER = Path("studies/mine")
TINY = ("--builtin-size", "tiny", "--parallel", "1")
pytestmark = pytest.mark.usefixtures("_scripted")


def damage(path: Path) -> None:
    """Overwrite the second half of a database."""
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[:half] + b"\x55" * (len(content) - half))


@pytest.fixture
def begun(tune: Cli) -> Path:
    """The ledger of a study with two trials, each in a folder."""
    assert tune(*TINY, "--trials", "2").returncode == 0
    for number in ("0000", "0001"):
        (FOLDER / "trials" / number).mkdir(parents=True)
    return FOLDER / "ledger.db"


def test_a_damaged_ledger_says_what_to_do_and_its_copy_goes_on(cli: Cli, begun: Path) -> None:
    damage(begun)
    done = cli("resume", str(FOLDER), "--trials", "3")
    assert done.returncode in (1, 2)
    assert "'autoclue resume STUDY --from-backup'" in done.stderr
    assert cli("resume", str(FOLDER), "--from-backup", "--trials", "3").returncode == 0
    study = load_study(find_study(Path("studies"), "mine"))
    assert [trial.number for trial in study.complete] == [0, 1, 2]
    assert (FOLDER / "ledger.db.damaged").is_file()


def test_a_ledger_that_vanished_is_not_begun_anew(tune: Cli, cli: Cli, begun: Path) -> None:
    begun.unlink()
    for done in (tune(*TINY, "--trials", "2"), cli("resume", str(FOLDER))):
        assert done.returncode == 2
        assert (
            "go on from its copy with 'autoclue resume studies/mine --from-backup'" in done.stderr
        )
        assert not begun.exists()
    assert cli("resume", str(FOLDER), "--from-backup").returncode == 0


def test_an_empty_database_beside_trials_is_not_begun_in(tune: Cli, begun: Path) -> None:
    begun.write_bytes(b"")
    done = tune(*TINY, "--trials", "2")
    assert done.returncode == 2
    assert "holds 2 trial folders of a study that its ledger" in done.stderr


def test_a_ledger_that_can_be_read_is_not_replaced(cli: Cli, begun: Path) -> None:
    done = cli("resume", str(FOLDER), "--from-backup")
    assert done.returncode == 2
    assert "can be read, with 2 trials; leave --from-backup out" in done.stderr


def test_without_a_copy_there_is_no_way_back(cli: Cli, begun: Path) -> None:
    begun.unlink()
    (FOLDER / "ledger.backup.db").unlink()
    done = cli("resume", str(FOLDER), "--from-backup")
    assert done.returncode == 2
    assert "There is no copy of the ledger" in done.stderr


def test_a_copy_that_is_damaged_too_is_not_gone_on_from(cli: Cli, begun: Path) -> None:
    damage(begun)
    damage(FOLDER / "ledger.backup.db")
    done = cli("resume", str(FOLDER), "--from-backup")
    assert done.returncode == 2
    assert "of the ledger is damaged too" in done.stderr
