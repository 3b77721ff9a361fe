"""Train the best configurations of a study again with other seeds, or go on with it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autoclue.errors import AutoclueError, UsageError
from autoclue.options import ConfirmArguments
from autoclue.records import StudyRecord, TrialState
from autoclue.search.execution import (
    Resources,
    Retention,
    StudyArtifacts,
    choose_resources,
    drop_files,
)
from autoclue.search.spec import Plan, question_of
from autoclue.search.store import (
    ConfirmationExtent,
    ConfirmationRequest,
    Lease,
    Ledger,
    StudyAttributes,
    driving,
)
from autoclue.search.study.confirmation import (
    make_request,
    read_confirmation,
    trainings,
)
from autoclue.search.study.elsewhere import plan_again
from autoclue.search.study.location import (
    Place,
    back_up_ledger,
    find_study,
    load_study,
    make_study_folder,
    open_ledger,
)
from autoclue.search.study.run import LedgerCopy, StudyRun, execute
from autoclue.search.study.start import same_question
from autoclue.search.tuner import Listener, ListSource, Tuner
from autoclue.training.platform import versions


@dataclass(frozen=True, slots=True)
class ConfirmationRun:
    """A confirmation that this process runs; no other process can meanwhile.

    Attributes:
        plan: What the search asks.
        place: Where the search is kept.
        resources: What trainings run on.
        ledger: The confirmation's own ledger.
        lease: The right to write it.
        study: The search, as it stood when the confirmation was asked for.
        request: Which configurations are trained again, and with which seeds.
        brought: What comes from the artifact store, as this machine lacks it; a clause each.
    """

    plan: Plan
    place: Place
    resources: Resources
    ledger: Ledger
    lease: Lease
    study: StudyRecord
    request: ConfirmationRequest
    brought: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Trainings that are asked for in all."""
        return len(self.request.candidates) * len(self.request.seeds)

    @property
    def ended(self) -> int:
        """Those of them that have ended."""
        found = read_confirmation(self.study, self.ledger)
        seeds = self.request.seeds
        return sum(
            run.trial.state is not TrialState.RUNNING and run.seed in seeds for run in found.runs
        )

    def run(self, listener: Listener) -> StudyRecord:
        """Train what is asked for and not done yet, each to its end; no model is kept.

        Args:
            listener: Is told what happens.

        Returns:
            The search, with what its confirmation has given.

        Raises:
            AutoclueError: Every training failed, or none can be run.
            KeyboardInterrupt: The user pressed Ctrl-C; the ledger holds all that was reported.
        """
        own = self.place.confirmation
        planned = trainings(self.study, self.request)
        away = StudyArtifacts.of(
            self.ledger, own.folder, on_cluster=self.resources.address is not None
        )
        tuner = Tuner(
            ledger=self.ledger,
            source=ListSource(
                self.ledger, [each.config for each in planned], [each.repeats for each in planned]
            ),
            scheduler=None,
            parallel=self.resources.parallel,
            listeners=(Retention(own.folder, away=away), LedgerCopy(self.place), listener),
            check=self.lease.check,
        )
        execute(tuner, self.plan, own, self.resources, away, sharing=self.study.sharing)
        back_up_ledger(self.place)
        found = read_confirmation(self.study, self.ledger)
        drop_files((run.trial for run in found.runs), own.folder)
        if away is not None:
            away.tidy(run.trial for run in found.runs)
        if found.runs and all(run.trial.state is TrialState.FAIL for run in found.runs):
            raise AutoclueError(
                f"Every one of {len(found.runs)} trainings with other seeds failed; the first "
                f"one said: {found.runs[0].trial.failure}"
            )
        return load_study(self.place)


@contextlib.contextmanager
def start_confirmation(arguments: ConfirmArguments) -> Iterator[ConfirmationRun]:
    """Check everything that the confirmation of a study needs, choose its trainings and hold it.

    Args:
        arguments: Which study, and how much of it.

    Raises:
        UsageError: There is no such study, it has no complete trial, or its data or task has
            changed since.
        AutoclueError: Another process runs the confirmation.
    """
    place = find_study(arguments.existing.folder, arguments.existing.study)
    ledger = open_ledger(place)
    cards = question_of(ledger.attributes)[0].cards_per_trial
    resources = choose_resources(**arguments.resources.model_dump(), cards=cards)
    plan, brought = plan_again(ledger.attributes, place.storage)
    same_question(plan, ledger)
    with _hold(
        plan, place, resources, ConfirmationExtent(arguments.confirm, arguments.seeds)
    ) as run:
        yield replace(run, brought=brought)


@contextlib.contextmanager
def confirm_after(search: StudyRun, extent: ConfirmationExtent) -> Iterator[ConfirmationRun]:
    """Choose what is trained again after a search of this process, and hold it.

    Raises:
        UsageError: The search has no complete trial.
        AutoclueError: Another process runs the confirmation.
    """
    with _hold(search.plan, search.place, search.resources, extent) as run:
        yield run


@contextlib.contextmanager
def _hold(
    plan: Plan, place: Place, resources: Resources, extent: ConfirmationExtent
) -> Iterator[ConfirmationRun]:
    """Choose what is trained again, and hold the ledger of it.

    What is asked for is chosen anew each time: it follows the search, and what has been trained
    already stays of use.
    """
    study = load_study(place)
    request = make_request(study, extent.best, extent.seeds)
    own = place.confirmation
    make_study_folder(own.folder / "trials", "make the study's folder writable")
    with driving(own.storage, own.name) as lease:
        if Ledger.exists(own.storage, own.name):
            ledger = Ledger.open(own.storage, own.name, held=True)
            _belongs(ledger, place)
            ledger.note(StudyAttributes(request=request))
        else:
            attributes = StudyAttributes(confirms=place.name, request=request, versions=versions())
            known = open_ledger(place).attributes.artifacts
            if known is not None:
                own_place = replace(known, place=f"{known.place}/{own.folder.name}")
                attributes = attributes.model_copy(update={"artifacts": own_place})
            ledger = Ledger.create(own.storage, own.name, attributes)
        yield ConfirmationRun(plan, place, resources, ledger, lease, study, request)


def _belongs(ledger: Ledger, search: Place) -> None:
    if ledger.attributes.confirms != search.name:
        raise UsageError(
            f"The storage holds a study {ledger.name!r} that is no confirmation of "
            f"{search.name!r}; begin the search under another name with --study."
        )
