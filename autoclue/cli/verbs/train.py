"""``autoclue train``: one configuration, with the engine that a search uses."""

from __future__ import annotations

import logging

from autoclue.cli.options import Config, Given, Json, PrintConfig, with_options
from autoclue.cli.output import ShownFormatter, say
from autoclue.train_options import TrainArguments


@with_options(TrainArguments)
def train_command(
    given: Given,
    config: Config = None,
    print_config: PrintConfig = False,
    as_json: Json = False,
) -> int:
    """Train one configuration by the published recipe; what isn't given is the task's default.

    After an interruption the same command goes on where it was.

    Examples:
    `autoclue train --task ocnli --model DIR --learning-rate 3e-5 --batch-size 32`

    `autoclue train --task tnews --strategy discriminative --set factor=1.1 --set frozen_blocks=2`
    """
    from autoclue import api
    from autoclue.cli.screen import close_training
    from autoclue.run_files import complete_run, run_text

    arguments = complete_run(TrainArguments, given, config)
    if print_config:
        say(run_text(arguments), end="")
        return 0
    close_training(api.training(arguments, _terminal_log()), as_json=as_json)
    return 0


def _terminal_log() -> logging.Logger:
    """Print the training log to the terminal's error stream, so that results stay apart.

    An error that ends the training is left out: the command itself says it.
    """
    log = logging.Logger("autoclue.train")
    handler = logging.StreamHandler()
    handler.setFormatter(ShownFormatter("%(message)s"))
    handler.addFilter(lambda record: record.levelno < logging.ERROR)
    log.addHandler(handler)
    return log
