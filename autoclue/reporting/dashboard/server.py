"""Serve optuna-dashboard on this machine, on a copy of a study that is read again and again."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from autoclue.errors import UsageError, reason_of
from autoclue.records import StudyRecord
from autoclue.reporting.dashboard.view import DashboardStudy

HOST = "127.0.0.1"
NAMES = frozenset({HOST, "localhost"})
"""What a browser on this machine calls it."""
REFRESH_S = 5.0
"""The ledger is read again after so many seconds, when somebody looks."""

Environment = dict[str, Any]
Answer = Callable[..., Any]
App = Callable[[Environment, Answer], Iterable[bytes]]


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Print nothing of requests."""


def dashboard_app(read: Callable[[], StudyRecord], *, refresh_s: float = REFRESH_S) -> App:
    """Return optuna-dashboard as a WSGI application that shows one study and changes nothing.

    Args:
        read: Reads the study from its ledger.
        refresh_s: Seconds after which it is read again.

    Raises:
        UsageError: optuna-dashboard isn't installed.
    """
    try:
        from optuna_dashboard import wsgi
    except ImportError as error:
        raise UsageError(
            "The dashboard needs optuna-dashboard; run: pip install 'autoclue[dashboard]'."
        ) from error
    view, lock = DashboardStudy(read()), threading.Lock()
    shown, read_s = wsgi(view.storage), time.monotonic()

    def answer(environ: Environment, start_response: Answer) -> Iterable[bytes]:
        nonlocal read_s
        refused = _refused(environ)
        if refused is not None:
            start_response("403 Forbidden", [("Content-Type", "application/json")])
            return [json.dumps({"reason": refused}).encode()]
        with lock:
            if time.monotonic() - read_s >= refresh_s:
                view.update(read())
                read_s = time.monotonic()
        found: Iterable[bytes] = shown(environ, start_response)
        return found

    return answer


def _refused(environ: Environment) -> str | None:
    """Return why a request isn't answered; pages of other servers may not read a study."""
    name = str(environ.get("HTTP_HOST", "")).partition(":")[0]
    if name not in NAMES:
        return f"autoclue's dashboard answers to {HOST} alone."
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return "autoclue's dashboard changes no ledger."
    return None


def serve_dashboard(
    read: Callable[[], StudyRecord], *, port: int, begun: Callable[[str], None]
) -> None:
    """Serve the dashboard until Ctrl-C, for this machine alone.

    Args:
        read: Reads the study from its ledger.
        port: Where; 0 takes a free one.
        begun: Is told the address once it answers.

    Raises:
        UsageError: optuna-dashboard isn't installed, or the port is taken.
    """
    app = dashboard_app(read)
    try:
        server = make_server(HOST, port, app, server_class=_Threaded, handler_class=_Quiet)
    except OSError as error:
        raise UsageError(
            f"Port {port} can't be used ({reason_of(error)}); give another one with --port, or "
            "--port 0 for any that is free."
        ) from error
    with server:
        begun(f"http://{HOST}:{server.server_port}/")
        server.serve_forever()
