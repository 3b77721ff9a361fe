"""What a process that dies leaves of what it wrote."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from autoclue.search.execution.native_output import NATIVE_LOG, forget_words, last_words

CRASHES = """
import ctypes, sys, pathlib
from autoclue.search.execution.native_output import NativeOutput
folder = pathlib.Path(sys.argv[1])
output = NativeOutput()
output.follow(folder / "0000")
print("nothing of note", file=sys.stderr, flush=True)
output.follow(folder / "0001")
ctypes.string_at(0)
"""


def test_a_crash_below_python_is_told_in_the_folder_of_the_trial_at_hand(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASHES, str(tmp_path)], capture_output=True, check=False
    )

    assert done.returncode < 0
    assert last_words(tmp_path / "0000") == "nothing of note"
    assert last_words(tmp_path / "0001") == "Fatal Python error: Segmentation fault"


def test_the_last_telling_lines_are_taken(tmp_path: Path) -> None:
    lines = [
        "chatter",
        "Error: the first",
        '  File "a.py", line 3',
        "\x1b[31mError:  no room",
        "-----",
    ]
    (tmp_path / NATIVE_LOG).write_text("\n".join(lines) + "\n", encoding="utf-8")

    assert last_words(tmp_path) == "Error: the first | ?[31mError: no room"


def test_of_a_long_output_the_end_is_read(tmp_path: Path) -> None:
    (tmp_path / NATIVE_LOG).write_bytes(b"x" * 10_000_000 + b"\nerror \xff at the end\n")

    assert last_words(tmp_path) == "error \ufffd at the end"


def test_nothing_written_is_nothing_said(tmp_path: Path) -> None:
    forget_words(tmp_path)
    assert last_words(tmp_path) == ""


def test_what_was_written_can_be_removed(tmp_path: Path) -> None:
    (tmp_path / NATIVE_LOG).write_text("Error: gone\n", encoding="utf-8")

    forget_words(tmp_path)

    assert list(tmp_path.iterdir()) == []
