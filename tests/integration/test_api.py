from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import autoclue
from autoclue.errors import UsageError
from autoclue.records import Evaluation, TrialState
from autoclue.results import StudyResult, TrainResult
from autoclue.search.tuner import Silent
from autoclue.training import TrialConfig

pytestmark = [
    pytest.mark.paddle,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Paddle was loaded before"),  # by the tests before these
]


@dataclass
class Diary(Silent):
    """A listener that writes down what it hears."""

    heard: list[tuple[str, int]] = field(default_factory=list)

    def started(self, number: int, config: TrialConfig) -> None:
        self.heard.append(("started", number))

    def prepared(self, number: int, prepared: object) -> None:
        self.heard.append(("prepared", number))

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        self.heard.append(("evaluated", evaluation.step))

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        self.heard.append((state.value, number))


@pytest.fixture(scope="module")
def trained(
    easy_task: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> TrainResult:
    """One training of 40 updates."""
    return autoclue.train(
        str(easy_task),
        model=str(tiny_model),
        strategy="discriminative",
        settings={"factor": 1.1, "seed": 7},
        max_steps=40,
        out=tmp_path_factory.mktemp("run"),
        device="cpu",
    )


def test_training_gives_its_settings_evaluations_and_best(trained: TrainResult) -> None:
    assert [e.step for e in trained.evaluations] == [10, 20, 30, 40]
    assert trained.score == trained.best.score == max(e.score for e in trained.evaluations)
    assert trained.config.strategy_params == {"factor": 1.1}
    assert (trained.config.seed, trained.config.max_steps) == (7, 40)


def test_training_leaves_log_result_and_model(trained: TrainResult) -> None:
    written = json.loads((trained.folder / "result.json").read_text(encoding="utf-8"))
    assert written["score"] == trained.score
    assert written["config"] == trained.config.model_dump()
    assert written["protocol"] == trained.config.protocol == "clue"
    assert {"paddlenlp", "autoclue"} <= set(written["versions"])
    assert (written["data"]["synthetic"], len(written["data"]["fingerprint"])) == (False, 64)
    assert written["wall_s"] > 0
    assert not trained.synthetic
    assert "best_result: " in (trained.folder / "train.log").read_text(encoding="utf-8")
    assert {"config.json", "model.safetensors", "vocab.txt"} <= {
        path.name for path in (trained.folder / "best").iterdir()
    }


def test_training_again_gives_the_same_numbers(
    trained: TrainResult, easy_task: Path, tiny_model: Path, tmp_path: Path
) -> None:
    again = autoclue.train(
        str(easy_task),
        model=str(tiny_model),
        strategy="discriminative",
        settings={"factor": 1.1, "seed": 7},
        max_steps=40,
        out=tmp_path,
        device="cpu",
    )
    pairs = zip(again.evaluations, trained.evaluations, strict=True)
    assert all(
        (a.score, a.dev_loss, a.train_loss) == (b.score, b.dev_loss, b.train_loss)
        for a, b in pairs
    )


@pytest.fixture(scope="module")
def diary() -> Diary:
    """What the search of one trial told."""
    return Diary()


@pytest.fixture(scope="module")
def tuned(
    diary: Diary, easy_task: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> StudyResult:
    """A search of one trial, which starts Ray and ends it again."""
    return autoclue.tune(
        str(easy_task),
        model=str(tiny_model),
        strategy="discriminative",
        trials=1,
        parallel=1,
        max_steps=20,
        folder=tmp_path_factory.mktemp("studies"),
        listener=diary,
    )


@pytest.mark.ray
def test_search_tells_its_listener_everything_in_order(tuned: StudyResult, diary: Diary) -> None:
    middle = [("evaluated", 10), ("evaluated", 20)]
    assert diary.heard == [("started", 0), ("prepared", 0), *middle, ("COMPLETE", 0)]


@pytest.mark.ray
def test_search_ends_the_ray_that_it_has_started(tuned: StudyResult) -> None:
    import ray

    assert not ray.is_initialized()


@pytest.mark.ray
def test_search_of_one_trial_has_the_baseline_as_its_winner(tuned: StudyResult) -> None:
    assert tuned.best is not None
    assert tuned.best == tuned.baseline == tuned.study.trials[0]
    assert tuned.best_settings is not None
    assert tuned.best_settings["strategy"] == "uniform"
    assert len(tuned.trials) == 1


@pytest.mark.ray
def test_report_reads_the_same_study_from_its_ledger(tuned: StudyResult) -> None:
    tuned.report.unlink()
    again = autoclue.report(tuned.study.name, folder=tuned.folder.parent)
    assert again == tuned
    assert tuned.report.is_file()


def test_report_of_an_unknown_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No study is called 'none'"):
        autoclue.report("none", folder=tmp_path)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"trials": 0}, "trials is 0"),
        ({"time_budget": -1.0}, "time_budget is -1"),
        ({"step_budget": 0}, "step_budget is 0"),
        ({"parallel": 0}, "parallel is 0"),
        ({"strategy": "unifrm"}, "Did you mean uniform"),
        ({"settings": ("learning_rat=1",)}, "did you mean learning_rate"),
        ({"study": ""}, "can't name a study"),
    ],
)
def test_notebook_gets_the_same_checks_as_the_command_line(
    wrong: dict[str, object], message: str, easy_task: Path, tiny_model: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        autoclue.tune(
            str(easy_task),
            model=str(tiny_model),
            folder=tmp_path,
            **wrong,  # type: ignore[arg-type]
        )
    assert list(tmp_path.iterdir()) == []
