from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from autoclue.errors import DataError
from autoclue.tasks import ClassificationSpec, open_data
from autoclue.tasks.sources.download import archive_name

MakeSpec = Callable[..., ClassificationSpec]
ROW = '{"a": "左", "b": "右", "label": "yes"}\n'


class Server(ThreadingHTTPServer):
    """Serves one file with ranges, and remembers what it was asked."""

    daemon_threads = True
    body: bytes = b""
    tag: str = '"one"'
    break_after: int | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/small.zip"


class Handler(BaseHTTPRequestHandler):
    """Answers whole files and open ranges; breaks off once where the server says so."""

    server: Server

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.server.ranges.append(asked)
        body = self.server.body
        usable = (
            asked is not None and self.headers.get("If-Range", self.server.tag) == self.server.tag
        )
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if usable else 0
        beyond = start >= len(body)
        self.send_response(416 if beyond else 206 if usable else 200)
        self.send_header("ETag", self.server.tag)
        self.send_header("Content-Length", str(0 if beyond else len(body) - start))
        if usable:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        end, self.server.break_after = self.server.break_after, None
        self.wfile.write(body[start:end])

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Server()
    running.body = zipped({"top/train.json": ROW, "top/dev.json": ROW})
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


def zipped(files: dict[str, str]) -> bytes:
    """Make a zip archive in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def section(server: Server, **changes: object) -> dict[str, object]:
    """Describe what the server offers."""
    md5 = hashlib.md5(server.body, usedforsecurity=False).hexdigest()
    return {"url": server.url, "md5": md5} | changes


def part_of(cache: Path, server: Server) -> Path:
    """Make the folder of downloads and name the file in which an interrupted one waits."""
    (cache / "downloads").mkdir()
    return cache / "downloads" / f"{archive_name(server.url)}.part"


def test_an_archive_is_fetched_once(make_spec: MakeSpec, server: Server) -> None:
    spec = make_spec(download=section(server))
    first, second = open_data(spec, "download"), open_data(spec, "download")
    assert first.examples("train")[0].text == "左"
    assert (first.files, server.ranges) == (second.files, [None])
    assert first.origin.startswith(f"{server.url} (md5:")


def test_an_interrupted_download_goes_on(make_spec: MakeSpec, server: Server, cache: Path) -> None:
    part_of(cache, server).write_bytes(server.body[:100])
    assert open_data(make_spec(download=section(server)), "download").splits == ("train", "dev")
    assert server.ranges == ["bytes=100-"]


def test_a_connection_that_breaks_off_is_taken_up_at_once(
    make_spec: MakeSpec, server: Server
) -> None:
    server.body = zipped({"train.json": ROW * 10_000, "dev.json": ROW})
    server.break_after = len(server.body) // 2
    data = open_data(make_spec(download=section(server)), "download")
    assert len(data.examples("train")) == 10_000
    assert [server.ranges[0], len(server.ranges)] == [None, 2]


def test_a_part_that_is_too_long_is_thrown_away(
    make_spec: MakeSpec, server: Server, cache: Path
) -> None:
    part_of(cache, server).write_bytes(server.body + b"more")
    open_data(make_spec(download=section(server)), "download")
    assert server.ranges == [f"bytes={len(server.body) + 4}-", None]


def test_parts_of_different_versions_are_never_joined(
    make_spec: MakeSpec, server: Server, cache: Path
) -> None:
    part = part_of(cache, server)
    part.write_bytes(b"of another file")
    part.with_name(f"{part.name}.tag").write_text('"older"', encoding="utf-8")
    assert open_data(make_spec(download=section(server)), "download").examples("dev")


def test_an_unverified_part_without_a_version_is_not_joined(
    make_spec: MakeSpec, server: Server, cache: Path
) -> None:
    part_of(cache, server).write_bytes(b"of another file")
    open_data(make_spec(download=section(server, md5=None)), "download")
    assert server.ranges == [None]


def test_a_wrong_checksum_is_refused_and_nothing_stays(
    make_spec: MakeSpec, server: Server, cache: Path
) -> None:
    spec = make_spec(download=section(server, md5="0" * 32))
    with pytest.raises(DataError, match=r"is not the published file \(md5 0{32}\)"):
        open_data(spec, "download")
    kept = {p.suffix for p in (cache / "downloads").iterdir()}
    assert kept == {".lock"}


def test_a_wrong_checksum_of_a_file_inside_is_refused(make_spec: MakeSpec, server: Server) -> None:
    spec = make_spec(download=section(server, members_md5={"dev": "0" * 32}))
    with pytest.raises(DataError, match=r"dev\.json in the archive of small has md5 .* states 0"):
        open_data(spec, "download")


def test_an_archive_without_a_file_is_refused(make_spec: MakeSpec, server: Server) -> None:
    server.body = zipped({"train.json": ROW})
    with pytest.raises(DataError, match=r"The archive of small holds no dev\.json"):
        open_data(make_spec(download=section(server)), "download")


def test_what_is_no_archive_is_refused(make_spec: MakeSpec, server: Server) -> None:
    server.body = b"<html>not found</html>"
    with pytest.raises(DataError, match="is neither a zip nor a tar archive"):
        open_data(make_spec(download=section(server)), "download")


def test_without_a_server_the_message_says_what_to_do(
    make_spec: MakeSpec, server: Server, cache: Path
) -> None:
    spec = make_spec(download=section(server))
    server.shutdown()
    server.server_close()
    with pytest.raises(DataError, match="no connection to the server") as caught:
        open_data(spec, "download")
    message = str(caught.value)
    assert str(cache / "downloads" / archive_name(server.url)) in message
    assert server.url in message
    assert "--data also takes a folder with the publisher's files." in message


def test_a_file_put_there_by_hand_needs_no_server(
    make_spec: MakeSpec, server: Server, cache: Path
) -> None:
    part_of(cache, server).with_suffix("").write_bytes(server.body)
    assert open_data(make_spec(download=section(server)), "download").examples("dev")
    assert server.ranges == []


def test_an_archive_without_a_checksum_is_recorded_with_a_warning(
    make_spec: MakeSpec, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        data = open_data(make_spec(download=section(server, md5=None)), "download")
    digest = hashlib.sha256(server.body).hexdigest()
    assert f"it is not verified; its sha256 is {digest}" in caplog.text
    assert data.origin == f"{server.url} (sha256:{digest})"


def test_an_archive_without_a_checksum_may_not_change_later(
    make_spec: MakeSpec, server: Server, cache: Path
) -> None:
    spec = make_spec(download=section(server, md5=None))
    open_data(spec, "download")
    (cache / "downloads" / archive_name(server.url)).write_bytes(b"other")
    with pytest.raises(DataError, match="has changed since it was first used"):
        open_data(spec, "download")
