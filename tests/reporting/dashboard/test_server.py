from __future__ import annotations

import json
import socket
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import replace
from wsgiref.util import setup_testing_defaults

import pytest

from autoclue.errors import UsageError
from autoclue.records import StudyRecord
from autoclue.reporting.dashboard.server import dashboard_app, serve_dashboard

pytest.importorskip("optuna_dashboard", reason="the extra 'dashboard' is not installed")


@pytest.fixture(scope="module")
def address(demo: StudyRecord) -> str:
    """Where the dashboard of the demo answers."""
    told: list[str] = []
    there = threading.Event()

    def begun(at: str) -> None:
        told.append(at)
        there.set()

    def serve() -> None:
        serve_dashboard(lambda: demo, port=0, begun=begun)

    threading.Thread(target=serve, daemon=True).start()
    assert there.wait(60)
    return told[0]


def ask(address: str, method: str = "GET", host: str | None = None) -> tuple[int, str]:
    request = urllib.request.Request(
        address, method=method, headers={"Host": host} if host else {}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_study_is_shown_by_its_name_with_its_metric(address: str) -> None:
    status, page = ask(address)
    assert (status, "<html" in page) == (200, True)
    (study,) = json.loads(ask(f"{address}api/studies")[1])["study_summaries"]
    assert study["study_name"] == "xnli-discriminative"
    detail = json.loads(ask(f"{address}api/studies/{study['study_id']}?after=0")[1])
    assert len(detail["trials"]) == 16
    assert "accuracy" in json.dumps(detail)


def test_nothing_is_changed_from_there(address: str) -> None:
    status, said = ask(f"{address}api/studies/0", method="DELETE")
    assert (status, json.loads(said)["reason"]) == (403, "autoclue's dashboard changes no ledger.")


def test_a_page_that_calls_this_machine_by_another_name_learns_nothing(address: str) -> None:
    status, said = ask(f"{address}api/studies", host="evil.example")
    assert (status, "xnli" in said) == (403, False)


def test_the_ledger_is_read_again_when_somebody_looks(demo: StudyRecord) -> None:
    records = iter([replace(demo, trials=demo.trials[:2]), demo])
    app = dashboard_app(lambda: next(records), refresh_s=0)
    asked = {"HTTP_HOST": "localhost:1", "PATH_INFO": "/api/studies/0"}
    setup_testing_defaults(asked)
    answer = b"".join(app(asked, lambda *_: None))
    assert len(json.loads(answer)["trials"]) == 16


def test_a_port_that_is_taken_is_told(demo: StudyRecord) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"Port {port} can't be used .*--port 0"):
            serve_dashboard(lambda: demo, port=port, begun=lambda _: None)


def test_without_the_extra_the_way_out_is_told(
    demo: StudyRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna_dashboard", None)
    with pytest.raises(UsageError, match=r"run: pip install 'autoclue\[dashboard\]'"):
        dashboard_app(lambda: demo)
