"""What every section of the report owes: it works on any study, numbers before figures."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import FrozenInstanceError, asdict, fields, replace

import pytest

from autoclue.records import (
    Boundary,
    Confirmation,
    ConfirmationTrial,
    Evaluation,
    Fate,
    LayerRate,
    Segment,
    Stop,
    StudyRecord,
    TestScore,
    TrialRecord,
    TrialState,
    ValueChange,
)
from autoclue.reporting import SECTIONS, Section

STEPS = 600


def evaluations(count: int, reach: float) -> tuple[Evaluation, ...]:
    return tuple(
        Evaluation(100 * i, reach * i / 6, 1.0, 1.0, 1e-5, 10.0, 1.0, 11.0 * i, 1, reach * i / 7)
        for i in range(1, count + 1)
    )


def trial(number: int, state: TrialState, *, done: int = 6, baseline: bool = False) -> TrialRecord:
    settings = {"learning_rate": 1e-5 * (number + 1), "batch_size": 16 * (1 + number % 2)}
    stopped = state is TrialState.PRUNED
    return TrialRecord(
        number=number,
        state=state,
        params=settings,
        config={**settings, "seed": 1},
        evaluations=evaluations(done, 0.6 + 0.01 * number),
        total_steps=STEPS if done else None,
        baseline=baseline,
        stop=Stop("below the cutoff", 1 / 3, 200, 0.2, 0.3, 4) if stopped else None,
        failure="train_loss is nan at step 3" if state is TrialState.FAIL else None,
        layer_rates=(
            LayerRate(0, "embeddings", 0.0, 0.0, False, 1000),
            LayerRate(1, "layer 1", 0.4, 0.5, True, 100),
            LayerRate(2, "head", 1.0, 1.0, True, 10),
        ),
        started_at=f"2026-01-05T08:{number:02d}:00+00:00",
        ended_at=None if state is TrialState.RUNNING else f"2026-01-05T09:{number:02d}:00+00:00",
        test_score=TestScore("test", 0.5, 1.0, 200, "f") if state is TrialState.COMPLETE else None,
    )


def study(*trials: TrialRecord) -> StudyRecord:
    settings = {"task": "xnli", "holdout": 0.5, "dev_examples": 180, "holdout_examples": 90}
    return StudyRecord("s", settings, "accuracy", False, {}, (1 / 3,), {}, "now", trials)


def confirmed(record: StudyRecord, *states: TrialState) -> StudyRecord:
    """The study with trials 0 and 1 trained again, seed by seed, ending in these states."""
    runs = tuple(
        ConfirmationTrial(i % 2, 50 + i // 2, trial(i, state, done=6 if state is COMPLETE else 0))
        for i, state in enumerate(states)
    )
    return replace(record, confirmation=Confirmation(1, (50, 51, 52), (1, 0), 0, runs))


def with_members(record: StudyRecord) -> StudyRecord:
    """The study with trials 1 to 4 as two members, the lower of which goes on from the other."""
    segments = {
        1: Segment(0, 0),
        2: Segment(0, 1),
        3: Segment(1, 0, 2, 300),
        4: Segment(1, 1, 2, 300),
    }
    moved = (ValueChange("learning_rate", 3e-5, 4e-5, "times 1.2"),)
    fates = (
        Fate(0, 1, 0.3, 2, 1, 2, moved, "it is behind member 1 by 0.0100"),
        Fate(1, 2, 0.31, 1, None, None, (), "it isn't among the lowest"),
    )
    trials = tuple(replace(t, segment=segments.get(t.number)) for t in record.trials)
    boundary = Boundary("main", 0, 300, 0.001, 0.0007, fates)
    return replace(record, trials=trials, boundaries=(boundary,))


COMPLETE, PRUNED, FAIL, RUNNING = (
    TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL, TrialState.RUNNING,
)  # fmt: skip
STUDIES = {
    "empty": study(),
    "one trial without an evaluation": study(trial(0, RUNNING, done=0)),
    "one running trial": study(trial(0, RUNNING, done=2)),
    "only failures": study(trial(0, FAIL, done=0), trial(1, FAIL, done=1)),
    "one complete trial": study(trial(0, COMPLETE, baseline=True)),
    "a stopped baseline": study(trial(0, PRUNED, done=2, baseline=True), trial(1, COMPLETE)),
    "a confirmation without a score": confirmed(
        study(trial(0, COMPLETE, baseline=True), trial(1, COMPLETE)), FAIL, RUNNING
    ),
    "a confirmation with one score": confirmed(
        study(trial(0, COMPLETE, baseline=True), trial(1, COMPLETE)), COMPLETE
    ),
    "a normal study": confirmed(
        with_members(
            study(
                trial(0, COMPLETE, baseline=True),
                *(trial(number, COMPLETE) for number in range(1, 12)),
                *(trial(number, PRUNED, done=2) for number in range(12, 15)),
                trial(15, FAIL, done=1),
                trial(16, RUNNING, done=1),
            )
        ),
        *[COMPLETE] * 6,
    ),
}

every_section = pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.key)
every_study = pytest.mark.parametrize("record", STUDIES.values(), ids=STUDIES.keys())


@every_section
@every_study
def test_info_is_plain_json_without_nan(section: Section, record: StudyRecord) -> None:
    text = json.dumps(asdict(section.info(record)), allow_nan=False)  # type: ignore[call-overload]

    assert json.loads(text).keys() >= {"missing", "note"}


@every_section
@every_study
def test_figure_renders_from_the_info_alone(section: Section, record: StudyRecord) -> None:
    html = section.figure(section.info(record)).to_html(include_plotlyjs=False)

    assert "Plotly.newPlot" in html


@every_section
def test_an_empty_study_is_answered_with_a_sentence(section: Section) -> None:
    missing = section.info(STUDIES["empty"]).missing

    assert missing is not None
    assert missing.endswith(".")


@every_section
def test_a_normal_study_has_something_to_draw(section: Section) -> None:
    info = section.info(STUDIES["a normal study"])

    assert info.missing is None
    assert len(section.figure(info).data) >= 1


@every_section
def test_info_is_frozen(section: Section) -> None:
    info = section.info(STUDIES["a normal study"])

    with pytest.raises(FrozenInstanceError, match="cannot assign to field"):
        setattr(info, fields(info)[0].name, None)  # type: ignore[arg-type]


@every_section
def test_the_same_study_gives_the_same_numbers(section: Section) -> None:
    record = STUDIES["a normal study"]

    assert section.info(record) == section.info(record)


def test_keys_and_titles_are_unique_and_read_as_sentences() -> None:
    assert len({section.key for section in SECTIONS}) == len(SECTIONS)
    assert len({section.menu for section in SECTIONS}) == len(SECTIONS)
    assert all(section.reading.endswith(".") for section in SECTIONS)


def test_importing_the_report_loads_no_plotting_and_no_search_library() -> None:
    heavy = "{'plotly', 'optuna', 'pandas', 'ray', 'paddle', 'paddlenlp', 'sklearn'}"
    code = f"import sys, autoclue.reporting; print(sorted({heavy} & set(sys.modules)))"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[]"
