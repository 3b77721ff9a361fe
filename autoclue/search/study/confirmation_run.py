"""Train the best configurations of a study again with other seeds, or go on with it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from autoclue.errors import AutoclueError, UsageError
from autoclue.records import Confirmation, StudyRecord, TrialState
from autoclue.search.execution import Resources, Retention, drop_files
from autoclue.search.spec import Plan, versions
from autoclue.search.store import Lease, Ledger, Request, StudyAttributes, driving
from autoclue.search.study.confirmation import make_request, read_confirmation, trainings
from autoclue.search.study.location import Place, load_study
from autoclue.search.study.run import execute
from autoclue.search.tuner import Listener, ListSource, NoOpListener, Tuner


@dataclass(frozen=True, slots=True)
class DrivenConfirmation:
    """A retraining that this process drives; no other can meanwhile.

    Attributes:
        plan: What the search asks.
        place: Where the retraining is kept.
        ledger: Its ledger.
        lease: The right to write it.
        study: The search, as it stood when the retraining was asked for.
        request: Which configurations are trained again, and with which seeds.
    """

    plan: Plan
    place: Place
    ledger: Ledger
    lease: Lease
    study: StudyRecord
    request: Request

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


@contextlib.contextmanager
def drive_confirmation(
    plan: Plan, search: Place, *, best: int, seeds: int
) -> Iterator[DrivenConfirmation]:
    """Choose what is trained again, and hold the ledger of it.

    What is asked for is chosen anew each time: it follows the search, and what has been trained
    already stays of use.

    Args:
        plan: What the search asks.
        search: Where the search is kept.
        best: How many of its best configurations, at least 1; the baseline is added.
        seeds: Training seeds for each, at least 2.

    Raises:
        UsageError: The numbers are out of range, or the search has no complete trial.
        AutoclueError: Another process drives the retraining.
    """
    study = load_study(search)
    request = make_request(study, best, seeds)
    place = search.confirmation
    try:
        (place.folder / "trials").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The folder {place.folder} can't be made ({error.strerror or error})."
        ) from error
    with driving(place.storage, place.name) as lease:
        if Ledger.exists(place.storage, place.name):
            ledger = Ledger.open(place.storage, place.name, held=True)
            _belongs(ledger, search)
            ledger.note(StudyAttributes(request=request))
        else:
            attributes = StudyAttributes(
                confirms=search.name, request=request, versions=versions()
            )
            ledger = Ledger.create(place.storage, place.name, attributes)
        yield DrivenConfirmation(plan, place, ledger, lease, study, request)


def _belongs(ledger: Ledger, search: Place) -> None:
    if ledger.attributes.confirms != search.name:
        raise UsageError(
            f"The storage holds a study {ledger.name!r} that is no retraining of "
            f"{search.name!r}; begin the search under another name with --study."
        )


def run_confirmation(
    driven: DrivenConfirmation, resources: Resources, *, listener: Listener | None
) -> Confirmation:
    """Train what is asked for and not done yet, each to its end; no model is kept.

    Args:
        driven: The retraining.
        resources: What it runs on.
        listener: Is told what happens; ``None`` for nobody.

    Raises:
        AutoclueError: Every training failed, or none can be run.
        KeyboardInterrupt: The user pressed Ctrl-C; the ledger holds all that was reported.
    """
    planned = trainings(driven.study, driven.request)
    tuner = Tuner(
        ledger=driven.ledger,
        source=ListSource(
            driven.ledger, [each.config for each in planned], [each.repeats for each in planned]
        ),
        scheduler=None,
        parallel=resources.parallel,
        listeners=(
            Retention(driven.place.folder),
            NoOpListener() if listener is None else listener,
        ),
        check=driven.lease.check,
    )
    execute(tuner, driven.plan.model, driven.place, resources)
    found = read_confirmation(driven.study, driven.ledger)
    drop_files((run.trial for run in found.runs), driven.place.folder)
    if found.runs and all(run.trial.state is TrialState.FAIL for run in found.runs):
        raise AutoclueError(
            f"Every one of {len(found.runs)} trainings with other seeds failed; the first one "
            f"said: {found.runs[0].trial.failure}"
        )
    return found
