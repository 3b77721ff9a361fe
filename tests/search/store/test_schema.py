"""Every attribute of the ledger is spelled in one file, and reads as it was written."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest

import autoclue
from autoclue.records import (
    CardSharing,
    CardUse,
    Evaluation,
    Forecast,
    LabelCounts,
    LayerRate,
    StartPoint,
    StateRef,
    Stop,
    TestScore,
)
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.schema import (
    Change,
    Compared,
    ConfirmationExtent,
    ConfirmationRequest,
    Death,
    Generation,
    MemberPlace,
    Prepared,
    Proposal,
    Proposed,
    RecordedEvaluation,
    Repetition,
    SpaceVersion,
    StoredArtifacts,
    StoredLimits,
    StudyAttributes,
    TrialAttributes,
)

PACKAGE = Path(autoclue.__file__).parent
STORE = PACKAGE / "search" / "store"
INTERNALS = STORE / "optuna_internals.py"
OF_OPTUNA = {"user_attrs", "system_attrs", "set_user_attr", "set_system_attr"}
PRIVATE = {"_storage", "_trial_id", "_study_id", "_get_trials", "_rng", "_transform"}
STOP = Stop("It was behind.", rung=1 / 3, step=300, score=0.5, cutoff=0.625, comparators=4)
TRIAL = TrialAttributes(
    proposal=Proposal({"learning_rate": 1 / 3e5, "batch_size#2": 32, "blocks": None}, 3),
    baseline=True,
    outside_space=True,
    repeats=Repetition("0123", 7),
    retries=4,
    start=1,
    start_from=StateRef(4, frozenset({"learning_rate", "max_steps"})),
    member=MemberPlace(2, 5),
    key="4567",
    asked=4,
    config={"max_steps": None, "strategy_params": {"factor": 1.1}},
    restarts=2,
    deaths=(Death("It was killed.", "2026-01-01T00:00:00+00:00"),),
    losses=(Death("Its machine was lost.", "2026-01-01T00:00:00+00:00"),),
    starvations=(Death("It was killed for memory.", "2026-01-01T00:00:00+00:00"),),
    change=Change("Memory ran out.", {"seed": 1}, "2026-01-01T00:00:00+00:00"),
    prepared=Prepared(900.5, (100, 900), (LayerRate(0, "embeddings", 0.1, 1 / 3, False, 9),)),
    evaluations={
        step: RecordedEvaluation(
            Evaluation(step, 1 / step, 1.0, 0.1, 1e-5, 9.0, 0.5, 3.0, 1, scores={"f1": 0.5}),
            sequence=step,
            stop=STOP if step == 900 else None,
        )
        for step in (900, 100)
    },
    failure="It blew up.",
    log="/a/train.log",
    closed=901,
)
STUDY = StudyAttributes(
    question={"task": "xnli", "space": None, "settings": ["batch_size=16"]},
    resolved={"space": "toy", "recipe": {"epochs": 2}},
    metric="accuracy",
    synthetic=True,
    spaces=(SpaceVersion(0, "f", {"zeta": 1, "alpha": 2}),),
    rungs=(1 / 9, 1 / 3),
    starts=(StartPoint({"learning_rate": 1 / 3e5}, "the published table"),),
    forecast=Forecast(32, 900, 9, 1 / 3, 0.5, None, "2026-01-01T00:00:00+00:00"),
    limits=StoredLimits(32, None, extended_from=30, rounds=4),
    retrying=(4, 9),
    ending="the time budget is spent",
    chance_score=0.4,
    confirm=ConfirmationExtent(3, 5),
    confirms="mine",
    request=ConfirmationRequest(3, (1, 2), (4, 0), None),
    suite="grid",
    artifacts=StoredArtifacts("s3://bucket/a", "mine-12ab"),
    inputs={"trials": {"data": [], "models": [{"folder": "/m", "address": None}]}},
    generations={
        1: Generation(
            (Compared(4, None, 2), Compared(3, 1 / 3, 1)),
            (Proposed({"batch_size": 32, "factor": 1.1, "one": None}, (-1.3, 1 / 3), "by hand"),),
        )
    },
    test_scores={4: TestScore("test", 1 / 3, 0.5, 100, "f")},
    test_problem="It is gone.",
    label_counts={4: LabelCounts(("yes", "no"), 3, (2, 1), (1, 2), (1, 1), ((0, 1, 1),))},
    label_problem="It is gone too.",
    hardware={"processor": "two cores"},
    sharing=CardSharing("A100", "0123", 9, 1, 80, 7, 3, 1 / 3),
    cards=(CardUse("A100", 80, 40, 1 / 3, None, 0.1),),
    versions={"python": "3.11"},
    created_at="2026-01-01T00:00:00+00:00",
    format=3,
)


def sources(*, but: Path) -> Iterator[tuple[str, ast.AST]]:
    """Every node of the package's source outside of a file or folder, with its file."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if but not in (path, *path.parents):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield path.relative_to(PACKAGE).as_posix(), node


