"""Keep an estimate in a folder, until the ledgers of its studies hold it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from autoclue.errors import FolderError, UsageError, one_door
from autoclue.outside import read_bytes
from autoclue.records import Forecast
from autoclue.search.forecast.estimate import Estimate
from autoclue.search.store import Ledger, StudyAttributes

FORECAST_FILE: Final = "forecast.json"
_BY_STUDY = TypeAdapter(dict[str, Forecast])


def keep_estimate(folder: Path, estimate: Estimate) -> None:
    """Write an estimate into the folder of a suite or a study, in place of an older one.

    Raises:
        FolderError: It can't be written.
    """
    told = {name: asdict(estimate.of_study(name)) for name in estimate.studies}
    scratch = folder / f".{FORECAST_FILE}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        os.replace(scratch, folder / FORECAST_FILE)
    except OSError as error:
        raise FolderError.writing("The forecast", folder, error) from error


def kept_forecasts(folder: Path) -> Mapping[str, Forecast]:
    """Read what was estimated of each study; nothing where nobody asked for it.

    Raises:
        UsageError: The file can't be read.
    """
    path = folder / FORECAST_FILE
    if not path.is_file():
        return {}
    with one_door(
        lambda why: UsageError(f"{path} can't be read ({why}); delete it, it is made anew.")
    ):
        return _BY_STUDY.validate_json(read_bytes(path))


def note_forecast(ledger: Ledger, folder: Path, name: str) -> None:
    """Write what was estimated of a study into its ledger, so that reports hold both.

    Args:
        ledger: The study's ledger.
        folder: The folder of the study or of its suite.
        name: The study's name.

    Raises:
        UsageError: The file of the estimate can't be read.
    """
    found = kept_forecasts(folder).get(name)
    if found is not None and ledger.attributes.forecast != found:
        ledger.note(StudyAttributes(forecast=found))
