"""``autoclue evaluate``: how well a fine-tuned model does on a split with answers."""

from __future__ import annotations

from autoclue.cli.options import Given, Json, with_options
from autoclue.option_fields import read_options
from autoclue.predict_options import EvaluateArguments


@with_options(EvaluateArguments)
def evaluate_command(given: Given, as_json: Json = False) -> int:
    """Score a fine-tuned model on a split whose rows have their answers.

    On the development set this gives what its training reported.

    Example: `autoclue evaluate --model autoclue-studies/STUDY --split dev`
    """
    from autoclue import api
    from autoclue.screen import close_evaluation

    close_evaluation(api.evaluating(read_options(EvaluateArguments, given)), as_json=as_json)
    return 0
