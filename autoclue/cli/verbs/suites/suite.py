"""``autoclue suite``: from a model to a submission in one command."""

from __future__ import annotations

from autoclue.cli.options import Config, Given, Json, PrintConfig, command_line, with_options
from autoclue.cli.output import say
from autoclue.suite_options import SuiteArguments


@with_options(SuiteArguments)
def suite_command(
    given: Given,
    config: Config = None,
    print_config: PrintConfig = False,
    as_json: Json = False,
) -> int:
    """Search every task for a model, predict with the best models, and pack the archive.

    The same command again goes on wherever it was interrupted.

    Examples:
    `autoclue suite --model ernie-3.0-base-zh --tasks all --search grid --submit clue.zip`

    `autoclue suite --model ./my-ernie --data ./CLUE --search discriminative --submit clue.zip`

    `autoclue suite --model builtin --data builtin --builtin-size tiny --tasks afqmc,c3 --search
    discriminative --trials 3 --max-steps 10 --submit clue.zip`
    """
    from autoclue import api
    from autoclue.run_files import complete_run, run_text
    from autoclue.screen import SuiteScreen, close_suite

    arguments = complete_run(SuiteArguments, given, config)
    if print_config:
        say(run_text(arguments), end="")
        return 0
    result = api.run_whole_suite(arguments, SuiteScreen(), command=command_line())
    close_suite(result, as_json=as_json)
    return 1 if result.failed or result.problems else 0
