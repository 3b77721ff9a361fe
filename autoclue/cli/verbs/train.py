"""``autoclue train``: one configuration, with the engine that a search uses."""

from __future__ import annotations

from autoclue.cli.options import Config, Given, Json, PrintConfig, with_options
from autoclue.cli.output import say
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
    `autoclue train --task xnli --model builtin --data builtin --learning-rate 1e-3`

    `autoclue train --task ocnli --model DIR --learning-rate 3e-5 --batch-size 32`

    `autoclue train --recipe autoclue-studies/NAME/recipe.yaml --seed 7`

    `autoclue train --task tnews --strategy discriminative --set factor=1.1 --set frozen_blocks=2`
    """
    from autoclue import api
    from autoclue.run_files import complete_run, run_text
    from autoclue.screen import close_training, watch_training

    arguments = complete_run(TrainArguments, given, config)
    if print_config:
        say(run_text(arguments), end="")
        return 0
    with watch_training() as shown:
        result = api.training(arguments, shown.log, shown.tell)
    close_training(result, as_json=as_json)
    return 0
