"""A private PostgreSQL server for tests: installed where it may be, on a free port, in a folder.

Run it alone to have one: ``python tests/integration/postgresql.py`` prints its URL and stops it at
the end of its input.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INSTALL_S = 240
START_S = 240
USERS = ("postgres", "nobody")
"""Who runs the server where this is root: PostgreSQL refuses to run as root."""


class UnavailableError(Exception):
    """There is no server to be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that belongs to the test.

    Attributes:
        programs: Folder of ``initdb`` and ``pg_ctl``.
        folder: Its data, socket and log.
        port: Its port on this machine.
        user: Whom it runs as; ``None`` for the user of this process.
    """

    programs: Path
    folder: Path
    port: int
    user: str | None

    @property
    def url(self) -> str:
        """Where studies can be kept."""
        return f"postgresql+psycopg://autoclue@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        """Make an empty cluster of databases."""
        options = ["-U", "autoclue", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        self._run("initdb", "-D", str(self.folder / "data"), *options)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder}"
        log = str(self.folder / "log")
        self._control("-w", "-t", str(START_S), "-l", log, "-o", options, "start")

    def stop(self, *, mode: str = "fast") -> None:
        """Stop it; ``immediate`` is a crash: connections break and nothing is tidied up."""
        self._control("-w", "-t", str(START_S), "-m", mode, "stop")

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), *words)

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self.programs / program, *words],
            user=self.user,
            group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise UnavailableError(f"{program} failed: {done.stderr.strip()}")


@contextlib.contextmanager
def private_server() -> Iterator[Server]:
    """Start a server, and stop it and remove its data in the end.

    Raises:
        UnavailableError: It isn't installed and can't be, or doesn't start.
    """
    if importlib.util.find_spec("psycopg") is None:
        raise UnavailableError("the Python package psycopg is not installed (extra 'postgresql')")
    programs = find_programs()
    if programs is None:
        _install()
        programs = find_programs()
    if programs is None:
        raise UnavailableError("its package was installed, but initdb is nowhere to be found")
    with tempfile.TemporaryDirectory(prefix="autoclue-pg-") as name:
        server = Server(programs, Path(name), _free_port(), _user(Path(name)))
        server.create()
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(UnavailableError):  # a test may have stopped it
                server.stop(mode="immediate")


def find_programs() -> Path | None:
    """Find the server's programs, which distributions keep off the path."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    return next((f for f in sorted(folders, reverse=True) if (f / "initdb").is_file()), None)


@functools.cache
def _install() -> None:
    """Install it from the system's packages."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise UnavailableError("it is not installed, and only root with apt-get could install it")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "postgresql"]):
        try:
            done = subprocess.run(
                ["apt-get", "-qq", *words],
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=INSTALL_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UnavailableError(f"apt-get {words[0]} took over {INSTALL_S} s") from error
        if done.returncode != 0 and words[0] == "install":
            last = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise UnavailableError(f"apt-get can't install it: {last}")


def _user(folder: Path) -> str | None:
    """Choose whom the server runs as, and hand over its folder."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    name = next((user for user in USERS if user in known), None)
    if name is None:
        raise UnavailableError(f"this is root, and there is no user {' or '.join(USERS)}")
    shutil.chown(folder, user=name)
    return name


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    with private_server() as shown:
        print(shown.url, flush=True)
        sys.stdin.read()
