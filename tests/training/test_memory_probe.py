"""The memory of a configuration, measured in main memory with Paddle's own counter."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autoclue.tasks import load_task
from autoclue.training import TrialConfig, build_config, memory_probe
from autoclue.training.data import Workspace
from autoclue.training.features import Features
from autoclue.training.loop import Learner
from autoclue.training.memory_probe import longest_rows, probe_memory
from autoclue.training.platform import MemoryReading

pytestmark = pytest.mark.paddle


@pytest.fixture
def config(easy_task: Path, tiny_model: Path) -> TrialConfig:
    return build_config(
        load_task(str(easy_task)).recipe,
        task=str(easy_task),
        model=str(tiny_model),
        data=str(easy_task.parent),
        strategy="uniform",
        settings={},
    )


class ScriptedMeter:
    """Counts nothing, and says what it is told to."""

    begun = False

    def begin(self) -> None:
        self.begun = True

    def read(self) -> MemoryReading:
        assert self.begun
        return MemoryReading("scripted", 30, 5, 80)


def test_a_probe_trains_three_steps_and_answers_a_batch(
    config: TrialConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = list[int]()
    take_step = Learner.take_step

    def counted(learner: Learner, step: int) -> None:
        steps.append(step)
        take_step(learner, step)

    monkeypatch.setattr(Learner, "take_step", counted)
    found = probe_memory(config, Workspace(tmp_path), device="cpu", meter=ScriptedMeter())
    assert (found, steps) == (MemoryReading("scripted", 30, 5, 80), [1, 2, 3])


def test_where_memory_runs_out_the_trial_takes_all_of_the_device(
    config: TrialConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(memory_probe, "_take_largest_steps", full)
    found = probe_memory(config, Workspace(tmp_path), device="cpu", meter=ScriptedMeter())
    assert found == MemoryReading("scripted", 80, 5, 80)


def test_other_errors_are_not_taken_for_it(
    config: TrialConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(memory_probe, "_take_largest_steps", broken)
    with pytest.raises(ValueError, match="broken"):
        probe_memory(config, Workspace(tmp_path), device="cpu", meter=ScriptedMeter())


def test_the_longest_rows_come_first() -> None:
    lengths = [3, 9, 5, 9]
    features = Features(
        ids=np.zeros(26, np.int32),
        segments=np.zeros(26, np.uint8),
        offsets=np.cumsum([0, *lengths]),
        examples=np.arange(4),
        values={},
    )
    assert longest_rows(features, 3).tolist() == [1, 3, 2]
    assert longest_rows(features, 9).tolist() == [1, 3, 2, 0]


def asked(question: dict[str, object]) -> dict[str, object]:
    """What a process of its own answers."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from autoclue.training.memory_probe import answer_probe; answer_probe()",
        ],
        input=json.dumps({"device": "cpu", "copies": {}, **question}),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout.strip().split("\n")[-1])
    return found


def test_a_larger_batch_takes_more_in_a_process_of_its_own(config: TrialConfig) -> None:
    larger = config.model_copy(update={"batch_size": 128})
    peaks = [asked({"config": each.model_dump()})["peak_bytes"] for each in (config, larger)]
    assert peaks[0] > 100_000  # type: ignore[operator]
    assert peaks[1] > 1.5 * peaks[0]  # type: ignore[operator]


def test_what_can_not_be_probed_says_why(config: TrialConfig) -> None:
    gone = config.model_copy(update={"data": "/nowhere"})
    assert "/nowhere" in str(asked({"config": gone.model_dump()})["problem"])
