from __future__ import annotations

from autoclue.search.suite.tuner import Numbering


def test_a_run_that_is_tried_again_keeps_its_number_and_leads_to_its_last_trial() -> None:
    numbering = Numbering()
    assert [numbering.number(0, 0, "a"), numbering.number(1, 0, "a")] == [0, 1]
    assert numbering.number(0, 1, "a") == 0
    assert numbering.places == [(0, 1), (1, 0)]


def test_a_number_tells_the_study_and_the_settings_of_its_run() -> None:
    numbering = Numbering()
    for study, trial, key in ((0, 0, "a"), (1, 0, "a"), (1, 1, "b")):
        numbering.number(study, trial, key)
    assert [numbering.settings_of(n) for n in range(3)] == [(0, "a"), (1, "a"), (1, "b")]
