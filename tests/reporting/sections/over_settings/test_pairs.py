from __future__ import annotations

from collections.abc import Callable

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.sections.over_settings.pairs import pairs_figure, pairs_info

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def test_every_two_settings_have_a_plot(trial: MakeTrial, study: MakeStudy) -> None:
    names = ("a", "b", "c")
    trials = [trial(i, (0.1 * i,), params={n: i for n in names}) for i in range(1, 4)]
    figure = pairs_figure(pairs_info(study(*trials, space={})))
    told = [
        (figure.layout[f"xaxis{n}"].title.text, figure.layout[f"yaxis{n}"].title.text)
        for n in ("", "2", "3")
    ]
    assert told == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [len(trace.x) for trace in figure.data] == [3, 3, 3]


def test_settings_that_matter_come_first_and_the_rest_is_named(demo: StudyRecord) -> None:
    info = pairs_info(demo)
    assert len(info.names) == 4
    assert str(info.note).startswith("Of 5 settings the 4 that ")
    assert len(pairs_figure(info).data) == 6


def test_one_bad_trial_does_not_take_all_colours(trial: MakeTrial, study: MakeStudy) -> None:
    scores = (0.01, *(0.7 + 0.01 * i for i in range(20)))
    trials = [trial(i, (s,), params={"a": i, "b": -i}) for i, s in enumerate(scores)]
    colours = pairs_figure(pairs_info(study(*trials, space={}))).layout.coloraxis
    assert colours.cmin > 70
    assert round(colours.cmax, 6) == 89


def test_symbols_tell_what_did_not_finish(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(
        trial(0, (0.5,), params={"a": 1, "b": 1}, baseline=True),
        trial(1, (0.8,), params={"a": 2, "b": 3}),
        trial(2, (0.4,), params={"a": 3, "b": 2}, state=TrialState.PRUNED),
        space={},
    )
    (trace,) = pairs_figure(pairs_info(record)).data
    assert trace.marker.symbol == ("triangle-down", "diamond", "star")


def test_one_setting_has_no_pair(trial: MakeTrial, study: MakeStudy) -> None:
    trials = [trial(i, (0.5,), params={"a": i}) for i in range(2)]
    assert "At least two settings" in str(pairs_info(study(*trials, space={})).missing)
