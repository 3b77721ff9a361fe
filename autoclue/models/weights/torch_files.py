"""Read the files of weights that PyTorch writes, without PyTorch and without running code.

A file is a zip archive whose ``data.pkl`` names storages that lie beside it, or, before PyTorch
1.6, pickles one after another with the storages behind them. See ``torch/serialization.py``.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from autoclue.models.weights.arrays import (
    BFLOAT16,
    StoredArray,
    WeightsError,
    checked_shape,
    map_file,
    size_of,
    view,
)
from autoclue.models.weights.numpy_pickles import PLAIN_CONSTRUCTORS, PLAIN_NAMES
from autoclue.models.weights.pickles import Constructor, Machine, Name

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
STORAGES: Mapping[str, str] = {
    "torch.FloatStorage": "f4",
    "torch.DoubleStorage": "f8",
    "torch.HalfStorage": "f2",
    "torch.BFloat16Storage": BFLOAT16,
    "torch.LongStorage": "i8",
    "torch.IntStorage": "i4",
    "torch.ShortStorage": "i2",
    "torch.CharStorage": "i1",
    "torch.ByteStorage": "u1",
    "torch.BoolStorage": "b1",
}
WRAPPERS = ("state_dict", "model_state_dict", "model", "module", "net")
"""Under which names a training loop's own file holds the weights."""


@dataclass(slots=True)
class _Storage:
    """Numbers that tensors look at; legacy files say where they lie only at their end."""

    kind: str
    count: int
    read: Callable[[], memoryview | bytes]


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def read(self) -> NDArray[np.generic]:
        """Read the numbers.

        Raises:
            WeightsError: They don't lie within their storage.
        """
        width = size_of(self.storage.kind)
        data = self.storage.read()
        try:
            return view(
                data[: self.storage.count * width],
                self.storage.kind,
                self.shape,
                offset=self.offset * width,
                strides=tuple(stride * width for stride in self.strides),
            )
        except ValueError as error:
            raise WeightsError("A tensor lies outside of its file.") from error


def _tensor(
    storage: object, offset: object, shape: object, strides: object, *_: object
) -> _Tensor:
    if not isinstance(storage, _Storage) or not isinstance(offset, int) or offset < 0:
        raise WeightsError("A pickle holds a tensor without numbers.")
    sizes = checked_shape(shape, "A pickle")
    return _Tensor(storage, offset, sizes, checked_shape(strides, "A pickle"))


def _parameter(tensor: object, *_: object) -> object:
    return tensor


_CONSTRUCTORS: Mapping[str, Constructor] = {
    **PLAIN_CONSTRUCTORS,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
    "torch.Size": tuple,
}
_NAMES = PLAIN_NAMES | set(STORAGES)


@dataclass(slots=True)
class _Storages:
    """Finds what a pickle's persistent ids name."""

    path: Path
    locate: Callable[[str], Callable[[], memoryview | bytes]]
    found: dict[str, _Storage] = field(default_factory=dict)

    def resolve(self, named: object) -> _Storage:
        """Find a storage by its persistent id: a word, its type, key, device and count.

        Raises:
            WeightsError: It is none that PyTorch writes.
        """
        if (
            not isinstance(named, tuple)
            or len(named) not in (5, 6)
            or named[0] != "storage"
            or (len(named) == 6 and named[5] is not None)
        ):
            raise WeightsError(f"{self.path} refers to something that is no storage.")
        _, kind, key, _, count = named[:5]
        if not isinstance(kind, Name) or kind.dotted not in STORAGES or not isinstance(count, int):
            raise WeightsError(f"{self.path} refers to something that is no storage.")
        (size,) = checked_shape((count,), self.path)
        made = _Storage(STORAGES[kind.dotted], size, self.locate(str(key)))
        return self.found.setdefault(str(key), made)


def read_torch(path: Path) -> dict[str, StoredArray]:
    """List the arrays of a ``.bin``, ``.pt`` or ``.pth`` file; no code in it is run.

    Raises:
        WeightsError: It holds anything but tensors and plain containers, or is damaged.
    """
    data = map_file(path)
    found = _read_zip(path) if bytes(data[:4]) == b"PK\x03\x04" else _read_legacy(path, data)
    return _arrays(found, path)


def _arrays(found: object, path: Path) -> dict[str, StoredArray]:
    if not isinstance(found, dict):
        raise WeightsError(f"{path} holds no table of tensors by name.")
    inner = next((found[name] for name in WRAPPERS if isinstance(found.get(name), dict)), found)
    tensors = {str(name): each for name, each in inner.items() if isinstance(each, _Tensor)}
    if not tensors:
        raise WeightsError(f"{path} holds no table of tensors by name.")
    return {name: StoredArray(each.shape, each.read) for name, each in tensors.items()}


def _read_zip(path: Path) -> object:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries.values()):
                raise WeightsError(f"{path} is a compressed archive, which PyTorch never writes.")
            (main,) = (name for name in entries if PurePosixPath(name).name == "data.pkl")
            root = main.removesuffix("data.pkl")
            order = f"{root}byteorder"
            if order in entries and archive.read(order).strip() != b"little":
                raise WeightsError(f"{path} was written on a machine of another byte order.")
            pickled = archive.read(main)
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise WeightsError(f"{path} is no archive of weights that PyTorch wrote.") from error

    def locate(key: str) -> Callable[[], bytes]:
        if f"{root}data/{key}" not in entries:
            raise WeightsError(f"{path} lacks the numbers {key!r} that it names.")
        return partial(_member, path, f"{root}data/{key}")

    storages = _Storages(path, locate)
    view_of = memoryview(pickled)
    return Machine(view_of, str(path), _CONSTRUCTORS, _NAMES, storages.resolve).run()


def _member(path: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)
    except (zipfile.BadZipFile, EOFError, KeyError) as error:
        raise WeightsError(f"{path} is damaged at {name}.") from error


def _read_legacy(path: Path, data: memoryview) -> object:
    places: dict[str, tuple[int, int]] = {}

    def locate(key: str) -> Callable[[], memoryview]:
        def read() -> memoryview:
            start, end = places[key]
            return data[start:end]

        return read

    storages = _Storages(path, locate)
    machine = Machine(data, str(path), _CONSTRUCTORS, _NAMES, storages.resolve)
    if machine.run() != MAGIC or machine.run() != PROTOCOL:
        raise WeightsError(f"{path} is no file of weights that PyTorch wrote.")
    machine.run()  # the writer's sizes of numbers
    found = machine.run()
    keys = machine.run()
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise WeightsError(f"{path} doesn't say which numbers it holds.")
    at = machine.at
    for key in keys:
        storage = storages.found.get(key)
        if storage is None or at + 8 > len(data):
            raise WeightsError(f"{path} ends too early.")
        count = struct.unpack("<q", data[at : at + 8])[0]
        end = at + 8 + storage.count * size_of(storage.kind)
        if count != storage.count or end > len(data):
            raise WeightsError(f"{path} ends too early.")
        places[key] = (at + 8, end)
        at = end
    if set(places) != set(storages.found):
        raise WeightsError(f"{path} lacks numbers that it names.")
    return found
