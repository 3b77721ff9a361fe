"""A file of weights from a stranger runs nothing, and takes no more memory than it is long."""

from __future__ import annotations

import os
import pickle
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from autoclue.models.weights import WeightsError, read_weights
from tests.models.writers import torch_pickle

ARRAY = np.zeros(3, dtype="f4")


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.function, self.arguments


def hostile(mark: Path) -> dict[str, object]:
    """Pickles that would make a file, each by another way."""
    return {
        "os.system": Call(os.system, f"touch {mark}"),
        "subprocess": Call(subprocess.check_output, ["touch", str(mark)]),
        "eval": Call(eval, f"open({str(mark)!r}, 'w')"),
        "eval of data": Call(eval, "data", {"data": Call(exec, f"open({str(mark)!r}, 'w')")}),
        "exec": Call(exec, f"open({str(mark)!r}, 'w')"),
        "getattr": Call(getattr, Path(mark), "touch"),
        "in an array": np.array([Call(os.system, f"touch {mark}")], dtype=object),
        "opened": Call(open, str(mark), "w"),
    }


@pytest.mark.parametrize("suffix", [".pdparams", ".bin"])
@pytest.mark.parametrize("way", sorted(hostile(Path())))
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_pickle_that_would_run_code_is_refused(
    tmp_path: Path, way: str, suffix: str, protocol: int
) -> None:
    mark, path = tmp_path / "ran", tmp_path / f"model{suffix}"
    path.write_bytes(pickle.dumps({"a": ARRAY, "b": hostile(mark)[way]}, protocol=protocol))
    with pytest.raises(WeightsError, match=r"could run code|asks for code|no number|which no arr"):
        read_weights([path])
    assert not mark.exists()


def test_refusal_names_what_the_file_names(tmp_path: Path) -> None:
    path = tmp_path / "model_state.pdparams"
    path.write_bytes(pickle.dumps({"a": Call(os.system, "true")}))
    with pytest.raises(WeightsError, match=r"names 'posix\.system', which is neither an array"):
        read_weights([path])


def test_hostile_archive_of_pytorch_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Call(os.system, "true")))
    with pytest.raises(WeightsError, match=r"names 'posix\.system'"):
        read_weights([path])


def test_compressed_archive_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(50_000_000))
    with pytest.raises(WeightsError, match="is a compressed archive"):
        read_weights([path])


def test_tensor_outside_of_its_storage_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    pickled = torch_pickle({"a": ARRAY}).replace(b"(J\x03\x00\x00\x00t", b"(J\xff\x00\x00\x00t", 1)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/data/0", ARRAY.tobytes())
    with pytest.raises(WeightsError, match="lies outside of its file"):
        read_weights([path])["a"].read()


BOMBS = {
    "memo at a huge place": b"\x80\x02]r\xff\xff\xff\x7f.",
    "bytes longer than the file": b"\x80\x04\x8e" + b"\xff" * 7 + b"\x0fx.",
    "bytearray of a terabyte": b"\x80\x05\x96" + (10**12).to_bytes(8, "little") + b".",
    "number of a megabyte": b"\x80\x02\x8b\x00\x00\x10\x00" + bytes(2**20) + b".",
    "instructions without end": b"\x80\x02" + b"N0" * 300_000 + b".",
    "array of 2**60": b"\x80\x02}X\x01\x00\x00\x00acnumpy.core.multiarray\n_reconstruct\n"
    b"cnumpy\nndarray\n\x85R(K\x01\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x10\x85cnumpy\ndtype\n"
    b"X\x02\x00\x00\x00f4\x85R\x89C\x00tbs.",
    "keys that nest": b"\x80\x02}" + b")" + b"\x85" * 100_000 + b"Ns.",
}


@pytest.mark.parametrize("bomb", sorted(BOMBS))
def test_bomb_is_refused(tmp_path: Path, bomb: str) -> None:
    path = tmp_path / "model_state.pdparams"
    path.write_bytes(BOMBS[bomb])
    with pytest.raises(WeightsError, match=r"holds|is longer|ends too early|is damaged"):
        read_weights([path])


@pytest.mark.parametrize("content", [b"", b"\n", b"PK\x03\x04", b"<!DOCTYPE html>", b"\x80"])
@pytest.mark.parametrize("name", ["a.pdparams", "a.bin", "a.safetensors", "a.index"])
def test_file_that_is_something_else_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsError, match=name):
        read_weights([tmp_path / name])
