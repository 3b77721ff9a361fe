from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from autoclue.errors import DataError, FolderError
from autoclue.tasks import TextExample
from autoclue.training.features import Features, cache_key, cached_features

EXAMPLES = [
    TextExample(row=0, id="0", text="ab", text_pair="c", label=1),
    TextExample(row=1, id="1", text="a", text_pair="", label=None),
    TextExample(row=2, id="2", text="abcd", text_pair="ab", label=0),
]


def encode(examples: Sequence[TextExample]) -> Features:
    """One id a character, from 1000; segment 1 for the second text."""
    pairs = [(e.text, e.text_pair or "") for e in examples]
    ids = [[1000 + ord(c) - ord("a") for c in a + b] for a, b in pairs]
    segments = [[0] * len(a) + [1] * len(b) for a, b in pairs]
    return Features(
        ids=np.array(list(chain.from_iterable(ids)), dtype=np.int32),
        segments=np.array(list(chain.from_iterable(segments)), dtype=np.uint8),
        offsets=np.cumsum([0, *map(len, ids)]),
        examples=np.arange(len(ids)),
        values={"label": np.array([-1 if e.label is None else e.label for e in examples])},
        token_values={"place": np.arange(sum(map(len, ids)))},
    )


def make(folder: Path) -> Features:
    return cached_features(folder, lambda: EXAMPLES, encode)


def never() -> Sequence[TextExample]:
    raise AssertionError("the rows were read again")


def test_a_batch_is_padded_to_its_longest_sequence() -> None:
    batch = encode(EXAMPLES).batch(np.array([1, 0]), pad_id=7)
    assert batch.ids.tolist() == [[1000, 7, 7], [1000, 1001, 1002]]
    assert batch.segments.tolist() == [[0, 0, 0], [0, 0, 1]]
    assert batch.values["label"].tolist() == [-1, 1]
    assert batch.ids.dtype == batch.segments.dtype == np.int64


def test_lengths_are_those_of_the_sequences() -> None:
    features = encode(EXAMPLES)
    assert features.lengths.tolist() == [3, 1, 6]
    assert len(features) == 3


def test_a_split_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no row that can be used"):
        cached_features(tmp_path / "set", list, encode)


def test_a_kept_set_is_not_made_again(tmp_path: Path) -> None:
    made = make(tmp_path / "set")
    again = cached_features(tmp_path / "set", never, encode)
    assert again.ids.tolist() == made.ids.tolist()
    assert again.examples.tolist() == made.examples.tolist()
    assert again.values["label"].tolist() == made.values["label"].tolist()


def test_tokens_are_mapped_into_memory_in_small_types(tmp_path: Path) -> None:
    features = make(tmp_path / "set")
    assert isinstance(features.ids, np.memmap)
    assert isinstance(features.segments, np.memmap)
    assert isinstance(features.token_values["place"], np.memmap)
    assert (features.ids.dtype, features.segments.dtype) == (np.int32, np.uint8)


FILES = ["ids", "segments", "offsets", "examples", "value-label", "token_value-place"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("left_bytes", [0, 20, 130])
def test_a_torn_set_is_made_again(tmp_path: Path, name: str, left_bytes: int) -> None:
    whole = make(tmp_path / "set").ids.tolist()
    file = tmp_path / "set" / f"{name}.npy"
    file.write_bytes(file.read_bytes()[:left_bytes])
    assert make(tmp_path / "set").ids.tolist() == whole
    assert cached_features(tmp_path / "set", never, encode).ids.tolist() == whole


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_is_told_and_the_set_made_again(tmp_path: Path, name: str) -> None:
    ids = make(tmp_path / "set").ids.tolist()
    file, told = tmp_path / "set" / f"{name}.npy", list[str]()
    damaged = bytearray(file.read_bytes())
    damaged[-1] ^= 4
    file.write_bytes(damaged)
    again = cached_features(tmp_path / "set", lambda: EXAMPLES, encode, tell=told.append)
    assert again.ids.tolist() == ids
    assert again.values["label"].tolist() == [1, -1, 0]
    assert "are damaged; they are put aside as set.damaged and made anew" in told[0]
    assert (tmp_path / "set.damaged" / f"{name}.npy").read_bytes() == damaged


@pytest.mark.parametrize(("place", "call"), [(np, "save"), (os, "rename")])
def test_a_full_disk_is_one_sentence_and_leaves_nothing_behind(
    place: object, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(place, call, full)
    message = r"The tokenized rows can't be written to .*: No space left on device\."
    with pytest.raises(FolderError, match=message):
        make(tmp_path / "set")
    assert list(tmp_path.iterdir()) == []


def test_a_set_that_lacks_a_file_is_made_again(tmp_path: Path) -> None:
    make(tmp_path / "set")
    (tmp_path / "set" / "value-label.npy").unlink()
    assert make(tmp_path / "set").values["label"].tolist() == [1, -1, 0]


def test_writers_at_the_same_time_end_with_one_whole_set(tmp_path: Path) -> None:
    barrier = Barrier(4)

    def read() -> Sequence[TextExample]:
        barrier.wait(timeout=10)
        return EXAMPLES

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(cached_features, tmp_path / "set", read, encode) for _ in range(4)]
        made = [job.result() for job in jobs]
    assert all(f.ids.tolist() == made[0].ids.tolist() for f in made)
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_the_cache_key_depends_on_every_part() -> None:
    keys = {cache_key(task="a", data="b"), cache_key(task="b", data="a"), cache_key(task="a")}
    assert len(keys) == 3
    assert cache_key(data="b", task="a") in keys
