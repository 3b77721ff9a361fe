from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from unittest.mock import ANY

import optuna
import pytest

from autoclue.errors import AutoclueError, UsageError
from autoclue.records import Evaluation, Stop, TrialRecord, TrialState
from autoclue.search.sampling import ask, ask_baseline
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.reader import read_study
from autoclue.search.store.schema import (
    Change,
    Prepared,
    StoredLimits,
    StudyAttributes,
    TrialAttributes,
)
from autoclue.space import SearchSpace

Evaluate = Callable[..., Evaluation]
STOP = Stop("It was behind.", rung=1 / 3, step=300, score=0.5, cutoff=0.625, comparators=4)
CONFIG = {"task": "xnli", "learning_rate": 2e-5, "max_steps": None, "strategy_params": {"b": 1}}


@pytest.fixture
def proposer(toy_space: SearchSpace) -> Proposer:
    return Proposer(toy_space, "random", 0)


@pytest.fixture
def begun(ledger: Ledger, proposer: Proposer) -> int:
    """The number of a trial that has been asked and settled."""
    number, _ = ask(ledger, proposer)
    ledger.commit(number, CONFIG, "key")
    return number


@pytest.fixture
def read_back(storage: str) -> Callable[[], TrialRecord]:
    """Reads the first trial from the disk, as another process would."""
    return lambda: read_study(Ledger.open(storage, "study")).trials[0]


def test_a_new_study_is_read_back_with_all_its_facts(
    ledger: Ledger, storage: str, facts: StudyAttributes
) -> None:
    study = read_study(Ledger.open(storage, "study"))

    assert ledger.name == study.name == "study"
    assert study.settings == facts.settings
    assert (study.metric, study.synthetic) == ("accuracy", True)
    assert study.space == facts.space
    assert study.rungs == (1 / 9, 1 / 3)
    assert study.versions == facts.versions
    assert study.trials == ()


def test_the_time_of_a_study_and_its_trials_is_utc(
    ledger: Ledger, begun: int, read_back: Callable[[], TrialRecord]
) -> None:
    ledger.completed(begun, 0.5)
    trial = read_back()

    for text in (read_study(ledger).created_at, trial.started_at, trial.ended_at):
        moment = datetime.fromisoformat(str(text))
        assert moment.utcoffset() == timedelta(0)
        assert abs(datetime.now(timezone.utc) - moment) < timedelta(minutes=1)


def test_a_note_is_kept(ledger: Ledger, storage: str) -> None:
    ledger.note(StudyAttributes(limits=StoredLimits(trials=3, step_budget=None)))

    found = Ledger.open(storage, "study").attributes
    assert found.limits == StoredLimits(trials=3, step_budget=None)


def test_a_trial_that_was_just_asked_is_running(
    begun: int, ledger: Ledger, read_back: Callable[[], TrialRecord]
) -> None:
    trial = read_back()

    assert (trial.number, trial.state, trial.restarts) == (0, TrialState.RUNNING, 0)
    assert trial.config == CONFIG
    assert set(trial.params) == {"learning_rate", "batch_size"}
    assert (trial.evaluations, trial.best, trial.total_steps) == ((), None, None)
    assert (trial.baseline, trial.stop, trial.failure, trial.ended_at) == (False, None, None, None)
    assert ledger.trials()[0].attributes.key == "key"


def test_what_a_trial_knows_of_itself_is_read_back(
    ledger: Ledger, begun: int, prepared: Prepared, read_back: Callable[[], TrialRecord]
) -> None:
    ledger.prepared(begun, prepared)

    assert read_back().total_steps == prepared.total_steps
    assert read_back().layer_rates == prepared.layer_rates


def test_every_evaluation_is_read_back_in_the_order_of_steps(
    ledger: Ledger, begun: int, evaluate: Evaluate, read_back: Callable[[], TrialRecord]
) -> None:
    found = [evaluate(step, 0.1 + 1 / 3 / step) for step in (9, 10, 100, 1000)]

    for each in reversed(found):
        ledger.evaluated(begun, each)

    assert list(read_back().evaluations) == found
    assert ledger.trials()[0].scores == {e.step: e.score for e in found}


def test_an_evaluation_at_the_same_step_replaces_the_one_before(
    ledger: Ledger, begun: int, evaluate: Evaluate, read_back: Callable[[], TrialRecord]
) -> None:
    ledger.evaluated(begun, evaluate(100, 0.5))
    ledger.evaluated(begun, evaluate(100, 0.4))

    assert read_back().evaluations == (evaluate(100, 0.4),)
    assert ledger.trials()[0].scores == {100: 0.4}


