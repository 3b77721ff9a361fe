"""Run a suite from where its ledgers leave it to its end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.records import StudyRecord, SuiteRecord, TrialRecord, TrialState
from autoclue.search.cards import arrange_cards, largest_of
from autoclue.search.execution import (
    Resources,
    Retention,
    StudyArtifacts,
    choose_resources,
    drop_files,
    job_for_worker,
    keep_best_model,
)
from autoclue.search.forecast import note_forecast
from autoclue.search.sampling import Proposer
from autoclue.search.spec import study_attributes
from autoclue.search.store import Lease, Ledger, StoredLimits, StudyAttributes, driving, read_study
from autoclue.search.study import (
    Place,
    expected_away,
    expected_of,
    is_known,
    make_study_folder,
    new_store,
    place_of,
    reach_model,
    same_question,
    same_store,
    write_pointer,
)
from autoclue.search.suite.index import (
    SuiteEntry,
    SuiteIndex,
    add_to_index,
    load_suite,
    suite_folder,
)
from autoclue.search.suite.plan import PlannedStudy, SuitePlan, make_suite_plan
from autoclue.search.suite.source import PointSource
from autoclue.search.suite.tuner import Numbering, Renumbered, SuiteTuner
from autoclue.search.suite.warm_up import warm_up
from autoclue.search.tuner import Listener, Tuner
from autoclue.suite_options import GridArguments
from autoclue.training import TrialConfig


@dataclass(frozen=True, slots=True)
class HeldStudy:
    """A study of a suite that this process holds.

    Attributes:
        planned: What it runs.
        place: Where it is kept.
        ledger: Its ledger.
        lease: The right to write it.
    """

    planned: PlannedStudy
    place: Place
    ledger: Ledger
    lease: Lease


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """A suite that this process runs; no other process can meanwhile.

    Attributes:
        arguments: What was asked.
        plan: What it runs.
        index: Where it is kept.
        resources: What its trials run on.
        studies: Its studies, in the order of the plan.
        numbering: The numbers by which its listeners are told of its trials.
    """

    arguments: GridArguments
    plan: SuitePlan
    index: SuiteIndex
    resources: Resources
    studies: tuple[HeldStudy, ...]
    numbering: Numbering

    @property
    def n_complete(self) -> int:
        """Runs of this share that are complete already."""
        return sum(self._complete(study) for study in self.studies)

    def _complete(self, study: HeldStudy) -> int:
        found = read_study(study.ledger).trials
        keys = {study.planned.plan.configure(p).key for p in study.planned.points}
        done = {
            study.planned.plan.configure(trial.params).key
            for trial in found
            if trial.state is not TrialState.RUNNING and trial.state is not TrialState.FAIL
        }
        return len(keys & done)

    def run(self, listener: Listener) -> SuiteRecord:
        """Run it until every run is complete or has failed too often.

        Args:
            listener: Is told what happens.

        Returns:
            The suite as its ledgers hold it.

        Raises:
            UsageError: A model, its tokenizer or the data can't be fetched or read.
            AutoclueError: The trials can't be run.
            KeyboardInterrupt: The user pressed Ctrl-C; the ledgers hold all that was reported.
        """
        on_cluster = self.resources.address is not None
        stores = [
            StudyArtifacts.of(study.ledger, study.place.folder, on_cluster=on_cluster)
            for study in self.studies
        ]
        tuner = self._tuner(listener, stores)
        tuner.restore()
        if not tuner.done:
            self._execute(tuner, stores)
        for study, each, away in zip(self.studies, tuner.tuners, stores, strict=True):
            study.ledger.note(StudyAttributes(ending=each.ending))
            self._keep_models(study, away, listener)
        return load_suite(self.index)

    def _execute(self, tuner: SuiteTuner, stores: Sequence[StudyArtifacts | None]) -> None:
        for held in self.studies:
            reach_model(held.planned.plan, self.resources)
        warm_up((run.config for run in self.plan.runs), gpu=self.resources.on_gpu)
        from autoclue.search.execution.ray import run_with_ray

        expected = None
        plans = [held.planned.plan for held in self.studies]
        aways = [each for each in stores if each is not None and not each.shares_folder]
        if aways:
            expected = expected_away(plans, aways[0])
            inputs = expected.inputs
            stores = [each and replace(each, inputs=inputs) for each in stores]
        elif self.resources.address is not None:
            expected = expected_of(plans, self.index.folder)
        tuner.writers = [job_for_worker if e is None else e.write_job for e in stores]
        shared = arrange_cards(self._largest, self.resources, tuner.tuners)
        run_with_ray(
            *(tuner, self.index.folder, shared.resources),
            write_job=tuner.write_job,
            expected=expected,
            sharing=shared.packer,
        )

    def _largest(self) -> list[TrialConfig]:
        """Return of each study the run that takes the most memory."""
        planned = [held.planned for held in self.studies]
        return [largest_of(map(each.plan.configure, each.points)) for each in planned]

    def _tuner(self, listener: Listener, stores: Sequence[StudyArtifacts | None]) -> SuiteTuner:
        return SuiteTuner(
            tuners=[self._study_tuner(p, listener, stores[p]) for p in range(len(self.studies))],
            folders=[study.place.folder for study in self.studies],
            order=self.plan.order,
            parallel=self.resources.parallel,
            numbering=self.numbering,
        )

    def _study_tuner(self, place: int, listener: Listener, away: StudyArtifacts | None) -> Tuner:
        study = self.studies[place]
        plan = study.planned.plan
        retention = Retention(
            study.place.folder,
            read_study(study.ledger).winner,
            needs_model=lambda _: self.arguments.save_all,
            away=away,
        )
        return Tuner(
            ledger=study.ledger,
            source=PointSource(
                study.ledger,
                Proposer(plan.space, plan.question.sampler, plan.question.seed),
                study.planned.points,
                plan.configure,
                retry_failed=self.arguments.retry_failed,
            ),
            scheduler=plan.scheduler,
            parallel=self.resources.parallel,
            listeners=(retention, Renumbered(listener, place, self.numbering)),
            check=study.lease.check,
        )

    def _keep_models(
        self, study: HeldStudy, away: StudyArtifacts | None, listener: Listener
    ) -> None:
        found, folder = read_study(study.ledger), study.place.folder
        kept = self._kept(found)
        if away is not None:
            for told in away.bring_models(kept, folder):
                listener.noted(told)
            away.tidy(found.trials, models=[trial.number for trial in kept])
        if self.arguments.save_all:
            drop_files(found.trials, folder, spare=[trial.number for trial in found.trials])
        elif self.arguments.save_best:
            keep_best_model(found, folder)
        else:
            drop_files(found.trials, folder)

    def _kept(self, found: StudyRecord) -> list[TrialRecord]:
        """Return the trials whose models are asked for."""
        if self.arguments.save_all:
            return [each for each in found.trials if each.state is TrialState.COMPLETE]
        winner = found.winner if self.arguments.save_best else None
        return [] if winner is None else [winner]


@contextlib.contextmanager
def start_suite(
    arguments: GridArguments, *, command: Sequence[str] | None = None
) -> Iterator[SuiteRun]:
    """Check everything that a grid needs, make its suite or open it, and hold all its studies.

    Args:
        arguments: What is asked.
        command: The command line, for the reports.

    Raises:
        UsageError: Something is wrong with the arguments, or a suite of this name asks something
            else; the message says what differs.
        AutoclueError: Another process runs one of its studies.
    """
    if arguments.save_best and arguments.save_all:
        raise UsageError("Give --save-best or --save-all; the second keeps the best models too.")
    cards = arguments.cards_per_trial
    resources = choose_resources(**arguments.resources.model_dump(), cards=cards)
    plan = make_suite_plan(arguments)
    where = arguments.location
    folder = suite_folder(where.folder, where.suite or plan.default_name)
    artifacts = arguments.artifacts or _known_store(plan, folder)
    with contextlib.ExitStack() as held:
        studies = tuple(_hold(held, each, folder, command, artifacts) for each in plan.studies)
        index = add_to_index(folder, [_entry(study) for study in studies])
        yield SuiteRun(arguments, plan, index, resources, studies, Numbering())


def _entry(study: HeldStudy) -> SuiteEntry:
    return SuiteEntry(study.planned.model, study.planned.task, study.place.name)


def _known_store(plan: SuitePlan, folder: Path) -> str | None:
    """Return the artifact store of a suite's studies, where they have begun with one."""
    for each in plan.studies:
        place = place_of(folder, each.name, None)
        if is_known(place) and Ledger.exists(place.storage, place.name):
            known = Ledger.open(place.storage, place.name, read_only=True).attributes.artifacts
            return None if known is None else known.uri
    return None


