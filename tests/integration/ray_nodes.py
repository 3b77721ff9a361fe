"""Ray nodes on this machine: what starts, cuts off and kills them, and waits for what they do."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.crashes.kills import kill_all
from tests.s3_server import KEYS

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
LOG = "train.log"
WORKER = "Trainable"
"""Ray calls a worker's process WorkerTrainable between two calls, ResourceTrainable within one."""
FIRST_STEPS = "global step 10/"
HOLDING = (
    *("--strategy", "own_strategies:Holding", "--set", "learning_rate=1e-3..1e-2:log"),
    *("--max-steps", "120", "--seed", "3"),
)
"""A search whose trials stand still behind their first epoch while a file is there."""


def can_unshare() -> bool:
    done = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return done.returncode == 0


@dataclass
class Nodes:
    """Starts and kills Ray nodes that know one another."""

    folder: Path
    address: str
    environment: dict[str, str]
    inside: tuple[str, ...] = ()
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *role: str, before: str = "true") -> subprocess.Popen[bytes]:
        """Start a node in a view of the disk of its own, which ``before`` changes."""
        command = f"{before} && exec {RAY} start {' '.join([*role, *START])}"
        log = (self.folder / f"node{len(self.running)}.log").open("wb")
        started = subprocess.Popen(
            [*self.inside, "unshare", "--mount", "sh", "-c", command],
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.running.append(started)
        return started

    def join(self, before: str = "true", *more: str) -> subprocess.Popen[bytes]:
        """Start a node beside the head, and wait until it is there."""
        started = self.start("--address", self.address, *more, before=before)
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

    def crash(self, node: subprocess.Popen[bytes]) -> None:
        """Kill the workers of trials on a node, of which there are some, and leave it alone."""
        known = descendants(node.pid)
        workers = [each for each in known if WORKER in _command(each)]
        assert workers, [_command(each) for each in known]
        kill_all(workers)

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


def _command(number: int) -> str:
    with contextlib.suppress(OSError):  # it has just ended
        return Path(f"/proc/{number}/cmdline").read_text(encoding="utf-8", errors="replace")
    return ""


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


@dataclass(frozen=True)
class Cable:
    """A network of two machines: this one, and a namespace at the other end.

    Attributes:
        name: Of the namespace, and how its two devices begin.
        here: Address of this machine in it.
        there: Address of the other one.
    """

    name: str
    here: str = "10.213.77.1"
    there: str = "10.213.77.2"

    def lay(self) -> None:
        """Make the namespace and connect it."""
        near, end = f"{self.name}a", f"{self.name}b"
        self._ip("netns", "add", self.name)
        self._ip("link", "add", near, "type", "veth", "peer", "name", end, "netns", self.name)
        self._ip("address", "add", f"{self.here}/30", "dev", near)
        self._ip("link", "set", near, "up")
        self._ip("-n", self.name, "address", "add", f"{self.there}/30", "dev", end)
        for device in (end, "lo"):
            self._ip("-n", self.name, "link", "set", device, "up")

    def cut(self) -> None:
        """Let nothing through any more."""
        self._ip("link", "set", f"{self.name}a", "down")

    def remove(self) -> None:
        """Take it all away; its devices go with the namespace."""
        self._ip("netns", "delete", self.name)

    def _ip(self, *words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True)


@contextlib.contextmanager
def head(host: str, own_strategies: Path, *more: str) -> Iterator[Nodes]:
    """Start a head that listens at an address, and end it with all its nodes."""
    folder = Path(tempfile.mkdtemp(prefix="nodes-"))
    with socket.create_server((host, 0)) as server:
        port = server.getsockname()[1]
    own = {"RAY_TMPDIR": str(folder), "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "ab" * 16}
    own["PYTHONPATH"] = str(own_strategies)
    found = Nodes(folder, f"{host}:{port}", {**os.environ, **own, **KEYS, "COLUMNS": "400"})
    found.start("--head", "--port", str(port), "--include-dashboard", "false", *more)
    try:
        found.wait()
        yield found
    finally:
        for each in reversed(found.running):
            found.kill(each)
        shutil.rmtree(folder, ignore_errors=True)
