"""Run a study from where its ledger leaves it to its end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from autoclue.errors import AutoclueError
from autoclue.models import ModelSource
from autoclue.records import StudyRecord, TrialState
from autoclue.search.execution import Resources, Retention, keep_best_model
from autoclue.search.sampling import Proposer
from autoclue.search.spec import Plan
from autoclue.search.store import (
    ConfirmationExtent,
    Lease,
    Ledger,
    StoredLimits,
    StudyAttributes,
    read_study,
    stored_names,
)
from autoclue.search.study.location import Place, with_confirmation
from autoclue.search.study.test_scores import (
    device_of,
    fingerprint_test_part,
    score_test_part,
    unscored,
)
from autoclue.search.tuner import Listener, SearchSource, TrialSource, Tuner
from autoclue.training.platform import apply_switches


@dataclass(frozen=True, slots=True)
class StudyRun:
    """A study that this process runs; no other process can meanwhile.

    Attributes:
        plan: What is asked, resolved.
        place: Where it is kept.
        resources: What trials run on.
        extent: What is trained again with other seeds after it, if anything.
        ledger: Its ledger.
        lease: The right to write it.
        space_number: Which version of its space is searched, from 1.
        trials: Trials that it shall have in all.
        step_budget: Steps that all of them may take together; ``None`` for no limit.
        time_budget_s: Seconds after which no trial begins and running ones stop at their next
            evaluation; ``None`` for no limit.
        news: Why it begins beside a study that asks the same, in words; ``None`` for no such.
    """

    plan: Plan
    place: Place
    resources: Resources
    extent: ConfirmationExtent | None
    ledger: Ledger
    lease: Lease
    space_number: int
    trials: int
    step_budget: int | None
    time_budget_s: float | None
    news: str | None = None

    @property
    def n_asked(self) -> int:
        """Trials that have been asked so far."""
        return self.ledger.n_committed

    def run(self, listener: Listener) -> StudyRecord:
        """Run it until it has its trials, its time is spent or its space is empty.

        Where the data has a labelled test part that the search doesn't see, the winner and the
        baseline are scored on it then.

        Returns:
            The study as the ledger holds it.

        Raises:
            UsageError: The test part can't be read.
            AutoclueError: Every trial failed, or the trials can't be run.
            KeyboardInterrupt: The user pressed Ctrl-C; the ledger holds all that was reported.
        """
        limits = StoredLimits(self.trials, self.step_budget)
        self.ledger.note(StudyAttributes(limits=limits, ending=None))
        test_fingerprint = fingerprint_test_part(self.plan.data)
        source = self._source()
        retention = Retention(
            self.place.folder,
            read_study(self.ledger).winner,
            needs_model=lambda n: test_fingerprint is not None and source.is_baseline(n),
            needs_state=source.needs_state,
        )
        tuner = self._tuner(source, (retention, listener))
        execute(tuner, self.plan.model, self.place, self.resources)
        self.ledger.note(StudyAttributes(ending=tuner.ending))
        found = read_study(self.ledger)
        spare = [trial.number for trial in unscored(found, test_fingerprint)]
        keep_best_model(found, self.place.folder, spare=spare, needs_state=source.needs_state)
        if found.trials and all(t.state is TrialState.FAIL for t in found.trials):
            raise AutoclueError(
                f"Every one of {len(found.trials)} trials failed; the first one said: "
                f"{found.trials[0].failure}"
            )
        if test_fingerprint is not None:
            found = score_test_part(
                self.ledger,
                self.place.folder,
                test_fingerprint,
                device=device_of(self.resources),
                listener=listener,
                check=self.lease.check,
            )
        return with_confirmation(found, self.place)

    def _source(self) -> SearchSource:
        plan, ledger = self.plan, self.ledger
        proposer = Proposer(
            plan.space,
            plan.question.sampler,
            plan.question.seed,
            names=stored_names(plan.space, ledger.known_distributions()),
            changed=self.space_number > 1,
        )
        return SearchSource(ledger, proposer, plan, self.trials)

    def _tuner(self, source: TrialSource, listeners: Sequence[Listener]) -> Tuner:
        seconds = self.time_budget_s
        return Tuner(
            ledger=self.ledger,
            source=source,
            scheduler=self.plan.scheduler,
            parallel=self.resources.parallel,
            listeners=listeners,
            deadline_s=None if seconds is None else time.monotonic() + seconds,
            step_budget=self.step_budget,
            check=self.lease.check,
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
