from __future__ import annotations

import json
import shutil
import sys
import types
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic

import pytest

import autoclue
from autoclue.errors import AutoclueError, UsageError
from autoclue.option_fields import read_options
from autoclue.options import ResumeArguments
from autoclue.records import Evaluation, StudyRecord, TrialState
from autoclue.results import StudyResult
from autoclue.search.study import resume_study
from autoclue.search.study import run as study_module
from autoclue.search.tuner import Silent
from autoclue.search.tuner.tuner import Tuner

pytestmark = [
    pytest.mark.ray,
    pytest.mark.paddle,
    pytest.mark.slow,
    pytest.mark.usefixtures("_ray"),
]

STEPS = tuple(range(10, 100, 10))
GOOD_RATES = "1e-2,9e-3,8e-3,7e-3"
"""The first is the baseline's; each of them learns the task within 30 updates."""
WEAK_RATES = "1e-7,2e-7,3e-7,4e-7"
"""None of them learns anything."""

Tune = Callable[..., StudyResult]


@pytest.fixture(scope="module")
def tune(easy_task: Path, tiny_model: Path) -> Tune:
    """Search the easy task, on both workers unless told otherwise."""
    rates = f"learning_rate={GOOD_RATES},{WEAK_RATES}"
    return partial(
        autoclue.tune,
        str(easy_task),
        model=str(tiny_model),
        strategy="uniform",
        settings=(rates, "batch_size=16"),
        sampler="grid",
        scheduler="asha",
        parallel=2,
        max_steps=90,
        study="mine",
    )


@pytest.fixture(scope="module")
def found(tune: Tune, tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    """A search of six trials: four good ones, then two weak ones."""
    return tune(trials=6, folder=tmp_path_factory.mktemp("studies"))


@pytest.fixture
def copied(found: StudyResult, tmp_path: Path) -> Path:
    """The folder of all studies, with the search of six trials to go on with."""
    shutil.copytree(found.folder, tmp_path / "mine")
    return tmp_path


@pytest.fixture
def _no_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "autoclue.search.execution.ray", types.ModuleType("nothing"))


def test_baseline_is_the_first_trial_and_complete(found: StudyResult) -> None:
    first = found.study.trials[0]
    assert first is found.study.baseline
    assert first.state is TrialState.COMPLETE
    assert first.config["learning_rate"] == 1e-2


def test_every_evaluation_is_in_the_ledger(found: StudyResult) -> None:
    steps = [tuple(e.step for e in trial.evaluations) for trial in found.study.trials]
    ends = [90 if t.stop is None else t.stop.step for t in found.study.trials]
    assert steps == [tuple(s for s in STEPS if s <= end) for end in ends]


def test_weak_trials_are_pruned_with_their_reason(found: StudyResult) -> None:
    states = [trial.state for trial in found.study.trials]
    assert states == [TrialState.COMPLETE] * 4 + [TrialState.PRUNED] * 2
    for trial in found.study.trials[4:]:
        assert trial.stop is not None
        assert trial.stop.cutoff is not None
        assert trial.stop.score < trial.stop.cutoff
        assert trial.stop.rung in found.study.rungs
        assert "of its schedule is below" in trial.stop.reason


def test_report_and_numbers_are_written(found: StudyResult) -> None:
    numbers = json.loads(found.results.read_text(encoding="utf-8"))
    assert numbers["counts"] == {"COMPLETE": 4, "PRUNED": 2, "FAIL": 0, "RUNNING": 0}
    assert numbers["winner"]["score"] == found.study.winner.best_score  # type: ignore[union-attr]
    assert found.report.stat().st_size > 100_000


def test_table_has_a_row_for_every_trial(found: StudyResult) -> None:
    assert list(found.trials["state"]) == [trial.state.value for trial in found.study.trials]


def test_only_the_best_model_is_kept(found: StudyResult) -> None:
    assert found.model == found.folder / "best"
    assert list(found.folder.glob("trials/*/best")) == []
    assert len(list(found.folder.glob("trials/*/train.log"))) == 6


