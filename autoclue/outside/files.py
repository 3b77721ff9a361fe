"""Read files that come from outside, which may be endless or as large as somebody liked."""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 64 * 2**20
"""More than any description, index or log has that autoclue reads as a whole."""
_OF_A_PROCESS: Final = ("/dev", "/proc")


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """Read a file as a whole, if it isn't longer than such files are.

    A pipe is read where it is the command's own, such as ``/dev/stdin``; another might never end,
    or never begin.

    Args:
        path: The file.
        most: Bytes that it may have.

    Raises:
        OSError: It can't be read, is longer, or is a pipe, a socket or a device.
    """
    kind = path.stat().st_mode
    own = any(path.is_relative_to(folder) for folder in _OF_A_PROCESS)
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind) or own):
        raise OSError(errno.EINVAL, "it is no file but a pipe, a socket or a device", str(path))
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it has more than {most:,} bytes; is it another file?")
    return content


def read_text(path: Path, most: int = MOST_BYTES, *, encoding: str = "utf-8") -> str:
    """Read a text as a whole, as ``read_bytes`` does; every end of a line becomes a newline.

    Raises:
        OSError: It can't be read, is longer, or is a pipe, a socket or a device.
        UnicodeDecodeError: It isn't in that encoding.
    """
    text = read_bytes(path, most).decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n")
