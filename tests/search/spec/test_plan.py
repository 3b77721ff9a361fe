from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.layers.registry import STRATEGIES, neutral_values
from autoclue.models import shipped_folder
from autoclue.search.sampling import ask_baseline
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.spec.differences import differences
from autoclue.search.spec.metadata import question_of, study_attributes
from autoclue.search.spec.plan import DEFAULTS, OF_CARDS, UNNAMED, Plan
from autoclue.search.stopping import Adaptive, Never
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.schema import StudyAttributes
from autoclue.training.platform import versions

Planned = Callable[..., Plan]


def test_a_plan_resolves_everything(planned: Planned) -> None:
    plan = planned()

    assert (plan.spec.name, plan.model.kind, plan.space.name) == (
        "xnli", "builtin", "discriminative_small",
    )  # fmt: skip
    assert plan.scheduler == Adaptive(seed=0)
    assert plan.rows == {"train": 4800, "dev": 600, "selection": 600, "held_out": 0}
    assert plan.data.synthetic


def test_without_a_scheduler_there_is_no_rule(planned: Planned) -> None:
    plan = planned(scheduler="none")

    assert plan.scheduler == Never()
    assert study_attributes(plan, command=None).rungs == ()


@pytest.mark.parametrize("strategy", ["uniform", "discriminative", "layerwise_decay"])
def test_the_baseline_is_plain_fine_tuning_by_the_recipe(planned: Planned, strategy: str) -> None:
    plan = planned(strategy=strategy, model="ernie-3.0-base-zh")

    recipe = plan.spec.recipe
    assert (plan.baseline.strategy, plan.baseline.strategy_params) == ("uniform", {})
    assert plan.baseline.learning_rate == recipe.learning_rate == 3e-5
    assert plan.baseline.batch_size == recipe.batch_size
    assert plan.baseline.epochs == recipe.epochs
    assert plan.baseline.seed == recipe.seed == 42
    assert plan.settings["baseline_source"] == "the published default for 12-layer models"


def test_a_small_model_has_a_baseline_and_a_space_of_its_own(planned: Planned) -> None:
    plan = planned(model="hfl/rbt3")

    assert plan.space.name == "discriminative_small"
    assert (plan.baseline.learning_rate, plan.baseline.epochs) == (1e-4, 5)
    assert plan.baseline_params["learning_rate"] == 1e-4
    assert plan.settings["baseline_settings"] == {"learning_rate": 1e-4, "epochs": 5}
    assert "small-model recipe" in plan.default.source


def test_what_the_space_leaves_open_is_as_in_the_baseline(planned: Planned) -> None:
    plan = planned(model="hfl/rbt3", baseline=["dropout=0.0", "learning_rate=2e-4"])
    config = plan.configure({"learning_rate": 1e-3, "batch_size": 16})

    assert (config.epochs, config.dropout, config.learning_rate) == (5, 0.0, 1e-3)
    assert (plan.baseline.dropout, plan.baseline.learning_rate) == (0.0, 2e-4)
    assert plan.default.source.endswith("with dropout=0.0, learning_rate=0.0002")


def test_a_space_that_is_asked_for_is_taken_whatever_the_model(planned: Planned) -> None:
    assert planned(space="clue_grid").space.name == "clue_grid"


def test_a_recipe_of_a_task_file_of_one_s_own_stays(planned: Planned, tmp_path: Path) -> None:
    write_own_task(tmp_path, recipe="{learning_rate: 5e-5, epochs: 2}")
    plan = planned(task=str(tmp_path / "own.yaml"), data=str(tmp_path), strategy="uniform")

    assert (plan.baseline.learning_rate, plan.baseline.epochs) == (5e-5, 2)
    assert plan.default.source == "the recipe of the task file"
    assert plan.space.name == "clue_grid_small"


def test_another_baseline_is_another_question(planned: Planned) -> None:
    first, other = planned(), planned(baseline=["learning_rate=1e-3"])

    assert other.baseline.learning_rate == 1e-3
    assert first.default_name != other.default_name