def test_a_completed_trial_has_its_best_score(
    ledger: Ledger, begun: int, evaluate: Evaluate, read_back: Callable[[], TrialRecord]
) -> None:
    ledger.evaluated(begun, evaluate(100, 0.75))
    ledger.evaluated(begun, evaluate(200, 0.5))
    ledger.completed(begun, 0.75)

    assert read_back().state is TrialState.COMPLETE
    assert read_back().best_score == ledger.trials()[0].value == 0.75


def test_a_stopped_trial_is_pruned_with_its_stop(
    ledger: Ledger, begun: int, evaluate: Evaluate, read_back: Callable[[], TrialRecord]
) -> None:
    ledger.evaluated(begun, evaluate(300, 0.5), STOP)
    ledger.pruned(begun)

    assert read_back().state is TrialState.PRUNED
    assert read_back().stop == STOP
    assert read_back().failure is None
    assert read_study(ledger).winner is None


def test_a_failed_trial_is_failed_with_its_reason(
    ledger: Ledger, begun: int, read_back: Callable[[], TrialRecord]
) -> None:
    ledger.failed(begun, "train_loss is nan at step 7")

    assert read_back().state is TrialState.FAIL
    assert read_back().failure == "train_loss is nan at step 7"


def test_a_stop_does_not_count_before_its_trial_is_closed(
    ledger: Ledger, begun: int, evaluate: Evaluate, read_back: Callable[[], TrialRecord]
) -> None:
    ledger.evaluated(begun, evaluate(300, 0.5), STOP)

    assert (read_back().state, read_back().stop) == (TrialState.RUNNING, None)


def test_a_failure_without_its_state_does_not_count(
    ledger: Ledger, begun: int, evaluate: Evaluate, read_back: Callable[[], TrialRecord]
) -> None:
    ledger._write(begun, TrialAttributes(failure="It blew up."))
    ledger.evaluated(begun, evaluate(600, 0.5))
    ledger.completed(begun, 0.5)

    assert read_back().failure is None
    assert [e.step for e in read_back().evaluations] == [600]


def test_asks_evaluations_and_ends_are_numbered_in_their_order(
    ledger: Ledger, storage: str, proposer: Proposer, begun: int, evaluate: Evaluate
) -> None:
    ledger.evaluated(begun, evaluate(100, 0.5))
    again = Ledger.open(storage, "study")
    number, _ = ask(again, proposer)
    again.commit(number, CONFIG, "other")
    again.evaluated(begun, evaluate(200, 0.5))
    again.completed(begun, 0.5)

    first, second = (trial.attributes for trial in again.trials())
    order = [
        first.asked,
        first.evaluations[100].sequence,
        second.asked,
        first.evaluations[200].sequence,
        first.closed,
    ]
    assert order == [2, 3, 5, 6, 7]


def test_a_trial_that_died_keeps_every_reason(
    ledger: Ledger, begun: int, read_back: Callable[[], TrialRecord]
) -> None:
    counts = [ledger.died(begun, reason) for reason in ("It was killed.", "It crashed.")]

    assert counts == [1, 2]
    assert read_back().deaths == ("It was killed.", "It crashed.")


def test_a_trial_with_other_settings_than_asked_says_why(
    ledger: Ledger, begun: int, read_back: Callable[[], TrialRecord]
) -> None:
    ledger.changed(begun, {**CONFIG, "learning_rate": 1e-5}, "new", reason="memory ran out")

    assert read_back().change == "memory ran out"
    assert read_back().config["learning_rate"] == 1e-5
    assert ledger.trial(begun).attributes.change == Change("memory ran out", CONFIG, ANY)


def test_a_trial_that_begins_again_counts_it(
    ledger: Ledger, begun: int, read_back: Callable[[], TrialRecord]
) -> None:
    ledger.restart(begun)
    ledger.restart(begun)

    assert read_back().restarts == 2


def test_a_trial_without_settings_is_asked_again_under_its_number(
    ledger: Ledger, storage: str, proposer: Proposer
) -> None:
    first = ask(ledger, proposer)
    proposal = ledger.trial(first[0]).attributes.proposal
    assert proposal is not None
    assert proposal.values == first[1]
    assert read_study(ledger).trials == ()

    again = ask(Ledger.open(storage, "study"), proposer)
    ledger.commit(again[0], CONFIG, "key")

    assert first == again
    assert ask(ledger, proposer)[0] == 1


