"""Weights of every form are read as they were written, bit for bit."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from autoclue.models.weights import StoredArray, WeightsError, read_weights
from tests.models.writers import (
    write_old_torch,
    write_paddle,
    write_tensorflow,
    write_torch,
)

DRAW = np.random.default_rng(1)
ARRAYS: dict[str, NDArray[np.generic]] = {
    "embeddings.word_embeddings.weight": DRAW.normal(size=(7, 4)).astype("f4"),
    "embeddings.position_ids": np.arange(5, dtype="i8").reshape(1, 5),
    "encoder.layer.0.bias": DRAW.normal(size=4).astype("f2"),
    "encoder.layer.0.scale": np.array(0.5, dtype="f4"),
}


def plain_pickle(path: Path) -> Path:
    path.write_bytes(pickle.dumps(ARRAYS, protocol=2))
    return path


def safetensors(path: Path) -> Path:
    save_file(ARRAYS, path)
    return path


def tensorflow(path: Path) -> Path:
    write_tensorflow(path.with_suffix(""), ARRAYS)
    return path


def written_by(write: Callable[[Path, dict[str, NDArray[np.generic]]], None]) -> object:
    def written(path: Path) -> Path:
        write(path, ARRAYS)
        return path

    return written


WRITERS = {
    "model_state.pdparams": written_by(write_paddle),
    "protocol2.pdparams": plain_pickle,
    "pytorch_model.bin": written_by(write_torch),
    "legacy.bin": written_by(write_old_torch),
    "model.safetensors": safetensors,
    "bert_model.ckpt.index": tensorflow,
}


@pytest.fixture(params=sorted(WRITERS))
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path: Path = WRITERS[request.param](tmp_path / request.param)  # type: ignore[operator]
    return path


def numbers(found: dict[str, StoredArray]) -> dict[str, bytes]:
    return {name: each.read().tobytes() for name, each in found.items()}


def test_arrays_are_read_bit_for_bit(written: Path) -> None:
    found = read_weights([written])
    assert numbers(found) == {name: each.tobytes() for name, each in ARRAYS.items()}
    assert {name: each.shape for name, each in found.items()} == {
        name: each.shape for name, each in ARRAYS.items()
    }


def test_damaged_file_is_read_or_refused_and_nothing_else(written: Path) -> None:
    whole = written.read_bytes()
    draw = random.Random(3)
    for _ in range(150):
        damaged = bytearray(whole[: draw.choice((len(whole), draw.randrange(1, len(whole))))])
        for _ in range(draw.randint(0, 3)):
            damaged[draw.randrange(min(len(damaged), 400))] = draw.randrange(256)
        written.write_bytes(damaged)
        with contextlib.suppress(WeightsError):
            numbers(read_weights([written]))


def test_parts_are_put_together(tmp_path: Path) -> None:
    names = list(ARRAYS)
    parts = [tmp_path / f"model-0000{n}-of-00002.safetensors" for n in (1, 2)]
    save_file({name: ARRAYS[name] for name in names[:2]}, parts[0])
    save_file({name: ARRAYS[name] for name in names[2:]}, parts[1])
    assert set(read_weights(parts)) == set(names)
    save_file(ARRAYS, parts[1])
    with pytest.raises(WeightsError, match="again, which another part has too"):
        read_weights(parts)


def test_bfloat16_is_read_as_single_precision(tmp_path: Path) -> None:
    halves = np.array([1.0, -2.5, 0.15625], dtype="f4").view("u4") >> 16
    header = {"a": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}
    told = json.dumps(header).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(told).to_bytes(8, "little") + told + halves.astype("<u2").tobytes())
    assert read_weights([path])["a"].read().tolist() == [1.0, -2.5, 0.15625]


def test_large_arrays_that_old_paddle_cut_are_joined(tmp_path: Path) -> None:
    whole = np.arange(6, dtype="f4").reshape(2, 3)
    told = {"w": {"OriginShape": (2, 3), "slices": ["w@@.0", "w@@.1"]}}
    pieces = {"w@@.0": whole.reshape(-1)[:4], "w@@.1": whole.reshape(-1)[4:]}
    path = tmp_path / "model_state.pdparams"
    names = {"StructuredToParameterName@@": {"w": "linear_0.w_0"}}
    path.write_bytes(pickle.dumps({**pieces, **names, "UnpackBigParamInfor@@": told}, protocol=2))
    assert read_weights([path])["w"].read().tolist() == whole.tolist()


def test_table_inside_a_training_loop_s_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pdparams"
    path.write_bytes(pickle.dumps({"epoch": 3}, protocol=4))
    with pytest.raises(WeightsError, match="something other than an array under 'epoch'"):
        read_weights([path])


def test_header_of_two_gigabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    with path.open("wb") as file:
        file.write((2 * 10**9).to_bytes(8, "little"))
        os.truncate(path, 2 * 10**9 + 8)
    with pytest.raises(WeightsError, match="can't be read as safetensors"):
        read_weights([path])


def test_missing_data_file_of_a_checkpoint_is_named(tmp_path: Path) -> None:
    index = tensorflow(tmp_path / "bert_model.ckpt.index")
    (tmp_path / "bert_model.ckpt.data-00000-of-00001").unlink()
    with pytest.raises(WeightsError, match=r"lacks its file bert_model\.ckpt\.data-00000"):
        read_weights([index])


@pytest.mark.parametrize("name", ["model.pickle", "model.h5", "model"])
def test_other_forms_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WeightsError, match=r"in no known form; allowed: \.safetensors"):
        read_weights([tmp_path / name])


def test_files_of_pytorch_itself_are_read(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    state = {name: torch.from_numpy(np.array(each)) for name, each in ARRAYS.items()}
    torch.save(state, tmp_path / "new.bin")
    torch.save(state, tmp_path / "old.bin", _use_new_zipfile_serialization=False)
    expected = {name: each.tobytes() for name, each in ARRAYS.items()}
    assert numbers(read_weights([tmp_path / "new.bin"])) == expected
    assert numbers(read_weights([tmp_path / "old.bin"])) == expected


def test_checkpoint_of_tensorflow_itself_is_read(tmp_path: Path) -> None:
    tensorflow = pytest.importorskip("tensorflow")
    names, values = list(ARRAYS), list(ARRAYS.values())
    tensorflow.raw_ops.SaveV2(
        prefix=str(tmp_path / "bert_model.ckpt"),
        tensor_names=names,
        shape_and_slices=[""] * len(names),
        tensors=values,
    )
    found = read_weights([tmp_path / "bert_model.ckpt.index"])
    assert numbers(found) == {name: each.tobytes() for name, each in ARRAYS.items()}
