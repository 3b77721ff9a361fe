from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from autoclue.errors import UsageError
from autoclue.option_fields import Options, options_of, read_options
from autoclue.options import TuneArguments
from autoclue.outside import drop_secrets
from autoclue.run_files import complete_run, run_text, write_run
from autoclue.train_options import TrainArguments

GIVEN = {
    "task": "xnli",
    "settings": {"learning_rate": "1e-5..1e-3:log", "dropout": {"float": [0.0, 0.3]}},
    "baseline": {"learning_rate": 1e-4},
    "builtin_size": 60,
    "time_budget": "1h30m",
    "gpus_per_trial": 0.5,
}


def run_file(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("model", [TuneArguments, TrainArguments])
def test_a_written_run_holds_every_option_and_its_sentence(model: type[Options]) -> None:
    text = run_text(read_options(model, {"task": "xnli"}))
    assert set(yaml.safe_load(text)) == set(options_of(model))
    sentences = " ".join(text.replace("\n# ", " ").split())
    for field in options_of(model).values():
        assert " ".join(str(field.description).split()) in sentences


@pytest.mark.parametrize("share", [0.5, "auto"])
def test_a_written_run_reads_back_as_the_same_run(tmp_path: Path, share: float | str) -> None:
    run = read_options(TuneArguments, {**GIVEN, "gpus_per_trial": share})
    write_run(tmp_path, run)
    assert complete_run(TuneArguments, {}, tmp_path / "run.yaml") == run


def test_the_command_line_wins_over_the_file(tmp_path: Path) -> None:
    path = run_file(tmp_path, "task: xnli\ntrials: 8\nseed: 3\n")
    run = complete_run(TuneArguments, {"seed": 4}, path)
    assert (run.spec.task, run.limits.trials, run.spec.seed) == ("xnli", 8, 4)


def test_settings_are_joined_name_by_name(tmp_path: Path) -> None:
    path = run_file(tmp_path, "task: xnli\nsettings: {epochs: 2, batch_size: [8, 16]}\n")
    run = complete_run(TuneArguments, {"settings": ["batch_size=32"]}, path)
    assert run.spec.settings == {"epochs": 2, "batch_size": 32}


@pytest.mark.parametrize(("in_file", "typed"), [("trials", "extend"), ("extend", "trials")])
def test_an_option_drops_the_one_of_the_file_that_it_excludes(
    in_file: str, typed: str, tmp_path: Path
) -> None:
    path = run_file(tmp_path, f"task: xnli\n{in_file}: 8\n")
    limits = complete_run(TuneArguments, {typed: 20}, path).limits
    assert limits.model_dump(exclude_none=True) == {typed: 20}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("task: xnli\ntrails: 3\n", r"key in .*mine\.yaml, 'trails'\. Did you mean trials"),
        ("task: xnli\ntrials: 0\n", r"mine\.yaml: trials is 0, but must be at least 1\."),
        ("task: xnli\nholdout: high\n", r"mine\.yaml: holdout is 'high', but must be a number\."),
        ("task: 3\n", r"mine\.yaml: task is 3, but must be text\."),
        ("trials: 3\n", r"^Missing option '--task'\.$"),
        ("task: xnli\nsettings: [epochs]\n", r"mine\.yaml: .*'epochs' needs a name, '='"),
        ("task: xnli\nsettings: 7\n", r"mine\.yaml: settings must be a mapping or a list"),
        ("- task\n", r"mine\.yaml must hold a mapping"),
        ("task: xnli\ntask: tnews\n", r"key 'task' stands twice"),
    ],
)
def test_a_mistake_in_a_file_names_the_file_and_the_key(
    text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        complete_run(TuneArguments, {}, run_file(tmp_path, text))


def test_settings_that_cannot_be_joined_name_the_file(tmp_path: Path) -> None:
    path = run_file(tmp_path, "task: xnli\nsettings: 7\n")
    with pytest.raises(UsageError, match=r"mine\.yaml: settings: settings must be a mapping"):
        complete_run(TuneArguments, {"settings": ["epochs=3"]}, path)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("postgresql://me:secret@host:5432/db", "postgresql://me@host:5432/db"),
        (
            "postgresql+psycopg://me:s:e@host/db?sslmode=on",
            "postgresql+psycopg://me@host/db?sslmode=on",
        ),
        ("mysql://host/db?user=me&password=secret", "mysql://host/db?user=me"),
        ("mysql://host/db?password=secret&user=me", "mysql://host/db?user=me"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("sqlite:////folder/ledger.db", "sqlite:////folder/ledger.db"),
    ],
)
def test_no_password_is_written(url: str, kept: str) -> None:
    assert drop_secrets(url) == kept
    text = run_text(read_options(TuneArguments, {"task": "xnli", "storage": url}))
    assert yaml.safe_load(text)["storage"] == kept
