"""Ledgers that aren't as they were written, and whatever reads them."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import strategies as st

from autoclue.errors import AutoclueError
from autoclue.records import Stop, StudyRecord, SuiteRecord, SuiteStudy
from autoclue.reporting import (
    best_results,
    closing_sentences,
    comparison_cells,
    comparison_sentences,
    result_rows,
    study_line,
    summary_text,
    trial_lines,
    trials_frame,
    write_report,
    write_table,
)
from autoclue.search.replay import replay_study
from autoclue.search.store import Ledger, SpaceVersion, StoredLimits, StudyAttributes
from autoclue.search.study import find_study, load_study
from tests.fuzz.budget import SECRET, fuzz, refused_or_read
from tests.fuzz.commands import run_verb
from tests.fuzz.inputs import as_json, changed, seeds, texts, values
from tests.search.conftest import PREPARED, configure, evaluation

SPACE = {"name": "s", "parameters": {"learning_rate": {"float": [1e-5, 1e-3], "log": True}}}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished study: one trial whole, one stopped, one failed, one that runs."""
    folder = tmp_path_factory.mktemp("studies") / "mine"
    folder.mkdir()
    (folder / "study.json").write_text('{"name": "mine", "storage": "ledger.db"}')
    facts = StudyAttributes(
        question={"task": "xnli", "model": "builtin", "data": "builtin", "seed": 1},
        resolved={"command": ["autoclue", "tune", "--storage", f"postgresql://a:{SECRET}@h/d"]},
        metric="accuracy",
        spaces=(SpaceVersion(0, "f", SPACE),),
        rungs=(1 / 9, 1 / 3),
        limits=StoredLimits(4, None),
        chance_score=0.3,
        versions={"autoclue": "0.1.0"},
    )
    ledger = Ledger.create(f"sqlite:///{folder}/ledger.db", "mine", facts)
    for place in range(4):
        number = ledger.ask_without_parameters()
        config = configure({"learning_rate": 1e-4 * (place + 1), "batch_size": 16})
        ledger.note_given(number, baseline=True, outside_space=False) if place == 0 else None
        ledger.commit(number, config.model_dump(), config.key)
        ledger.prepared(number, PREPARED)
        stop = Stop("weak", 1 / 9, 100, 0.5, 0.6, 3) if place == 1 else None
        ledger.evaluated(number, evaluation(100, 0.5 + place / 100), stop)
        if place == 0:
            ledger.completed(number, 0.5)
        elif place == 1:
            ledger.pruned(number)
        elif place == 2:
            ledger.failed(number, "loss is nan", log="train.log")
    return folder


TABLES = {
    "study_user_attributes": ("key", "value_json"),
    "trial_user_attributes": ("key", "value_json"),
    "trials": ("state", "datetime_start", "datetime_complete", "number", "study_id"),
    "trial_values": ("value", "value_type"),
    "trial_intermediate_values": ("step", "intermediate_value", "intermediate_value_type"),
    "studies": ("study_name",),
    "version_info": ("schema_version", "library_version"),
    "alembic_version": ("version_num",),
}


def _tamper(path: Path, number: int, value: object) -> None:
    """Put another value into a cell of a ledger, or into a value that a cell holds as JSON."""
    rng = random.Random(number)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        table = rng.choice([*TABLES, *["trial_user_attributes", "study_user_attributes"] * 4])
        column = rng.choice(TABLES[table])
        rows = connection.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
        row, held = rng.choice(rows)
        cell: object = as_json(value) if column == "value_json" else value
        if column == "value_json" and rng.random() < 0.7:
            cell = as_json(_inside(json.loads(held), value, rng))
        if not isinstance(cell, int | float | str | None):
            cell = as_json(cell)
        if isinstance(cell, int) and abs(cell) >= 2**63:
            cell = str(cell)[:20]
        if isinstance(cell, str):
            cell = cell.encode("utf-8", "replace").decode()
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (cell, row))
    connection.close()


def _inside(held: object, value: object, rng: random.Random) -> object:
    if isinstance(held, dict) and held and rng.random() < 0.8:
        key = rng.choice(sorted(held))
        return {**held, key: _inside(held[key], value, rng)}
    if isinstance(held, list) and held and rng.random() < 0.8:
        at = rng.randrange(len(held))
        return [*held[:at], _inside(held[at], value, rng), *held[at + 1 :]]
    return value


COMMANDS = (
    *("ls studies", "show mine", "show mine --csv", "show mine --json", "compare mine"),
    *("compare mine --format csv", "compare mine --format latex", "report mine", "replay mine"),
)


def test_ledgers(
    study: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "studies" / "mine"
    folder.mkdir(parents=True)
    monkeypatch.setenv("AUTOCLUE_FOLDER", str(folder.parent))
    (folder / "study.json").write_bytes((study / "study.json").read_bytes())
    whole, path = (study / "ledger.db").read_bytes(), folder / "ledger.db"

    def target(told: tuple[int, list[object], bool, int]) -> None:
        number, cells, damaged, turn = told
        path.write_bytes(changed(whole, number) if damaged else whole)
        if not damaged and not _tampered(path, number, cells):
            return  # the database keeps such a value out itself
        before = sorted(p.name for p in folder.iterdir()), path.read_bytes()
        refused_or_read(lambda: _read(folder, whole=turn % 8 == 0))
        if turn % 4 == 0:
            words = COMMANDS[number % len(COMMANDS)].split()
            run_verb([*words, "--folder", str(folder.parent)], capsys, monkeypatch)
        for name in ("results.json", "report.html", "recipe.yaml"):
            if (folder / name).exists():
                assert SECRET not in (folder / name).read_text(encoding="utf-8")
                (folder / name).unlink()
        assert (sorted(p.name for p in folder.iterdir()), path.read_bytes()) == before

    path.write_bytes(whole)
    _read(folder, whole=True)
    for name in ("results.json", "report.html"):
        (folder / name).unlink()
    cells = st.lists(values | texts, min_size=1, max_size=2)
    fuzz(st.tuples(seeds, cells, st.booleans(), st.integers(0, 7)), target, share=7)


def _tampered(path: Path, number: int, cells: list[object]) -> bool:
    try:
        for place, value in enumerate(cells):
            _tamper(path, number + place, value)
    except (sqlite3.Error, ValueError, IndexError):
        return False
    return True


def _read(folder: Path, *, whole: bool) -> None:
    """Do with a study what costs little, or everything."""
    study = load_study(find_study(folder.parent, "mine"), follow_storage=False)
    refused_or_read(lambda: _told(study))
    if whole:
        refused_or_read(lambda: replay_study(study, scheduler="all", workers=1))
        refused_or_read(lambda: write_report(study, folder))


def _told(study: StudyRecord) -> None:
    """Put a study into every table and sentence of a terminal."""
    line = study_line(study)
    comparison_cells(line)
    found = [*comparison_sentences([line, line]), *closing_sentences(study)]
    for form in ("csv", "markdown", "latex"):
        found.append(write_table([line], form))
    trial_lines(study)
    found.append(trials_frame(study).to_csv(index=False))
    results = best_results(SuiteRecord("s", (SuiteStudy("m", "tnews", study),)))
    result_rows(results)
    found.append(summary_text(results))
    assert SECRET not in "".join(found)


def test_a_message_of_ours_hides_what_it_quotes() -> None:
    error = AutoclueError(f"postgresql://me:{SECRET}@host/db?password={SECRET}")
    assert SECRET not in str(error)