def test_kept_model_loads_in_paddlenlp_and_repeats_its_score(
    found: StudyResult, easy_task: Path
) -> None:
    import paddle
    from paddlenlp.transformers import AutoModelForSequenceClassification, AutoTokenizer

    network = AutoModelForSequenceClassification.from_pretrained(str(found.model))
    network.eval()
    tokenizer = AutoTokenizer.from_pretrained(str(found.model))
    lines = (easy_task.parent / "dev.tsv").read_text(encoding="utf-8").splitlines()[1:]
    right = 0
    for text, label in (line.split("\t") for line in lines):
        ids = paddle.to_tensor([tokenizer(text)["input_ids"]])
        right += ["bad", "good"][int(network(ids).argmax())] == label
    assert found.best is not None
    assert right / len(lines) == found.best.best_score


@pytest.mark.usefixtures("_no_executor")
def test_same_call_again_adds_nothing_and_starts_nothing(
    tune: Tune, found: StudyResult, copied: Path
) -> None:
    assert tune(trials=6, folder=copied).study == found.study


@pytest.mark.usefixtures("_no_executor")
def test_other_question_under_the_same_name_is_refused(tune: Tune, copied: Path) -> None:
    with pytest.raises(UsageError, match="the number of steps was 90 and is 80"):
        tune(trials=6, folder=copied, max_steps=80)


def test_more_trials_are_added_to_those_there_are(
    tune: Tune, found: StudyResult, copied: Path
) -> None:
    more = tune(trials=8, folder=copied, parallel=1).study
    assert more.trials[:6] == found.study.trials
    assert [trial.number for trial in more.trials] == list(range(8))
    assert [t.state for t in more.trials[6:]] == [TrialState.PRUNED] * 2


def curves(study: StudyRecord) -> list[object]:
    """All that a repetition must give again, to the last digit."""
    timed = {"steps_per_s", "eval_s", "elapsed_s"}
    return [
        (
            trial.params,
            trial.state,
            [{k: v for k, v in asdict(e).items() if k not in timed} for e in trial.evaluations],
        )
        for trial in study.trials
    ]


def test_trials_repeat_to_the_digit_in_new_and_in_reused_processes(
    tune: Tune, tmp_path: Path, own_strategies: Path
) -> None:
    search = partial(
        tune,
        strategy="own_strategies:Noting",
        settings=("learning_rate=1e-4..1e-2:log", "batch_size=16,32"),
        sampler="tpe",
        parallel=1,
        max_steps=40,
    )
    at_once = search(trials=4, folder=tmp_path / "one").study
    assert len(list(own_strategies.glob("pid-*"))) == 1
    search(trials=2, folder=tmp_path / "two")
    in_two_runs = search(trials=4, folder=tmp_path / "two").study
    assert len(list(own_strategies.glob("pid-*"))) == 3
    assert curves(in_two_runs) == curves(at_once)


@pytest.mark.parametrize("trials", [pytest.param(2, id="in the last one"), 3])
def test_trial_whose_worker_died_goes_on_and_the_search_too(
    tune: Tune,
    tmp_path: Path,
    own_strategies: Path,
    capfd: pytest.CaptureFixture[str],
    trials: int,
) -> None:
    (own_strategies / "died").unlink(missing_ok=True)
    study = tune(
        strategy="own_strategies:DiesOnce",
        trials=trials,
        max_steps=20,
        parallel=1,
        folder=tmp_path,
    ).study
    (reason,) = (death for trial in study.trials for death in trial.deaths)
    assert "was killed, ran out of memory or crashed" in reason
    assert reason.endswith("wrote: FatalError: `Segmentation fault` is detected.")
    assert list(tmp_path.rglob("worker.log")) == []
    assert [(t.state, t.restarts) for t in study.trials if t.deaths] == [(TrialState.COMPLETE, 1)]
    assert [t.state for t in study.trials] == [TrialState.COMPLETE] * trials
    assert capfd.readouterr().out == ""


