"""Assemble the verbs, and turn errors into one sentence and an exit code."""

from __future__ import annotations

import difflib
import errno
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from autoclue import __version__
from autoclue.cli.clean_end import Heard, leave_now, one_clean_end
from autoclue.cli.options import SeveralValues
from autoclue.cli.output import (
    complain,
    crash_sentence,
    prepare_streams,
    say,
    settle_output,
)
from autoclue.cli.verbs import (
    confirm,
    convert_model,
    data,
    doctor,
    ls,
    new_model,
    replay,
    report,
    resume,
    train,
    tune,
)
from autoclue.cli.verbs.predictions import evaluate_command, predict_command, submit_command
from autoclue.cli.verbs.published import reproduce_command
from autoclue.cli.verbs.studies import (
    compare_command,
    dashboard_command,
    rm_command,
    show_command,
)
from autoclue.cli.verbs.suites import (
    extract_command,
    grid_command,
    import_logs_command,
    suite_command,
)
from autoclue.errors import (
    AutoclueError,
    UsageError,
    full_output,
    notes_of,
    printing,
    reason_of,
)
from autoclue.option_fields import kind_words
from autoclue.outside import hide_secrets, one_line, problem_words, quoted, shown

# Newer Typers carry a Click of their own, so its exceptions are reached through Typer.
_ClickError: type[Exception] = typer.BadParameter.__mro__[2]
INTERRUPTED = 130
UNFORESEEN = 70
"""What ``sysexits.h`` calls an internal software error."""
DEBUG_VARIABLE = "AUTOCLUE_DEBUG"
_FULL = frozenset({errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG})
LONGEST_COMPLAINT = 1000
"""Characters of what the reader of the command line says."""
GO_ON = ("tune", "resume", "confirm", "train", "grid", "suite", "reproduce")
"""Verbs that take up what they were interrupted in when they are given again."""
RUN, STUDIES = "Search and train", "Studies that are there"
MAKE, LOOK = "Models and data", "Look around"

app = typer.Typer(
    name="autoclue",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("tune", rich_help_panel=RUN)(tune.tune_command)
app.command("resume", rich_help_panel=RUN)(resume.resume_command)
app.command("confirm", rich_help_panel=RUN)(confirm.confirm_command)
app.command("train", rich_help_panel=RUN)(train.train_command)
app.command("predict", cls=SeveralValues, rich_help_panel=RUN)(predict_command)
app.command("evaluate", cls=SeveralValues, rich_help_panel=RUN)(evaluate_command)
app.command("submit", rich_help_panel=RUN)(submit_command)
app.command("report", rich_help_panel=STUDIES)(report.report_command)
app.command("show", rich_help_panel=STUDIES)(show_command)
app.command("compare", rich_help_panel=STUDIES)(compare_command)
app.command("dashboard", rich_help_panel=STUDIES)(dashboard_command)
app.command("grid", rich_help_panel=RUN)(grid_command)
app.command("suite", rich_help_panel=RUN)(suite_command)
app.command("reproduce", rich_help_panel=RUN)(reproduce_command)
app.command("extract", rich_help_panel=STUDIES)(extract_command)
app.command("import-logs", rich_help_panel=STUDIES)(import_logs_command)
app.command("replay", rich_help_panel=STUDIES)(replay.replay_command)
app.command("doctor", rich_help_panel=LOOK)(doctor.doctor_command)
app.command("convert-model", rich_help_panel=MAKE)(convert_model.convert_model_command)
app.command("new-model", rich_help_panel=MAKE)(new_model.new_model_command)
app.command("rm", rich_help_panel=STUDIES)(rm_command)
app.add_typer(data.app, name="data", rich_help_panel=MAKE)
app.add_typer(data.tasks, name="task", rich_help_panel=MAKE)
app.add_typer(ls.app, name="ls", rich_help_panel=LOOK)


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"autoclue {__version__}")
        raise typer.Exit


@app.callback()
def _autoclue(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print and leave."),
    ] = False,
) -> None:
    """Fine-tune Chinese pretrained models on CLUE with searched, layer-wise learning rates.

    Start with `autoclue tune --task xnli --model builtin --data builtin --builtin-size 1600
    --trials 10`, which needs neither network nor GPU and takes a few minutes.
    """


