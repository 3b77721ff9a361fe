"""``autoclue resume``: go on with a study."""

from __future__ import annotations

from autoclue.cli.options import Given, Json, command_line, with_options
from autoclue.options import ResumeArguments


@with_options(ResumeArguments)
def resume_command(given: Given, as_json: Json = False) -> int:
    """Go on with a study that was interrupted, or add trials to a finished one.

    What is asked stands in the study, confirmation with other seeds (--confirm) included. Trials
    that were left running go on from their last state.

    Examples:
    `autoclue resume xnli-discriminative-ernie-3.0-base-zh-1a2b3c4d`

    `autoclue resume ./autoclue-studies/my-study --extend 20`
    """
    from autoclue import api
    from autoclue.option_fields import read_options
    from autoclue.screen import close_study, watch

    arguments = read_options(ResumeArguments, given)
    close_study(api.search(arguments, watch, command=command_line()), as_json=as_json)
    return 0
