"""Several Ray nodes on this machine, each with another view of the disk where a test wants one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autoclue import load
from autoclue.records import TrialState
from autoclue.search.objects import open_objects
from autoclue.search.replay.audit import replay_asks
from autoclue.search.store import Ledger
from autoclue.search.study import find_study
from autoclue.search.study.location import open_ledger
from autoclue.tasks import load_task, write_builtin
from tests.integration.postgresql import Server, UnavailableError, private_server
from tests.integration.ray_nodes import (
    FIRST_STEPS,
    HOLDING,
    LOG,
    PATIENCE_S,
    Cable,
    Nodes,
    can_unshare,
    head,
    wait_for,
    wait_for_text,
)
from tests.integration.test_populations import curve
from tests.s3_server import S3Server

pytestmark = [
    *(pytest.mark.ray, pytest.mark.paddle, pytest.mark.slow),
    pytest.mark.skipif(
        os.environ.get("AUTOCLUE_CLUSTER_TESTS") != "1",
        reason="several Ray nodes on one machine take minutes and root; make test-clusters",
    ),
]


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """A PostgreSQL server of our own."""
    try:
        with private_server() as found:
            yield found
    except UnavailableError as reason:
        pytest.skip(f"PostgreSQL: {reason}")


@pytest.fixture
def cable() -> Iterator[Cable]:
    """A network of two machines."""
    found = Cable(f"ac{os.getpid() % 100_000}")
    try:
        found.lay()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no network of its own can be made here: {error}")
    try:
        yield found
    finally:
        found.remove()


@pytest.fixture
def far(cable: Cable, own_strategies: Path) -> Iterator[Nodes]:
    """A head on this machine, and a node at the other end of a cable."""
    with head(cable.here, own_strategies, "--node-ip-address", cable.here) as found:
        found.inside = ("ip", "netns", "exec", cable.name)
        found.join("true", "--node-ip-address", cable.there)
        yield found


@pytest.fixture
def hold(own_strategies: Path) -> Iterator[Path]:
    """The file that ``Holding`` waits for to go; it isn't there yet."""
    path = own_strategies / "hold"
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def nodes(own_strategies: Path) -> Iterator[Nodes]:
    """A head and nothing else yet, with a token that everybody here has."""
    if not can_unshare():
        pytest.skip("unshare --mount isn't allowed here, so no node can have a disk of its own")
    with head(socket.gethostbyname(socket.gethostname()), own_strategies) as found:
        yield found


