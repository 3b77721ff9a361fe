"""``autoclue import-logs``: the logs of the published tools as a suite."""

from __future__ import annotations

from autoclue.cli.options import Given, Json, with_options
from autoclue.cli.output import say_json
from autoclue.option_fields import read_options
from autoclue.suite_options import ImportArguments


@with_options(ImportArguments)
def import_logs_command(given: Given, as_json: Json = False) -> int:
    """Make a suite of PaddleNLP's grid_search logs, which can then be extracted and replayed.

    Logs are called `<model>/<task>/<lr>_<batch size>_<dropout>.log`.

    Example: `autoclue import-logs ./grid_search_tools/ernie-3.0-base-zh`
    """
    from autoclue import api
    from autoclue.screen import print_sentence, result_console

    found = api.read_logs(read_options(ImportArguments, given))
    if as_json:
        told = {
            "suite": found.index.name,
            "folder": str(found.index.folder),
            "complete": found.complete,
            "cut_off": found.cut_off,
            "odd": [str(path) for path in found.odd],
        }
        say_json(told)
        return 0
    console = result_console()
    studies = len(found.index.entries)
    print_sentence(
        console,
        f"The suite {found.index.name} holds {found.complete} runs in {studies} studies.",
    )
    if found.cut_off:
        print_sentence(console, f"{found.cut_off} logs hold no result and are failed runs.")
    if found.odd:
        names = ", ".join(map(str, found.odd))
        count = len(found.odd)
        print_sentence(
            console,
            f"The curve of {count} logs doesn't reach the result that they print: {names}.",
        )
    print_sentence(console, f"next: autoclue extract {found.index.name}")
    return 0
