"""Several Ray nodes on this machine, each with another view of the disk where a test wants one."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autoclue import load
from autoclue.records import TrialState
from autoclue.search.objects import open_objects
from autoclue.search.replay.audit import replay_asks
from autoclue.search.store import Ledger
from benchmarks.crashes.kills import kill_all
from tests.integration.postgresql import Server, UnavailableError, private_server
from tests.s3_server import KEYS, S3Server

pytestmark = [
    *(pytest.mark.ray, pytest.mark.paddle, pytest.mark.slow),
    pytest.mark.skipif(
        os.environ.get("AUTOCLUE_CLUSTER_TESTS") != "1",
        reason="several Ray nodes on one machine take minutes and root; make test-clusters",
    ),
]

RAY = str(Path(sys.executable).with_name("ray"))
AUTOCLUE = [sys.executable, "-c", "from autoclue.cli import main\nmain()\n"]
START = [
    "--num-cpus",
    "1",
    "--disable-usage-stats",
    "--block",
    "--object-store-memory",
    "80000000",
]
UP_S = 180
PATIENCE_S = 400
"""A search of seconds takes minutes where the machine is busy."""
UP = "Ray runtime started"


def _can_unshare() -> bool:
    done = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return done.returncode == 0


@dataclass
class Nodes:
    """Starts and kills Ray nodes that know one another."""

    folder: Path
    address: str
    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *role: str, before: str = "true") -> subprocess.Popen[bytes]:
        """Start a node in a view of the disk of its own, which ``before`` changes."""
        command = f"{before} && exec {RAY} start {' '.join([*role, *START])}"
        log = (self.folder / f"node{len(self.running)}.log").open("wb")
        started = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", command],
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.running.append(started)
        return started

    def join(self, before: str = "true") -> subprocess.Popen[bytes]:
        """Start a node beside the head, and wait until it is there."""
        started = self.start("--address", self.address, before=before)
        self.wait()
        return started

    def bare(self, name: str, *hidden: Path) -> subprocess.Popen[bytes]:
        """Join a node that has a cache of its own and nothing in some folders; wait for it."""
        own = self.folder / name
        (own / "empty").mkdir(parents=True)
        hide = [f"mount --bind {own / 'empty'} {each}" for each in hidden]
        return self.join(" && ".join([*hide, f"export AUTOCLUE_CACHE={own / 'cache'}"]))

    def leave(self) -> None:
        """Kill all nodes but the head."""
        for each in self.running[1:]:
            if each.poll() is None:
                self.kill(each)

    def kill(self, node: subprocess.Popen[bytes]) -> None:
        """End a node and all its workers at once, as a power failure does."""
        kill_all([*descendants(node.pid), node.pid])
        node.wait()

    def run(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command of autoclue beside them."""
        return subprocess.Popen(
            [*AUTOCLUE, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait(self) -> None:
        """Wait until every node that was started is there."""
        deadline = time.monotonic() + UP_S
        logs = [self.folder / f"node{i}.log" for i in range(len(self.running))]
        while not all(UP in log.read_text(encoding="utf-8") for log in logs):
            if time.monotonic() > deadline:
                raise TimeoutError("\n".join(log.read_text(encoding="utf-8") for log in logs))
            time.sleep(0.2)


def descendants(number: int) -> list[int]:
    """Return the processes that a process has begun, and those that they have."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = children.get(number, [])
    for each in found:
        found.extend(children.get(each, []))
    return found


def wait_for(path: Path) -> None:
    """Wait until there is a file."""
    deadline = time.monotonic() + PATIENCE_S
    while not path.is_file():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} isn't written")
        time.sleep(0.2)


def wait_for_text(path: Path, text: str) -> None:
    """Wait until there is a file that holds a text."""
    wait_for(path)
    deadline = time.monotonic() + PATIENCE_S
    while text not in path.read_text(encoding="utf-8"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} doesn't say {text}: {path.read_text(encoding='utf-8')}")
        time.sleep(0.2)


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    """A PostgreSQL server of our own."""
    try:
        with private_server() as found:
            yield found
    except UnavailableError as reason:
        pytest.skip(f"PostgreSQL: {reason}")


@pytest.fixture(scope="module")
def nodes(own_strategies: Path) -> Iterator[Nodes]:
    """A head and nothing else yet, with a token that everybody here has."""
    if not _can_unshare():
        pytest.skip("unshare --mount isn't allowed here, so no node can have a disk of its own")
    folder = Path(tempfile.mkdtemp(prefix="nodes-"))
    host = socket.gethostbyname(socket.gethostname())
    with socket.create_server((host, 0)) as server:
        port = server.getsockname()[1]
    own = {"RAY_TMPDIR": str(folder), "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "ab" * 16}
    own["PYTHONPATH"] = str(own_strategies)
    found = Nodes(folder, f"{host}:{port}", {**os.environ, **own, **KEYS, "COLUMNS": "400"})
    found.start("--head", "--port", str(port), "--include-dashboard", "false")
    try:
        found.wait()
        yield found
    finally:
        for each in reversed(found.running):
            found.kill(each)
        shutil.rmtree(folder, ignore_errors=True)


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
    assert "Its machine was lost" in said
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
    own_strategies: Path,
    easy_task: Path,
    tiny_model: Path,
    s3: S3Server,
    database: Server,
) -> None:
    nodes.leave()
    studies, hold = nodes.folder / "studies", own_strategies / "hold"
    hidden = (easy_task.parent, tiny_model)
    studies.mkdir(exist_ok=True)
    lost = nodes.bare("a", studies, *hidden)
    hold.touch()

    strategy = ("--strategy", "own_strategies:Holding", "--set", "learning_rate=1e-3..1e-2:log")
    where = ("--artifacts", s3.address("bare"), "--storage", database.url, "--seed", "3")
    running = tune("bare", "--trials", "5", "--max-steps", "120", *strategy, *where)
    for number in range(2):
        log = studies / "bare" / "trials" / f"{number:04d}" / "train.log"
        wait_for_text(log, "global step 10/")
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


def test_without_the_token_the_sentence_says_so(nodes: Nodes) -> None:
    strange = Nodes(nodes.folder, nodes.address, dict(nodes.environment))
    strange.environment |= {"RAY_AUTH_TOKEN": "cd" * 16}

    said = strange.run("doctor", "--address", nodes.address).communicate(timeout=PATIENCE_S)[0]

    assert "the token here isn't that of the cluster" in said
    assert "Traceback" not in said
