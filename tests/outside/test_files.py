"""Files from outside end, and are no longer than such files are."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import AutoclueError
from autoclue.models.folders.config_file import read_json
from autoclue.outside import read_bytes, read_text
from autoclue.search.study.location import find_study
from autoclue.search.suite import read_index
from autoclue.yaml_files import read_yaml


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A named pipe into which nobody writes; who opens it waits for ever."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_file_is_read_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("\ufeff天\r\n地\r空".encode())
    assert read_text(tmp_path / "file", encoding="utf-8-sig") == "天\n地\n空"
    assert len(read_bytes(tmp_path / "file", most=15)) == 15


def test_a_file_that_is_too_long_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(17 * b"a")
    with pytest.raises(OSError, match="more than 16 bytes; is it another file") as told:
        read_bytes(tmp_path / "file", most=16)
    assert told.value.strerror == "it has more than 16 bytes; is it another file?"


def test_what_is_endless_is_read_no_further() -> None:
    with pytest.raises(OSError, match="it has more than 16 bytes"):
        read_bytes(Path("/dev/zero"), most=16)


def test_a_pipe_that_never_begins_is_refused(pipe: Path) -> None:
    with pytest.raises(OSError, match="it is no file but a pipe, a socket or a device"):
        read_bytes(pipe)


def test_a_pipe_of_this_process_is_read() -> None:
    reading, writing = os.pipe()
    with open(reading, "rb"), open(writing, "wb") as file:
        file.write(b"task: xnli")
        file.close()
        assert read_bytes(Path(f"/dev/fd/{reading}")) == b"task: xnli"


def test_a_folder_is_refused_as_ever(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_bytes(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="needs files with holes")
@pytest.mark.parametrize("place", ["/dev/zero", "a large file"])
@pytest.mark.parametrize("reader", ["yaml", "json", "study", "suite"])
def test_readers_refuse_it_in_a_sentence(reader: str, place: str, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.touch()
    os.truncate(large, 2**40)
    target = large if place == "a large file" else Path(place)
    (tmp_path / "s").mkdir()
    for name in ("study.json", "suite.json"):
        (tmp_path / "s" / name).symlink_to(target)
    readers: dict[str, Callable[[], object]] = {
        "yaml": lambda: read_yaml(target),
        "json": lambda: read_json(target),
        "study": lambda: find_study(tmp_path, "s"),
        "suite": lambda: read_index(tmp_path / "s"),
    }
    with pytest.raises(AutoclueError, match=r"has more than|no file but|no study"):
        readers[reader]()