def _hold(
    held: contextlib.ExitStack,
    planned: PlannedStudy,
    folder: Path,
    command: Sequence[str] | None,
    artifacts: str | None,
) -> HeldStudy:
    """Make a study of the suite, or open it where it asks the same question, and hold it."""
    place = place_of(folder, planned.name, None)
    make_study_folder(place.folder / "trials", "choose another with --folder")
    lease = held.enter_context(driving(place.storage, place.name))
    if Ledger.exists(place.storage, place.name):
        ledger = Ledger.open(place.storage, place.name, held=True)
        same_question(planned.plan, ledger)
        same_store(artifacts, ledger.attributes.artifacts, place.name, option="--suite")
    else:
        attributes = study_attributes(planned.plan, command=command)
        away = new_store(artifacts, f"{folder.name}/{place.name}")
        own = attributes.model_copy(update={"suite": folder.name, "artifacts": away})
        ledger = Ledger.create(place.storage, place.name, own)
    write_pointer(place)
    note_forecast(ledger, folder, place.name)
    ledger.note(StudyAttributes(limits=StoredLimits(_target(planned, ledger), None), ending=None))
    return HeldStudy(planned, place, ledger, lease)


def _target(planned: PlannedStudy, ledger: Ledger) -> int:
    """Count the runs that a study shall have: those of this share, and those of others so far."""
    asked = {planned.plan.configure(trial.params).key for trial in read_study(ledger).trials}
    return len(asked | {planned.plan.configure(point).key for point in planned.points})
