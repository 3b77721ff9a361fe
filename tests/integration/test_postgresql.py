"""Studies whose ledger is in PostgreSQL: the same promises, and a server that goes away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from autoclue.errors import AutoclueError
from autoclue.records import StudyRecord
from autoclue.search.store.lease import driving
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.schema import SpaceVersion, StudyAttributes
from benchmarks.crashes.compare import examine
from benchmarks.crashes.killed_study import KilledStudy, Outcome
from benchmarks.crashes.kills import Kill, Moment, Victim
from benchmarks.crashes.scene import Scene
from tests.integration.postgresql import Server, UnavailableError, private_server

pytestmark = [pytest.mark.minutes, pytest.mark.slow]

NAME = "in-postgresql"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of our own."""
    try:
        with private_server() as found:
            yield found
    except UnavailableError as reason:
        pytest.skip(f"PostgreSQL: {reason}")


@pytest.fixture(scope="module")
def killed(crash_scene: Scene, crash_reference: StudyRecord, server: Server) -> Outcome:
    """A study that was killed, and whose database went away for a moment."""
    scene = replace(crash_scene, storage=server.url)
    return KilledStudy(scene, NAME, kills_and_a_restart(server), print).run()


def kills_and_a_restart(server: Server) -> Iterator[Kill]:
    """Kill a driver and everything; restart the server while a worker is replaced; kill again."""
    yield Kill(Victim.DRIVER, Moment.LINES, 4, 0.1)
    yield Kill(Victim.EVERYTHING, Moment.LINES, 6, 0.0)
    yield Kill(Victim.WORKER, Moment.LINES, 5, 0.2)
    server.stop(mode="immediate")
    server.start()
    yield Kill(Victim.GCS, Moment.LINES, 5, 0.1)


@pytest.mark.ray
@pytest.mark.paddle
def test_a_killed_study_in_postgresql_equals_one_in_sqlite(
    crash_scene: Scene, crash_reference: StudyRecord, server: Server, killed: Outcome
) -> None:
    scene = replace(crash_scene, storage=server.url)
    assert killed.study is not None
    findings = examine(scene, NAME, killed.study, crash_reference)

    assert killed.kills.total() == 4
    assert (killed.lost, killed.odd_codes, killed.odd_lines) == (set(), [], [])
    assert (findings.asked_twice, findings.left_running, findings.differing) == (0, 0, ())


def test_one_driver_at_a_time_holds_in_postgresql(server: Server) -> None:
    with (
        driving(server.url, "lease"),
        pytest.raises(AutoclueError, match="'lease' is being run by process"),
        driving(server.url, "lease"),
    ):
        pass
    with driving(server.url, "lease") as lease:
        lease.check()


def test_the_order_of_a_space_outlives_postgresql(server: Server) -> None:
    space = {"parameters": {"zeta": {"value": 1}, "alpha": {"value": 2}, "mid": {"value": 3}}}
    version = SpaceVersion(0, "fingerprint", space)
    Ledger.create(server.url, "order", StudyAttributes(spaces=(version,)))

    found = Ledger.open(server.url, "order").attributes.space

    assert repr(found) == repr(space)


def test_a_lease_outlives_a_restart_of_the_server(server: Server) -> None:
    with driving(server.url, "restart") as lease:
        server.stop(mode="immediate")
        server.start()
        lease.beat()
        lease.check()
