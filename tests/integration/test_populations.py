"""Populations with Ray and Paddle: their recipes, and what follows a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import autoclue
from autoclue.records import Evaluation
from autoclue.results import StudyResult

pytestmark = [
    pytest.mark.ray,
    pytest.mark.paddle,
    pytest.mark.slow,
    pytest.mark.usefixtures("_ray"),
]

KINDS: Mapping[str, Mapping[str, Any]] = {
    "rounds": {"sampler": "pshe2", "evaluator": "population-based", "rounds": 2},
    "boundaries": {"sampler": "pbt", "boundaries": "0.5"},
}


@pytest.fixture(scope="module", params=list(KINDS))
def found(
    request: pytest.FixtureRequest, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> StudyResult:
    """A population of two, confirmed with a seed and predicted, in a part of a second each."""
    return autoclue.tune(
        "xnli",
        model=str(tiny_model),
        data="builtin",
        builtin_size="tiny",
        strategy="uniform",
        settings=("learning_rate=1e-3..1e-2:log", "batch_size=16"),
        population=2,
        max_steps=20,
        eval_every=10,
        holdout=0.5,
        confirm=1,
        seeds=2,
        predict=True,
        parallel=1,
        folder=tmp_path_factory.mktemp("studies"),
        **KINDS[request.param],
    )


def curve(evaluations: tuple[Evaluation, ...]) -> list[Mapping[str, object]]:
    timed = {"steps_per_s", "eval_s", "elapsed_s"}
    return [{k: v for k, v in asdict(e).items() if k not in timed} for e in evaluations]


def test_a_population_is_confirmed_held_out_and_predicted(found: StudyResult) -> None:
    study = found.study
    assert len(study.trials) == 5
    assert study.confirmation is not None
    assert study.confirmation.finished
    assert study.constant_member is not None
    assert study.constant_member.number in study.confirmation.candidates
    assert all(e.holdout_score is not None for t in study.trials for e in t.evaluations)
    assert found.predictions is not None
    assert found.model == found.folder / "best"
    assert not [
        *found.folder.glob("trials/*/state.safetensors"),
        *found.folder.glob("trials/*/best"),
    ]


def test_each_member_that_went_on_is_its_recipe_trained_from_scratch(
    found: StudyResult, tmp_path: Path
) -> None:
    went_on = next(t for t in reversed(found.study.trials) if t.segment and t.segment.parent)
    from autoclue.training import TrialConfig
    from autoclue.training.recipe_file import write_recipe

    recipe = write_recipe(tmp_path, TrialConfig.model_validate(went_on.config))
    again = autoclue.train(recipe=recipe, out=tmp_path / "again", device="cpu")

    assert curve(again.evaluations) == curve(went_on.evaluations)


@pytest.mark.parametrize(
    "kind",
    [{"sampler": "hazero"}, {"sampler": "pshe2", "evaluator": "population-based"}],
    ids=["full-trail", "population-based"],
)
def test_rounds_added_to_a_finished_study_are_those_that_it_would_have_had(
    tiny_model: Path, tmp_path: Path, kind: Mapping[str, Any]
) -> None:
    """States go when a search ends, so members that go on train their past again."""

    def tune(folder: str, **extent: Any) -> StudyResult:
        return autoclue.tune(
            "xnli",
            model=str(tiny_model),
            data="builtin",
            builtin_size="tiny",
            strategy="uniform",
            settings=("learning_rate=1e-3..1e-2:log", "dropout=0.0..0.3", "batch_size=16"),
            population=3,
            max_steps=20,
            eval_every=10,
            parallel=1,
            folder=tmp_path / folder,
            **kind,
            **extent,
        )

    first = tune("added", rounds=1)
    assert not [*first.folder.glob("trials/*/state.safetensors")]
    added, at_once = tune("added", extend=1), tune("at-once", rounds=2)

    assert len(added.study.trials) == len(at_once.study.trials) > len(first.study.trials)
    for own, other in zip(added.study.trials, at_once.study.trials, strict=True):
        assert (own.config, own.state) == (other.config, other.state)
        assert curve(own.evaluations) == curve(other.evaluations)
    assert added.study.rounds == at_once.study.rounds
    weights = [each.folder / "best" / "model.safetensors" for each in (added, at_once)]
    assert weights[0].read_bytes() == weights[1].read_bytes()
