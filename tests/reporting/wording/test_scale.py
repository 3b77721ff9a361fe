from __future__ import annotations

from collections.abc import Callable

from autoclue.records import StudyRecord
from autoclue.reporting.wording import BINOMIAL, MetricScale, scale_of

MakeStudy = Callable[..., StudyRecord]
ACCURACY = MetricScale("accuracy", "%", BINOMIAL)
LOSS = MetricScale("loss", "")


def test_accuracies_and_their_differences_are_in_percent_and_points() -> None:
    assert ACCURACY.text(0.70289) == "70.29%"
    assert ACCURACY.difference(0.0234) == "+2.34"
    assert ACCURACY.gap(-0.0234) == "-2.34 points"
    assert ACCURACY.size(-0.0234) == "2.34 points"
    assert ACCURACY.span(0.681, 0.742) == "68.10 to 74.20%"
    assert ACCURACY.drawn(0.5) == 50.0


def test_a_metric_without_a_unit_is_written_as_it_is() -> None:
    assert LOSS.text(0.70289) == "0.7029"
    assert LOSS.gap(0.0234) == "+0.0234"
    assert LOSS.span(0.1, 0.2) == "0.1000 to 0.2000"
    assert LOSS.drawn(0.5) == 0.5


def test_only_a_known_metric_has_an_interval(study: MakeStudy) -> None:
    assert scale_of(study(metric="accuracy")) == ACCURACY
    assert scale_of(study(metric="f1")).interval is None
