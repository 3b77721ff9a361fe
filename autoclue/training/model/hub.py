"""Bring a model of PaddleNLP's hub here as a folder, to be opened as any other folder is.

PaddleNLP knows where its files are and keeps them in its own cache. Here they are only linked into
one folder, with what PaddleNLP's tables say of the model written beside them; nothing of them is
loaded by PaddleNLP.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from autoclue.errors import UsageError, did_you_mean, one_door
from autoclue.models import ModelSource, models, shipped_folder
from autoclue.models.folders import HubOrigin, ModelFolder, open_model
from autoclue.outside import read_text
from autoclue.tasks.cache import cache_dir, locked, make_folder
from autoclue.training.model.hub_files import HubFiles, find_files
from autoclue.training.platform import make_scratch

MARKER = "hub.json"
NEAR = 0.75
"""How near to a name of the catalog another one must be to be taken for a slip."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model of the hub that is here.

    Attributes:
        folder: Its files under the names that a model's folder has.
        origin: Where they come from.
        complete: Whether the hub was asked for every file; where it can't be reached, those that
            are here already may do.
    """

    folder: Path
    origin: HubOrigin
    complete: bool

    def open(self) -> ModelFolder:
        """Open it; see ``open_model``."""
        return open_model(self.folder, hub=self.origin)

    @property
    def description(self) -> dict[str, str]:
        """What stands beside its files in a copy of them, which no place of here is in."""
        told = {"name": self.origin.name, "tabled": self.origin.tabled}
        return {MARKER: json.dumps(told)}


def open_location(location: str) -> ModelFolder:
    """Open a model's folder, or a model of the hub, which is fetched where it isn't here yet.

    Args:
        location: Folder or hub name.

    Raises:
        UsageError: There is no such model, it can't be fetched, or it isn't one.
    """
    path = Path(location)
    return open_folder(path) if path.is_dir() else fetch_hub_model(location).open()


def open_folder(folder: Path) -> ModelFolder:
    """Open a model's folder; one of autoclue's cache may be a model of the hub, or a copy of it.

    Raises:
        UsageError: It isn't a model.
    """
    return open_model(folder, hub=_origin_of(folder))


def _origin_of(folder: Path) -> HubOrigin | None:
    """Read where a folder of the cache comes from; what lies elsewhere is the user's own."""
    if not folder.resolve().is_relative_to(cache_dir().resolve()):
        return None
    try:
        told = json.loads(read_text(folder / MARKER))
        name, files = told.get("name", folder.name), told.get("files", folder)
        return HubOrigin(str(name), Path(files), bool(told["tabled"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def open_if_here(source: ModelSource) -> ModelFolder | None:
    """Open a model without fetching anything; ``None`` for one of the hub that isn't here.

    Raises:
        UsageError: It isn't a model.
    """
    if source.fetched is not None:
        return open_folder(source.fetched)
    if source.kind == "hub":
        here = hub_model_here(source.name)
        return None if here is None else here.open()
    return open_model(shipped_folder() if source.path is None else source.path)


def copied_hub_model(name: str, folder: Path) -> HubModel | None:
    """Find a model of the hub in a copy of its folder that was fetched into the cache.

    Args:
        name: Its name on the hub.
        folder: The copy.
    """
    origin = _origin_of(folder)
    return None if origin is None else HubModel(folder, replace(origin, name=name), True)


def hub_model_here(name: str) -> HubModel | None:
    """Find a model of the hub that was brought here; ``None`` where a file of it is missing."""
    folder = _place(name)
    try:
        told = json.loads(read_text(folder / MARKER))
        whole = all(path.exists() for path in folder.iterdir())
        origin = HubOrigin(name, Path(told["files"]), bool(told["tabled"]))
        return HubModel(folder, origin, bool(told["complete"])) if whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it was never fetched, or is put together anew


def fetch_hub_model(name: str) -> HubModel:
    """Bring a model of the hub here, unless it is here already.

    Args:
        name: Its name on PaddleNLP's hub.

    Raises:
        UsageError: There is none of that name, or it can't be fetched.
    """
    here = hub_model_here(name)
    if here is not None and here.complete:
        return here
    if _NAME.fullmatch(name) is None or ".." in name:
        raise _not_loaded(name, "that is no name of a model there")
    with locked(_place(name).with_name(f"{_place(name).name}.lock")):
        here = hub_model_here(name)
        if here is None or not here.complete:
            _put_together(name)
            here = hub_model_here(name)
    if here is None:
        raise _not_loaded(name, "a file of it went while it was fetched")
    return here


def _place(name: str) -> Path:
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:80]
    digits = hashlib.sha256(name.encode()).hexdigest()[:8]
    return cache_dir() / "hub" / f"{readable}-{digits}"


def _put_together(name: str) -> None:
    with one_door(lambda why: _not_loaded(name, why.partition(". If you were")[0])):
        files = find_files(name, tell=log.warning)
    place = _place(name)
    make_folder(place.parent)
    scratch = make_scratch(place.parent, f".{place.name}-")
    try:
        _fill(scratch, files)
        shutil.rmtree(place, ignore_errors=True)
        os.rename(scratch, place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _fill(folder: Path, files: HubFiles) -> None:
    for name, path in files.linked.items():
        (folder / name).symlink_to(path.resolve())
    for name, content in files.written.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    told = {"files": str(files.kept_in), "tabled": files.tabled, "complete": files.complete}
    (folder / MARKER).write_text(json.dumps(told), encoding="utf-8")


def _not_loaded(name: str, reason: str) -> UsageError:
    known = ["builtin", *(each.name for each in models())]
    guess = did_you_mean(name, known, cutoff=NEAR)
    return UsageError(
        f"The model {name!r} can't be loaded from PaddleNLP's hub ({reason}).{guess} Check the "
        "name with 'autoclue ls models', or the network; a local folder or '--model builtin' "
        "needs none."
    )
