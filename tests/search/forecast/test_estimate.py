"""What runs will take, from probes that are made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.search.execution import Resources
from autoclue.search.forecast import (
    Estimate,
    count_runs,
    estimate,
    expected_runs,
    keep_estimate,
    kept_forecasts,
    known_features,
)
from autoclue.search.spec import Plan
from autoclue.training import TrialConfig
from autoclue.training.probe import ProbeResult

Planned = Callable[..., Plan]
GIB = 2**30


def runs(planned: Planned, trials: int) -> Estimate:
    """A search of trials that take 0.1 s a step and 2 s an evaluation on half a card each."""
    plan = planned(model="ernie-3.0-base-zh", task="csl", strategy="uniform")
    configs = expected_runs(plan, trials)
    kinds = count_runs((("mine", config) for config in configs), {"mine": known_features(plan)})
    return estimate(kinds, Resources(1, 0.5, 2, None), made_up(plan.rows["train"]))


def made_up(features: int) -> Callable[[TrialConfig], ProbeResult]:
    def measure(config: TrialConfig) -> ProbeResult:
        peak = config.micro_batch_size * GIB
        parts = config.gradient_accumulation_steps
        fits = parts if config.batch_size < 64 else 2 * parts
        return ProbeResult(fits, 3.0, 0.1, 2.0, features, peak, 80 * GIB)

    return measure


def test_hours_follow_from_steps_evaluations_and_slots(planned: Planned) -> None:
    found = runs(planned, 9)
    each = found.kinds[0]
    assert each.seconds_each == pytest.approx(0.1 * each.steps + 2.0 * each.evaluations)
    whole = sum(kind.seconds + 3.0 * kind.kind.runs for kind in found.kinds)
    assert found.hours == pytest.approx(whole / 2 / 3600)
    assert found.gpu_hours == pytest.approx(whole * 0.5 / 3600)
    assert sum(kind.kind.runs for kind in found.kinds) == 9


def test_what_does_not_fit_is_told_with_the_parts_that_do(planned: Planned) -> None:
    found = {k.kind.config.batch_size: k for k in runs(planned, 30).kinds}
    assert found.keys() == {16, 32, 64}
    assert found[32].other_accumulation is None
    assert found[64].other_accumulation == 4
    assert found[16].fit_a_card == int(0.95 * 80 / 8)


def test_each_batch_size_and_length_is_probed_once(planned: Planned) -> None:
    plan, probed = planned(model="ernie-3.0-base-zh", strategy="uniform"), list[int]()

    def measure(config: TrialConfig) -> ProbeResult:
        probed.append(config.batch_size)
        return made_up(4800)(config)

    configs = expected_runs(plan, 40)
    kinds = count_runs((("a" if i % 2 else "b", c) for i, c in enumerate(configs)),
                       {"a": 4800, "b": 4800})  # fmt: skip
    estimate(kinds, Resources(0, 0, 1, None), measure)
    assert sorted(probed) == [16, 32, 64]


def test_an_estimate_is_kept_and_read_again(planned: Planned, tmp_path: Path) -> None:
    found = runs(planned, 5)
    keep_estimate(tmp_path, found)
    (told,) = kept_forecasts(tmp_path).values()
    assert told.runs == 5
    assert told.seconds == pytest.approx(sum(k.seconds for k in found.kinds))
    (tmp_path / "forecast.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UsageError, match=r"can't be read .* it is made anew"):
        kept_forecasts(tmp_path)


def test_rows_of_a_text_may_become_several_so_that_steps_are_left_open(planned: Planned) -> None:
    plan = planned(task="cmrc2018")
    assert known_features(plan) is None
    (kind,) = count_runs([("mine", plan.baseline)], {"mine": None})
    assert (kind.steps, kind.evaluations) == (None, None)
