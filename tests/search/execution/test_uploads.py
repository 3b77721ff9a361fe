"""What a trial sends to the artifact store, what is dropped there, and what the driver fetches."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from autoclue.errors import TroubleError, UsageError
from autoclue.records import Evaluation, StateRef, TrialState
from autoclue.search.execution import StudyArtifacts, find_kept_model
from autoclue.search.execution.store_roll import (
    StoreHere,
    has_signed_in_store,
    sign_in_store,
    signing_in_store,
)
from autoclue.search.execution.uploads import Uploads
from autoclue.search.execution.working import LogTail, keep_log, log_folder
from autoclue.search.objects import FolderObjects
from autoclue.search.store import (
    Ledger,
    Repetition,
    StoredArtifacts,
    StoredState,
    StudyAttributes,
    read_study,
)
from autoclue.search.study.artifact_store import new_store, same_store
from autoclue.search.tuner import Job
from autoclue.training import TrialConfig

CONFIG = TrialConfig(
    task="t", model="m", learning_rate=1e-3, batch_size=16, epochs=1, max_length_tokens=32
)
TRIAL = "study/trials/0000"
PLACE = f"{TRIAL}/1"


def evaluation(step: int) -> Evaluation:
    return Evaluation(step, step / 100, 1.0, 1.1, 1e-3, 2.0, 0.1, 1.0, 1)


@pytest.fixture
def store(tmp_path: Path) -> FolderObjects:
    return FolderObjects(tmp_path / "store")


def work(folder: Path, step: int) -> Path:
    """Leave what a trial has saved after a step: its state and its best model."""
    (folder / "best").mkdir(parents=True, exist_ok=True)
    (folder / "state.safetensors").write_text(f"state of {step}", encoding="utf-8")
    (folder / "best" / "vocab.txt").write_text("words", encoding="utf-8")
    told = {"evaluation": asdict(evaluation(step))}
    (folder / "best" / "autoclue.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture
def uploads(store: FolderObjects, tmp_path: Path) -> Uploads:
    return Uploads(store, PLACE, work(tmp_path / "work", 10))


def reported(uploads: Uploads) -> str:
    return str(uploads.report()["state"]["address"])


def test_what_was_sent_is_reported_once(uploads: Uploads) -> None:
    assert uploads.report() == {}
    uploads.keep()
    told = uploads.report()["state"]
    assert told["address"] == f"{PLACE}/{told['sha256']}"
    assert uploads.report() == {}


def test_another_machine_fetches_state_and_model(uploads: Uploads, tmp_path: Path) -> None:
    uploads.keep()
    there = Uploads(uploads.store, PLACE, tmp_path / "there")
    assert there.fetch(reported(uploads)) is None
    assert (tmp_path / "there" / "state.safetensors").read_text(encoding="utf-8") == "state of 10"
    assert (tmp_path / "there" / "best" / "vocab.txt").is_file()


def test_a_state_that_is_gone_is_told_and_costs_time_only(
    uploads: Uploads, tmp_path: Path
) -> None:
    there = Uploads(uploads.store, PLACE, tmp_path / "there")
    assert there.fetch(f"{PLACE}/{'0' * 64}") == f"{PLACE}/{'0' * 64} isn't in the artifact store"


def test_what_is_older_goes_only_once_the_newer_is_written_down(uploads: Uploads) -> None:
    uploads.keep()
    first = reported(uploads)
    work(uploads.folder, 20)
    uploads.keep()
    uploads.tidy()  # the driver may not have heard of the newer one
    assert first.rpartition("/")[2] in uploads.store.names(PLACE)
    second = reported(uploads)
    uploads.tidy()
    names = uploads.store.names(PLACE)
    assert (first.rpartition("/")[2] in names, second.rpartition("/")[2] in names) == (False, True)
    assert len(names) == 4


def test_what_an_older_attempt_sent_goes_once_the_next_has_its_own(
    uploads: Uploads, tmp_path: Path
) -> None:
    uploads.keep()
    there = Uploads(uploads.store, f"{TRIAL}/2", tmp_path / "there")
    there.fetch(reported(uploads))
    work(there.folder, 20)
    there.keep()
    there.tidy()
    assert len(uploads.store.names(PLACE)) == 4
    reported(there)
    there.tidy()
    assert {name.partition("/")[0] for name in uploads.store.names(TRIAL)} == {"2"}


def test_the_state_of_another_trial_stays(uploads: Uploads, tmp_path: Path) -> None:
    uploads.keep()
    other = Uploads(uploads.store, "study/trials/0001/1", tmp_path / "other")
    other.fetch(reported(uploads))
    other.keep()
    reported(other)
    other.tidy()
    assert len(uploads.store.names(PLACE)) == 4


def test_what_another_training_has_left_comes_beside_the_trials_own(
    uploads: Uploads, tmp_path: Path
) -> None:
    uploads.keep()
    address = reported(uploads)
    member = Uploads(uploads.store, "study/trials/0001/1", tmp_path / "member")

    left = member.fetch_left(address)

    assert left is not None
    assert left != member.folder
    assert (left / "state.safetensors").read_text(encoding="utf-8") == "state of 10"
    assert member.fetch_left(f"{PLACE}/{'0' * 64}") is None


def test_a_trial_that_goes_on_prefers_its_own_state(uploads: Uploads, tmp_path: Path) -> None:
    uploads.keep()
    again = Uploads(uploads.store, f"{TRIAL}/2", tmp_path / "again")

    assert again.fetch_left(reported(uploads)) is None
    assert (again.folder / "state.safetensors").read_text(encoding="utf-8") == "state of 10"


def test_a_store_that_fails_in_the_middle_is_trouble_and_no_failure(
    uploads: Uploads, tmp_path: Path
) -> None:
    (tmp_path / "store").touch()
    with pytest.raises(TroubleError, match=r"The artifact store .* can't be used: "):
        uploads.keep()


@pytest.fixture
def away(store: FolderObjects, tmp_path: Path) -> StudyArtifacts:
    """A study of one trial that was evaluated, without a state of it in the ledger."""
    ledger = Ledger.create(
        f"sqlite:///{tmp_path / 'ledger.db'}",
        "s",
        StudyAttributes(artifacts=StoredArtifacts(store.text, "study")),
    )
    number = ledger.ask_without_parameters()
    ledger.commit(number, CONFIG.model_dump(), "k", repeats=Repetition("k", 1))
    found = StudyArtifacts.of(ledger, tmp_path, on_cluster=True)
    assert found is not None
    return found


def note(away: StudyArtifacts, step: int, address: str | None) -> None:
    state = None if address is None else StoredState(address, address.rpartition("/")[2])
    away.ledger.evaluated(0, evaluation(step), state=state)


def start(away: StudyArtifacts, job: Job, folder: Path) -> object:
    return away.write_job(job, folder, "cpu")["artifacts"]["start"]


def test_a_trial_starts_from_the_newest_state_that_the_ledger_names(
    away: StudyArtifacts, uploads: Uploads, tmp_path: Path
) -> None:
    assert start(away, Job(0, CONFIG, start_from=StateRef(0)), tmp_path) is None
    uploads.keep()
    address = reported(uploads)
    note(away, 10, address)
    note(away, 20, None)
    assert start(away, Job(0, CONFIG, start_from=StateRef(0)), tmp_path) == address
    assert start(away, Job(0, CONFIG), tmp_path) is None


def test_a_part_of_a_member_starts_from_the_state_at_its_boundary(
    away: StudyArtifacts, uploads: Uploads, tmp_path: Path
) -> None:
    uploads.keep()
    address = reported(uploads)
    note(away, 10, address)
    other = away.ledger.ask_without_parameters()
    away.ledger.commit(other, CONFIG.model_dump(), "j", repeats=Repetition("j", 1))
    job = Job(other, CONFIG, start_from=StateRef(0, at_step=10))
    assert start(away, job, tmp_path) == address


def test_a_member_of_the_next_round_starts_from_the_end_of_another_one(
    away: StudyArtifacts, uploads: Uploads, tmp_path: Path
) -> None:
    uploads.keep()
    address = reported(uploads)
    note(away, 10, address)
    other = away.ledger.ask_without_parameters()
    away.ledger.commit(other, CONFIG.model_dump(), "j", repeats=Repetition("j", 1))
    assert start(away, Job(other, CONFIG, start_from=StateRef(0)), tmp_path) == address


def test_the_driver_ends_with_the_model_and_leaves_no_state(
    away: StudyArtifacts, uploads: Uploads, tmp_path: Path
) -> None:
    uploads.keep()
    note(away, 10, reported(uploads))
    away.ledger.completed(0, 0.1)
    study = read_study(away.ledger)

    assert away.bring_models(study.trials, tmp_path) == []
    away.tidy(study.trials, models=[0])

    assert find_kept_model(tmp_path, study.trials[0]) is not None
    assert len(away.store.names(PLACE)) == 3  # the list, and two files of the model
    away.tidy(study.trials)
    assert away.store.names("study") == frozenset()


def test_a_model_that_is_lost_is_told(away: StudyArtifacts, tmp_path: Path) -> None:
    note(away, 10, None)
    away.ledger.completed(0, 0.1)
    told = away.bring_models(read_study(away.ledger).trials, tmp_path)
    assert told == ["The model of trial 0 can't be fetched: the ledger names none."]


def test_what_a_running_trial_has_sent_stays(away: StudyArtifacts, uploads: Uploads) -> None:
    uploads.keep()
    (trial,) = read_study(away.ledger).trials
    assert trial.state is TrialState.RUNNING
    away.tidy([trial])
    assert len(away.store.names(PLACE)) == 4


def test_each_attempt_has_a_place_of_its_own(away: StudyArtifacts, tmp_path: Path) -> None:
    first = away.write_job(Job(0, CONFIG), tmp_path, "cpu")["artifacts"]["place"]
    away.ledger.restart(0)
    second = away.write_job(Job(0, CONFIG), tmp_path, "cpu")["artifacts"]["place"]
    assert [first, second] == [f"{TRIAL}/1", f"{TRIAL}/2"]


def test_a_cluster_has_a_store_in_the_shared_folder_unless_another_is_given(
    tmp_path: Path,
) -> None:
    ledger = Ledger.create(f"sqlite:///{tmp_path / 'own.db'}", "s", StudyAttributes())
    assert StudyArtifacts.of(ledger, tmp_path, on_cluster=False) is None
    own = StudyArtifacts.of(ledger, tmp_path, on_cluster=True)
    assert own is not None
    assert (own.is_own, own.shares_folder) == (True, True)
    own.store.write(b"state", "study/trials/0000/1")
    assert StudyArtifacts.of(ledger, tmp_path, on_cluster=False) is not None


def test_a_confirmation_reads_what_its_search_has_sent(tmp_path: Path) -> None:
    where = StoredArtifacts(str(tmp_path / "store"), "study-1234/confirm")
    ledger = Ledger.create(
        f"sqlite:///{tmp_path / 'own.db'}", "s", StudyAttributes(confirms="s", artifacts=where)
    )
    away = StudyArtifacts.of(ledger, tmp_path, on_cluster=True)
    assert away is not None
    assert (away.place, away.search_place) == ("study-1234/confirm", "study-1234")


def test_a_log_arrives_by_events_without_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "train.log").write_text("of another study\n", encoding="utf-8")
    tail = LogTail.from_here(tmp_path / "train.log")
    with (tmp_path / "train.log").open("a", encoding="utf-8") as log:
        log.write("一\n")
    keep_log(tmp_path / "trials" / "0000", tail.read())
    keep_log(tmp_path / "trials" / "0000", tail.read())
    assert (tmp_path / "trials" / "0000" / "train.log").read_text(encoding="utf-8") == "一\n"


@pytest.mark.parametrize("shares_folder", [True, False])
def test_a_log_lies_in_the_study_where_that_is_shared(
    shares_folder: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path))
    job = {"folder": "/s", "artifacts": {"shares_folder": shares_folder, "place": PLACE}}
    assert log_folder(job) == (Path("/s") if shares_folder else tmp_path / "trials" / PLACE)


def test_every_machine_signs_in_the_store(tmp_path: Path) -> None:
    here = StoreHere(str(tmp_path), "study")
    with signing_in_store(here, "token"):
        assert list(sign_in_store(here, "token", "node")) == []
        assert has_signed_in_store(here, "token", "node")
        assert not has_signed_in_store(here, "token", "other")
        assert "doesn't find in the artifact store" in next(sign_in_store(here, "else", "node"))
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_machine_that_cannot_use_the_store_says_why(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    told = list(sign_in_store(StoreHere(str(tmp_path / "taken"), "study"), "token", "node"))
    assert [each.startswith("the artifact store ") for each in told] == [True]


def test_a_study_keeps_the_store_that_it_was_begun_with(tmp_path: Path) -> None:
    chosen = new_store(str(tmp_path), "s")
    assert chosen is not None
    assert new_store(None, "s") is None
    same_store(None, chosen, "s")
    same_store(str(tmp_path), chosen, "s")
    with pytest.raises(UsageError, match="keeps its states and models in its own"):
        same_store(str(tmp_path), None, "s")
    with pytest.raises(UsageError, match="keeps its states and models at /"):
        same_store("s3://other", chosen, "s")
