"""``train``, interrupted and given again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import autoclue
from autoclue.errors import AutoclueError, TrialFailedError, UsageError
from autoclue.records import Evaluation
from autoclue.results import TrainResult
from autoclue.training.checkpoints import keeper
from autoclue.training.checkpoints.trial_state import has_state
from autoclue.training.loop.trial import Trial
from autoclue.training.recipe_file import write_recipe

pytestmark = [
    pytest.mark.paddle,
    pytest.mark.filterwarnings("ignore:Paddle was loaded before"),  # by the tests before these
]

Train = Callable[..., TrainResult]
Advance = Callable[[Trial], Evaluation | None]


@pytest.fixture
def train(
    tiny_task: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Train:
    """Train 20 steps with 4 evaluations, in a folder ``run`` if not told otherwise."""
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(keeper, "WORTH", 0)

    def run(folder: str = "run", **settings: Any) -> TrainResult:
        chosen = {"dropout": 0.2, "batch_size": 16, **settings}
        task, model = str(tiny_task), str(tiny_model)
        place = tmp_path / folder
        return autoclue.train(
            task, model=model, settings=chosen, max_steps=20, out=place, device="cpu"
        )

    return run


def failing_at(step: int, error: BaseException) -> Advance:
    """Return an ``advance`` that raises an error instead of going on from a step."""
    whole = Trial.advance

    def advance(trial: Trial) -> Evaluation | None:
        if trial.step == step:
            raise error
        return whole(trial)

    return advance


@pytest.fixture
def interrupted(train: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C after the second evaluation."""
    with monkeypatch.context() as patch:
        patch.setattr(Trial, "advance", failing_at(10, KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt, match=r"^$"):
            train()


def log_of(folder: Path) -> str:
    return (folder / "train.log").read_text(encoding="utf-8")


def digits(result: TrainResult) -> list[tuple[float, ...]]:
    return [(e.step, e.score, e.dev_loss, e.train_loss) for e in result.evaluations]


@pytest.mark.usefixtures("interrupted")
def test_an_interrupted_training_continues_and_ends_as_if_it_had_not_been(
    train: Train, tmp_path: Path
) -> None:
    again = train()
    assert digits(again) == digits(train("whole"))
    assert log_of(again.folder).count("continues from step 10") == 1
    assert log_of(again.folder).count("eval loss") == 4
    written = json.loads((tmp_path / "run" / "result.json").read_text(encoding="utf-8"))
    assert [e["step"] for e in written["evaluations"]] == [5, 10, 15, 20]
    assert not has_state(tmp_path / "run")


def test_a_finished_training_begins_anew(train: Train) -> None:
    first = train()
    second = train()
    assert digits(second) == digits(first)
    assert "continues" not in log_of(second.folder)
    assert log_of(second.folder).count("eval loss") == 4


@pytest.mark.usefixtures("interrupted")
def test_other_settings_in_the_same_folder_begin_anew_and_say_so(train: Train) -> None:
    other = train(seed=7)
    assert "can't be used: it belongs to other settings (seed)." in log_of(other.folder)
    assert digits(other) == digits(train("whole", seed=7))


@pytest.mark.usefixtures("interrupted")
def test_smaller_micro_batches_continue_the_training(train: Train) -> None:
    again = train(gradient_accumulation_steps=2)
    assert "continues from step 10" in log_of(again.folder)
    assert [e.step for e in again.evaluations] == [5, 10, 15, 20]


def test_a_training_that_failed_leaves_no_state(
    train: Train, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trial, "advance", failing_at(10, TrialFailedError("The loss is nan.")))
    with pytest.raises(TrialFailedError, match="The loss is nan"):
        train()
    assert not has_state(tmp_path / "run")
    assert "The loss is nan." in log_of(tmp_path / "run")


@pytest.mark.parametrize(
    ("accumulation", "advice"),
    [
        (1, "Use --set gradient_accumulation_steps=2, which halves them and keeps the batch"),
        (16, "Use a shorter --max-length-tokens or a smaller --batch-size"),
    ],
)
def test_too_little_memory_is_one_sentence_with_a_way_out(
    accumulation: int,
    advice: str,
    train: Train,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = MemoryError("(ResourceExhausted) Fail to alloc memory")
    monkeypatch.setattr(Trial, "advance", failing_at(5, error))
    with pytest.raises(AutoclueError, match=f"Memory ran out with micro-batches of .* {advice}"):
        train(gradient_accumulation_steps=accumulation)
    assert has_state(tmp_path / "run")


def test_a_recipe_trains_the_configuration_that_it_holds(train: Train, tmp_path: Path) -> None:
    config = train("first", learning_rate=1e-3).config.changed(10, {"learning_rate": 5e-4})
    recipe = write_recipe(tmp_path, config)
    done = autoclue.train(recipe=recipe, out=tmp_path / "again", device="cpu", progress=False)
    assert done.config == config
    assert done.evaluations[-1].learning_rate < 5e-4
    assert "recipe: " in (done.folder / "run.yaml").read_text(encoding="utf-8")


def test_other_settings_beside_a_recipe_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="batch_size can't be given with a recipe, which holds"):
        autoclue.train(recipe=tmp_path / "recipe.yaml", batch_size=8)
