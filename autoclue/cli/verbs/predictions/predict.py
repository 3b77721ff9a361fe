"""``autoclue predict``: what a fine-tuned model says about the test parts, in files to hand in."""

from __future__ import annotations

from autoclue.cli.options import Given, Json, with_options
from autoclue.option_fields import read_options
from autoclue.predict_options import PredictArguments


@with_options(PredictArguments)
def predict_command(given: Given, as_json: Json = False) -> int:
    """Predict the test parts of a task with a fine-tuned model, in the benchmark's files.

    Names, ids and labels are those that the published scripts write.

    Examples:
    `autoclue predict --model autoclue-studies/STUDY --out predictions`

    `autoclue predict --ensemble run1/best run2/best run3/best --probabilities`

    `autoclue predict --model DIR --task ocnli --data ./CLUE --split dev`
    """
    from autoclue import api
    from autoclue.screen import close_predictions

    close_predictions(api.predicting(read_options(PredictArguments, given)), as_json=as_json)
    return 0