def test_search_whose_every_trial_but_the_baseline_fails_says_why(
    tune: Tune, tmp_path: Path
) -> None:
    with pytest.raises(
        AutoclueError,
        match=r"^All trials but the baseline failed, 2 in all; .*there is no plan today",
    ):
        tune(strategy="own_strategies:Failing", trials=3, parallel=1, folder=tmp_path)
    report = autoclue.report("mine", folder=tmp_path)
    baseline, *others = report.study.trials
    assert baseline.state is TrialState.COMPLETE
    assert all("there is no plan today" in str(trial.failure) for trial in others)


@pytest.fixture
def task_with_test(easy_task: Path, tmp_path: Path) -> Path:
    """The easy task with a useless default rate, and its development rows as test part as well."""
    folder = Path(shutil.copytree(easy_task.parent, tmp_path / "with test"))
    first, *rows = (folder / "dev.tsv").read_text(encoding="utf-8").splitlines()
    (folder / "test.tsv").write_text("\n".join([first, *reversed(rows)]) + "\n", encoding="utf-8")
    text = easy_task.read_text(encoding="utf-8").replace(
        "learning_rate: 1.0e-2", "learning_rate: 1.0e-7"
    )
    text = text.replace("dev: dev.tsv}", "dev: dev.tsv, test: test.tsv}")
    path = folder / "easy.yaml"
    path.write_text(f"{text}labelled_splits: [train, dev, test]\n", encoding="utf-8")
    return path


def test_winner_and_baseline_are_scored_on_the_test_part(
    task_with_test: Path, tiny_model: Path, tmp_path: Path
) -> None:
    found = autoclue.tune(
        str(task_with_test),
        model=str(tiny_model),
        strategy="uniform",
        settings=("learning_rate=1e-2,9e-3", "batch_size=16"),
        sampler="grid",
        trials=3,
        max_steps=30,
        folder=tmp_path,
    )
    assert found.best is not None
    assert found.baseline is not None
    tested = {t.number: t.test_score.score for t in found.study.trials if t.test_score is not None}
    expected = {t.number: t.best_score for t in (found.baseline, found.best)}
    assert tested == expected  # the same rows in another order
    assert len(tested) == 2
    assert [path.parent for path in found.folder.rglob("autoclue.json")] == [found.model]


@dataclass
class Budget(Silent):
    """A clock that runs out with the first evaluation."""

    spent: bool = False
    seen: list[int] = field(default_factory=list)

    def __call__(self) -> float:
        return monotonic() + 1e6 * self.spent

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        self.spent = True
        self.seen.append(number)


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Budget:
    """Let searches run on a clock of ours."""
    clock = Budget()
    monkeypatch.setattr(study_module, "Tuner", partial(Tuner, clock=clock))
    return clock


def test_spent_time_budget_stops_trials_at_their_next_evaluation(
    budget: Budget, easy_task: Path, tiny_model: Path, tmp_path: Path
) -> None:
    study = autoclue.tune(
        str(easy_task),
        model=str(tiny_model),
        strategy="uniform",
        trials=8,
        time_budget=3600,
        parallel=1,
        max_steps=1_000_000,
        folder=tmp_path,
        listener=budget,
    ).study
    assert {trial.state for trial in study.trials} == {TrialState.PRUNED}
    assert {str(t.stop.reason) for t in study.trials if t.stop} == {"the time budget was spent"}
    assert len(study.trials) == 1


def test_an_update_budget_ends_a_study_and_is_remembered(
    easy_task: Path, tiny_model: Path, tmp_path: Path
) -> None:
    study = autoclue.tune(
        str(easy_task),
        model=str(tiny_model),
        strategy="uniform",
        scheduler="none",
        step_budget=45,
        parallel=1,
        max_steps=30,
        folder=tmp_path,
    ).study

    assert [trial.state for trial in study.trials] == [TrialState.COMPLETE, TrialState.PRUNED]
    arguments = read_options(ResumeArguments, {"study": study.name, "folder": tmp_path})
    with resume_study(arguments) as run:
        assert (run.limits.step_budget, run.limits.trials) == (45, 32)
