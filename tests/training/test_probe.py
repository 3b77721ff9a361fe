from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.tasks import load_task
from autoclue.training import TrialConfig, build_config
from autoclue.training import probe as module
from autoclue.training.data import Workspace
from autoclue.training.probe import ProbeResult, probe

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


def test_a_probe_tells_seconds_and_the_steps_that_follow(
    config: TrialConfig, tmp_path: Path
) -> None:
    found = probe(config, Workspace(tmp_path), device="cpu", steps=4)
    assert min(found.load_s, found.step_s, found.evaluation_s) > 0
    assert (found.features, found.accumulation) == (300, 1)
    assert (found.peak_bytes, found.card_bytes) == (None, None)


def test_where_memory_runs_out_it_is_probed_in_more_parts(
    config: TrialConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def measured(each: TrialConfig, *_: object, **__: object) -> ProbeResult:
        tried.append(each.micro_batch_size)
        if each.micro_batch_size > 4:
            raise MemoryError
        return ProbeResult(each.gradient_accumulation_steps, 1, 1, 1, 300)

    monkeypatch.setattr(module, "_measured", measured)
    assert probe(config, Workspace(tmp_path), device="cpu").accumulation == 4
    assert tried == [16, 8, 4]
    monkeypatch.setattr("autoclue.training.probe.memory_ran_out", lambda error: True)
    odd = config.model_copy(update={"batch_size": 9})
    with pytest.raises(UsageError, match="Memory runs out with 9 examples"):
        probe(odd, Workspace(tmp_path), device="cpu")
