"""Run a study from where its ledger leaves it to its end."""

from __future__ import annotations

import difflib
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from autoclue.errors import AutoclueError, UsageError
from autoclue.models import models
from autoclue.records import CardSharing, StudyRecord, TrialState
from autoclue.search.cards import (
    arrange_cards,
    ask_for_memory,
    largest_of_plan,
    noting_cards,
)
from autoclue.search.execution import (
    Expected,
    Resources,
    Retention,
    StudyArtifacts,
    keep_best_model,
    node_versions,
)
from autoclue.search.inputs import inputs_of
from autoclue.search.spec import Plan, with_model
from autoclue.search.store import (
    ConfirmationExtent,
    Lease,
    Ledger,
    StoredLimits,
    StudyAttributes,
    read_study,
)
from autoclue.search.study.artifact_store import expected_of_sent, keep_for
from autoclue.search.study.label_counts import count_by_label
from autoclue.search.study.location import Place, back_up_ledger, with_confirmation
from autoclue.search.study.sources import going_on_of, source_of
from autoclue.search.study.test_scores import (
    device_of,
    fingerprint_test_part,
    score_test_part,
    unscored,
)
from autoclue.search.tuner import Listener, Silent, TrialSource, Tuner
from autoclue.training.evaluate import count_labels, score_model
from autoclue.training.platform import apply_switches, hardware

COPY_SHARE = 0.02
"""Of the time, what copying the ledger may take: a large one isn't copied at each end."""