@pytest.fixture(scope="module")
def tune(nodes: Nodes, easy_task: Path, tiny_model: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts a search over the nodes."""

    def start(study: str, *more: str) -> subprocess.Popen[str]:
        what = ("--task", str(easy_task), "--model", str(tiny_model), "--scheduler", "none")
        where = ("--folder", str(nodes.folder / "studies"), "--study", study)
        return nodes.run("tune", *what, *where, "--address", nodes.address, *more)

    return start


def test_machines_with_other_files_take_no_part_and_a_lost_one_fails_no_trial(
    nodes: Nodes, tune: Callable[..., subprocess.Popen[str]], easy_task: Path
) -> None:
    data, studies = easy_task.parent, nodes.folder / "studies"
    other, empty = nodes.folder / "other", nodes.folder / "empty"
    shutil.copytree(data, other)
    (other / "dev.tsv").write_text("text\tlabel\n劣\tgood\n优\tbad\n", encoding="utf-8")
    for folder in (studies, empty):
        folder.mkdir()
    nodes.join(f"mount --bind {other} {data}")
    nodes.join(f"mount --bind {empty} {studies}")
    lost = nodes.join()

    running = tune("others", "--trials", "2", "--max-steps", "900", "--eval-every", "100")
    wait_for(studies / "others" / "trials" / "0001" / "train.log")
    nodes.kill(lost)
    said = running.communicate(timeout=PATIENCE_S)[0]

    assert said.count("takes no part") == 2, said
    assert "isn't that of this search; copy the same files there" in said
    assert "doesn't see the folder of the search" in said
    assert "Its machine was lost" in said, said
    found = load("others", folder=studies).study
    assert [trial.state for trial in found.trials] == [TrialState.COMPLETE] * 2


def test_machines_without_a_folder_in_common_share_an_artifact_store(
    nodes: Nodes, tune: Callable[..., subprocess.Popen[str]], s3: S3Server
) -> None:
    studies, empty = nodes.folder / "studies", nodes.folder / "nothing"
    for folder in (studies, empty):
        folder.mkdir(exist_ok=True)
    lost = nodes.join(f"mount --bind {empty} {studies}")

    store = ("--artifacts", s3.address("cluster"))
    running = tune("away", "--trials", "3", "--max-steps", "900", "--eval-every", "100", *store)
    wait_for(studies / "away" / "trials" / "0001" / "train.log")
    nodes.kill(lost)
    said = running.communicate(timeout=PATIENCE_S)[0]

    assert "doesn't see the folder" not in said, said  # the node with other data may be there yet
    assert "Its machine was lost" in said, said
    found = load("away", folder=studies)
    assert [trial.state for trial in found.study.trials] == [TrialState.COMPLETE] * 3
    assert found.model is not None
    assert not list(empty.iterdir())


def test_machines_without_data_or_model_fetch_them_and_one_is_killed_and_one_added(
    nodes: Nodes,
    tune: Callable[..., subprocess.Popen[str]],
    hold: Path,
    easy_task: Path,
    tiny_model: Path,
    s3: S3Server,
    database: Server,
) -> None:
    nodes.leave()
    studies = nodes.folder / "studies"
    hidden = (easy_task.parent, tiny_model)
    studies.mkdir(exist_ok=True)
    lost = nodes.bare("a", studies, *hidden)
    hold.touch()

    where = ("--artifacts", s3.address("bare"), "--storage", database.url)
    running = tune("bare", "--trials", "5", *HOLDING, *where)
    for number in range(2):
        wait_for_text(studies / "bare" / "trials" / f"{number:04d}" / LOG, FIRST_STEPS)
    added = nodes.bare("b", studies, *hidden)
    nodes.kill(lost)
    hold.unlink()
    said = running.communicate(timeout=PATIENCE_S)[0]

    assert running.returncode == 0, said
    assert said.count("has the data of easy and the model tiny from the artifact store") == 2, said
    assert "Its machine was lost" in said, said
    assert added.poll() is None
    found = load("bare", folder=studies, follow_storage=True)
    assert [trial.state for trial in found.study.trials] == [TrialState.COMPLETE] * 5
    assert found.model is not None
    ledger = Ledger.open(database.url, "bare", read_only=True)
    assert replay_asks(ledger) == []
    assert ledger.attributes.artifacts is not None
    store, place = open_objects(s3.address("bare")), ledger.attributes.artifacts.place
    assert {name.partition("/")[0] for name in store.names(place)} == {"trials", "inputs"}
    for name in ("a", "b"):
        assert not list((nodes.folder / name / "empty").iterdir())


def test_a_grid_runs_on_machines_that_have_nothing(
    nodes: Nodes, tiny_model: Path, s3: S3Server, tmp_path: Path
) -> None:
    nodes.leave()
    data, studies = tmp_path / "CLUE", nodes.folder / "grids"
    for task in ("tnews", "afqmc"):
        write_builtin(load_task(task), data, size="tiny", force=False)
    studies.mkdir()
    nodes.bare("c", studies, data, tiny_model)

    what = ("--data", str(data), "--model", str(tiny_model), "--tasks", "tnews,afqmc")
    where = ("--address", nodes.address, "--folder", str(studies), "--artifacts", s3.address("g"))
    asked = ("--max-steps", "2", "--shard", "1/6", "--suite", "s", "--save-best")
    said = nodes.run("grid", *what, *where, *asked).communicate(timeout=PATIENCE_S)[0]

    words = "has the data of afqmc, the data of tnews and the model tiny from the artifact store"
    assert said.count(words) == 1, said
    for entry in ("tnews-tiny", "afqmc-tiny"):
        found = load(entry, folder=studies / "s")
        assert {trial.state for trial in found.study.trials} == {TrialState.COMPLETE}
        assert found.model == studies / "s" / entry / "best"


def test_a_machine_on_which_every_trial_fails_is_kept_out_and_named(
    nodes: Nodes, tune: Callable[..., subprocess.Popen[str]]
) -> None:
    nodes.leave()
    nodes.join("export BLACK_HOLE=1")

    strategy = ("--strategy", "own_strategies:FailsThere", "--set", "learning_rate=1e-3..1e-2:log")
    running = tune("hole", "--trials", "5", "--max-steps", "60", *strategy)
    said = running.communicate(timeout=PATIENCE_S)[0]

    assert running.returncode == 0, said
    assert said.count("takes no part: a trial failed there at once that runs elsewhere") == 1, said
    assert "nothing can be trained in a black hole" in said
    found = load("hole", folder=nodes.folder / "studies").study
    assert [trial.state for trial in found.trials] == [TrialState.COMPLETE] * 5


def test_a_worker_that_dies_before_its_machine_has_not_crashed_and_one_that_dies_alone_has(
    nodes: Nodes, tune: Callable[..., subprocess.Popen[str]], hold: Path
) -> None:
    nodes.leave()
    lost, studies = nodes.join(), nodes.folder / "studies"
    hold.touch()
    running = tune("fates", "--trials", "2", *HOLDING)
    for number in range(2):
        wait_for_text(studies / "fates" / "trials" / f"{number:04d}" / LOG, FIRST_STEPS)

    for node in (nodes.running[0], lost):
        nodes.crash(node)
    time.sleep(1)  # Ray has told the command of both by then
    nodes.kill(lost)
    hold.unlink()
    said = running.communicate(timeout=PATIENCE_S)[0]

    assert running.returncode == 0, said
    ledger = open_ledger(find_study(studies, "fates"))
    known = [trial.attributes for trial in ledger.committed()]
    assert sorted((len(each.deaths), len(each.losses)) for each in known) == [(0, 1), (1, 0)], said


def test_sigterm_ends_a_search_in_a_sentence_and_leaves_nothing_behind(
    nodes: Nodes,
    tune: Callable[..., subprocess.Popen[str]],
    hold: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(nodes.environment, "TMPDIR", str(tmp_path))
    hold.touch()
    running = tune("ended", "--trials", "2", *HOLDING)
    wait_for_text(nodes.folder / "studies" / "ended" / "trials" / "0000" / LOG, FIRST_STEPS)

    running.terminate()
    said = running.communicate(timeout=PATIENCE_S)[0]

    assert running.returncode == 143, said
    assert said.rstrip().endswith("Run the same command again to go on."), said
    assert "Interrupted by SIGTERM" in said
    assert not [word for word in ("***", "Stack trace", "Traceback", " @ ") if word in said], said
    assert not list(tmp_path.glob("autoclue-ray-*"))


def test_a_machine_whose_cable_is_cut_is_not_heard_though_it_trains_on(
    far: Nodes, cable: Cable, hold: Path, easy_task: Path, tiny_model: Path
) -> None:
    what = ("--task", str(easy_task), "--model", str(tiny_model), "--scheduler", "none")
    where = ("--folder", str(far.folder / "studies"), "--address", far.address)

    def begin(study: str) -> subprocess.Popen[str]:
        return far.run("tune", *what, *where, "--study", study, "--trials", "2", *HOLDING)

    peace = begin("peace").communicate(timeout=PATIENCE_S)[0]
    hold.touch()
    running = begin("cut")
    trials = far.folder / "studies" / "cut" / "trials"
    for number in range(2):
        wait_for_text(trials / f"{number:04d}" / LOG, FIRST_STEPS)
    cable.cut()
    hold.unlink()
    said = running.communicate(timeout=PATIENCE_S)[0]

    assert running.returncode == 0, said
    assert "Its machine was lost" in said, said
    assert "lost" not in peace
    cut, calm = (load(name, folder=far.folder / "studies").study for name in ("cut", "peace"))
    assert [curve(each.evaluations) for each in cut.trials] == [
        curve(each.evaluations) for each in calm.trials
    ]
    assert len(cut.trials) == 2


def test_without_the_token_the_sentence_says_so(nodes: Nodes) -> None:
    strange = Nodes(nodes.folder, nodes.address, dict(nodes.environment))
    strange.environment |= {"RAY_AUTH_TOKEN": "cd" * 16}

    said = strange.run("doctor", "--address", nodes.address).communicate(timeout=PATIENCE_S)[0]

    assert "the token here isn't that of the cluster" in said
    assert "Traceback" not in said
