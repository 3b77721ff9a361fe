"""Writers of the files of weights that other frameworks leave, made of bytes and NumPy alone."""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autoclue.models.weights.tensor_bundles import TABLE_MAGIC, masked_crc32c

Arrays = Mapping[str, NDArray[np.generic]]
STORAGE = {"f4": "FloatStorage", "f2": "HalfStorage", "i8": "LongStorage"}


def _text(text: str) -> bytes:
    return b"X" + struct.pack("<I", len(text.encode())) + text.encode()


def _tuple(*values: int) -> bytes:
    return b"(" + b"".join(b"J" + struct.pack("<i", each) for each in values) + b"t"


def _tensor(key: str, array: NDArray[np.generic], *, viewed: bytes = b"") -> bytes:
    kind = array.dtype.str[1:]
    stored = b"ctorch\n" + STORAGE[kind].encode() + b"\n"
    persistent = b"(" + _text("storage") + stored + _text(key) + _text("cpu")
    persistent += b"J" + struct.pack("<i", array.size) + viewed + b"tQ"
    strides = [step // array.itemsize for step in array.strides]
    head = b"ctorch._utils\n_rebuild_tensor_v2\n(" + persistent + b"K\x00"
    tail = b"\x89ccollections\nOrderedDict\n)RtR"
    return head + _tuple(*array.shape) + _tuple(*strides) + tail


def torch_pickle(arrays: Arrays, *, viewed: bytes = b"") -> bytes:
    """The table of tensors that ``torch.save`` pickles; storages are numbered in order."""
    rows = [
        _text(name) + _tensor(str(i), each, viewed=viewed)
        for i, (name, each) in enumerate(arrays.items())
    ]
    return b"\x80\x02ccollections\nOrderedDict\n)R(" + b"".join(rows) + b"u."


def write_torch(path: Path, arrays: Arrays) -> None:
    """Write as PyTorch does since 1.6."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", torch_pickle(arrays))
        archive.writestr("archive/byteorder", "little")
        for number, array in enumerate(arrays.values()):
            archive.writestr(f"archive/data/{number}", array.tobytes())
        archive.writestr("archive/version", "3\n")


def write_old_torch(path: Path, arrays: Arrays) -> None:
    """Write as PyTorch did before 1.6."""
    sizes = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}
    parts = [pickle.dumps(each, protocol=2) for each in (0x1950A86A20F9469CFC6C, 1001, sizes)]
    none = b"N"  # nothing is a view of another storage
    parts += [
        torch_pickle(arrays, viewed=none),
        pickle.dumps([str(i) for i in range(len(arrays))], protocol=2),
    ]
    parts += [struct.pack("<q", each.size) + each.tobytes() for each in arrays.values()]
    path.write_bytes(b"".join(parts))


class _PaddleTensor:
    """Pickles as ``paddle.save`` pickles a tensor: beside a name of its own."""

    def __init__(self, array: NDArray[np.generic]) -> None:
        self.array = array

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return tuple, (("linear_0.w_0", self.array),)


def write_paddle(path: Path, arrays: Arrays, *, protocol: int = 4) -> None:
    """Write as ``paddle.save`` does with a network's state."""
    state = {name: _PaddleTensor(array) for name, array in arrays.items()}
    path.write_bytes(pickle.dumps(state, protocol=protocol))


def _varint(value: int) -> bytes:
    parts = []
    while value >= 0x80:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _entry(array: NDArray[np.generic], offset: int) -> bytes:
    kind = {"f4": 1, "f2": 19, "i8": 9}[array.dtype.str[1:]]
    shape = b"".join(_field(2, _field(1, size)) for size in array.shape)
    told = _field(1, kind) + _field(2, shape) + _field(4, offset) + _field(5, array.nbytes)
    return told + _varint(6 << 3 | 5) + struct.pack("<I", masked_crc32c(array.tobytes()))


def _block(rows: Mapping[bytes, bytes]) -> bytes:
    """A block of a LevelDB table, each key sharing what it can with the one before."""
    written, before = b"", b""
    for key, value in sorted(rows.items()):
        shared = len(key) - len(key.removeprefix(before)) if key.startswith(before) else 0
        head = _varint(shared) + _varint(len(key) - shared) + _varint(len(value))
        written, before = written + head + key[shared:] + value, key
    return written + struct.pack("<II", 0, 1)


def _closed(block: bytes) -> bytes:
    return block + b"\0" + struct.pack("<I", masked_crc32c(block + b"\0"))


def write_tensorflow(prefix: Path, arrays: Arrays) -> None:
    """Write ``prefix.index`` and its one data file as TensorFlow's saver does."""
    rows = {b"": _field(1, 1) + _field(3, _field(1, 1))}
    data = b""
    for name, array in sorted(arrays.items()):
        rows[name.encode()] = _entry(array, len(data))
        data += array.tobytes()
    Path(f"{prefix}.data-00000-of-00001").write_bytes(data)
    block = _block(rows)
    places = _block({max(rows): _varint(0) + _varint(len(block))})
    empty = _block({})
    start, then = len(block) + 5, len(block) + len(empty) + 10
    handles = _varint(start) + _varint(len(empty)) + _varint(then) + _varint(len(places))
    footer = handles.ljust(40, b"\0") + struct.pack("<Q", TABLE_MAGIC)
    Path(f"{prefix}.index").write_bytes(_closed(block) + _closed(empty) + _closed(places) + footer)
