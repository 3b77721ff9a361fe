"""``autoclue tune``: search the settings of a task."""

from __future__ import annotations

from autoclue.cli.forecasts import show_planned, show_probed
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
from autoclue.options import TuneArguments


@with_options(TuneArguments)
def tune_command(
    given: Given,
    config: Config = None,
    print_config: PrintConfig = False,
    plan: PlanOnly = False,
    probe: Probe = False,
    as_json: Json = False,
) -> int:
    """Search the settings of a task, beginning with the default configuration.

    The same command again goes on with the same study.

    Examples:
    `autoclue tune --task xnli --model builtin --data builtin --builtin-size 1600 --trials 10`

    `autoclue tune --task xnli --strategy discriminative`

    `autoclue tune --task tnews --data ./CLUE --model ./my-ernie --trials 60 --time-budget 8h`

    `autoclue tune --task xnli --holdout 0.5 --confirm 3 --seeds 5`

    `autoclue tune --config run.yaml --trials 60`

    `autoclue tune --task tnews --data ./CLUE --trials 60 --plan --probe`
    """
    from autoclue import api
    from autoclue.run_files import complete_run, run_text
    from autoclue.screen import close_study, watch

    arguments = complete_run(TuneArguments, given, config)
    if print_config:
        say(run_text(arguments), end="")
        return 0
    if plan or probe:
        planned = api.plan_search(arguments)
        if probe:
            show_probed(planned, api.estimate_runs(planned), {}, as_json=as_json)
        else:
            show_planned(planned, as_json=as_json)
        return 0
    close_study(api.search(arguments, watch, command=command_line()), as_json=as_json)
    return 0
