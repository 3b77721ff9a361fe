"""``autoclue reproduce``: is a published score what its settings give?"""

from __future__ import annotations

from autoclue.cli.options import Given, Json, with_options
from autoclue.cli.output import say_json
from autoclue.option_fields import read_options
from autoclue.suite_options import ReproduceArguments


@with_options(ReproduceArguments)
def reproduce_command(given: Given, as_json: Json = False) -> int:
    """Train with the published settings of a model, and compare with its published score.

    The verdict is reproduced, not told apart, or not reproduced; the tolerance follows from the
    size of the development set and the spread of the seeds. Trainings that have ended are kept.

    Examples:
    `autoclue reproduce --model ernie-3.0-base-zh --task csl --seeds 3`

    `autoclue reproduce --model hfl/roberta-wwm-ext-large --task xnli --document autofinetune`

    `autoclue reproduce --model hfl/rbt3 --all --data ./CLUE`
    """
    from autoclue import api
    from autoclue.screen import SYNTHETIC, print_sentence, result_console

    arguments = read_options(ReproduceArguments, given)
    rows = []
    for each in api.reproducing(arguments):
        found = each.found
        if not as_json:
            print_sentence(result_console(), f"{each.published.task} {found.sentence()}")
        rows.append(
            {
                "task": each.published.task,
                "document": each.published.document,
                "settings": dict(each.published.settings),
                "published": found.published,
                "scores": list(found.scores),
                "difference": found.difference,
                "tolerance": found.tolerance,
                "dev_examples": found.examples,
                "verdict": found.verdict.value,
                "folders": [str(folder) for folder in each.folders],
            }
        )
    if as_json:
        say_json(rows)
    elif arguments.data == "builtin":
        print_sentence(result_console(), SYNTHETIC)
    return 0