def run_command_line(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    0 is done, 1 failed, 2 a mistake in what was asked, 70 a mistake in autoclue, 130 Ctrl-C, 143
    SIGTERM, 129 SIGHUP.
    """
    given = sys.argv[1:] if arguments is None else arguments
    prepare_streams()
    with one_clean_end() as heard:
        code = _run(given, heard)
        settle_output()
        if heard.number is not None:
            leave_now(code)
    sys.exit(code)


def _run(given: list[str], heard: Heard) -> int:
    """Run the command line; return its exit code."""
    try:
        _check_surroundings(given)
        code = app(given, prog_name="autoclue", standalone_mode=False)
        if code == INTERRUPTED:  # Typer's way of passing on a KeyboardInterrupt
            raise KeyboardInterrupt
        with printing():
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read our output has left
        return 1
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted(given, heard)
    except Exception as error:  # the last door: nothing leaves as a trace
        if heard.number is not None and not isinstance(error, AutoclueError):
            return _interrupted(given, heard)  # a library in C++ makes another error of it
        return _ended_by(error)
    return code if isinstance(code, int) else 0


def _interrupted(given: list[str], heard: Heard) -> int:
    """Say that a signal has ended the command, and return its exit code."""
    goes_on = given[:1] and given[0] in GO_ON
    by = "" if heard.number in (None, signal.SIGINT) else f" by {_name(heard.number)}"
    again = " Run the same command again to go on." if goes_on else ""
    complain(f"Interrupted{by}.{again}")
    return heard.code


def _name(number: int | None) -> str:
    return "a signal" if number is None else signal.Signals(number).name


def _ended_by(error: Exception) -> int:
    """Say in one sentence why a command ends, and return its exit code."""
    if isinstance(error, _ClickError):
        message = _one_sentence(error)
        if message:
            complain(message)
        return 2
    if isinstance(error, OSError) and error.filename is None and error.errno in _FULL:
        error = full_output(error)  # the help is printed by a library
    if os.environ.get(DEBUG_VARIABLE):
        say(hide_secrets("".join(traceback.format_exception(error))), err=True, end="")
    if isinstance(error, AutoclueError):
        complain(str(error))
        for note in notes_of(error):
            complain(note)
        return error.exit_code
    complain(crash_sentence(error))
    return UNFORESEEN


def _check_surroundings(given: list[str]) -> None:
    """Refuse what no command can work with.

    Raises:
        UsageError: The current folder has gone, or a word of the command is no text.
    """
    for word in given:
        if shown(word) != word and any("\ud800" <= each <= "\udfff" for each in word):
            raise UsageError(
                f"The word {quoted(shown(word))} of the command is no UTF-8 text; give names and "
                "paths in UTF-8."
            )
    try:
        Path.cwd()
    except OSError as error:
        raise UsageError(
            f"The current folder can't be used ({reason_of(error)}); change into another one."
        ) from error


def _one_sentence(error: Any) -> str:
    """Put a wrong command line into a sentence; empty where the help has been printed instead."""
    message = one_line(error.format_message(), LONGEST_COMPLAINT)
    if not message:
        return ""
    context = getattr(error, "ctx", None)
    option = getattr(error, "option_name", None)
    if isinstance(error.__cause__, ValidationError):
        message = _wrong_value(error, error.__cause__)
    if context is not None and option is not None and "No such option" in message:
        message = f"No such option: {option}.{_guess(option, context.command.params)}"
    hint = f" Try '{context.command_path} --help'." if context is not None else ""
    return f"{message}{'' if message.endswith(('.', '?')) else '.'}{hint}"


def _wrong_value(error: Any, cause: ValidationError) -> str:
    """Name the value of an option or argument that can't be read, and what it must be."""
    item = cause.errors(include_url=False)[0]
    wanted = kind_words(item["type"])
    told = f"it must be {wanted}" if wanted else problem_words(item)
    named = error.param.opts[-1] if error.param is not None else "a value"
    return f"Invalid value for '{named}': {quoted(item['input'])}, but {told}"


def _guess(given: str, params: Sequence[Any]) -> str:
    """Guess which option was meant: one with these initials (``--lr``), or one spelt like it."""
    known = [name for param in params for name in param.opts if name.startswith("--")]
    letters = given.strip("-")
    close = [n for n in known if "".join(word[0] for word in n[2:].split("-")) == letters]
    close = close or difflib.get_close_matches(given[:100], known, n=3, cutoff=0.6)
    return f" Did you mean {' or '.join(close)}?" if close else ""
