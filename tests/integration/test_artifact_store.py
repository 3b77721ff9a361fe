"""A whole search whose states and models go to an S3 server."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import autoclue
from autoclue.errors import UsageError
from autoclue.results import StudyResult
from autoclue.search.objects import open_objects
from autoclue.search.study import find_study, remove_study
from autoclue.search.study.location import open_ledger
from tests.integration.test_populations import KINDS, curve
from tests.s3_server import S3Server

pytestmark = [
    pytest.mark.ray,
    pytest.mark.paddle,
    pytest.mark.slow,
    pytest.mark.usefixtures("_ray"),
]


GOES_ON = {"rounds": "It goes on from the end of training 1", "boundaries": "from step 10\n"}
"""What the log of a member says that has begun with another one's state."""


def test_a_search_ends_with_its_model_and_goes_on_where_its_folder_is_gone(
    easy_task: Path,
    tiny_model: Path,
    s3: S3Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data, model = tmp_path / "machine" / "data", tmp_path / "machine" / "model"
    shutil.copytree(easy_task.parent, data)
    shutil.copytree(tiny_model, model)
    storage = f"sqlite:///{tmp_path / 'studies.db'}"
    options = {"folder": tmp_path, "study": "s", "trials": 3, "confirm": 1, "seeds": 2}
    settings = ("learning_rate=1e-2,9e-3,8e-3", "batch_size=16")
    result = autoclue.tune(
        str(data / "easy.yaml"),
        model=str(model),
        strategy="uniform",
        sampler="grid",
        settings=settings,
        max_steps=20,
        artifacts=s3.address("whole"),
        storage=storage,
        **options,  # type: ignore[arg-type]
    )

    place = find_study(tmp_path, "s")
    kept = open_ledger(place).attributes.artifacts
    assert kept is not None
    store = open_objects(kept.uri)
    names = store.names(kept.place)
    winner = result.study.winner
    assert winner is not None
    assert result.model == place.folder / "best"
    own = f"trials/{winner.number:04d}/1"
    assert {name.rpartition("/")[0] for name in names} == {own, "inputs"}
    of_winner = [name for name in names if name.startswith(own)]
    assert len(of_winner) == 1 + len(list((place.folder / "best").iterdir()))
    assert not list((place.folder / "trials").glob("*/state.safetensors"))
    with pytest.raises(UsageError, match="keeps its states and models at s3://"):
        autoclue.tune(
            str(data / "easy.yaml"),
            model=str(model),
            strategy="uniform",
            sampler="grid",
            settings=settings,
            max_steps=20,
            artifacts=str(tmp_path / "elsewhere"),
            storage=storage,
            **options,  # type: ignore[arg-type]
        )

    shutil.rmtree(place.folder)
    shutil.rmtree(tmp_path / "machine")
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "another cache"))
    monkeypatch.chdir(tmp_path)
    again = autoclue.resume("s", folder=tmp_path / "away", storage=storage)
    assert again.study.winner == winner
    assert again.model == tmp_path / "away" / "s" / "best"

    remove_study(find_study(tmp_path / "away", "s"))
    assert store.names(kept.place) == frozenset()


def test_every_study_of_a_grid_and_of_a_suite_keeps_its_model_in_the_store(
    tmp_path: Path, s3: S3Server
) -> None:
    common = {"data": "builtin", "builtin_size": "tiny", "max_steps": 2, "folder": tmp_path}
    store = s3.address("suites")
    for _ in range(2):  # the second time there is nothing left to run
        grid = autoclue.grid(
            models="builtin",
            tasks="tnews",
            shard="1/6",
            suite="grid",
            save_best=True,
            artifacts=store,
            **common,  # type: ignore[arg-type]
        )
        assert (grid.best[0].complete, grid.failed) == (2, 0)
    whole = autoclue.suite(
        model="builtin",
        tasks="afqmc",
        search="uniform",
        trials=1,
        suite="whole",
        artifacts=store,
        **common,  # type: ignore[arg-type]
    )

    for result, name in ((grid, "tnews-builtin"), (whole, "afqmc-builtin")):
        place = find_study(result.folder, name)
        kept = open_ledger(place).attributes.artifacts
        assert kept is not None
        objects = open_objects(kept.uri).names(kept.place)
        assert len(objects) == 1 + len(list((place.folder / "best").iterdir()))
        assert not list(place.folder.glob("trials/*/best"))
    with pytest.raises(UsageError, match=r"keeps its states and models at s3://.*--suite"):
        autoclue.grid(
            models="builtin",
            tasks="tnews",
            shard="1/6",
            suite="grid",
            artifacts=str(tmp_path / "elsewhere"),
            **common,  # type: ignore[arg-type]
        )


@pytest.mark.parametrize("kind", list(KINDS))
def test_members_of_a_population_go_on_from_states_in_the_store(
    kind: str, tiny_model: Path, s3: S3Server, tmp_path: Path
) -> None:
    def run(name: str, artifacts: str | None) -> StudyResult:
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
            parallel=1,
            folder=tmp_path / name,
            study="s",
            artifacts=artifacts,
            **KINDS[kind],
        )

    plain, away = run("plain", None), run("away", s3.address(f"population-{kind}"))

    trials = away.study.trials
    assert [trial.config for trial in trials] == [trial.config for trial in plain.study.trials]
    curves = [curve(trial.evaluations) for trial in trials]
    assert curves == [curve(trial.evaluations) for trial in plain.study.trials]
    logs = "".join(path.read_text() for path in sorted(away.folder.glob("trials/*/train.log")))
    assert GOES_ON[kind] in logs
    assert "with the same result" not in logs  # which is what a lost state leads to
    kept = open_ledger(find_study(tmp_path / "away", "s")).attributes.artifacts
    assert kept is not None
    names = open_objects(kept.uri).names(kept.place)
    assert away.study.winner is not None
    assert {name.partition("/")[0] for name in names} == {"trials", "inputs"}
    kept_trials = {name.split("/")[1] for name in names if name.startswith("trials/")}
    assert kept_trials == {f"{away.study.winner.number:04d}"}
    assert away.model == away.folder / "best"
