from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.option_fields import read_options
from autoclue.search.suite import SuitePlan, make_suite_plan, model_labels
from autoclue.suite_options import GridArguments
from autoclue.tasks import load_task
from autoclue.training import build_config


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder for the built-in text, made once."""
    return tmp_path_factory.mktemp("cache")


def planned(cache: Path, monkeypatch: pytest.MonkeyPatch, **changes: object) -> SuitePlan:
    monkeypatch.setenv("AUTOCLUE_CACHE", str(cache))
    asked = {"data": "builtin", "builtin_size": "tiny", "tasks": "tnews,csl", **changes}
    return make_suite_plan(read_options(GridArguments, asked))


@pytest.mark.parametrize("model", ["builtin", "ernie-3.0-nano-zh", "ernie-3.0-base-zh"])
def test_runs_are_those_of_train_with_their_settings_whatever_the_model(
    cache: Path, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    plan = planned(cache, monkeypatch, models=model)
    assert len(plan.runs) == 24
    for run in plan.runs:
        alone = build_config(
            load_task(run.config.task).recipe,
            task=run.config.task,
            model=run.config.model,
            data=run.config.data,
            strategy="uniform",
            settings=run.params,
        )
        assert run.config == alone


def test_several_models_follow_each_other_with_a_study_for_each_task(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(cache, monkeypatch, models=["hfl/rbt3", "builtin"], tasks="tnews")
    assert [study.name for study in plan.studies] == ["tnews-rbt3", "tnews-builtin"]
    assert plan.order == (0,) * 12 + (1,) * 12
    assert plan.default_name.startswith("grid-rbt3+builtin-")


def test_models_of_the_same_name_are_told_apart() -> None:
    labels = model_labels(["a/best", "b/best", "c/best-2", "/models/ä ö"])
    assert len(set(labels.values())) == 4
    assert labels["a/best"] == "best"


def test_a_share_without_runs_is_refused(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"share 20/20 of 12 runs holds none"):
        planned(cache, monkeypatch, tasks="tnews", shard="20/20")


def test_the_grid_on_several_cards_has_the_published_steps(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = planned(cache, monkeypatch, models="builtin", tasks="csl")
    two = planned(cache, monkeypatch, models="builtin", tasks="csl", cards_per_trial=2)
    assert {run.config.cards for run in two.runs} == {2}
    assert {run.config.batch_per for run in two.runs} == {"step"}
    assert [run.config.timetable(1000) for run in two.runs] == [
        run.config.timetable(1000) for run in one.runs
    ]
    assert two.default_name != one.default_name