def test_the_baseline_is_marked_and_holds_its_values(
    ledger: Ledger, proposer: Proposer, read_back: Callable[[], TrialRecord]
) -> None:
    number = ask_baseline(
        ledger, proposer, {"learning_rate": 3e-5, "batch_size": 64, "decay": 1.0}
    )
    ledger.commit(number, CONFIG, "key")

    assert read_back().baseline
    assert read_back().params == {"learning_rate": 3e-5, "batch_size": 64}
    assert proposer.forced is None
    assert read_study(ledger).baseline == read_back()


def test_exists_tells_one_study_from_another(ledger: Ledger, storage: str) -> None:
    assert Ledger.exists(storage, "study")
    assert not Ledger.exists(storage, "another")


def test_a_study_is_not_made_twice(ledger: Ledger, storage: str, facts: StudyAttributes) -> None:
    with pytest.raises(AutoclueError, match="'study' already exists"):
        Ledger.create(storage, "study", facts)


def test_a_study_that_is_missing_is_named(storage: str) -> None:
    with pytest.raises(UsageError, match=r"The storage sqlite:.* holds no study 'mine'\."):
        Ledger.open(storage, "mine")


def test_another_format_is_refused(ledger: Ledger, storage: str) -> None:
    ledger.note(StudyAttributes(format=7))

    with pytest.raises(UsageError, match=r"format 7, written by autoclue .* autoclue reads 3;"):
        Ledger.open(storage, "study")


def test_a_study_left_half_made_is_made_again(storage: str, facts: StudyAttributes) -> None:
    optuna.create_study(study_name="study", storage=storage).set_user_attr("metric", "accuracy")

    assert not Ledger.exists(storage, "study")
    assert Ledger.create(storage, "study", facts).attributes.metric == "accuracy"


def test_a_study_of_somebody_else_is_left_alone(storage: str) -> None:
    theirs = optuna.create_study(study_name="study", storage=storage)
    theirs.ask()

    with pytest.raises(UsageError, match=r"'study' in sqlite:.* was not made by autoclue"):
        Ledger.exists(storage, "study")
    with pytest.raises(UsageError, match=r"'study' in sqlite:.* was not made by autoclue"):
        Ledger.open(storage, "study")
    assert len(optuna.load_study(study_name="study", storage=storage).trials) == 1


@pytest.mark.parametrize("url", ["nonsense", "", "oracel://host/name", "mysql://host:port/name"])
def test_what_is_no_url_of_a_database_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match=r"The storage .*can't be used: .*; write it like sqlite"):
        Ledger.exists(url, "study")


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)

    with pytest.raises(UsageError, match=r"Python package that is not installed: .*pymysql"):
        Ledger.exists("mysql+pymysql://host/name", "study")


@pytest.mark.parametrize(
    "url", ["mysql+pymysql://me:secret@host/name", "x y://me:secret@host:z/n"]
)
def test_a_password_never_shows_in_a_message(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)

    with pytest.raises(UsageError, match=r"me:\*\*\*@host") as caught:
        Ledger.open(url, "study")

    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Buy milk.\n" * 200)

    with pytest.raises(UsageError, match=r"notes\.txt can't be used: file is not a database; '"):
        Ledger.exists(f"sqlite:///{tmp_path}/notes.txt", "study")


@pytest.mark.parametrize("path", ["no/such/folder/a.db", "file/a.db", ""])
def test_a_place_where_no_file_can_be_made_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match=r"can't be used: unable to open database file\."):
        Ledger.create(f"sqlite:///{tmp_path}/{path}", "study", StudyAttributes())


def test_a_database_that_may_only_be_read_is_refused(
    tmp_path: Path, empty_database: bytes
) -> None:
    (tmp_path / "a.db").write_bytes(empty_database)

    with pytest.raises(UsageError, match="attempt to write a readonly database"):
        Ledger.create(
            f"sqlite:///file:{tmp_path}/a.db?mode=ro&uri=true", "study", StudyAttributes()
        )


def test_the_tables_of_another_optuna_are_refused(ledger: Ledger, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        database.execute("update alembic_version set version_num = 'v99.0.0.a'")
    database.close()

    with pytest.raises(UsageError, match="no longer compatible with the table schema"):
        Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", "study")
