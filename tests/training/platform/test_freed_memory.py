from __future__ import annotations

import subprocess
import sys

import pytest

from autoclue.training.platform.freed_memory import (
    can_keep_memory,
    give_back_memory,
    keep_freed_memory,
)

SCRIPT = """
import os
import sys
from pathlib import Path
import numpy as np
from autoclue.training.platform.freed_memory import give_back_memory, keep_freed_memory

def resident_mib():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

if sys.argv[1] == "keep":
    keep_freed_memory()
before = resident_mib()
held = [np.ones(8 * 2**20) for _ in range(4)]
full = resident_mib() - before
del held
freed = resident_mib() - before
give_back_memory()
print(full, freed, resident_mib() - before)
"""


def resident_mib(way: str) -> list[float]:
    """What 256 MiB of arrays take: held, freed, and given back."""
    command = [sys.executable, "-c", SCRIPT, way]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [float(each) for each in said.split()]


@pytest.mark.skipif(not can_keep_memory(), reason="malloc of glibc alone can be told")
def test_what_is_freed_is_kept_until_it_is_given_back() -> None:
    held, freed, given_back = resident_mib("keep")
    assert held > 250
    assert freed > 250
    assert given_back < 20


@pytest.mark.skipif(not can_keep_memory(), reason="malloc of glibc alone can be told")
def test_untold_it_goes_back_at_once() -> None:
    held, freed, _ = resident_mib("leave")
    assert held > 250
    assert freed < 20


def test_on_another_platform_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: ("", ""))
    monkeypatch.setattr("ctypes.CDLL", lambda name: pytest.fail("no library is asked"))
    assert not can_keep_memory()
    keep_freed_memory()
    give_back_memory()
