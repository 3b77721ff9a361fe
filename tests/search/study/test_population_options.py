"""What the other options of a search do with each kind of population, cell by cell of the docs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.option_fields import read_options
from autoclue.options import ResumeArguments, TuneArguments
from autoclue.records import Boundary
from autoclue.run_files import complete_run
from autoclue.screen.opening import announce
from autoclue.search.store import ConfirmationExtent, Generation, StudyAttributes
from autoclue.search.study import resume_study, start_study
from autoclue.search.study.run import StudyRun
from autoclue.search.study.sources import source_of
from autoclue.search.tuner import GenerationSource, SegmentSource

Held = Callable[..., contextlib.AbstractContextManager[StudyRun]]
COMMON: dict[str, Any] = {
    "task": "xnli",
    "model": "builtin",
    "data": "builtin",
    "builtin_size": "tiny",
    "max_steps": 40,
    "eval_every": 4,
    "settings": ("batch_size=16", "learning_rate=1e-4..1e-2:log"),
    "population": 4,
    "study": "s",
    "parallel": 1,
}
IN_ROUNDS = ("pshe2", "population-based")
every_kind = pytest.mark.parametrize("kind", [*IN_ROUNDS, "pbt"])
in_rounds = pytest.mark.parametrize("kind", IN_ROUNDS)


def asked(kind: str, **options: Any) -> dict[str, Any]:
    """The options of a search of a kind."""
    if kind == "population-based":
        return {**COMMON, "sampler": "pshe2", "evaluator": kind, **options}
    return {**COMMON, "sampler": kind, **options}


@pytest.fixture
def tune(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Held:
    """Holds a study of a kind, and trains nothing."""
    monkeypatch.setenv("AUTOCLUE_CACHE", str(cache))

    @contextlib.contextmanager
    def held(kind: str, **options: Any) -> Iterator[StudyRun]:
        given = {**asked(kind, **options), "folder": tmp_path}
        with start_study(read_options(TuneArguments, given)) as run:
            yield run

    return held


@pytest.fixture
def resume(tmp_path: Path, tune: Held) -> Held:
    """Holds the study again that ``tune`` has begun."""

    @contextlib.contextmanager
    def held(**options: Any) -> Iterator[StudyRun]:
        given = {"study": "s", "folder": tmp_path, "parallel": 1, **options}
        with resume_study(read_options(ResumeArguments, given)) as run:
            yield run

    return held


@every_kind
def test_trials_budgets_confirmation_and_holdout_of_a_new_study(
    kind: str, tune: Held, capsys: pytest.CaptureFixture[str]
) -> None:
    rounds = {"rounds": 3} if kind in IN_ROUNDS else {}
    limits = {"step_budget": 100, "time_budget": 60, **rounds}
    with tune(kind, confirm=1, seeds=3, holdout=0.25, **limits) as run:
        plan = run.plan
        source = source_of(plan, run.ledger, run.limits, changed=False)
        tuner = run._tuner(source, ())
        announce(run)
        written = complete_run(TuneArguments, {}, run.place.folder / "run.yaml")

    assert ("from the end of a" in capsys.readouterr().err) == (kind == "population-based")
    assert isinstance(source, GenerationSource if rounds else SegmentSource)
    assert run.limits.trials == (13 if rounds else 17)
    assert (getattr(source, "going_on", None) is None) == (kind != "population-based")
    assert (tuner.step_budget, run.time_budget_s, tuner.pauses) == (100, 60, kind == "pbt")
    assert (tuner.deadline_s is None, plan.question.scheduler) == (False, "none")
    assert plan.baseline.holdout == plan.configure(plan.baseline_params).holdout == 0.25
    assert run.extent == run.ledger.attributes.confirm == ConfirmationExtent(1, 3)
    assert written.spec == plan.question
    assert (written.confirmation.confirm, written.limits.rounds) == (1, 3 if rounds else None)


@in_rounds
def test_rounds_go_on_are_added_and_ask_again_for_failed_ones(
    kind: str, tune: Held, resume: Held
) -> None:
    with tune(kind, rounds=2, confirm=1, seeds=3) as run:
        run.ledger.note(StudyAttributes(limits=run.limits))
        generations: dict[int, Generation | Boundary] = {n: Generation((), ()) for n in (0, 1)}
        run.ledger.note(StudyAttributes(generations=generations))
    with resume(retry_failed=True) as run:
        assert (run.limits.rounds, run.ledger.attributes.retrying) == (2, ())
        assert run.extent == ConfirmationExtent(1, 3)
    with resume(extend=2) as run:
        assert (run.limits.rounds, run.limits.trials) == (4, 17)


def test_members_at_boundaries_can_not_be_extended_nor_asked_again(
    tune: Held, resume: Held
) -> None:
    with tune("pbt"):
        pass
    with pytest.raises(UsageError, match=r"--extend can't add to --sampler pbt"), resume(extend=2):
        pass
    with (
        pytest.raises(UsageError, match="--retry-failed can't ask again for members of"),
        resume(retry_failed=True),
    ):
        pass


@pytest.mark.parametrize("kind", ["pshe2", "pbt"])
def test_a_study_that_was_begun_stays_in_its_space(kind: str, tune: Held) -> None:
    with tune(kind):
        pass
    other = {"settings": ("batch_size=16", "learning_rate=1e-5..1e-2:log")}
    with pytest.raises(UsageError, match=r"can't\s+leave"), tune(kind, **other):
        pass
