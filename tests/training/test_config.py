from __future__ import annotations

import pytest
from pydantic import ValidationError

from autoclue.errors import UsageError
from autoclue.records import Scalar
from autoclue.tasks import Recipe
from autoclue.training import SEARCHABLE, TrialConfig, build_config

RECIPE = Recipe(epochs=5, batch_size=32, learning_rate=3e-5, max_length_tokens=256)


def build(**settings: Scalar) -> TrialConfig:
    return build_config(
        RECIPE, task="csl", model="m", data="download", strategy="uniform", settings=settings
    )


def test_the_recipe_gives_what_the_settings_leave_open() -> None:
    config = build(learning_rate=1e-5)
    assert config.learning_rate == 1e-5
    assert (config.epochs, config.batch_size, config.max_length_tokens) == (5, 32, 256)
    assert (config.seed, config.eval_every_steps, config.adam_epsilon) == (42, 100, 1e-8)


def test_settings_that_no_trial_has_go_to_the_strategy() -> None:
    config = build(factor=1.1, frozen_blocks=2, batch_size=16)
    assert config.strategy_params == {"factor": 1.1, "frozen_blocks": 2}
    assert config.batch_size == 16


def test_every_searchable_name_is_a_setting_of_a_trial() -> None:
    assert set(SEARCHABLE) <= set(TrialConfig.model_fields)


def test_all_wrong_settings_are_named_at_once() -> None:
    wrong = r"learning_rate.*batch_size.*dropout.*epochs.*warmup_proportion"
    with pytest.raises(UsageError, match=wrong):
        build(learning_rate=0.0, batch_size=0, dropout=1.0, epochs=-1, warmup_proportion=2.0)


@pytest.mark.parametrize(
    "name", ["learning_rate", "weight_decay", "adam_epsilon", "max_grad_norm", "dropout"]
)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_no_real_setting_may_be_negative_or_infinite(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=name):
        build(**{name: value})


def test_a_batch_that_cannot_be_split_is_refused() -> None:
    with pytest.raises(UsageError, match=r"batch_size 32 is not a multiple of .* 3"):
        build(gradient_accumulation_steps=3)


def test_a_micro_batch_is_the_batch_over_the_accumulation() -> None:
    assert build(batch_size=64, gradient_accumulation_steps=2).micro_batch_size == 32


def test_a_config_cannot_be_changed() -> None:
    config = build()
    with pytest.raises(ValidationError, match="frozen"):
        config.seed = 1


def test_the_key_does_not_depend_on_how_the_config_came_about() -> None:
    ours = build(learning_rate=1e-5, factor=1.1, blocks=3)
    assert build(blocks=3, factor=1.1, learning_rate=0.00001).key == ours.key
    assert TrialConfig.model_validate_json(ours.model_dump_json()).key == ours.key


def test_a_whole_number_is_the_same_rate_as_its_real_form() -> None:
    assert build(max_grad_norm=1).key == build(max_grad_norm=1.0).key


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"protocol": "sound"},
        {"learning_rate": 2e-5},
        {"max_steps": 400},
        {"factor": 1.1},
        {"dropout": 0.0},
    ],
)
def test_every_setting_changes_the_key(change: dict[str, Scalar]) -> None:
    assert build(**change).key != build().key


class WithOneMore(TrialConfig):
    """Trial settings as they are once another one has been added."""

    label_smoothing: float = 0.0


def test_a_new_setting_moves_no_identity_at_its_default() -> None:
    values = build().model_dump()
    assert WithOneMore(**values).key == build().key
    assert WithOneMore(**values, label_smoothing=0.1).key != build().key


def test_the_key_is_the_same_in_every_version() -> None:
    # Computed when defaults began to be left out. Folders and ledgers are named by it: another
    # value here means that studies begun before can't be continued.
    config = TrialConfig(
        task="tiny",
        model="m",
        learning_rate=3e-5,
        batch_size=32,
        epochs=3,
        max_length_tokens=128,
    )
    assert config.key == "f74a948c68877e20"


def test_a_share_that_is_held_out_belongs_to_the_identity() -> None:
    assert build(holdout=0.0).key == build().key
    assert len({build().key, build(holdout=0.5).key, build(holdout=0.4).key}) == 3


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_a_share_out_of_range_is_no_setting(share: float) -> None:
    with pytest.raises(UsageError, match="holdout"):
        build(holdout=share)


def test_a_micro_batch_of_two_cuts_every_batch_into_as_many_as_it_holds() -> None:
    recipe = Recipe(micro_batch_size=2)
    parts = {size: make(recipe, batch_size=size).gradient_accumulation_steps for size in (32, 24)}
    assert parts == {32: 16, 24: 12}
    assert make(recipe, gradient_accumulation_steps=4).micro_batch_size == 8


def test_steps_between_evaluations_replace_the_recipes_epochs() -> None:
    recipe = Recipe(eval_every_epochs=1.0)
    assert make(recipe).eval_every_epochs == 1.0
    assert make(recipe, eval_every_steps=7).eval_every_epochs is None


def test_protocol_sound_clips_where_the_published_script_forgets_to() -> None:
    recipe = Recipe(max_grad_norm=None)
    assert make(recipe).max_grad_norm is None
    assert make(recipe, protocol="sound").max_grad_norm == 1.0
    assert make(recipe, protocol="clue+clip_everywhere").max_grad_norm == 1.0
    assert make(Recipe(max_grad_norm=2.0), protocol="sound").max_grad_norm == 2.0
    assert make(recipe, protocol="sound", max_grad_norm=None).max_grad_norm is None