@dataclass(slots=True)
class LedgerCopy(Silent):
    """Copies the ledger as trials end, and in the end.

    Attributes:
        place: The search whose ledger it is.
        clock: Gives seconds; a test passes its own.
    """

    place: Place
    clock: Callable[[], float] = time.monotonic
    _next_s: float = -math.inf

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Copy it, unless that was done lately for how long it takes."""
        began = self.clock()
        if began < self._next_s:
            return
        back_up_ledger(self.place)
        now = self.clock()
        self._next_s = now + (now - began) / COPY_SHARE


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
        limits: How far it shall go.
        time_budget_s: Seconds after which no trial begins and running ones stop at their next
            evaluation; ``None`` for no limit.
        news: Why it begins beside a study that asks the same, in words; ``None`` for no such.
        brought: What comes from the artifact store, as this machine lacks it; a clause each.
    """

    plan: Plan
    place: Place
    resources: Resources
    extent: ConfirmationExtent | None
    ledger: Ledger
    lease: Lease
    space_number: int
    limits: StoredLimits
    time_budget_s: float | None
    news: str | None = None
    brought: tuple[str, ...] = ()

    @property
    def n_asked(self) -> int:
        """Trials that have been asked so far."""
        return self.ledger.n_asked

    @property
    def total(self) -> int:
        """Trials that the ledger will hold in all, those that failed and are asked again too."""
        known = self.ledger.committed()
        again = {trial.attributes.retries for trial in known} - {None}
        return self.limits.trials + len(again.union(self.ledger.attributes.retrying))

    def settle(self) -> None:
        """Note that the command has ended well: trials that it was told to add are added."""
        if self.limits.extended_from is not None:
            self.lease.check()
            settled = replace(self.limits, extended_from=None)
            self.ledger.note(StudyAttributes(limits=settled))

    def run(self, listener: Listener) -> StudyRecord:
        """Run it until it has its trials, its time is spent or its space is empty.

        Where the data has a labelled test part that the search doesn't see, the winner and the
        baseline are scored on it then. Where the task has labels, the winner's answers to the
        development set are counted by label.

        Returns:
            The study as the ledger holds it.

        Raises:
            UsageError: The test part can't be read.
            AutoclueError: Every trial failed, or every one but the baseline, or too many one after
                another; or the trials can't be run.
            KeyboardInterrupt: The user pressed Ctrl-C; the ledger holds all that was reported.
        """
        found_here = hardware(gpu=self.resources.on_gpu)
        about = {**found_here, "trials": self.resources.describe()}
        self.ledger.note(StudyAttributes(limits=self.limits, ending=None, hardware=about))
        test_fingerprint = fingerprint_test_part(self.plan.data)
        source = source_of(self.plan, self.ledger, self.limits, changed=self.space_number > 1)
        found = read_study(self.ledger)
        away = StudyArtifacts.of(
            self.ledger, self.place.folder, on_cluster=self.resources.address is not None
        )
        retention = Retention(
            self.place.folder,
            found.winner,
            segments=[
                t.number
                for t in found.trials
                if t.is_segment and t.state is not TrialState.RUNNING
            ],
            held=[] if going_on_of(self.plan) is None else [t.number for t in found.ended],
            needs_model=lambda n: test_fingerprint is not None and source.is_baseline(n),
            needs_state=source.needs_state,
            away=away,
        )
        with noting_cards(self.resources, self.ledger) as cards:
            tuner = self._tuner(source, (retention, LedgerCopy(self.place), cards, listener))
            execute(tuner, self.plan, self.place, self.resources, away)
        self.ledger.note(StudyAttributes(ending=tuner.ending))
        back_up_ledger(self.place)
        found = read_study(self.ledger)
        spare = [trial.number for trial in unscored(found, test_fingerprint)]
        if away is not None:
            bring_models(away, found, spare, self.place.folder, listener, source)
        keep_best_model(found, self.place.folder, spare=spare, needs_state=source.needs_state)
        self._complain_of_no_trial(found)
        self._complain_of_failures(found, gave_up=tuner.gave_up)
        if test_fingerprint is not None:
            found = score_test_part(
                self.ledger,
                self.place.folder,
                test_fingerprint,
                device=device_of(self.resources),
                listener=listener,
                check=self.lease.check,
                score=partial(score_model, data=self.plan.data),
            )
            if away is not None and spare:
                tidy_models(away, found, source)
        if self.plan.data.spec.output_labels:
            found = count_by_label(
                self.ledger,
                self.place.folder,
                device=device_of(self.resources),
                listener=listener,
                check=self.lease.check,
                count=partial(count_labels, data=self.plan.data),
            )
        return with_confirmation(found, self.place)

    def _complain_of_no_trial(self, found: StudyRecord) -> None:
        """Refuse to call a search done that had no time to begin.

        Raises:
            AutoclueError: No trial has begun.
        """
        if not found.standing and self.time_budget_s is not None:
            raise AutoclueError(
                f"No trial could begin within the time budget of {self.time_budget_s:g} s: the "
                "start alone takes longer. The same command with a larger --time-budget goes on."
            )

    def _complain_of_failures(self, found: StudyRecord, *, gave_up: bool) -> None:
        """Refuse to call a search done in which nothing but the baseline could be run.

        Raises:
            AutoclueError: So many trials have failed.
        """
        failed = [trial for trial in found.standing if trial.state is TrialState.FAIL]
        told = None
        if failed and len(failed) == len(found.standing):
            every = f"Every one of {len(failed)} trials failed; the first one said"
            told = "The only trial failed" if len(failed) == 1 else every
        elif found.rivals_failed:
            told = f"All trials but the baseline failed, {len(failed)} in all; the first one said"
        elif gave_up:
            told = f"The search ended early, as {found.ending}; the last one said"
            failed.reverse()
        if told is not None:
            raise AutoclueError(
                f"{told}: {_sentence(failed[0].failure)} Once that is mended, 'autoclue resume "
                f"{self.place.words} --retry-failed' asks for them again."
            )

    def _tuner(self, source: TrialSource, listeners: Sequence[Listener]) -> Tuner:
        seconds = self.time_budget_s
        return Tuner(
            ledger=self.ledger,
            source=source,
            scheduler=self.plan.scheduler,
            parallel=self.resources.parallel,
            listeners=listeners,
            deadline_s=None if seconds is None else time.monotonic() + seconds,
            step_budget=self.limits.step_budget,
            pauses=self.plan.course is not None,
            leaves_states=going_on_of(self.plan) is not None,
            check=self.lease.check,
        )


