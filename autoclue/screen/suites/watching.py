"""What the terminal shows of a suite: before it runs, and while it does."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.records import TrialState
from autoclue.screen.listening import display_of, seen_cards, watch
from autoclue.screen.pace import Costs, SearchPace
from autoclue.screen.tally import Naming, Tally
from autoclue.screen.text import (
    print_labelled,
    print_sentence,
    print_whole,
    progress_console,
    short_path,
)

if TYPE_CHECKING:
    from autoclue.search.study import ConfirmationRun, StudyRun
    from autoclue.search.suite import SuiteRun
    from autoclue.search.tuner import Listener
    from autoclue.training import TrialConfig

NOUN = "run"


class SuiteScreen:
    """Shows what ``suite`` does: a grid as a whole, or its searches one by one."""

    @property
    def grid(self) -> Callable[[SuiteRun], AbstractContextManager[Listener]]:
        """Shows a grid."""
        return watch_suite

    @property
    def study(self) -> Callable[[StudyRun | ConfirmationRun], AbstractContextManager[Listener]]:
        """Shows a search."""
        return watch

    def begins(self, task: str, number: int, total: int) -> None:
        """Print which task is searched now."""
        console = progress_console()
        console.print()
        print_labelled(console, "search", f"{task}, {number} of {total}")

    def failed(self, task: str, problem: str) -> None:
        """Print why a task has no result; the others are searched nevertheless."""
        print_sentence(progress_console(), f"{task} has no result: {problem}")

    @contextlib.contextmanager
    def predicting(self, tasks: Sequence[str]) -> Iterator[None]:
        """Print that the test parts are being answered."""
        told = f"the test parts of {', '.join(tasks)}, by the best models"
        print_labelled(progress_console(), "predict", told)
        yield


@contextlib.contextmanager
def watch_suite(run: SuiteRun) -> Iterator[Listener]:
    """Print what a suite runs, and show it while it does, all of its studies in one table."""
    _announce(run)
    pace = SearchPace(len(run.plan.runs), partial(_folder, run))
    tally = Tally(len(run.plan.runs), naming=_naming(run), compares=False, pace=pace)
    _recall(run, tally)
    pace.costs = _costs(run, tally)
    farewell = (
        f"Stopping {run.index.name}, which takes a few seconds; all that was reported is kept. "
        "To go on, run the same command again."
    )
    with seen_cards(tally, run.resources), display_of(tally, NOUN, farewell) as listener:
        yield listener


def _folder(run: SuiteRun, number: int) -> Path:
    from autoclue.search.execution import trial_folder

    place, trial = run.numbering.places[number]
    return trial_folder(run.studies[place].place.folder, trial)


def _costs(run: SuiteRun, tally: Tally) -> Costs:
    """Estimate what each run costs by the tokens that it trains on, a feature for each row."""
    costs = {}
    for each in run.plan.runs:
        config, rows = each.config, run.plan.studies[each.study].plan.rows["train"]
        limit = config.max_steps
        features = rows * config.epochs if limit is None else limit * config.batch_size
        costs[each.study, config.key] = features * config.max_length_tokens

    def cost(number: int) -> float:
        return costs[run.numbering.settings_of(number)]

    ended = (TrialState.COMPLETE, TrialState.PRUNED)
    before = sum(cost(n) for n, state in tally.states.items() if state in ended)
    return Costs(cost, sum(costs.values()), before)


def _recall(run: SuiteRun, tally: Tally) -> None:
    """Take over what earlier runs have recorded of these runs; a failed one may be tried anew."""
    from autoclue.search.store import read_study

    for place, study in enumerate(run.studies):
        plan = study.planned.plan
        own = {plan.configure(point).key for point in study.planned.points}
        for trial in read_study(study.ledger).trials:
            key = plan.configure(trial.params).key
            if key in own:
                number = run.numbering.number(place, trial.number, key)
                tally.states[number] = trial.state
                if tally.pace is not None and trial.evaluations:
                    tally.pace.steps_before[number] = trial.evaluations[-1].step


def _naming(run: SuiteRun) -> Naming:
    """Call a run by its task and settings, as the published tools do; by its model of several."""
    labels = {study.planned.plan.question.model: study.planned.model for study in run.studies}

    def name(number: int, config: TrialConfig) -> str:
        settings = f"{config.task} {config.learning_rate}_{config.batch_size}_{config.dropout}"
        return f"{labels[config.model]} {settings}" if len(labels) > 1 else settings

    return name


def _announce(run: SuiteRun) -> None:
    console = progress_console()
    for label, text in _rows(run).items():
        print_labelled(console, label, text)
    print_whole(console, "suite", short_path(run.index.folder))
    complete = run.n_complete
    if complete:
        told = f"{complete} of {len(run.plan.runs)} runs are complete already"
        print_labelled(console, "goes on", told)


def _rows(run: SuiteRun) -> dict[str, str]:
    studies = [study.planned for study in run.studies]
    models = list(dict.fromkeys(each.plan.question.model for each in studies))
    counts = [
        f"{each.task} {len(each.points)}" for each in studies if each.model == studies[0].model
    ]
    hints = dict.fromkeys(each.plan.hint for each in studies if each.plan.hint is not None)
    rows = {
        "models" if len(models) > 1 else "model": ", ".join(models),
        "data": ", ".join(dict.fromkeys(each.plan.data.origin for each in studies)),
        "grid": f"{'1 run' if len(run.plan.runs) == 1 else f'{len(run.plan.runs)} runs'}: "
        + ", ".join(counts)
        + (" of each model" if len(models) > 1 else ""),
        "devices": run.resources.describe(),
    }
    if hints:
        rows["hint"] = "; ".join(map(str, hints))
    if run.arguments.scheduler != "none":
        rows["stops"] = _about_stops(run)
    return rows


def _about_stops(run: SuiteRun) -> str:
    """Say what the scheduler would have done to the finished suites that lie beside this one."""
    from autoclue.search.replay import scheduler_evidence

    found = scheduler_evidence(
        *(run.index.folder.parent, run.arguments.scheduler), workers=run.resources.parallel
    )
    return f"scheduler {run.arguments.scheduler}; {found.words}"
