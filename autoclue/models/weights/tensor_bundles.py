"""Read TensorFlow checkpoints (``model.ckpt.index`` and ``.data-00000-of-00001``) without it.

The index is a LevelDB table of protocol buffers: the name of every array, its type, shape and
place in the data files. Written from ``tensorflow/core/lib/io/table_format.txt`` and
``tensor_bundle.proto``; TensorFlow writes the index uncompressed, and that is all that is read.
Every block of the index is checked by its CRC-32C. Data is checked by its size alone: a checksum
of hundreds of megabytes would take minutes in Python.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path

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

TABLE_MAGIC = 0xDB4775248B80FB57
FOOTER_BYTES = 48
LONGEST_INDEX = 16 * 2**20
TRAILER_BYTES = 5
KINDS: Mapping[int, str] = {
    **{1: "f4", 2: "f8", 3: "i4", 4: "u1", 5: "i2", 6: "i1", 9: "i8", 10: "b1"},
    **{14: BFLOAT16, 17: "u2", 19: "f2", 22: "u4", 23: "u8"},
}
"""Numbers of ``DataType`` in ``types.proto``; what isn't here is no number."""

Fields = dict[int, list[int | memoryview]]


def read_tensorflow(index: Path) -> dict[str, StoredArray]:
    """List the arrays of a checkpoint.

    Args:
        index: The file that ends in ``.index``; the data files lie beside it.

    Raises:
        WeightsError: It is damaged, compressed, partitioned, or a data file is missing.
    """
    data = map_file(index)
    if len(data) > LONGEST_INDEX:
        raise WeightsError(f"{index} is too long for the index of a checkpoint.")
    try:
        entries = dict(_entries(data))
        shards = _shards(_fields(memoryview(entries.pop(b""))), index)
        return {
            name.decode("utf-8"): _array(name, _fields(memoryview(told)), shards, index)
            for name, told in entries.items()
            if _is_number(_fields(memoryview(told)))
        }
    except (ValueError, IndexError, KeyError, TypeError, struct.error) as error:
        raise WeightsError(f"{index} is no index of a TensorFlow checkpoint.") from error


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """Read a number of up to 64 bits; returns it and where it ends."""
    value = 0
    for count in range(10):
        byte = data[at + count]
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value, at + count + 1
    raise ValueError("a number without end")


@cache
def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return tuple(table)


def masked_crc32c(data: memoryview | bytes) -> int:
    """Compute the checksum that LevelDB keeps of a block."""
    table, crc = _crc_table(), 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _entries(data: memoryview) -> Iterator[tuple[bytes, bytes]]:
    """List the keys and values of a table."""
    footer = data[-FOOTER_BYTES:]
    if len(footer) < FOOTER_BYTES or struct.unpack("<Q", footer[-8:])[0] != TABLE_MAGIC:
        raise ValueError("no table")
    _, at = _varint(footer, 0)
    _, at = _varint(footer, at)  # where its other index begins and how long it is
    start, at = _varint(footer, at)
    length, _ = _varint(footer, at)
    for _, handle in _block(data, start, length):
        place, at = _varint(memoryview(handle), 0)
        size, _ = _varint(memoryview(handle), at)
        yield from _block(data, place, size)


def _block(data: memoryview, start: int, length: int) -> Iterator[tuple[bytes, bytes]]:
    """List the entries of a block; each key says how much it shares with the one before."""
    end = start + length
    if end + TRAILER_BYTES > len(data) or length < 4:
        raise ValueError("a block outside of its file")
    if data[end] != 0:
        raise ValueError("a compressed block")
    if struct.unpack("<I", data[end + 1 : end + 5])[0] != masked_crc32c(data[start : end + 1]):
        raise ValueError("a block whose checksum is wrong")
    restarts = struct.unpack("<I", data[end - 4 : end])[0]
    stop, at, key = end - 4 - 4 * restarts, start, b""
    while at < stop:
        shared, at = _varint(data, at)
        own, at = _varint(data, at)
        size, at = _varint(data, at)
        key = key[:shared] + bytes(data[at : at + own])
        yield key, bytes(data[at + own : at + own + size])
        at += own + size


def _fields(data: memoryview) -> Fields:
    """Read a protocol buffer: every field's values by its number."""
    found: Fields = {}
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind, value = tag & 7, 0
        if kind == 0:
            value, at = _varint(data, at)
            found.setdefault(tag >> 3, []).append(value)
            continue
        if kind == 2:
            size, at = _varint(data, at)
        else:
            size = {1: 8, 5: 4}[kind]
        if at + size > len(data):
            raise ValueError("a field that doesn't end")
        found.setdefault(tag >> 3, []).append(data[at : at + size])
        at += size
    return found


def _int(fields: Fields, number: int) -> int:
    value = fields.get(number, [0])[-1]
    if not isinstance(value, int):
        raise TypeError("a field of another kind")
    return value


def _shards(header: Fields, index: Path) -> tuple[Path, ...]:
    """Name the data files.

    Raises:
        WeightsError: One is missing.
    """
    count = _int(header, 1)
    if _int(header, 2) != 0 or not 1 <= count <= 10_000:
        raise ValueError("another byte order, or no shards")
    stem = index.name.removesuffix(".index")
    paths = tuple(
        index.with_name(f"{stem}.data-{number:05d}-of-{count:05d}") for number in range(count)
    )
    for path in paths:
        if not path.is_file():
            raise WeightsError(f"The checkpoint {index} lacks its file {path.name}.")
    return paths


def _is_number(entry: Fields) -> bool:
    """Return whether an entry is an array of numbers; training loops keep texts beside them."""
    return _int(entry, 1) in KINDS


def _array(name: bytes, entry: Fields, shards: tuple[Path, ...], index: Path) -> StoredArray:
    if 7 in entry:
        raise WeightsError(f"{index} cuts {name[:200].decode()!r} into slices; save it whole.")
    kind = KINDS[_int(entry, 1)]
    told = _fields(memoryview(b"".join(bytes(_bytes(part)) for part in entry.get(2, []))))
    sizes = tuple(_int(_fields(_bytes(axis)), 1) for axis in told.get(2, []))
    shape = checked_shape(sizes, index)
    start, size = _int(entry, 4), _int(entry, 5)
    path = shards[_int(entry, 3)]
    fits = size == int(np.prod(shape, dtype=np.int64)) * size_of(kind)
    if not fits or start + size > path.stat().st_size:
        raise WeightsError(f"{path} is shorter than its index says.")
    return StoredArray(shape, partial(_read, path, kind, shape, start))


def _bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise TypeError("a field of another kind")
    return value


def _read(path: Path, kind: str, shape: tuple[int, ...], start: int) -> NDArray[np.generic]:
    return view(map_file(path), kind, shape, offset=start)