def make(recipe: Recipe, **settings: Scalar) -> TrialConfig:
    return build_config(
        recipe, task="c3", model="builtin", data="builtin", strategy="uniform", settings=settings
    )


def test_changes_are_left_out_of_the_key_and_of_what_is_written_where_there_are_none() -> None:
    config = build(learning_rate=1e-5)
    assert not {"changes", "until_step"} & set(config.model_dump())
    assert config.key == TrialConfig.model_validate(config.model_dump()).key
    assert config.changed(5, {"learning_rate": 1e-5}) == config


def test_changes_and_an_end_are_part_of_the_key_and_are_read_back() -> None:
    config = build(learning_rate=1e-5, factor=1.1)
    recipe = config.changed(5, {"learning_rate": 2e-5}).changed(9, {"factor": 1.2})
    ended = recipe.model_copy(update={"until_step": 12})
    assert len({each.key for each in (config, recipe, recipe.prefix(9), ended)}) == 4
    assert TrialConfig.model_validate(ended.model_dump()) == ended
    assert TrialConfig.model_validate_json(ended.model_dump_json()).key == ended.key
    assert ended.prefix(6) == config.changed(5, {"learning_rate": 2e-5})


def test_settings_at_a_step_are_those_of_the_last_change_before_it() -> None:
    recipe = build(factor=1.1).changed(5, {"dropout": 0.3}).changed(9, {"factor": 1.2})
    found = [(c.dropout, c.strategy_params["factor"]) for c in map(recipe.at, (4, 5, 8, 9))]
    assert found == [(0.1, 1.1), (0.3, 1.1), (0.3, 1.1), (0.3, 1.2)]
    assert recipe.at(9).changes == ()


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"batch_size": 16}, r"batch_size can't change on the way; only learning_rate, weight_"),
        ({"seed": 1}, r"seed can't change on the way"),
        ({"schedule": "plateau"}, r"schedule can't change on the way"),
        ({"frozen_blocks": 3}, r"frozen_blocks may only fall on the way, and rises from 2 to 3"),
        ({"learning_rate": 0.0}, r"learning_rate can't be 0\.0"),
        ({"dropout": "much"}, r"dropout must be a number, not 'much'"),
    ],
)
def test_what_can_not_change_on_the_way_is_refused(
    settings: dict[str, Scalar], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        build(frozen_blocks=2).changed(5, settings)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"changes": [(9, 0.1), (5, 0.2)]}, r"changes must stand at ascending steps, not at 9, 5"),
        ({"changes": [(5, 0.2)], "until_step": 5}, r"a change at step 5 has no effect in a trial"),
    ],
)
def test_changes_that_can_not_happen_are_refused(values: dict[str, object], reason: str) -> None:
    told = [
        {"at_step": step, "settings": {"dropout": dropout}}
        for step, dropout in values["changes"]  # type: ignore[attr-defined]
    ]
    with pytest.raises(ValidationError, match=reason):
        TrialConfig.model_validate({**build().model_dump(), **values, "changes": told})


EARLIER = {"epochs": 3, "batch_size": 16, "gradient_accumulation_steps": 1}


def test_a_training_that_goes_on_from_none_has_the_key_that_it_always_had() -> None:
    config = build(learning_rate=1e-5)
    assert not {"earlier", "carry"} & set(config.model_dump())
    assert config.parent is None
    assert build(epochs=3).going_on_from(config).parent == config


def test_all_that_a_training_goes_on_from_is_in_its_key_and_is_read_back() -> None:
    first = build(factor=1.1, **EARLIER)
    second = build(factor=1.2).going_on_from(first, carry="optimizer")
    third = build(dropout=0.3).going_on_from(second, carry="optimizer")
    other = build(dropout=0.3).going_on_from(second)
    assert len({each.key for each in (build(dropout=0.3), first, second, third, other)}) == 5
    assert (third.parent, second.parent) == (second, first)
    assert [each.get("batch_size") for each in third.earlier] == [16, 32]
    assert TrialConfig.model_validate(third.model_dump()) == third
    assert TrialConfig.model_validate_json(third.model_dump_json()).key == third.key


def test_another_seed_is_that_of_all_that_a_training_goes_on_from() -> None:
    first = build(seed=3)
    seeded = build().going_on_from(first).with_seed(7)
    assert (seeded.seed, seeded.parent) == (7, first.with_seed(7))
    assert seeded == build(seed=9).going_on_from(build()).with_seed(7)


def test_memory_that_ran_out_halves_no_earlier_training() -> None:
    config = build(batch_size=32).going_on_from(build(**EARLIER))
    assert config.with_half_micro_batch().parent == config.parent


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"carry": "optimizer"}, "carry says what a trial takes over, and it goes on from none"),
        ({"earlier": [{"model": "m"}]}, "model can't stand in a training that a trial goes on"),
        ({"earlier": [{"until_step": 5}]}, "until_step can't stand in a training that a trial"),
        ({"earlier": [{"epochs": 1}]}, "learning_rate"),
    ],
)
def test_what_a_training_can_not_go_on_from_is_refused(
    values: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        TrialConfig.model_validate({**build().model_dump(), **values})
