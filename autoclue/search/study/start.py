"""Check everything that a study needs, make it or find it, and hold it while it runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autoclue.errors import UsageError
from autoclue.options import (
    DEFAULT_ROUNDS,
    DEFAULT_SEEDS,
    DEFAULT_TRIALS,
    ConfirmationOptions,
    Limits,
    LocationOptions,
    MonitorOptions,
    ResourceOptions,
    ResumeArguments,
    TuneArguments,
)
from autoclue.run_files import write_run
from autoclue.search.execution import Resources, choose_resources
from autoclue.search.forecast import note_forecast
from autoclue.search.sampling import find_population
from autoclue.search.spec import (
    SINCE,
    Plan,
    check_limits,
    differences,
    make_plan,
    question_of,
    study_attributes,
    with_new_space,
)
from autoclue.search.store import (
    ConfirmationExtent,
    Ledger,
    StoredArtifacts,
    StoredLimits,
    StudyAttributes,
    driving,
)
from autoclue.search.study.artifact_store import new_store, same_store
from autoclue.search.study.confirmation import extent_of, note_extent
from autoclue.search.study.elsewhere import find_in_storage, plan_again
from autoclue.search.study.location import (
    LEDGER_FILE,
    Place,
    find_study,
    is_known,
    load_study,
    make_study_folder,
    open_ledger,
    place_of,
    refuse_lost_ledger,
    restore_ledger,
    write_pointer,
)
from autoclue.search.study.run import StudyRun, reach_model
from autoclue.search.study.siblings import changed_data
from autoclue.search.study.starting_points import Starts, starting_points
from autoclue.system import sweep
from autoclue.tasks.cache import cache_dir
from autoclue.training.platform import HALF_NEEDS_GPU


@contextlib.contextmanager
def start_study(
    arguments: TuneArguments, *, command: Sequence[str] | None = None
) -> Iterator[StudyRun]:
    """Check everything that a study needs, make it or open it where it exists, and hold it.

    A study whose space alone has changed goes on with the new one, as a recorded version of it.

    Args:
        arguments: What is asked.
        command: The command line, for the report.

    Raises:
        UsageError: Something is wrong with the arguments, or a study of this name asks something
            else; the message says what differs.
        AutoclueError: Another process runs it.
    """
    where, again = arguments.location, arguments.confirmation
    cards = arguments.spec.cards_per_trial
    resources = choose_resources(**arguments.resources.model_dump(), cards=cards)
    half = arguments.spec.precision != "fp32"
    if half and not resources.on_gpu and not resources.address:
        raise UsageError(HALF_NEEDS_GPU)
    plan = make_plan(arguments.spec)
    check_limits(arguments.limits, plan.question, plan.course)
    name = plan.default_name if where.study is None else where.study
    place = place_of(where.folder, name, where.storage)
    extent = None
    if again.confirm is not None:
        extent = ConfirmationExtent(
            again.confirm, DEFAULT_SEEDS if again.seeds is None else again.seeds
        )
    given = (arguments.resources, arguments.limits, arguments.monitor)
    starts = None if is_known(place) else starting_points(plan, where.folder)
    away = where.artifacts
    study = _Checked(plan, place, resources, *given, extent, starts=starts, artifacts=away)
    with _hold(study, command) as run:
        yield run


@contextlib.contextmanager
def resume_study(
    arguments: ResumeArguments, *, command: Sequence[str] | None = None
) -> Iterator[StudyRun]:
    """Check everything that an existing study needs to go on, and hold it.

    Args:
        arguments: Which study, and how it goes on.
        command: The command line, for the report.

    Raises:
        UsageError: There is no such study, or its task, model or data has changed since.
        AutoclueError: Another process runs it.
    """
    root, named = arguments.existing.folder, arguments.existing.study
    if arguments.storage is None:
        place = find_study(root, named)
    else:
        place = find_in_storage(root, named, arguments.storage)
    if arguments.from_backup:
        restore_ledger(place)
    attributes = open_ledger(place).attributes
    if attributes.suite is not None:
        raise UsageError(
            f"The study {place.name!r} is a part of the suite {attributes.suite!r}, which goes on "
            "as a whole: run the same 'autoclue grid' command again."
        )
    cards = question_of(attributes)[0].cards_per_trial
    resources = choose_resources(**arguments.resources.model_dump(), cards=cards)
    trusted = arguments.storage is not None
    plan, brought = plan_again(attributes, place.storage, trusted=trusted)
    check_limits(arguments.limits, plan.question, plan.course)
    if arguments.retry_failed and plan.course is not None:
        raise UsageError(
            f"--retry-failed can't ask again for members of --sampler {plan.question.sampler}: at "
            "the next boundary one that failed has been replaced by a better one."
        )
    extent = extent_of(attributes, load_study(place).confirmation)
    given = (arguments.resources, arguments.limits, arguments.monitor)
    study = _Checked(
        plan, place, resources, *given, extent, arguments.retry_failed, brought=brought
    )
    with _hold(study, command) as run:
        yield run


@dataclass(frozen=True, slots=True)
class _Checked:
    """What can be known of a run before it holds its study."""

    plan: Plan
    place: Place
    resources: Resources
    devices: ResourceOptions
    limits: Limits
    monitor: MonitorOptions
    extent: ConfirmationExtent | None
    retry_failed: bool = False
    starts: Starts | None = None
    artifacts: str | None = None
    brought: tuple[str, ...] = ()

    def options(self, decided: StoredLimits, artifacts: StoredArtifacts | None) -> TuneArguments:
        """Return the options that start the same search again."""
        limits, place, again = self.limits, self.place, self.extent
        return TuneArguments(
            spec=self.plan.question,
            limits=Limits(
                trials=decided.trials if decided.rounds is None else None,
                rounds=decided.rounds,
                time_budget=limits.time_budget,
                step_budget=decided.step_budget,
            ),
            resources=self.devices,
            confirmation=ConfirmationOptions(
                confirm=None if again is None else again.best,
                seeds=None if again is None else again.seeds,
            ),
            location=LocationOptions(
                study=None if place.name == self.plan.default_name else place.name,
                folder=place.folder.parent,
                storage=None if place.keeps_its_ledger else place.storage,
                artifacts=None if artifacts is None else artifacts.uri,
            ),
            monitor=self.monitor,
        )


@contextlib.contextmanager
def _hold(checked: _Checked, command: Sequence[str] | None) -> Iterator[StudyRun]:
    """Make a study, or open it where it exists and asks the same question, and hold it."""
    plan, place = checked.plan, checked.place
    if not is_known(place):
        plan = reach_model(plan, checked.resources)
    if place.keeps_its_ledger:
        refuse_lost_ledger(place, exists=(place.folder / LEDGER_FILE).is_file())
    make_study_folder(place.folder / "trials", "choose another with --folder")
    with driving(place.storage, place.name) as lease:
        sweep(place.folder)
        sweep(cache_dir())
        if Ledger.exists(place.storage, place.name):
            ledger = Ledger.open(place.storage, place.name, held=True)
            same_question(plan, ledger)
            same_store(checked.artifacts, ledger.attributes.artifacts, place.name)
            number = _same_space(plan, ledger, command)
            news = None
        else:
            refuse_lost_ledger(place, exists=False)
            news = changed_data(plan, place.folder.parent)
            starts = checked.starts or Starts((), None)
            attributes = study_attributes(
                plan, command=command, starts=starts.points, started=starts.words
            )
            away = new_store(checked.artifacts, place.name)
            if away is not None:
                attributes = attributes.model_copy(update={"artifacts": away})
            ledger, number = Ledger.create(place.storage, place.name, attributes), 1
        write_pointer(place)
        note_forecast(ledger, place.folder, place.name)
        note_extent(ledger, checked.extent)
        if checked.retry_failed:
            ledger.note(StudyAttributes(retrying=ledger.failed_to_retry))
        limits = _limits(checked, ledger)
        write_run(place.folder, checked.options(limits, ledger.attributes.artifacts))
        yield StudyRun(
            plan=plan,
            place=place,
            resources=checked.resources,
            extent=checked.extent,
            ledger=ledger,
            lease=lease,
            space_number=number,
            limits=limits,
            time_budget_s=checked.limits.time_budget,
            news=news,
            brought=checked.brought,
        )


def _limits(checked: _Checked, ledger: Ledger) -> StoredLimits:
    """Decide how far a study shall go, by trials or by rounds of a population."""
    question, course = checked.plan.question, checked.plan.course
    if find_population(question.sampler) is not None and question.population is not None:
        return decide_rounds(checked.limits, ledger, population=question.population)
    limits = decide_limits(checked.limits, ledger)
    return limits if course is None else replace(limits, trials=course.trials)


def decide_limits(limits: Limits, ledger: Ledger) -> StoredLimits:
    """Decide how many trials and steps a study shall have in all.

    Trials are added only to a study that has all that it was begun with. Until a command that adds
    some has ended well, the same command goes on with those, and adds none to them.

    Args:
        limits: What this run is told.
        ledger: The study's ledger, with what an earlier run was told.
    """
    before = ledger.attributes.limits or StoredLimits(DEFAULT_TRIALS, None)
    steps = before.step_budget if limits.step_budget is None else limits.step_budget
    if limits.trials is not None:
        return StoredLimits(limits.trials, steps)
    if limits.extend is None:
        return replace(before, step_budget=steps)
    base = before.extended_from
    if base is None:
        base = max(ledger.n_asked, 1)
        if ledger.attributes.limits is not None and base < before.trials:
            return replace(before, step_budget=steps)
    return StoredLimits(base + limits.extend, steps, extended_from=base)


def decide_rounds(limits: Limits, ledger: Ledger, *, population: int) -> StoredLimits:
    """Decide how many rounds and steps a study shall have in all, as ``decide_limits`` does.

    Args:
        limits: What this run is told.
        ledger: The study's ledger, with what an earlier run was told.
        population: Members of a round; the baseline stands beside them.
    """
    known = ledger.attributes
    before = known.limits or StoredLimits(0, None)
    rounds, since = before.rounds or DEFAULT_ROUNDS, before.extended_from
    if limits.rounds is not None:
        rounds, since = limits.rounds, None
    elif limits.extend is not None:
        asked = len(known.generations)
        if since is None and (before.rounds is None or asked >= before.rounds):
            since = asked
        rounds = rounds if since is None else since + limits.extend
    steps = before.step_budget if limits.step_budget is None else limits.step_budget
    return StoredLimits(1 + population * rounds, steps, extended_from=since, rounds=rounds)


def same_question(plan: Plan, ledger: Ledger) -> None:
    """Refuse a plan that asks something else than a ledger holds; the space may differ.

    Raises:
        UsageError: The message says what differs.
    """
    differing = differences(ledger.attributes.settings, plan.settings)
    if differing:
        raise UsageError(
            f"The study {ledger.name!r} was begun with another question: "
            f"{'; '.join(differing.values())}. {_way_out(plan, ledger, differing)}"
        )


def _way_out(plan: Plan, ledger: Ledger, differing: Mapping[str, str]) -> str:
    """Say how to go on with the old question, and how to begin the new one."""
    again = "Put back what has changed to go on with it, or g" if differing.keys() & SINCE else "G"
    if ledger.attributes.suite is not None:
        return f"{again}ive the new suite another name with --suite."
    named = ledger.name != plan.default_name
    without = ", or leave --study out" if named and not differing.keys() <= SINCE else ""
    return f"{again}ive the new one another name with --study{without}."


def _same_space(plan: Plan, ledger: Ledger, command: Sequence[str] | None) -> int:
    """Record a changed space as a new version; return the number of the version in use."""
    before = ledger.attributes
    if before.spaces[-1].fingerprint == plan.space.fingerprint():
        return len(before.spaces)
    if find_population(plan.question.sampler) is not None:
        raise UsageError(
            f"The study {ledger.name!r} was begun in another search space, and a population can't "
            "leave the one that its rounds were drawn in; put the space back, or begin a new "
            "study with --study."
        )
    if plan.course is not None:
        raise UsageError(
            f"The study {ledger.name!r} was begun in another search space, and its members can't "
            "leave that; put the space back, or begin a new study with --study."
        )
    ledger.drop_uncommitted()
    ledger.note(with_new_space(before, plan, command=command, since_trial=ledger.n_trials))
    return len(before.spaces) + 1
