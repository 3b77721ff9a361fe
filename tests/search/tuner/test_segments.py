"""Trials that are parts of others: what is counted, and what is written at their end."""

from __future__ import annotations

from collections.abc import Callable

from autoclue.records import Evaluation
from autoclue.search.store import Ledger, Prepared, StateRef, StoredState, read_study
from autoclue.search.tuner import Silent, Tuner
from autoclue.search.tuner.events import Done, Job, Wait
from autoclue.training import TrialConfig

CONFIG = TrialConfig(
    task="t", model="m", epochs=1, batch_size=8, max_length_tokens=8, learning_rate=1e-3
)
STATE = StoredState("trials/0000/state.safetensors", "ab" * 32)


class TwoParts:
    """A trial that ends at step 100, and one that goes on from there."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def restore(self) -> Done | None:
        return None

    def next(self) -> Job | Wait | Done:
        asked = len(self.ledger.committed())
        if asked == 2:
            return Done("both are asked")
        config = CONFIG.model_copy(update={"until_step": 100}) if asked == 0 else CONFIG
        start = StateRef(0, at_step=100, sha256=STATE.sha256) if asked else None
        number = self.ledger.ask_without_parameters()
        self.ledger.commit(number, config.model_dump(), config.key, start_from=start)
        return Job(number, config, start_from=start)

    def is_baseline(self, number: int) -> bool:
        return False

    def needs_state(self, number: int) -> bool:
        return number == 0


def tuner_of(ledger: Ledger) -> Tuner:
    tuner = Tuner(ledger, TwoParts(ledger), None, 1, (Silent(),))
    tuner.restore()
    return tuner


def run_both(tuner: Tuner, evaluate: Callable[..., Evaluation]) -> None:
    for number, steps in enumerate([(50, 100), (50, 100, 150)]):
        tuner.next_trial()
        tuner.prepared(number, Prepared(150.0, steps, ()))
        for step in steps:
            state = STATE if (number, step) == (0, 100) else None
            tuner.evaluated(number, evaluate(step, step / 1000), state=state)
        tuner.ended(number)


def test_steps_of_the_prefix_are_counted_once(
    open_in_memory: Callable[..., Ledger], evaluate: Callable[..., Evaluation]
) -> None:
    tuner = tuner_of(open_in_memory())
    run_both(tuner, evaluate)
    assert tuner.steps_taken == 150
    assert tuner_of(tuner.ledger).steps_taken == 150


def test_the_state_stands_in_the_ledger_with_its_evaluation(
    open_in_memory: Callable[..., Ledger], evaluate: Callable[..., Evaluation]
) -> None:
    tuner = tuner_of(open_in_memory())
    run_both(tuner, evaluate)
    recorded = tuner.ledger.trial(0).attributes.recorded
    assert [each.state for each in recorded] == [None, STATE]
    assert tuner.ledger.trial(1).attributes.start_from == StateRef(0, frozenset(), 100, "ab" * 32)


def test_a_part_of_a_trial_is_not_complete_and_does_not_win(
    open_in_memory: Callable[..., Ledger], evaluate: Callable[..., Evaluation]
) -> None:
    tuner = tuner_of(open_in_memory())
    run_both(tuner, evaluate)
    study = read_study(tuner.ledger)
    assert [trial.is_segment for trial in study.trials] == [True, False]
    assert study.complete == study.trials[1:]
    assert study.winner == study.trials[1]
