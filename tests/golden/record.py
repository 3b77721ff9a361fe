"""Record the golden studies anew.

Run it from the root of the repository, on a version whose figures are known to be right, and look
at what ``git diff --stat tests/golden`` says before you commit:

    .venv/bin/python -m tests.golden.record                  # everything
    .venv/bin/python -m tests.golden.record scripted         # without training, in seconds
    .venv/bin/python -m tests.golden.record scripted-mishaps # one of them

A record changes only when a figure that a user sees is meant to change. Each one names the kind of
machine that made it; on another kind, digits of floats may differ and are compared less strictly.
"""

from __future__ import annotations

import sys

from tests.golden.records import write
from tests.golden.scripted import SCRIPTED


def main(wanted: list[str]) -> None:
    """Record what begins with one of some names; everything if there are none."""
    for name, make in SCRIPTED.items():
        if not wanted or any(f"scripted-{name}".startswith(each) for each in wanted):
            print(write(f"scripted-{name}", make()))


if __name__ == "__main__":
    main(sys.argv[1:])
