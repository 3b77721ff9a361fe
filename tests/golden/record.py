"""Record the golden studies anew.

Run it from the root of the repository, on a version whose figures are known to be right, and look
at what ``git diff --stat tests/golden`` says before you commit:

    .venv/bin/python -m tests.golden.record                   # everything, in two minutes
    .venv/bin/python -m tests.golden.record scripted          # without training, in seconds
    .venv/bin/python -m tests.golden.record scripted-mishaps  # one of them

A record changes only when a figure that a user sees is meant to change. Each one names the kind of
machine that made it; on another kind, digits of floats may differ and are compared less strictly.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from tests.golden.records import write
from tests.golden.scripted import SCRIPTED
from tests.golden.seam import Plain
from tests.golden.trained import STUDIES, TRAININGS, make_task, run_study, run_training


def recordings(folder: Path) -> Mapping[str, Callable[[], Plain]]:
    """Return what makes each record, in a folder for what is left over."""
    studies, task = folder / "studies", make_task(folder)
    return {
        **{f"scripted-{name}": make for name, make in SCRIPTED.items()},
        **{f"trained-{n}": partial(run_training, n, folder / n) for n in TRAININGS},
        **{f"studied-{n}": partial(run_study, n, task, studies) for n in STUDIES},
    }


def main(wanted: list[str]) -> None:
    """Record what begins with one of some words; everything if there are none."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUTOCLUE_CACHE"] = f"{folder}/cache"
        for name, make in recordings(Path(folder)).items():
            if not wanted or name.startswith(tuple(wanted)):
                print(write(name, make()))


if __name__ == "__main__":
    main(sys.argv[1:])
