"""What a sampler of whole rounds makes of the other options of a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autoclue.errors import UsageError
from autoclue.option_fields import read_options
from autoclue.options import Limits, StudySpec
from autoclue.search.spec.limits import check_limits
from autoclue.search.spec.plan import Plan

Planned = Callable[..., Plan]
HPARAM = """\
param_list:
- {name: learning_rate, init_value: 0.00005, type: float, lower_than: 0.005, greater_than: 5e-6}
- {name: frozen_blocks, init_value: 1, type: int, lower_than: 3, greater_than: 0}
- {name: factor, init_value: 1.1, type: float, lower_than: 1.2, greater_than: 1.0}
"""


@pytest.fixture
def hparam(tmp_path: Path) -> str:
    path = tmp_path / "hparam.yaml"
    path.write_text(HPARAM, encoding="utf-8")
    return str(path)


def test_a_population_has_paddlehubs_size_trains_whole_and_stops_nothing(planned: Planned) -> None:
    question = planned(sampler="hazero").question

    assert (question.population, question.evaluator) == (5, "full-trail")
    assert question.scheduler == "none"
    assert planned(sampler="hazero", scheduler="none", population=5).question == question


def test_options_of_a_population_move_no_other_studys_name(planned: Planned) -> None:
    names = [planned().default_name, planned(sampler="hazero").default_name]
    names += [planned(sampler="hazero", population=6).default_name]

    assert len(set(names)) == 3
    assert planned().settings["population"] is None


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"population": 4}, r"--population is for samplers .* --sampler is tpe; leave it out"),
        ({"evaluator": "fulltrail"}, r"--evaluator is for samplers that propose whole rounds"),
        (
            {"sampler": "pshe2", "scheduler": "asha"},
            r"--scheduler is asha, but the sampler pshe2 compares .* give --scheduler none",
        ),
        ({"sampler": "hazero", "population": 1}, "population is 1, but must be at least 2"),
        ({"sampler": "hazero", "evaluator": "half"}, "'half', but must be full-trail"),
        ({"sampler": "pshe2:variant=3"}, "variant is 3 but must be 'intended' | 'paddlehub-1.4'"),
        ({"sampler": "hazero", "space": "clue_grid", "settings": ["batch_size=32"]}, "at least"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_in_a_sentence(
    planned: Planned, options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(UsageError, match=problem):
        planned(**options)


def test_rounds_and_trials_are_each_for_their_own_samplers() -> None:
    rounds, trials = Limits(rounds=3), Limits(trials=9)
    whole = read_options(StudySpec, {"task": "xnli", "sampler": "pshe2", "population": 4})
    single = read_options(StudySpec, {"task": "xnli"})
    check_limits(rounds, whole, None)
    check_limits(trials, single, None)

    with pytest.raises(UsageError, match=r"whole rounds of 4 trials .* --rounds instead of"):
        check_limits(trials, whole, None)
    with pytest.raises(UsageError, match=r"--rounds is for .* sampler is tpe; leave it out"):
        check_limits(rounds, single, None)


def test_no_rounds_at_all_and_rounds_in_all_with_rounds_to_add_are_refused() -> None:
    with pytest.raises(UsageError, match="rounds is 0, but must be at least 1"):
        read_options(Limits, {"rounds": 0})
    with pytest.raises(UsageError, match=r"either the number of rounds in all .* not both"):
        read_options(Limits, {"rounds": 2, "extend": 1})


def test_the_initial_values_of_a_space_are_the_baseline_of_a_population(
    planned: Planned, hparam: str
) -> None:
    plan = planned(sampler="pshe2", space=hparam)

    assert plan.baseline.strategy == "discriminative"
    assert plan.baseline.learning_rate == 5e-5
    assert plan.baseline.strategy_params == {"frozen_blocks": 1, "factor": 1.1}
    assert plan.space.contains(plan.baseline_params)
    assert plan.baseline == plan.configure(plan.baseline_params)
    assert plan.default.source == "the initial values of the search space"


def test_a_baseline_that_is_given_has_the_last_word(planned: Planned, hparam: str) -> None:
    plan = planned(sampler="pshe2", space=hparam, baseline={"learning_rate": 1e-4})

    assert plan.baseline.learning_rate == 1e-4
    assert plan.default.source.endswith("space, with learning_rate=0.0001")


def test_other_samplers_keep_the_default_as_their_baseline(planned: Planned, hparam: str) -> None:
    assert planned(space=hparam).baseline.strategy == "uniform"


def test_where_a_space_has_no_initial_values_a_population_begins_with_the_default(
    planned: Planned,
) -> None:
    assert planned(sampler="pshe2").baseline == planned().baseline


@pytest.mark.parametrize("task", ["xnli", "lcqmc", "tnews", "inews"])
def test_the_published_rows_run_by_name(planned: Planned, task: str) -> None:
    batch, length, epochs = {
        "xnli": (32, 128, 2), "lcqmc": (16, 128, 3), "tnews": (16, 128, 3), "inews": (4, 512, 3),
    }[task]  # fmt: skip
    plan = planned(
        task=task, sampler="hazero", population=16, space="autofinetune", builtin_size="tiny"
    )

    for config in (plan.baseline, plan.configure(plan.baseline_params)):
        assert (config.batch_size, config.max_length_tokens, config.epochs) == (
            batch, length, epochs,
        )  # fmt: skip
        assert (config.schedule, config.weight_decay, config.warmup_proportion) == (
            "plateau", 0.0, 0.1,
        )  # fmt: skip
        assert config.learning_rate == 5e-5
        assert config.strategy_params == {"blocks": 16, "factor": 1.1, "grouping": "paddlehub"}
