from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autoclue.errors import AutoclueError, UsageError
from autoclue.search.cards import probing
from autoclue.search.cards.probing import ask_for_memory
from autoclue.training import TrialConfig
from autoclue.training.platform import MemoryReading

CONFIG = TrialConfig(
    task="xnli", model="builtin", learning_rate=1e-3, batch_size=8, epochs=1, max_length_tokens=32
)


def answer(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(probing, "_script", lambda: script)


def test_the_last_line_of_the_process_is_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(
        monkeypatch,
        "import json, sys; asked = json.load(sys.stdin); print('words of a library'); "
        "print(json.dumps(dict(device=asked['device'], peak_bytes=asked['config']['batch_size'],"
        " context_bytes=1, room_bytes=80)))",
    )
    assert ask_for_memory(CONFIG, "gpu") == MemoryReading("gpu", 8, 1, 80)


def test_a_problem_is_the_users_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, """print('{"problem": "The model is gone."}')""")
    with pytest.raises(UsageError, match=r"^The model is gone\.$"):
        ask_for_memory(CONFIG, "gpu")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import sys; sys.exit('cudaErrorNoDevice')", "cudaErrorNoDevice"),
        ("import os; os.kill(os.getpid(), 9)", "exit code -9"),
    ],
)
def test_a_probe_that_dies_says_how_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    answer(monkeypatch, script)
    with pytest.raises(AutoclueError, match=rf"\({reason}\); give --gpus-per-trial a number"):
        ask_for_memory(CONFIG, "gpu")


def test_a_probe_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "import time; time.sleep(60)")
    with pytest.raises(AutoclueError, match=r"\(TimeoutExpired\)"):
        ask_for_memory(CONFIG, "gpu", timeout_s=0.5)


def test_the_process_imports_what_this_one_imports_and_not_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "paddle.py").write_text("raise SystemExit('a file of the current folder')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each not in ("", ".")])
    with pytest.raises(UsageError, match="No GPU can be used"):
        ask_for_memory(CONFIG, "gpu")
