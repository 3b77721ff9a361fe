"""Record what a command prints on a terminal, and draw the screen that it leaves as an SVG."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS, ROWS = 130, 60
CHUNK_BYTES = 65_536
CODES = re.compile(r"\x1b\[(?P<number>\d*)(?P<end>[ABK])|\x1b\[\?\d+[hl]|(?P<break>[\r\n])")
"""What Rich sends beside text and colours: cursor up and down, erase a line, hide the cursor."""

WEB_FONT = re.compile(r"\s*@font-face \{[^}]*\}")
FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def record(command: Sequence[str], folder: Path) -> tuple[str, int]:
    """Run a command on a terminal of its own.

    Args:
        command: The command and its arguments.
        folder: Where it runs.

    Returns:
        Everything that it printed, control sequences included, and its exit status.
    """
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=its, stdout=its, stderr=its,
        start_new_session=True,
    ) as process:  # fmt: skip
        os.close(its)
        printed = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return printed.decode("utf-8", errors="replace"), process.returncode


def _read(terminal: int) -> bytes:
    """Read on; a terminal whose last user has gone raises instead of giving nothing."""
    try:
        return os.read(terminal, CHUNK_BYTES)
    except OSError:
        return b""


def screen(printed: str) -> list[str]:
    """Play what was printed to a terminal of endless height, line by line.

    It knows what Rich's live displays use: a display moves up, erases its lines and writes them
    anew from their beginning.

    Args:
        printed: Text with control sequences.

    Returns:
        The lines as they stand in the end, with their colours as ANSI sequences; without empty
        ones at the end.
    """
    lines, row, at_start, place = [""], 0, True, 0
    for code in CODES.finditer(printed):
        text = printed[place : code.start()]
        if text:
            lines[row] = text if at_start else lines[row] + text
            at_start = False
        place = code.end()
        row, at_start = _obey(code, lines, row, at_start)
    lines[row] += printed[place:]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _obey(code: re.Match[str], lines: list[str], row: int, at_start: bool) -> tuple[int, bool]:
    """Do what a code says; return the row and whether the cursor stands at its beginning."""
    if code["break"] == "\n":
        row += 1
    elif code["end"] == "A":
        row = max(0, row - int(code["number"] or 1))
    elif code["end"] == "B":
        row += int(code["number"] or 1)
    elif code["end"] == "K":
        lines[row] = ""
    lines += [""] * (row + 1 - len(lines))
    return row, at_start or code["break"] is not None or code["end"] == "K"


def draw(lines: Sequence[str], *, title: str) -> str:
    """Draw lines as a terminal's window.

    Args:
        lines: Text with colours as ANSI sequences; long ones are folded.
        title: What stands at the top of the window.

    Returns:
        An SVG that needs nothing from elsewhere.
    """
    console = Console(
        file=io.StringIO(),
        record=True,
        width=COLUMNS,
        force_terminal=True,
        color_system="truecolor",
    )
    for line in lines:
        console.print(Text.from_ansi(line), overflow="fold", highlight=False)
    drawn = console.export_svg(title=title, theme=MONOKAI, unique_id="demo")
    return WEB_FONT.sub("", drawn).replace("Fira Code, monospace", FONTS)
