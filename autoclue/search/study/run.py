"""Run a study from where its ledger leaves it to its end."""

from __future__ import annotations

import time
from dataclasses import dataclass

from autoclue.errors import AutoclueError
from autoclue.models import ModelSource
from autoclue.records import StudyRecord, TrialState
from autoclue.search.execution import Resources, Tidy, keep_best_model
from autoclue.search.sampling import Proposer
from autoclue.search.spec import Plan
from autoclue.search.store import Lease, Ledger, read_study, stored_names
from autoclue.search.study.confirmation import Extent
from autoclue.search.study.location import Place, with_confirmation
from autoclue.search.study.test_scores import (
    device_of,
    fingerprint_test_part,
    score_test_part,
    unscored,
)
from autoclue.search.tuner import Listener, SearchSource, Tuner
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
    """

    plan: Plan
    place: Place
    resources: Resources
    extent: Extent | None
    ledger: Ledger
    lease: Lease
    space_number: int
    trials: int
    step_budget: int | None
    time_budget_s: float | None

    @property
    def n_asked(self) -> int:
        """Trials that have been asked so far."""
        return sum("config" in trial.user_attrs for trial in self.ledger.trials())

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
        self.ledger.note("limits", {"trials": self.trials, "step_budget": self.step_budget})
        test_fingerprint = fingerprint_test_part(self.plan.data)
        tuner = self._tuner(listener, scores_test=test_fingerprint is not None)
        execute(tuner, self.plan.model, self.place, self.resources)
        found = read_study(self.ledger)
        spare = [trial.number for trial in unscored(found, test_fingerprint)]
        keep_best_model(found, self.place.folder, spare=spare)
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

    def _tuner(self, listener: Listener, *, scores_test: bool) -> Tuner:
        """Make the loop of this search; the baseline's model is kept where it will be scored."""
        plan, ledger, seconds = self.plan, self.ledger, self.time_budget_s
        proposer = Proposer(
            plan.space,
            plan.question.sampler,
            plan.question.seed,
            names=stored_names(plan.space, ledger.known_distributions()),
            changed=self.space_number > 1,
        )
        source = SearchSource(
            ledger, proposer, plan.configure, plan.baseline, plan.baseline_params, self.trials
        )
        return Tuner(
            ledger=ledger,
            source=source,
            scheduler=plan.scheduler,
            parallel=self.resources.parallel,
            listener=Tidy(
                listener,
                self.place.folder,
                read_study(ledger).winner,
                spare=lambda number: scores_test and source.is_baseline(number),
            ),
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
