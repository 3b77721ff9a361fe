"""Members that go on from each other on scripted curves: a population without a model."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from autoclue.errors import TrialFailedError
from autoclue.records import Evaluation, Scalar, StoredState, StudyRecord
from autoclue.search.sampling import Course, Exchanger, Pbt, Proposer
from autoclue.search.store import Ledger, Prepared
from autoclue.search.tuner import FixedConfigurations, SegmentSource, Silent, Tuner
from autoclue.space import space_from_mapping
from autoclue.training import TrialConfig

END = 60
STEPS = tuple(range(5, END + 1, 5))
BOUNDARIES = (15, 30, 45)
MEMBERS = 8
SPACE = space_from_mapping(
    {
        "name": "toy",
        "parameters": {
            "learning_rate": {"float": [1e-5, 1e-3], "log": True},
            "factor": {"float": [1.0, 1.4]},
        },
    },
    origin="test",
)


def configure(params: Mapping[str, Scalar]) -> TrialConfig:
    return TrialConfig.model_validate(
        {
            "task": "xnli",
            "model": "builtin",
            "epochs": 1,
            "batch_size": 8,
            "max_length_tokens": 16,
            "learning_rate": params["learning_rate"],
            "strategy": "discriminative",
            "strategy_params": {"factor": params["factor"]},
            "eval_every_steps": 5,
            "max_steps": END,
        }
    )


BASELINE: Mapping[str, Scalar] = {"learning_rate": 2e-5, "factor": 1.0}
PLAN = FixedConfigurations(configure, configure(BASELINE), BASELINE)
Fails = Callable[[TrialConfig, int], bool]


def never(config: TrialConfig, step: int) -> bool:
    return False


def too_fast(config: TrialConfig, step: int) -> bool:
    """The highest rates blow up."""
    return config.at(step - 1).learning_rate > 6e-4 and step > 10


def curve(
    config: TrialConfig, fails: Fails = never, steps: Sequence[int] = STEPS
) -> Iterator[Evaluation]:
    """Gain at each step by the settings that hold there, with a wobble."""
    score = 0.2
    for step in steps:
        if fails(config, step):
            raise TrialFailedError(f"The training loss became nan at step {step} of {END}.")
        rate = config.at(step - 1).learning_rate
        score += 0.05 * math.exp(-((math.log(rate / 2e-4)) ** 2))
        shown = score + 0.001 * math.sin(1e6 * rate + step)
        yield Evaluation(step, shown, 1.0, 1.0, rate, 9.0, 0.1, step / 9, 1)
        if step == config.until_step:
            return


def source_of(
    ledger: Ledger,
    exchanger: Exchanger | None = None,
    *,
    control: bool = False,
    members: int = MEMBERS,
) -> SegmentSource:
    chosen = Pbt() if exchanger is None else exchanger
    course = Course(members, BOUNDARIES, float(END), control=control)
    return SegmentSource(ledger, Proposer(SPACE, "pbt", 7), PLAN, chosen, course, seed=7)


def run(
    ledger: Ledger,
    *,
    parallel: int = 1,
    fails: Fails = never,
    all_steps: Sequence[int] = STEPS,
    step_budget: int | None = None,
    **kind: Any,
) -> Tuner:
    """Run a population to its end, an evaluation of each live trial in turn."""
    tuner = Tuner(ledger, source_of(ledger, **kind), None, parallel, (Silent(),), pauses=True)
    tuner.step_budget = step_budget
    tuner.restore()
    live: dict[int, Iterator[Evaluation]] = {}
    ends: dict[int, int | None] = {}
    while True:
        while (job := tuner.next_trial()) is not None:
            steps = tuple(s for s in all_steps if s <= (job.config.until_step or END))
            tuner.prepared(job.number, Prepared(float(END), steps, ()))
            after, ends[job.number] = job.after_step, job.config.until_step
            live[job.number] = (e for e in curve(job.config, fails, all_steps) if e.step > after)
        if not live:
            return tuner
        for number in list(live):
            if _advance(tuner, number, live[number], ends[number]):
                del live[number]


def _advance(tuner: Tuner, number: int, events: Iterator[Evaluation], end: int | None) -> bool:
    try:
        found = next(events, None)
    except TrialFailedError as error:
        tuner.failed(number, str(error))
        return True
    if found is None:
        tuner.ended(number)
        return True
    state = StoredState(f"trials/{number}", f"{number:064x}") if found.step == end else None
    return tuner.evaluated(number, found, state=state) is not None


def whole(study: StudyRecord) -> list[object]:
    """What two populations must have in common, times left out."""
    names = ("number", "state", "params", "config", "evaluations", "failure", "segment")
    trials = [{name: getattr(trial, name) for name in names} for trial in study.trials]
    return [*trials, *study.boundaries]
