from __future__ import annotations

from collections.abc import Callable

import pytest

from autoclue.records import LayerRate, Scalar, StudyRecord, TrialRecord
from autoclue.reporting.sections.layer_rates import layer_rates_figure, layer_rates_info

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]
RATES = (
    LayerRate(2, "head", 1.0, 1.0, True, 10),
    LayerRate(0, "embeddings", 0.2, 0.2, False, 60),
    LayerRate(1, "layer 1", 0.4, 0.5, True, 30),
)
UNIFORM = tuple(LayerRate(depth, "x", 1.0, 1.0, True, 1) for depth in range(3))
FAST: dict[str, Scalar] = {"learning_rate": 1e-4}
SLOW: dict[str, Scalar] = {"learning_rate": 3e-5}


def test_rates_are_scales_times_the_base_rate_in_order_of_depth(
    trial: MakeTrial, study: MakeStudy
) -> None:
    info = layer_rates_info(study(trial(0, (0.5,), params=FAST, layer_rates=RATES)))

    assert [(bar.label, bar.low, bar.high) for bar in info.bars] == [
        ("embeddings", 0.0, 0.0),
        ("layer 1", pytest.approx(4e-5), pytest.approx(5e-5)),
        ("head", pytest.approx(1e-4), pytest.approx(1e-4)),
    ]


def test_frozen_layers_have_no_rate_and_are_counted(trial: MakeTrial, study: MakeStudy) -> None:
    info = layer_rates_info(study(trial(0, (0.5,), params=FAST, layer_rates=RATES)))

    assert info.note == "1 of 3 depths are frozen and do not train, 60% of the parameters."


@pytest.mark.parametrize("recorded", [UNIFORM, ()])
def test_the_baseline_stands_beside_it_at_its_own_rate(
    trial: MakeTrial, study: MakeStudy, recorded: tuple[LayerRate, ...]
) -> None:
    baseline = trial(0, (0.4,), baseline=True, params=SLOW, layer_rates=recorded)
    winner = trial(1, (0.5,), params=FAST, layer_rates=RATES)

    info = layer_rates_info(study(baseline, winner))

    assert [bar.baseline for bar in info.bars] == pytest.approx([3e-5] * 3)


def test_a_base_rate_outside_the_search_comes_from_the_configuration(
    trial: MakeTrial, study: MakeStudy
) -> None:
    winner = trial(0, (0.5,), params={}, config={"learning_rate": 2e-5}, layer_rates=RATES)

    assert layer_rates_info(study(winner)).base_rate == 2e-5


def test_without_a_base_rate_the_figures_are_multiples_of_it(
    trial: MakeTrial, study: MakeStudy
) -> None:
    info = layer_rates_info(study(trial(0, (0.5,), params={}, config={}, layer_rates=RATES)))

    assert info.base_rate is None
    assert info.bars[2].high == 1.0
    assert layer_rates_figure(info).layout.xaxis.title.text == "multiple of the base rate"


def test_a_winner_without_recorded_rates_is_said_plainly(
    trial: MakeTrial, study: MakeStudy
) -> None:
    assert layer_rates_info(study(trial(0, (0.5,)))).missing == (
        "The winner did not record its rates by layer."
    )


def test_frozen_layers_are_named_without_a_bar_and_the_embeddings_are_at_the_bottom(
    trial: MakeTrial, study: MakeStudy
) -> None:
    figure = layer_rates_figure(
        layer_rates_info(study(trial(0, (0.5,), params=FAST, layer_rates=RATES)))
    )
    frozen = next(trace for trace in figure.data if trace.name == "frozen (rate 0)")

    assert (frozen.type, frozen.mode) == ("scatter", "text")
    assert tuple(frozen.x) == (0.0,)
    assert tuple(frozen.y) == (0,)
    assert figure.layout.yaxis.ticktext[0] == "embeddings"
