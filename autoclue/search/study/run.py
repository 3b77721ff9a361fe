"""Run a study from its first trial to its report, or take it up where it was left."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autoclue.errors import AutoclueError, UsageError
from autoclue.models import ModelSource
from autoclue.records import StudyRecord, TrialState
from autoclue.search.execution import Resources, Retention, keep_best_model
from autoclue.search.sampling import Proposer
from autoclue.search.spec import Plan, differences, study_attributes, with_new_space
from autoclue.search.store import (
    Lease,
    Ledger,
    StoredLimits,
    StudyAttributes,
    driving,
    read_study,
    stored_names,
)
from autoclue.search.study.location import Place, write_pointer
from autoclue.search.study.test_scores import (
    device_of,
    fingerprint_test_part,
    score_test_part,
    unscored,
)
from autoclue.search.tuner import Listener, NoOpListener, SearchSource, Tuner
from autoclue.training.platform import apply_switches


@dataclass(frozen=True, slots=True)
class DrivenStudy:
    """A study that this process drives; no other can meanwhile.

    Attributes:
        plan: What is asked.
        place: Where it is kept.
        ledger: Its ledger.
        lease: The right to write it.
        space_number: Which version of its space is searched, from 1.
    """

    plan: Plan
    place: Place
    ledger: Ledger
    lease: Lease
    space_number: int

    @property
    def n_asked(self) -> int:
        """Trials that have been asked so far."""
        return self.ledger.n_committed

    @property
    def target(self) -> int | None:
        """Trials that the study shall have in all, as it was last told."""
        limits = self.ledger.attributes.limits
        return None if limits is None else limits.trials

    @property
    def step_budget(self) -> int | None:
        """Updates that all trials together may take, as it was last told."""
        limits = self.ledger.attributes.limits
        return None if limits is None else limits.step_budget


@contextlib.contextmanager
def drive_study(
    plan: Plan, place: Place, *, command: Sequence[str] | None
) -> Iterator[DrivenStudy]:
    """Make a study, or open it where it exists and asks the same question, and hold it.

    A study whose space alone has changed goes on with the new one, as a recorded version of it.

    Raises:
        UsageError: A study of this name asks something else; the message says what differs.
        AutoclueError: Another process drives it.
    """
    try:
        (place.folder / "trials").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The study's folder {place.folder} can't be made ({error.strerror or error}); "
            "choose another with --folder."
        ) from error
    with driving(place.storage, place.name) as lease:
        if Ledger.exists(place.storage, place.name):
            ledger = Ledger.open(place.storage, place.name, held=True)
            same_question(plan, ledger)
            number = _same_space(plan, ledger, command)
        else:
            attributes = study_attributes(plan, command=command)
            ledger, number = Ledger.create(place.storage, place.name, attributes), 1
        write_pointer(place)
        yield DrivenStudy(plan, place, ledger, lease, number)


def same_question(plan: Plan, ledger: Ledger) -> None:
    """Refuse a plan that asks something else than a ledger holds; the space may differ.

    Raises:
        UsageError: The message says what differs.
    """
    differing = differences(ledger.attributes.settings, plan.settings)
    if differing:
        raise UsageError(
            f"The study {ledger.name!r} was begun with another question: "
            f"{'; '.join(differing.values())}. Give the new one another name with --study, or "
            "leave --study out."
        )


def _same_space(plan: Plan, ledger: Ledger, command: Sequence[str] | None) -> int:
    """Record a changed space as a new version; gives the number of the version in use."""
    before = ledger.attributes
    if before.spaces[-1].fingerprint == plan.space.fingerprint():
        return len(before.spaces)
    ledger.drop_uncommitted()
    ledger.note(with_new_space(before, plan, command=command, since_trial=ledger.n_trials))
    return len(before.spaces) + 1


def run_study(
    study: DrivenStudy,
    resources: Resources,
    *,
    trials: int,
    time_budget_s: float | None,
    step_budget: int | None,
    listener: Listener | None,
) -> StudyRecord:
    """Run a study until it has its trials, its time is spent or its space is empty.

    Where the data has a labelled test part that the search doesn't see, the winner and the
    baseline are scored on it then.

    Args:
        study: The study.
        resources: What trials run on.
        trials: Trials that the study shall have in all, those of earlier runs included.
        time_budget_s: Seconds after which no trial begins and running ones stop at their next
            evaluation; ``None`` for no limit.
        step_budget: The same after so many updates of all trials together, those of earlier
            runs included; ``None`` for no limit.
        listener: Is told what happens; ``None`` for nobody.

    Returns:
        The study as the ledger holds it.

    Raises:
        UsageError: The numbers are out of range, or the test part can't be read.
        AutoclueError: Every trial failed, or the trials can't be run.
        KeyboardInterrupt: The user pressed Ctrl-C; the ledger holds all that was reported.
    """
    check_limits(trials=trials, time_budget_s=time_budget_s, step_budget=step_budget)
    plan, place, ledger = study.plan, study.place, study.ledger
    listener = NoOpListener() if listener is None else listener
    ledger.note(StudyAttributes(limits=StoredLimits(trials, step_budget)))
    proposer = Proposer(
        plan.space,
        plan.question.sampler,
        plan.question.seed,
        names=stored_names(plan.space, ledger.known_distributions()),
        changed=study.space_number > 1,
    )
    test_fingerprint = fingerprint_test_part(plan.data)
    source = SearchSource(
        ledger, proposer, plan.configure, plan.baseline, plan.baseline_params, trials
    )
    tuner = Tuner(
        ledger=ledger,
        source=source,
        scheduler=plan.scheduler,
        parallel=resources.parallel,
        listeners=(
            Retention(
                place.folder,
                read_study(ledger).winner,
                needs_model=lambda n: test_fingerprint is not None and source.is_baseline(n),
                needs_state=source.needs_state,
            ),
            listener,
        ),
        deadline_s=None if time_budget_s is None else time.monotonic() + time_budget_s,
        step_budget=step_budget,
        check=study.lease.check,
    )
    execute(tuner, plan.model, place, resources)
    found = read_study(ledger)
    keep_best_model(
        found,
        place.folder,
        spare=[t.number for t in unscored(found, test_fingerprint)],
        needs_state=source.needs_state,
    )
    if found.trials and all(t.state is TrialState.FAIL for t in found.trials):
        raise AutoclueError(
            f"Every one of {len(found.trials)} trials failed; the first one said: "
            f"{found.trials[0].failure}"
        )
    if test_fingerprint is None:
        return found
    return score_test_part(
        ledger,
        place.folder,
        test_fingerprint,
        device=device_of(resources),
        listener=listener,
        check=study.lease.check,
    )


def execute(tuner: Tuner, model: ModelSource, place: Place, resources: Resources) -> None:
    """Take up what the ledger holds and run what is left to its end.

    Raises:
        AutoclueError: The trials can't be run.
    """
    tuner.restore()
    if tuner.done:
        return
    from autoclue.search.execution.ray import run_with_ray

    if model.kind == "hub":
        _reach_hub(model, resources)
    run_with_ray(tuner, place.folder, resources)


def _reach_hub(model: ModelSource, resources: Resources) -> None:
    """Fetch a hub model's tokenizer, so that a wrong name or no network shows before any trial.

    Raises:
        UsageError: It can't be fetched.
    """
    from autoclue.training.model import load_tokenizer

    apply_switches(gpu=resources.on_gpu)
    load_tokenizer(model.name)


def check_limits(
    *,
    trials: int | None,
    extend: int | None = None,
    time_budget_s: float | None = None,
    step_budget: int | None = None,
) -> None:
    """Refuse limits that make no search.

    Raises:
        UsageError: A number is not positive, or two of them contradict each other.
    """
    for name, number in (("trials", trials), ("extend", extend)):
        if number is not None and number < 1:
            raise UsageError(f"{name} is {number}, but must be at least 1.")
    if trials is not None and extend is not None:
        raise UsageError(
            "Give either the number of trials in all (--trials) or the number to add (--extend), "
            "not both."
        )
    if time_budget_s is not None and not time_budget_s > 0:
        raise UsageError(f"The time budget is {time_budget_s:g} s, but must be above 0.")
    if step_budget is not None and step_budget < 1:
        raise UsageError(f"The update budget is {step_budget}, but must be at least 1 update.")
