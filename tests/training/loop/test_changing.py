"""Settings that change on the way: a clone equals one run from scratch, digit for digit."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.records import Scalar
from autoclue.training import TrialConfig
from autoclue.training.checkpoints import keeper
from autoclue.training.data.workspace import Workspace
from autoclue.training.loop.trial import Trial
from tests.training.loop.whole_trials import curve, run, weights

pytestmark = pytest.mark.paddle

MakeConfig = Callable[..., TrialConfig]
Start = Callable[[TrialConfig, str], Trial]
AT = 15
CHANGES: dict[str, dict[str, Scalar]] = {
    "rate and factor": {"learning_rate": 3e-3, "factor": 1.2},
    "decay": {"weight_decay": 0.1},
    "dropout": {"dropout": 0.1},
    "all": {"learning_rate": 5e-4, "factor": 1.4, "weight_decay": 0.0, "dropout": 0.4},
    "fewer frozen blocks": {"frozen_blocks": 0, "learning_rate": 2e-3},
}
START: dict[str, Scalar] = {"factor": 1.1, "frozen_blocks": 1, "dropout": 0.2, "epochs": 2}


@pytest.fixture
def start(workspace: Workspace, tmp_path: Path) -> Start:
    """Return the function that starts a trial in a folder, from the state there if there is."""

    def begin(config: TrialConfig, name: str) -> Trial:
        (tmp_path / name).mkdir(exist_ok=True)
        return Trial(
            config, workspace, folder=tmp_path / name, log=logging.getLogger("t"), resume=True
        )

    return begin


@pytest.mark.parametrize(
    ("case", "protocol"), [*((case, "clue") for case in CHANGES), ("all", "sound")]
)
def test_a_clone_with_other_settings_equals_one_run_whose_settings_change_there(
    case: str, protocol: str, make_config: MakeConfig, start: Start, tmp_path: Path
) -> None:
    config = make_config("discriminative", protocol=protocol, **START)
    recipe = config.changed(AT, CHANGES[case])
    run(start(config.model_copy(update={"until_step": AT}), "parent"))
    shutil.copytree(tmp_path / "parent", tmp_path / "clone")

    clone = start(recipe, "clone")
    begun = clone.step
    whole = run(start(recipe, "whole"))

    assert (begun, run(clone).step) == (AT, whole.step)
    assert curve(clone) == curve(whole)
    assert weights(clone) == weights(whole)
    assert weights(whole) != weights(run(start(config, "parent")))


def test_the_rate_is_the_new_base_times_the_schedule(
    make_config: MakeConfig, start: Start
) -> None:
    config = make_config(epochs=2, learning_rate=1e-3)
    rates = start(config.changed(AT, {"learning_rate": 2e-3}), "changed").learner.rate
    plain = start(config, "plain").learner.rate
    assert rates(AT - 1) == plain(AT - 1)
    assert [rates(step) for step in (AT, AT + 1, 25)] == [
        2 * plain(step) for step in (AT, AT + 1, 25)
    ]


def test_a_state_does_not_bring_its_rate_with_it(
    make_config: MakeConfig, start: Start, tmp_path: Path
) -> None:
    config = make_config(epochs=2, learning_rate=1e-3)
    run(start(config.model_copy(update={"until_step": AT}), "parent"))
    shutil.copytree(tmp_path / "parent", tmp_path / "clone")
    clone = start(config.changed(AT, {"learning_rate": 2e-3}), "clone")
    rate = clone.learner._optimizer.get_lr()
    assert rate == clone.learner.rate(AT) == 2 * start(config, "plain").learner.rate(AT)


def test_layers_learn_by_the_new_settings_from_the_change_on(
    make_config: MakeConfig, start: Start
) -> None:
    config = make_config("discriminative", **START)
    trial = start(config.changed(AT, CHANGES["all"]), "changed")
    before = trial.layer_rates
    assert before == start(config, "old").layer_rates
    after = start(trial.config.at(AT), "new").layer_rates
    assert run(trial).layer_rates == after != before


def test_a_trial_that_ends_early_leaves_its_state_and_the_same_curve_so_far(
    make_config: MakeConfig, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "WORTH", 10**9)
    config = make_config(epochs=2)
    part = run(start(config.model_copy(update={"until_step": AT}), "part"))
    assert part.step == start(config, "part").step == AT
    assert curve(part) == curve(run(start(config, "whole")))[: len(part.history)]


def test_a_state_of_another_past_is_refused(
    make_config: MakeConfig, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    config = make_config(epochs=2, until_step=AT)
    run(start(config, "parent"))
    other = config.model_copy(update={"until_step": None}).changed(5, {"learning_rate": 1e-5})
    assert start(other, "parent").step == 0
    assert "it belongs to other settings (changes)" in caplog.text


def test_what_has_trained_can_not_freeze(make_config: MakeConfig, start: Start) -> None:
    config = make_config("discriminative", blocks=4, frozen_blocks=1, epochs=2)
    trial = start(config.changed(AT, {"blocks": 2}), "t")
    with pytest.raises(UsageError, match=r"after step 15 freeze .*, which has trained"):
        run(trial)
