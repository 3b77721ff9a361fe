"""Scoring on the test part, with models that are only described and scores from a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.records import Evaluation, StudyRecord, TestScore
from autoclue.search.execution.artifacts import trial_folder
from autoclue.search.execution.resources import Resources
from autoclue.search.execution.retention import Retention, keep_best_model
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.reader import read_study
from autoclue.search.study.test_scores import (
    device_of,
    fingerprint_test_part,
    score_test_part,
    unscored,
)
from autoclue.search.tuner.events import Listener, Silent
from autoclue.search.tuner.tuner import Tuner
from autoclue.tasks import Predictions, load_task, open_data, write_builtin
from autoclue.training import TrialConfig
from autoclue.training.evaluate.scoring import SplitScore

MakeTuner = Callable[..., Tuner]
Evaluate = Callable[..., Evaluation]
FINAL = (0.4, 0.7, 0.6, 0.8)
"""The best score of each trial; the first is the baseline's."""


@dataclass
class Writing(Silent):
    """Describes a trial's model whenever it is evaluated, as a worker would."""

    folder: Path
    scored: list[int] = field(default_factory=list)

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        kept = trial_folder(self.folder, number) / "best"
        kept.mkdir(parents=True, exist_ok=True)
        told = json.dumps({"evaluation": asdict(evaluation), "of": number})
        (kept / "autoclue.json").write_text(told, encoding="utf-8")

    def scoring(self, number: int, split: str) -> None:
        self.scored.append(number)


@dataclass
class Scripted:
    """Scores a described model as a tenth less than it had; raises at the calls that say so."""

    errors: Mapping[int, BaseException] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)

    def __call__(self, folder: Path, split: str, *, device: str) -> SplitScore:
        self.folders.append(folder)
        if len(self.folders) in self.errors:
            raise self.errors[len(self.folders)]
        told = json.loads((folder / "autoclue.json").read_text(encoding="utf-8"))
        score = told["evaluation"]["score"] - 0.1
        found = Predictions(("a", "b"), (0, 1))
        return SplitScore(split, "accuracy", {"accuracy": score}, 0.5, found)


@dataclass
class Scene:
    """A study in a folder, whose trials score what a list says."""

    folder: Path
    ledger: Ledger
    make: MakeTuner
    evaluate: Evaluate
    drive: Callable[..., StudyRecord]

    def search(self, trials: int, final: tuple[float, ...] = FINAL) -> StudyRecord:
        """Run so many trials in all, and keep the models that are needed."""
        retention = Retention(
            self.folder, read_study(self.ledger).winner, needs_model={0}.__contains__
        )
        tuner = self.make(
            ledger=self.ledger,
            trials=trials,
            scheduler=None,
            listeners=(retention, Writing(self.folder)),
        )
        scores = iter(final[len(self.ledger.trials()) :])

        def curve(config: TrialConfig) -> Iterator[Evaluation]:
            yield self.evaluate(900, next(scores))

        found = self.drive(tuner, curve)
        keep_best_model(found, self.folder, spare=[t.number for t in unscored(found, "sha")])
        return found

    def score(self, score: Scripted, listener: Listener | None = None) -> StudyRecord:
        """Score what is to be scored."""
        heard = Writing(self.folder) if listener is None else listener
        return score_test_part(
            self.ledger, self.folder, "sha", device="cpu", listener=heard, score=score
        )

    def models(self) -> dict[str, int]:
        """Which trial's model each kept folder holds."""
        return {
            str(path.parent.relative_to(self.folder)): json.loads(path.read_text())["of"]
            for path in self.folder.rglob("autoclue.json")
        }


@pytest.fixture
def scene(
    tmp_path: Path,
    make_tuner: MakeTuner,
    open_in_memory: Callable[..., Ledger],
    evaluate: Evaluate,
    run: Callable[..., StudyRecord],
) -> Scene:
    return Scene(tmp_path, open_in_memory(), make_tuner, evaluate, run)


def scores(study: StudyRecord) -> dict[int, float]:
    """The scores on the test part, by trial."""
    return {
        t.number: round(t.test_score.score, 6) for t in study.trials if t.test_score is not None
    }


def test_the_baselines_model_outlives_the_search_beside_the_winners(scene: Scene) -> None:
    scene.search(4)
    assert scene.models() == {"best": 3, "trials/0000/best": 0}


def test_winner_and_baseline_are_scored_and_then_the_winners_model_is_left(scene: Scene) -> None:
    scene.search(4)
    heard = Writing(scene.folder)
    assert scores(scene.score(Scripted(), heard)) == {0: 0.3, 3: 0.7}
    assert heard.scored == [3, 0]
    assert scene.models() == {"best": 3}


