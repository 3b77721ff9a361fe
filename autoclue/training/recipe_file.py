"""A configuration as a file that ``autoclue train --recipe`` runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import yaml
from pydantic import ValidationError

from autoclue.errors import FolderError, UsageError
from autoclue.training.config import TrialConfig
from autoclue.yaml_files import describe, read_yaml

RECIPE_FILE: Final = "recipe.yaml"
HEAD: Final = "# autoclue train --recipe FILE trains this configuration.\n"


def write_recipe(folder: Path, config: TrialConfig) -> Path:
    """Write a configuration into a folder, in place of an older one; return the file.

    Settings at their default are left out, but for the seed.

    Raises:
        FolderError: It can't be written.
    """
    path, temporary = folder / RECIPE_FILE, folder / f".{RECIPE_FILE}.new"
    values = {**config.model_dump(mode="json", exclude_defaults=True), "seed": config.seed}
    text = HEAD + yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        raise FolderError.writing("The recipe", folder, error) from error
    return path


def read_recipe(path: Path, *, seed: int | None = None) -> TrialConfig:
    """Read a configuration.

    Args:
        path: YAML or JSON with the settings of a trial by name.
        seed: Another seed than the file's, in all that it goes on from too; ``None`` keeps that.

    Raises:
        UsageError: The file can't be read, or its settings aren't those of a trial.
    """
    values = read_yaml(path.expanduser())
    if seed is not None:
        values["seed"] = seed
    try:
        found = TrialConfig.model_validate(values)
    except ValidationError as error:
        raise UsageError(f"{path} is no recipe: {describe(error)}.") from error
    return found if seed is None else found.with_seed(seed)
