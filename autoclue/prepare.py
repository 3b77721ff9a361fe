"""Check everything that a search or a retraining needs, before any time is spent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.session import Confirm, Search

if TYPE_CHECKING:
    from autoclue.layers import Strategy
    from autoclue.search.sampling import Sampler
    from autoclue.search.stopping import Scheduler

DEFAULT_MODEL = "ernie-3.0-base-zh"
DEFAULT_BEST = 3
DEFAULT_SEEDS = 5
STUDIES = Path("autoclue-studies")


def prepare_search(
    task: str,
    *,
    strategy: str | Strategy = "discriminative",
    model: str = DEFAULT_MODEL,
    data: str = "download",
    space: str | Path | None = None,
    settings: Sequence[str] = (),
    trials: int | None = None,
    extend: int | None = None,
    time_budget_s: float | None = None,
    step_budget: int | None = None,
    parallel: int | None = None,
    gpus_per_trial: float | None = None,
    address: str | None = None,
    sampler: str | Sampler = "tpe",
    scheduler: str | Scheduler = "adaptive",
    seed: int = 0,
    max_steps: int | None = None,
    holdout: float = 0.0,
    confirm: int | None = None,
    seeds: int | None = None,
    study: str | None = None,
    folder: str | Path = STUDIES,
    storage: str | None = None,
) -> Search:
    """Check everything that a search needs, without running anything; see ``autoclue.tune``."""
    from autoclue.layers.registry import STRATEGIES
    from autoclue.search.execution import choose_resources
    from autoclue.search.sampling import SAMPLERS
    from autoclue.search.spec import Question, make_plan
    from autoclue.search.stopping import SCHEDULERS
    from autoclue.search.study import check_confirm, check_limits, place_of

    check_limits(
        trials=trials, extend=extend, time_budget_s=time_budget_s, step_budget=step_budget
    )
    check_confirm(confirm, seeds)
    resources = choose_resources(parallel=parallel, gpus_per_trial=gpus_per_trial, address=address)
    plan = make_plan(
        Question(
            task=task,
            model=model,
            data=data,
            strategy=STRATEGIES.text_of(strategy),
            space=None if space is None else str(space),
            settings=tuple(settings),
            sampler=SAMPLERS.text_of(sampler),
            scheduler=SCHEDULERS.text_of(scheduler),
            seed=seed,
            max_steps=max_steps,
            holdout=holdout,
        )
    )
    name = plan.default_name if study is None else study
    place = place_of(Path(folder).expanduser(), name, storage)
    again = None
    if confirm is not None:
        again = Confirm(plan, place, resources, confirm, DEFAULT_SEEDS if seeds is None else seeds)
    return Search(plan, place, resources, trials, time_budget_s, step_budget, extend, again)


def prepare_resume(
    study: str | Path,
    *,
    trials: int | None = None,
    extend: int | None = None,
    time_budget_s: float | None = None,
    step_budget: int | None = None,
    parallel: int | None = None,
    gpus_per_trial: float | None = None,
    address: str | None = None,
    folder: str | Path = STUDIES,
) -> Search:
    """Check everything that a study needs to go on, without running anything; see ``resume``."""
    from autoclue.search.execution import choose_resources
    from autoclue.search.spec import make_plan, question_of
    from autoclue.search.study import check_limits, extent_of, find_study, load_study, open_ledger

    check_limits(
        trials=trials, extend=extend, time_budget_s=time_budget_s, step_budget=step_budget
    )
    place = find_study(Path(folder).expanduser(), str(study))
    facts = open_ledger(place).facts
    question, space = question_of(facts)
    resources = choose_resources(parallel=parallel, gpus_per_trial=gpus_per_trial, address=address)
    plan = make_plan(question, space=space)
    extent = extent_of(facts, load_study(place).confirmation)
    again = None
    if extent is not None:
        again = Confirm(plan, place, resources, extent.best, extent.seeds)
    return Search(plan, place, resources, trials, time_budget_s, step_budget, extend, again)


def prepare_confirm(
    study: str | Path,
    *,
    best: int = DEFAULT_BEST,
    seeds: int = DEFAULT_SEEDS,
    parallel: int | None = None,
    gpus_per_trial: float | None = None,
    address: str | None = None,
    folder: str | Path = STUDIES,
) -> Confirm:
    """Check everything that a retraining needs, without running anything; see ``confirm``."""
    from autoclue.search.execution import choose_resources
    from autoclue.search.spec import make_plan, question_of
    from autoclue.search.study import check_confirm, find_study, open_ledger, same_question

    check_confirm(best, seeds)
    place = find_study(Path(folder).expanduser(), str(study))
    ledger = open_ledger(place)
    question, space = question_of(ledger.facts)
    resources = choose_resources(parallel=parallel, gpus_per_trial=gpus_per_trial, address=address)
    plan = make_plan(question, space=space)
    same_question(plan, ledger)
    return Confirm(plan, place, resources, best, seeds)