def private(node: ast.AST) -> bool:
    """Whether something that Optuna doesn't publish is used."""
    if isinstance(node, ast.ImportFrom):
        parts = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
        return parts[0] == "optuna" and any(part.startswith("_") for part in parts)
    own = isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"
    return isinstance(node, ast.Attribute) and node.attr in PRIVATE and not own


def test_no_room_but_the_store_reads_or_writes_attributes_of_optuna() -> None:
    found = {
        (file, node.attr)
        for file, node in sources(but=STORE)
        if isinstance(node, ast.Attribute) and node.attr in OF_OPTUNA
    }
    assert found == set()


def test_private_parts_of_optuna_are_used_in_one_file() -> None:
    assert {file for file, node in sources(but=INTERNALS) if private(node)} == set()


@pytest.mark.parametrize("prefix", ["evaluation:", "test_score:", "generation:"])
def test_keys_of_a_series_are_spelled_in_one_file(prefix: str) -> None:
    files = [path for path in PACKAGE.rglob("*.py") if f'"{prefix}' in path.read_text("utf-8")]
    assert files == [STORE / "schema" / "attributes.py"]


@pytest.mark.parametrize("whole", [TRIAL, STUDY], ids=["trial", "study"])
def test_every_attribute_reads_as_it_was_written(whole: TrialAttributes | StudyAttributes) -> None:
    assert whole.model_fields_set == set(type(whole).model_fields)
    assert type(whole).read(json.loads(json.dumps(whole.entries()))) == whole


@pytest.mark.parametrize("model", [TrialAttributes, StudyAttributes])
def test_only_what_is_set_is_written(model: type[TrialAttributes | StudyAttributes]) -> None:
    assert model().entries() == {}
    assert TrialAttributes(baseline=False).entries() == {"baseline": False}


def test_one_more_evaluation_is_one_write() -> None:
    more = TrialAttributes(evaluations={900: TRIAL.evaluations[900]})
    assert list(more.entries()) == ["evaluation:900"]
    assert more.entries()["evaluation:900"]["stop"]["reason"] == STOP.reason


def test_settings_come_last_because_they_commit_a_trial() -> None:
    written = TrialAttributes(config={}, asked=1, key="k", start_from=StateRef(1)).entries()
    assert list(written) == ["start_from", "key", "asked", "config"]


def test_format_comes_last_because_it_says_that_a_study_is_whole() -> None:
    assert list(STUDY.entries())[-1] == "format"


def test_a_resolved_setting_goes_before_the_question() -> None:
    assert STUDY.settings == {"task": "xnli", "space": "toy", "recipe": {"epochs": 2}}


def test_attributes_of_somebody_else_are_left_alone() -> None:
    assert TrialAttributes.read({"note": "mine", "key": "k"}) == TrialAttributes(key="k")


def test_a_place_in_the_order_of_events_is_given_once_also_after_a_cut() -> None:
    study = optuna.create_study(direction="maximize")
    Ledger(study)._write(study.ask().number, TrialAttributes(key="k", asked=7))
    assert Ledger(study)._next() == 8
