"""The verbs that follow a training: predictions, scores and the archive to hand in."""

from autoclue.cli.verbs.predictions.evaluate import evaluate_command
from autoclue.cli.verbs.predictions.predict import predict_command
from autoclue.cli.verbs.predictions.submit import submit_command

__all__ = [
    "evaluate_command",
    "predict_command",
    "submit_command",
]
