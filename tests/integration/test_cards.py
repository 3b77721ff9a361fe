"""A search whose trials train on two cards each, here two processes on CPU cores."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import autoclue
from autoclue.errors import AutoclueError, UsageError
from autoclue.records import StudyRecord, TrialState
from autoclue.results import StudyResult

pytestmark = [
    pytest.mark.ray,
    pytest.mark.paddle,
    pytest.mark.slow,
    pytest.mark.usefixtures("_ray"),
]

Tune = Callable[..., StudyResult]


@pytest.fixture(scope="module")
def tune(easy_task: Path, tiny_model: Path) -> Tune:
    return partial(
        autoclue.tune,
        str(easy_task),
        model=str(tiny_model),
        settings=("learning_rate=1e-2,9e-3", "batch_size=16", "dropout=0.1"),
        sampler="grid",
        scheduler="none",
        protocol="sound",
        parallel=1,
        trials=2,
        max_steps=60,
        study="mine",
    )


def curves(study: StudyRecord) -> list[list[tuple[int, float, float]]]:
    return [[(e.step, e.score, e.dev_loss) for e in t.evaluations] for t in study.trials]


def test_a_card_that_is_lost_is_one_death_and_the_same_result(
    tune: Tune, tmp_path: Path, own_strategies: Path
) -> None:
    search = partial(tune, strategy="own_strategies:CardDiesOnce", cards_per_trial=2)
    (own_strategies / "card-died").unlink(missing_ok=True)
    killed = search(folder=tmp_path / "killed").study
    assert (own_strategies / "card-died").exists()
    in_peace = search(folder=tmp_path / "in peace").study

    (death,) = (death for trial in killed.trials for death in trial.deaths)
    assert death.startswith("Process 1 of the 2 that train the trial together was ended by signal")
    assert [trial.state for trial in killed.trials] == [TrialState.COMPLETE] * 2
    assert curves(killed) == curves(in_peace)
    assert killed.trials[0].config["cards"] == 2


def test_two_cards_give_the_scores_of_one(tune: Tune, tmp_path: Path) -> None:
    search = partial(
        tune, strategy="uniform", baseline=["dropout=0.0", "learning_rate=1e-3"], trials=1
    )
    one = search(folder=tmp_path / "one").study
    two = search(folder=tmp_path / "two", cards_per_trial=2).study
    (alone,), (together,) = curves(one), curves(two)
    assert [e[0] for e in together] == [e[0] for e in alone]
    assert together == [pytest.approx(e, abs=1e-4) for e in alone]


def test_more_cards_than_there_are_is_one_sentence_before_anything_runs(
    tune: Tune, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"^999 cards a trial are asked for, but this machine"):
        tune(cards_per_trial=999, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_training_whose_card_was_lost_goes_on_with_the_same_command(
    easy_task: Path, tiny_model: Path, tmp_path: Path, own_strategies: Path
) -> None:
    train = partial(
        autoclue.train,
        str(easy_task),
        model=str(tiny_model),
        strategy="own_strategies:CardDiesOnce",
        protocol="sound",
        learning_rate=1e-2,
        eval_every=10,
        max_steps=40,
        cards_per_trial=2,
    )
    (own_strategies / "card-died").unlink(missing_ok=True)
    with pytest.raises(AutoclueError, match=r"^Process 1 of the 2 .*The same command goes on"):
        train(out=tmp_path / "killed")
    killed = train(out=tmp_path / "killed")
    in_peace = train(out=tmp_path / "in peace")

    said = (tmp_path / "killed" / "train.log").read_text(encoding="utf-8")
    assert "cards: 2, which share out the" in said
    assert "continues" in said
    assert (killed.score, killed.config.cards) == (in_peace.score, 2)
    assert [(e.step, e.dev_loss) for e in killed.evaluations] == [
        (e.step, e.dev_loss) for e in in_peace.evaluations
    ]
    assert not (tmp_path / "killed" / "cards.log").exists()


def test_training_on_more_cards_than_there_are_is_refused_before_anything_is_made(
    easy_task: Path, tiny_model: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"^999 cards a trial are asked for, but this machine"):
        autoclue.train(
            str(easy_task), model=str(tiny_model), cards_per_trial=999, out=tmp_path / "run"
        )
    assert not (tmp_path / "run").exists()