def test_the_length_of_trials_is_that_of_the_baseline_too(planned: Planned) -> None:
    plan = planned(max_steps=300)

    assert plan.baseline.max_steps == 300
    assert plan.configure({"learning_rate": 1e-5, "batch_size": 16}).max_steps == 300


def test_the_protocol_is_that_of_every_trial_and_of_the_study(planned: Planned) -> None:
    plan = planned(protocol="sound")

    assert plan.baseline.protocol == plan.settings["protocol"] == "sound"
    assert plan.configure({"learning_rate": 1e-5, "batch_size": 16}).protocol == "sound"


def test_a_study_by_the_published_protocol_is_named_as_before_there_was_another(
    planned: Planned,
) -> None:
    # A study named before the protocol could be chosen counts it like any other setting.
    plan = planned()
    assert plan.settings["protocol"] == "clue"
    assert plan.fingerprint == digest_with_protocol(plan)


def digest_with_protocol(plan: Plan) -> str:
    counted = {n: v for n, v in plan.settings.items() if n not in DEFAULTS or v != DEFAULTS[n]}
    named = {n: v for n, v in counted.items() if n not in UNNAMED} | {"protocol": "clue"}
    text = json.dumps(named, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def test_settings_reach_the_trial_and_its_strategy(planned: Planned) -> None:
    config = planned().configure({"learning_rate": 1e-5, "batch_size": 16, "factor": 1.2})

    assert (config.learning_rate, config.batch_size) == (1e-5, 16)
    assert (config.strategy, config.strategy_params) == ("discriminative", {"factor": 1.2})


@pytest.mark.parametrize("strategy", STRATEGIES.names())
def test_the_baseline_is_a_point_of_the_space_of_its_strategy(
    planned: Planned, ledger: Ledger, strategy: str
) -> None:
    plan = planned(strategy=strategy)

    number = ask_baseline(ledger, Proposer(plan.space, "random", 0), plan.baseline_params)

    assert ledger.trials()[number].params == plan.baseline_params
    assert ledger.trials()[number].attributes.outside_space is False
    assert plan.configure(plan.baseline_params).strategy_params == neutral_values(strategy)


def test_the_baseline_holds_fixed_values_of_the_space(planned: Planned) -> None:
    same = planned(strategy="uniform", settings=("epochs=2", "learning_rate=3e-5,5e-5"))

    assert same.baseline_params["epochs"] == same.baseline.epochs
    assert set(same.baseline_params) == set(same.space.parameters)


def test_a_strategy_that_is_never_plain_has_no_baseline_in_its_space(planned: Planned) -> None:
    unfreezing = planned(strategy="gradual_unfreezing", space="clue_grid")

    assert unfreezing.baseline_params == {}


def test_a_strategy_chosen_by_its_path_is_the_same(planned: Planned) -> None:
    own = planned(strategy="autoclue.strategies.discriminative:Discriminative")

    assert own.baseline_params == planned().baseline_params != {}
    assert own.space == planned().space


def test_a_space_without_the_strategy_s_parameters_takes_their_defaults(planned: Planned) -> None:
    plan = planned(strategy="discriminative", space="clue_grid")

    assert plan.baseline_params == {"learning_rate": 6e-4, "batch_size": 32}


def test_the_same_question_has_the_same_name(planned: Planned) -> None:
    name = planned().default_name

    assert name == planned(seed=0, settings=(), space="discriminative_small").default_name
    assert name.startswith("xnli-discriminative-builtin-")


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"sampler": "random"},
        {"scheduler": "none"},
        {"space": "clue_grid"},
        {"settings": ("batch_size=16,32",)},
        {"strategy": "uniform"},
        {"model": "ernie-3.0-base-zh"},
        {"max_steps": 200},
        {"protocol": "sound"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_question_has_another_name(planned: Planned, change: dict[str, Any]) -> None:
    first, other = planned(), planned(**change)

    assert first.fingerprint != other.fingerprint
    assert first.default_name != other.default_name


def test_the_way_a_range_is_written_changes_nothing(planned: Planned) -> None:
    first = planned(settings=("learning_rate=1e-5..5e-5:log",))
    second = planned(settings=("learning_rate = 0.00001 .. 0.00005 : log",))

    assert first.default_name == second.default_name


def test_a_name_holds_the_model_s_own_name(planned: Planned) -> None:
    assert planned(model="hfl/rbt3").default_name.startswith("xnli-discriminative-rbt3-")
    own = planned(strategy="autoclue.strategies.uniform:Uniform", space="clue_grid")
    assert own.default_name.startswith("xnli-uniform-builtin-")


def test_files_are_named_by_absolute_paths(
    planned: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_own_task(tmp_path)
    write_model(tmp_path / "model")

    asked = planned(task="own.yaml", data=".", model="model", strategy="uniform").question

    assert Path(asked.task) == (tmp_path / "own.yaml").resolve()
    assert Path(asked.data) == tmp_path.resolve()
    assert Path(asked.model) == (tmp_path / "model").resolve()


def test_facts_are_plain_json(planned: Planned) -> None:
    plan = planned()
    written = study_attributes(plan, command=["autoclue", "tune"]).entries()
    read = StudyAttributes.read(json.loads(json.dumps(written)))

    assert read.settings == {**plan.settings, "command": ["autoclue", "tune"]}
    assert read.metric == "accuracy"
    assert question_of(read) == (plan.question, plan.space)


def test_no_setting_is_written_twice(planned: Planned) -> None:
    found = study_attributes(planned(), command=None)
    asked, follows = found.question.keys(), found.resolved.keys()
    assert asked & follows == {"space"}  # as it was given, and as it is


def test_versions_name_what_decides_a_result() -> None:
    assert {"python", "autoclue", "optuna", "numpy"} <= set(versions())


def write_own_task(
    folder: Path, rows: str = '{"t": "好", "label": "a"}\n', *, recipe: str = "{}"
) -> None:
    """Write a task of the user's own, with its files."""
    (folder / "own.yaml").write_text(
        "name: own\nformat: jsonl\nfiles: {train: a.json, dev: a.json, test: a.json}\n"
        f"input: {{kind: single, text: t}}\nlabels: [a, b]\nrecipe: {recipe}\n",
        encoding="utf-8",
    )
    (folder / "a.json").write_text(rows, encoding="utf-8")


def write_model(folder: Path) -> None:
    shutil.copytree(shipped_folder(), folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": "xnil"}, r"Unknown task 'xnil'\. Did you mean .*xnli"),
        ({"task": "no/such.yaml"}, r"no/such\.yaml"),
        ({"model": "./no/model"}, r"no/model"),
        ({"model": ""}, r"No model given"),
        ({"strategy": "discriminativ"}, r"Did you mean discriminative\?"),
        ({"strategy": "no_module:Own"}, r"Can't load strategy 'no_module:Own'"),
        ({"space": "clue_gird"}, r"Unknown search space 'clue_gird'\. Did you mean clue_grid"),
        ({"sampler": "tpee"}, r"Unknown sampler 'tpee'\. Did you mean tpe\?"),
        ({"sampler": "grid"}, r"no finite grid, because of learning_rate, factor"),
        ({"scheduler": "asah"}, r"Unknown scheduler 'asah'\. Did you mean asha\?"),
        ({"scheduler": "asha:first_rung=2"}, r"first_rung is 2; it must be above 0 and below 1"),
        ({"strategy": "discriminative:factor=0"}, r"factor is 0; it must be at least 1"),
        ({"strategy": "uniform:factor=1"}, r"factor"),
        ({"seed": -1}, r"seed is -1, but must be at least 0"),
        ({"data": "no/data"}, r"no/data"),
        ({"settings": ("learning_rate",)}, r"needs a name, '=' and a value"),
        ({"settings": ("learning_rat=1e-5",)}, r"did you mean learning_rate"),
        ({"settings": ("batch_size=64..16",)}, r"low must be below high"),
        ({"max_steps": 0}, r"max_steps is 0, but must be at least 1"),
    ],
    ids=str,
)
def test_a_mistake_gets_one_sentence(
    planned: Planned, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        planned(**change)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("dropout=0.0..1.0", r"dropout: .*less than 1"),
        ("batch_size=16,0", r"batch_size: .*greater than 0"),
        ("factor=0.5..1.4", r"factor is 0\.5; it must be at least 1"),
        ("learning_rate=0.0..1e-4", r"learning_rate: .*greater than 0"),
        ("gradient_accumulation_steps=1,3", r"not a multiple of gradient_accumulation_steps 3"),
    ],
)
def test_a_value_that_no_trial_could_take_shows_before_any_time_is_spent(
    planned: Planned, setting: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        planned(settings=(setting,))


def test_a_wrong_value_of_a_conditional_parameter_shows_too(
    planned: Planned, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "name: mine\nparameters:\n  batch_size: [16, 32]\n"
        "  dropout: {choice: [0.1, 1.5], when: {batch_size: 32}}\n"
    )

    with pytest.raises(UsageError, match=r"dropout: .*less than 1"):
        planned(space=str(path))


def test_an_empty_folder_of_data_is_refused(planned: Planned, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=str(tmp_path)) as caught:
        planned(data=str(tmp_path))

    assert "\n" not in str(caught.value)


def test_a_file_without_a_usable_row_is_refused(planned: Planned, tmp_path: Path) -> None:
    write_own_task(tmp_path, rows="")

    with pytest.raises(UsageError, match=r"a\.json"):
        planned(task=str(tmp_path / "own.yaml"), data=str(tmp_path), strategy="uniform")


def test_a_share_held_out_is_part_of_the_question(planned: Planned) -> None:
    plain, half, third = planned(), planned(holdout=0.5), planned(holdout=0.3)
    assert len({plan.fingerprint for plan in (plain, half, third)}) == 3
    assert (half.rows["selection"], half.rows["held_out"]) == (300, 300)
    assert (half.baseline.holdout, half.configure({"factor": 1.1}).holdout) == (0.5, 0.5)
    assert half.settings["holdout_examples"] == 300


def test_a_share_out_of_range_is_refused(planned: Planned) -> None:
    with pytest.raises(UsageError, match=r"holdout is 1, but must be below 1"):
        planned(holdout=1.0)


def test_flaws_of_rows_are_told_before_anything_runs(planned: Planned, tmp_path: Path) -> None:
    entry = [["话"], [{"question": "谁", "choice": ["天", "天", "人"], "answer": "天"}], "1"]
    for name, rows in {"d-train": [entry], "m-train": [], "d-dev": [entry], "m-dev": []}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")

    plan = planned(task="c3", data=str(tmp_path))

    assert plan.flaws is not None
    assert plan.flaws.startswith("1 in d-train.json, 1 in d-dev.json, read all the same")
    assert planned().flaws is None


@pytest.mark.parametrize(
    ("protocol", "given", "counted"),
    [("clue", None, "step"), ("clue", "card", "card"), ("sound", None, "step")],
)
def test_every_trial_of_a_search_has_its_cards(
    planned: Planned, protocol: str, given: str | None, counted: str
) -> None:
    plan = planned(cards_per_trial=2, batch_per=given, protocol=protocol)
    trial = plan.configure({"learning_rate": 1e-4})
    assert [(c.cards, c.batch_per) for c in (plan.baseline, trial)] == [(2, counted)] * 2
    assert plan.default_name != planned(protocol=protocol).default_name


def test_a_study_that_is_older_than_the_options_asks_the_same(planned: Planned) -> None:
    now = planned().settings
    before = {name: value for name, value in now.items() if name not in OF_CARDS}
    assert differences(before, now) == {}
    assert differences(before, planned(cards_per_trial=2).settings) == {
        "cards_per_trial": "the number of cards a trial was 1 and is 2"
    }