def test_what_is_scored_is_not_scored_again(scene: Scene) -> None:
    scene.search(4)
    first = scene.score(Scripted())
    again = Scripted()
    assert scene.score(again) == first
    assert again.folders == []


@pytest.mark.parametrize("call", [1, 2])
def test_a_kill_while_scoring_is_made_up_for(scene: Scene, call: int) -> None:
    scene.search(4)
    with pytest.raises(KeyboardInterrupt, match="now"):
        scene.score(Scripted({call: KeyboardInterrupt("now")}))
    scene.search(4)
    assert scores(scene.score(Scripted())) == {0: 0.3, 3: 0.7}
    assert scene.models() == {"best": 3}


def test_a_kill_between_score_and_clearing_leaves_no_model_behind(scene: Scene) -> None:
    found = scene.search(4)
    for trial in unscored(found, "sha"):
        scene.ledger.note_test_score(trial.number, TestScore("test", 0.5, 0.5, 2, "sha"))
    scene.search(4)
    assert scene.models() == {"best": 3}


def test_what_fails_is_said_and_tried_again(scene: Scene) -> None:
    scene.search(4)
    study = scene.score(Scripted({2: RuntimeError("C++ trace\nno memory")}))
    assert scores(study) == {3: 0.7}
    assert study.test_problem == "Trial 0 can't be scored: RuntimeError: no memory."
    assert scene.models() == {"best": 3, "trials/0000/best": 0}
    study = scene.score(Scripted())
    assert (scores(study), study.test_problem) == ({0: 0.3, 3: 0.7}, None)


def test_a_model_that_is_gone_is_said(scene: Scene) -> None:
    scene.search(4)
    (scene.folder / "trials/0000/best/autoclue.json").unlink()
    study = scene.score(Scripted())
    assert study.test_problem == "Trial 0 can't be scored: its model is no longer there."
    assert scores(study) == {3: 0.7}


def test_a_baseline_that_was_best_keeps_its_model_until_it_is_scored(scene: Scene) -> None:
    scene.search(1)
    assert scene.models() == {"best": 0}
    scene.search(4)
    assert scene.models() == {"best": 3, "trials/0000/best": 0}


def test_a_baseline_that_wins_is_scored_once(scene: Scene) -> None:
    scene.search(3, (0.9, 0.7, 0.8))
    scored = Scripted()
    assert scores(scene.score(scored)) == {0: 0.8}
    assert scored.folders == [scene.folder / "best"]


def test_a_later_winner_is_scored_too(scene: Scene) -> None:
    scene.search(3)
    assert scores(scene.score(Scripted())) == {0: 0.3, 1: 0.6}
    scene.search(4)
    assert scores(scene.score(Scripted())) == {0: 0.3, 1: 0.6, 3: 0.7}
    assert scene.models() == {"best": 3}


def test_another_test_part_is_scored_anew(scene: Scene) -> None:
    scene.search(4)
    found = scene.score(Scripted())
    assert [t.number for t in unscored(found, "other")] == [3, 0]
    assert unscored(found, None) == ()


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Built-in questions, with a labelled test part."""
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    write_builtin(load_task("afqmc"), tmp_path, size="60", force=False)
    return tmp_path / "afqmc"


def fingerprint(folder: Path) -> str | None:
    return fingerprint_test_part(open_data(load_task("afqmc"), str(folder)))


def test_the_test_part_is_known_by_its_rows_and_its_labels(written: Path) -> None:
    before = fingerprint(written)
    labels = written / "test_labels.json"
    labels.write_text(labels.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert before is not None
    assert fingerprint(written) not in {before, None}


def test_a_test_part_without_labels_is_none(written: Path) -> None:
    (written / "test_labels.json").unlink()
    assert fingerprint(written) is None


@pytest.mark.parametrize("seen", ["train.json", "dev.json"])
def test_a_copy_of_what_the_search_reads_is_no_test_part(written: Path, seen: str) -> None:
    (written / "test.json").write_bytes((written / seen).read_bytes())
    assert fingerprint(written) is None


def test_a_test_part_that_cannot_be_read_is_named(written: Path) -> None:
    data = open_data(load_task("afqmc"), str(written))
    (written / "test.json").unlink()
    with pytest.raises(UsageError, match=r"test\.json can't be read .*; make it readable or move"):
        fingerprint_test_part(data)


@pytest.mark.parametrize(
    ("resources", "device"),
    [
        (Resources(0, 0, 2, None), "cpu"),
        (Resources(2, 1, 2, None), "gpu"),
        (Resources(2, 1, 2, "cluster"), "auto"),
    ],
)
def test_scoring_happens_where_trials_did(resources: Resources, device: str) -> None:
    assert device_of(resources) == device
