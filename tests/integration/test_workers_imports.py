"""Workers import what the command imports: not what happens to lie in the current folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.ray, pytest.mark.paddle, pytest.mark.slow]

STRANGERS = ("paddle.py", "safetensors.py", "paddlenlp/__init__.py", "optuna/__init__.py")
STRATEGY = """
from dataclasses import dataclass
from autoclue.strategies.uniform import Uniform

@dataclass(frozen=True)
class Mine(Uniform):
    "One of the user's own."
"""
COMMAND = "from autoclue.cli import main\nmain()\n"


def test_folders_of_the_current_folder_are_not_imported_and_own_strategies_are(
    tmp_path: Path, easy_task: Path, tiny_model: Path
) -> None:
    here, own, script = tmp_path / "here", tmp_path / "own", tmp_path / "bin" / "autoclue.script"
    for name in STRANGERS:
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nraise RuntimeError")
    for path, text in ((own / "my_strategies.py", STRATEGY), (script, COMMAND)):
        path.parent.mkdir()
        path.write_text(text)
    arguments = ["tune", "--task", str(easy_task), "--model", str(tiny_model), "--trials", "1"]
    arguments += ["--max-steps", "5", "--folder", "study", "--strategy", "my_strategies:Mine"]
    done = subprocess.run(
        [sys.executable, str(script), *arguments],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(own)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, (tmp_path / "ran").exists()) == (0, False), done.stderr[-2000:]
