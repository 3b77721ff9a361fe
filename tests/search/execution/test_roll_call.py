"""What a machine of a cluster says of itself, and whether it will do."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from autoclue.models.folders import content_key
from autoclue.search.execution import choose_resources, roll_call
from autoclue.search.execution.roll_call import (
    DRIVER,
    PROBE,
    Expected,
    Node,
    NodeAnswer,
    answer,
    misfits,
    node_versions,
    settled,
)
from autoclue.search.inputs import DataHere, ModelHere, TrialInputs
from autoclue.tasks import load_task, open_data, rows_key

HERE = Expected(node_versions())
ROOMY = NodeAnswer(node_versions(), gpus=0, free_bytes=1 << 40, problems=())
SMALL = Node("a", "a (10.0.0.1)", cpus=2, gpus=0)
LARGE = Node("b", "b (10.0.0.2)", cpus=8, gpus=2)


def ask(expected: Expected) -> NodeAnswer:
    return NodeAnswer(**answer(asdict(expected), "node"))


def ask_for(data: DataHere) -> NodeAnswer:
    return ask(replace(HERE, inputs=TrialInputs((data,))))


def rows_of(task: Path) -> str:
    return rows_key(load_task(str(task)))


def data_of(task: Path) -> DataHere:
    fingerprint = open_data(load_task(str(task)), "download").fingerprint
    return DataHere(str(task), "download", fingerprint, rows_of(task))


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder with the driver's token, as a machine that shares it sees it."""
    (tmp_path / PROBE).mkdir()
    (tmp_path / PROBE / DRIVER).write_text("token", encoding="utf-8")
    return tmp_path


def test_the_machine_of_the_driver_takes_part(shared: Path) -> None:
    given = ask(replace(HERE, folder=str(shared), token="token"))

    assert misfits(HERE, given) == ()
    assert (shared / PROBE / "node").read_text(encoding="utf-8") == "token"


def test_another_version_is_named_with_both() -> None:
    other = replace(ROOMY, versions={**node_versions(), "paddlenlp": "9.9"})

    (told,) = misfits(HERE, other)

    assert told.startswith("it has paddlenlp 9.9, and this machine has ")


def test_a_package_that_is_missing_there_is_another_version() -> None:
    assert "it has python none" in misfits(HERE, replace(ROOMY, versions={}))[0]


def test_a_machine_answers_with_the_gpus_that_ray_hides_from_the_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(roll_call, "present_gpus", lambda: 2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")

    assert ask(HERE).gpus == 2


def test_other_data_at_the_same_place_is_told(easy_task: Path) -> None:
    data = DataHere(str(easy_task), "download", "0" * 64, rows_of(easy_task))

    assert "isn't that of this search" in ask_for(data).problems[0]


def test_the_same_data_is_no_problem(easy_task: Path) -> None:
    given = ask_for(data_of(easy_task))

    assert (given.problems, given.fetched) == ([], [])


def test_the_same_rows_read_by_another_task_file_are_told(easy_task: Path) -> None:
    told = ask_for(replace(data_of(easy_task), rows="0" * 64)).problems

    assert told[0].startswith(f"its task file {easy_task} isn't that of this search")


def test_data_that_is_not_there_is_told(tmp_path: Path) -> None:
    data = DataHere("xnli", str(tmp_path / "none"), "0" * 64, "0" * 64)

    assert "its data can't be read" in ask_for(data).problems[0]


def test_a_model_that_is_not_there_or_another_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("words", encoding="utf-8")
    same = ModelHere(str(tmp_path), content_key(tmp_path))
    models = (same, replace(same, content="0"), replace(same, folder=str(tmp_path / "none")))

    told = ask(replace(HERE, inputs=TrialInputs(models=models))).problems

    assert ["other weights" in told[0], "no model at" in told[1], len(told)] == [True, True, 2]


@pytest.mark.parametrize("token", ["another", None])
def test_a_folder_that_is_not_shared_is_told(tmp_path: Path, token: str | None) -> None:
    if token is not None:
        (tmp_path / PROBE).mkdir()
        (tmp_path / PROBE / DRIVER).write_text(token, encoding="utf-8")

    told = ask(replace(HERE, folder=str(tmp_path), token="token")).problems

    assert "doesn't see the folder of the search" in told[0]


def test_a_full_disk_is_told() -> None:
    assert misfits(HERE, replace(ROOMY, free_bytes=1 << 20)) == (
        "only 0.0 GiB are free for its cache",
    )


@pytest.mark.parametrize(
    ("node", "share", "room"),
    [(SMALL, 0, 2), (SMALL, 1, 0), (LARGE, 1, 2), (LARGE, 0.5, 4), (LARGE, 0.4, 4), (LARGE, 2, 1)],
)
def test_a_machine_holds_what_its_cores_and_gpus_allow(
    node: Node, share: float, room: int
) -> None:
    assert node.room(share) == room


@pytest.mark.parametrize(
    ("parallel", "gpus_per_trial", "expected"),
    [(None, None, (2, 1.0)), (None, 0.0, (10, 0.0)), (1, None, (1, 1.0)), (99, 0.5, (4, 0.5))],
)
def test_what_was_left_to_the_cluster_is_decided_by_its_machines(
    parallel: int | None, gpus_per_trial: float | None, expected: tuple[int, float]
) -> None:
    asked = choose_resources(
        gpus=0, cores=4, address="auto", parallel=parallel, gpus_per_trial=gpus_per_trial
    )

    found = settled(asked, [SMALL, LARGE])

    assert (found.parallel, found.gpus_per_trial) == expected


@pytest.mark.parametrize(
    ("cpus", "gpus", "share", "room"), [(8, 4, 2, 2), (2, 4, 2, 1), (8, 1, 2, 0), (8, 0, 0, 4)]
)
def test_a_machine_has_room_for_trials_on_two_cards(
    cpus: float, gpus: float, share: float, room: int
) -> None:
    assert Node("id", "name", cpus, gpus).room(share, cards=2) == room
