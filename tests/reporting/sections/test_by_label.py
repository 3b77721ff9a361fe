from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from autoclue.records import LabelCounts, StudyRecord, TrialRecord
from autoclue.reporting.export import results_mapping
from autoclue.reporting.sections.by_label import by_label_figure, by_label_info

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]
COUNTS = LabelCounts(
    ("yes", "no", "perhaps"), 7, (4, 3, 0), (3, 2, 2), (2, 1, 0),
    ((0, 0, 2), (0, 1, 1), (0, 2, 1), (1, 0, 1), (1, 1, 1), (1, 2, 1)),
)  # fmt: skip
"""Four examples of "yes", of which two got it; three of "no", of which one did; no "perhaps"."""


@pytest.fixture
def counted(trial: MakeTrial, study: MakeStudy) -> Callable[[LabelCounts], StudyRecord]:
    """Makes a study whose winner's answers have been counted."""
    return lambda counts: study(replace(trial(0, (0.5,)), label_counts=counts))


Counted = Callable[[LabelCounts], StudyRecord]


def many(labels: int) -> LabelCounts:
    """Two examples of each label, one of which is taken for the next."""
    every = range(labels)
    wrong = [(k, (k + 1) % labels, 1) for k in every]
    return LabelCounts(
        tuple(f"label {k}" for k in every), 2 * labels, (2,) * labels, (2,) * labels,
        (1,) * labels, tuple(sorted([*wrong, *((k, k, 1) for k in every)])),
    )  # fmt: skip


def test_precision_recall_and_f1_of_each_label(counted: Counted) -> None:
    yes, no, perhaps = by_label_info(counted(COUNTS)).rows
    assert (yes.precision, yes.recall, yes.f1) == (2 / 3, 0.5, 4 / 7)
    assert (no.precision, no.recall, no.f1) == (0.5, 1 / 3, 0.4)
    assert (perhaps.precision, perhaps.recall, perhaps.f1) == (0.0, None, 0.0)


def test_rows_of_the_matrix_are_right_labels(counted: Counted) -> None:
    info = by_label_info(counted(COUNTS))
    assert info.matrix == ((2, 1, 1), (1, 1, 1), (0, 0, 0))
    assert len(by_label_figure(info).layout.shapes) == 9
    assert info.confused[0].label == "yes"


def test_many_labels_are_drawn_by_the_worst_and_have_no_matrix(counted: Counted) -> None:
    info = by_label_info(counted(many(119)))
    assert (info.matrix, len(info.rows), len(info.confused)) == ((), 119, 15)
    assert "The 30 labels with the lowest F1 are drawn" in str(info.note)
    assert all(len(trace.y) == 30 for trace in by_label_figure(info).data)


def test_examples_with_several_labels_have_scores_and_no_matrix(counted: Counted) -> None:
    info = by_label_info(counted(replace(COUNTS, confused=())))
    assert (info.matrix, info.confused) == ((), ())
    assert [trace.name for trace in by_label_figure(info).data] == ["precision", "recall", "F1"]


def test_what_could_not_be_counted_is_told(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(trial(0, (0.5,)))
    assert "Nothing has been counted by label." in str(by_label_info(record).missing)
    assert by_label_info(replace(record, label_problem="It is gone.")).missing == "It is gone."


def test_results_hold_every_label_and_every_confusion(counted: Counted) -> None:
    labels = results_mapping(counted(COUNTS))["labels"]
    assert isinstance(labels, dict)
    assert (labels["trial"], labels["split"], labels["examples"]) == (0, "dev", 7)
    assert labels["by_label"][0]["label"] == "yes"
    assert labels["confusion"][1] == {"label": "yes", "predicted": "no", "examples": 1}


def test_results_of_a_task_without_labels_say_null(trial: MakeTrial, study: MakeStudy) -> None:
    assert results_mapping(study(trial(0, (0.5,))))["labels"] is None
