"""``autoclue grid``: the published grid over every task of one model or several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from autoclue.cli.forecasts import show_probed
from autoclue.cli.options import (
    Config,
    Given,
    Json,
    PlanOnly,
    PrintConfig,
    Probe,
    command_line,
    with_options,
)
from autoclue.cli.output import say
from autoclue.cli.rows import print_rows
from autoclue.suite_options import GridArguments

if TYPE_CHECKING:
    from autoclue.search.suite import SuitePlan

SHOWN = (
    *("learning_rate", "batch_size", "dropout", "epochs", "max_length_tokens"),
    *("warmup_proportion", "gradient_accumulation_steps", "micro_batch_size", "seed"),
)


@with_options(GridArguments)
def grid_command(
    given: Given,
    config: Config = None,
    print_config: PrintConfig = False,
    plan: PlanOnly = False,
    probe: Probe = False,
    as_json: Json = False,
) -> int:
    """Run the published grid: 134 runs a model over the ten tasks, each with its own recipe.

    The same command again skips what is complete, goes on with what was interrupted, and tries
    again what has failed.

    Examples:
    `autoclue grid --model ernie-3.0-base-zh`

    `autoclue grid --model ./my-ernie --model hfl/rbt3 --data ./CLUE --tasks tnews,csl --save-best`

    `autoclue grid --model ernie-3.0-base-zh --shard 2/8`

    `autoclue grid --model ernie-3.0-base-zh --data ./CLUE --plan`

    `autoclue grid --model ernie-3.0-base-zh --data ./CLUE --plan --probe`
    """
    from autoclue import api
    from autoclue.run_files import complete_run, run_text
    from autoclue.screen import close_suite, say_cards, watch_suite

    arguments = complete_run(GridArguments, given, config)
    if print_config:
        say(run_text(arguments), end="")
        return 0
    if plan or probe:
        planned = api.plan_grid(arguments)
        assert planned.suite is not None
        rows = _planned(planned.suite)
        if probe:
            show_probed(planned, api.estimate_runs(planned), {"listed": rows}, as_json=as_json)
        else:
            print_rows("runs", rows if as_json else _short(rows), as_json=as_json, whole=True)
            if not as_json:
                say_cards(planned.resources)
        return 0
    result = api.run_grid(arguments, watch_suite, command=command_line())
    close_suite(result, as_json=as_json)
    return 1 if result.failed else 0


def _planned(plan: SuitePlan) -> list[dict[str, object]]:
    """Return a row for each run, in their order."""
    rows = []
    for position, run in enumerate(plan.runs, start=1):
        study, timetable = plan.studies[run.study], plan.timetable(run)
        rows.append(
            {
                "run": position,
                "model": study.model,
                "task": study.task,
                **{name: getattr(run.config, name) for name in SHOWN},
                "steps": None if timetable is None else timetable.steps,
                "evaluations": None if timetable is None else len(timetable.evaluation_steps),
            }
        )
    return rows


def _short(rows: list[dict[str, object]]) -> list[Mapping[str, object]]:
    """Give the columns of a terminal's table short names."""
    names = {
        "learning_rate": "lr",
        "batch_size": "batch",
        "max_length_tokens": "length",
        "warmup_proportion": "warm-up",
        "gradient_accumulation_steps": "parts",
        "micro_batch_size": "at once",
    }
    return [
        {names.get(name, name): _text(value) for name, value in row.items() if name != "seed"}
        for row in rows
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