def _sentence(failure: str | None) -> str:
    said = failure or "nothing"
    return said if said.endswith((".", "!", "?")) else f"{said}."


def expected_of(plans: Iterable[Plan], folder: Path) -> Expected:
    """Return what searches need of every machine of a cluster that shares a folder.

    Args:
        plans: What is searched.
        folder: Where the files of all trials are kept.
    """
    return Expected(node_versions(), inputs_of(plans), str(folder.resolve()))


def execute(
    tuner: Tuner,
    plan: Plan,
    place: Place,
    resources: Resources,
    away: StudyArtifacts | None = None,
    *,
    sharing: CardSharing | None = None,
) -> None:
    """Take up what the ledger holds and run what is left to its end.

    Args:
        tuner: Decides.
        plan: What is asked.
        place: Where it is kept.
        resources: What trials run on.
        away: The artifact store, where there is one; machines then need no folder in common.
        sharing: What another study of the same trials has found out about sharing GPUs.

    Raises:
        AutoclueError: The trials can't be run.
    """
    tuner.restore()
    if tuner.done:
        return
    from autoclue.search.execution.ray import run_with_ray

    reach_model(plan, resources)
    expected = None if resources.address is None else expected_of([plan], place.folder)
    shared = arrange_cards(
        lambda: [largest_of_plan(plan)],
        resources,
        [tuner],
        before=sharing,
        ask=partial(ask_for_memory, brought=plan.brought),
    )
    run = partial(run_with_ray, tuner, place.folder, shared.resources, sharing=shared.packer)
    if away is None:
        run(expected=expected)
        return
    inputs = keep_for(plan, away)
    if not away.shares_folder:
        expected = expected_of_sent(inputs, away)
    if not away.shares_folder or plan.brought.anything:
        away = replace(away, inputs=inputs)
    run(expected=expected, write_job=away.write_job)


def bring_models(
    away: StudyArtifacts,
    found: StudyRecord,
    spare: Sequence[int],
    folder: Path,
    listener: Listener,
    source: TrialSource,
) -> None:
    """Fetch the models that are needed after a search, and drop what is needed no longer.

    Raises:
        StoreError: The store can't be used.
        FolderError: The study's folder can't be written.
    """
    chosen = [trial for trial in found.trials if trial.number in spare]
    if found.winner is not None and found.winner.number not in spare:
        chosen.append(found.winner)
    for told in away.bring_models(chosen, folder):
        listener.noted(told)
    tidy_models(away, found, source, spare=spare)


def tidy_models(
    away: StudyArtifacts, found: StudyRecord, source: TrialSource, *, spare: Sequence[int] = ()
) -> None:
    """Drop what is needed no longer in the artifact store: the winner's model stays.

    Args:
        away: The store.
        found: The study.
        source: Says whose states later trials start from.
        spare: Numbers of trials whose models stay too.

    Raises:
        StoreError: The store can't be used.
    """
    winner = [] if found.winner is None else [found.winner.number]
    states = [trial.number for trial in found.trials if source.needs_state(trial.number)]
    away.tidy(found.trials, models={*winner, *spare}, states=states)


def reach_model(plan: Plan, resources: Resources) -> Plan:
    """Fetch a model of the hub and check it, so that what is wrong with it shows before any trial.

    Returns:
        The plan, with what is to be said of its model.

    Raises:
        UsageError: It can't be fetched, or doesn't fit the task.
    """
    model = plan.model
    if model.kind != "hub" or model.fetched is not None:
        return plan
    apply_switches(gpu=resources.on_gpu)
    try:
        return with_model(plan, fetch=True)
    except UsageError as error:
        known = [each.name for each in models()]
        close = difflib.get_close_matches(model.name, set(known) - {model.name}, n=1)
        guess = f" Did you mean {close[0]}?" if close and model.name not in known else ""
        raise UsageError(f"{error}{guess}") from error
