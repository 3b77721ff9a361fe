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
    from autoclue.screen import close_import

    found = api.read_logs(read_options(ImportArguments, given))
    result, odd = api.suite_written(found.index), [str(path) for path in found.odd]
    if as_json:
        told = {
            "suite": found.index.name,
            "folder": str(found.index.folder),
            "complete": found.complete,
            "cut_off": found.cut_off,
            "odd": odd,
            "report": str(result.report),
        }
        say_json(told)
        return 0
    close_import(result, complete=found.complete, cut_off=found.cut_off, odd=odd)
    return 0
