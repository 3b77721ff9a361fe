"""Folders of models, whole or damaged, and ledgers that aren't as they were written."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import strategies as st

from autoclue.cli import main
from autoclue.errors import AutoclueError
from autoclue.models import resolve_model
from autoclue.models.folders import check_folder, open_model
from autoclue.records import Stop, StudyRecord
from autoclue.reporting import study_line, trial_lines, write_report
from autoclue.search.replay import replay_study
from autoclue.search.store import Ledger, SpaceVersion, StoredLimits, StudyAttributes
from autoclue.search.study import find_study, load_study
from tests.fuzz.budget import SECRET, bounded, fuzz, refused_or_read
from tests.fuzz.inputs import changed, seeds, texts, values
from tests.models.layouts import write_layout
from tests.search.conftest import PREPARED, configure, evaluation

LAYOUTS = ("PaddleNLP", "old PaddleNLP", "Hugging Face", "TensorFlow")


@pytest.fixture(scope="module")
def model_folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A model in each form that people have."""
    from tests.models import layouts

    root = tmp_path_factory.mktemp("models")
    return [write_layout(root / str(n), name) for n, name in enumerate(layouts.LAYOUTS)]


def test_model_folders(model_folders: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "model"

    def target(told: tuple[int, int, int, dict[str, object], str]) -> None:
        which, file, number, more, how = told
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(model_folders[which % len(model_folders)], folder)
        files = sorted(folder.iterdir())
        path = files[file % len(files)]
        if how == "damaged":
            path.write_bytes(changed(path.read_bytes(), number))
        elif how == "config":
            for config in folder.glob("*config.json"):
                held = json.loads(config.read_text())
                config.write_text(_as_json({**held, **more}), errors="surrogatepass")
        else:
            path.unlink()
            path.mkdir() if how == "folder" else path.symlink_to(path)

        def read() -> None:
            source = resolve_model(str(folder))
            assert source.path is not None
            opened = open_model(source.path)
            check_folder(opened, ["天地人"])
            for each in opened.weights.values():
                each.read()

        refused_or_read(read)

    keys = st.sampled_from(
        [
            *("num_hidden_layers", "hidden_size", "num_attention_heads", "vocab_size"),
            *("model_type", "architectures", "init_class", "init_args", "auto_map", "n_layer"),
            *("do_lower_case", "tokenizer_class", "pad_token", "intermediate_size", "use_task_id"),
            *("task_type_vocab_size", "max_position_embeddings", "type_vocab_size"),
        ]
    )
    ways = st.sampled_from(["damaged", "damaged", "config", "config", "folder", "circle"])
    more = st.dictionaries(keys, values, max_size=3)
    fuzz(st.tuples(seeds, seeds, seeds, more, ways), target)


def _as_json(value: object) -> str:
    try:
        return json.dumps(value)
    except ValueError:
        return "[" * 100_000


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
        table = rng.choice([*TABLES, *["trial_user_attributes", "study_user_attributes"] * 4])
        column = rng.choice(TABLES[table])
        rows = connection.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
        row, held = rng.choice(rows)
        cell: object = _as_json(value) if column == "value_json" else value
        if column == "value_json" and rng.random() < 0.7:
            cell = _as_json(_inside(json.loads(held), value, rng))
        if not isinstance(cell, int | float | str | None):
            cell = _as_json(cell)
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


def test_ledgers(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "studies" / "mine"

    def target(told: tuple[int, list[object], bool]) -> None:
        number, cells, damaged = told
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(study, folder)
        path = folder / "ledger.db"
        if damaged:
            path.write_bytes(changed(path.read_bytes(), number))
        else:
            for place, value in enumerate(cells):
                try:
                    _tamper(path, number + place, value)
                except (sqlite3.Error, ValueError, IndexError):
                    return  # the database keeps such a value out itself
        before = sorted(p.name for p in folder.iterdir()), path.read_bytes()
        refused_or_read(lambda: replay_study(_loaded(folder), scheduler="all", workers=1))
        assert (sorted(p.name for p in folder.iterdir()), path.read_bytes()) == before
        if number % 3 == 0:  # a page takes the longest
            refused_or_read(lambda: write_report(_loaded(folder), folder))
        refused_or_read(lambda: [study_line(_loaded(folder)), trial_lines(_loaded(folder))])
        for name in ("results.json", "report.html"):
            if (folder / name).exists():
                assert SECRET not in (folder / name).read_text(encoding="utf-8")
        with bounded(), pytest.raises(SystemExit, match=r"^0$"):
            main(["ls", "studies", "--folder", str(folder.parent)])
        printed = capsys.readouterr()
        assert "\x1b" not in printed.out + printed.err

    cells = st.lists(values | texts, min_size=1, max_size=2)
    fuzz(st.tuples(seeds, cells, st.booleans()), target, share=9)


def _loaded(folder: Path) -> StudyRecord:
    return load_study(find_study(folder.parent, "mine"), follow_storage=False)


def test_a_message_of_ours_hides_what_it_quotes() -> None:
    error = AutoclueError(f"postgresql://me:{SECRET}@host/db?password={SECRET}")
    assert SECRET not in str(error)
