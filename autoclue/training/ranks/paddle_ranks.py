"""Ranks through Paddle's collectives: gloo between CPUs, NCCL between GPUs."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from autoclue.training.platform import load_paddle

T = TypeVar("T")

CHUNK_BYTES: Final = 64 * 1024 * 1024
"""What is sent at once of a value; on a GPU it needs as much memory there."""


@dataclass(frozen=True, slots=True)
class PaddleRanks:
    """This process's place among those of a trial; see ``form_ranks``.

    Attributes:
        rank: Its number, from 0.
        count: How many there are.
    """

    rank: int
    count: int

    def add(self, tensor: Any) -> None:
        """Replace a tensor by the sum of those of all processes, in place.

        The sum has the same bits in each of them.
        """
        load_paddle().distributed.all_reduce(tensor)

    def share(self, value: T) -> T:
        """Return what the first process has given; it must be one that pickle takes."""
        written = pickle.dumps(value) if self.rank == 0 else b""
        length = int(self._broadcast(np.array([len(written)], dtype=np.int64))[0])
        parts = []
        for start in range(0, length, CHUNK_BYTES):
            size = min(CHUNK_BYTES, length - start)
            own = np.zeros(size, dtype=np.uint8)
            if self.rank == 0:
                own = np.frombuffer(written, dtype=np.uint8, count=size, offset=start)
            parts.append(self._broadcast(own).tobytes())
        if self.rank == 0:
            return value
        found: T = pickle.loads(b"".join(parts))  # only from a process of this trial
        return found

    def gather(self, value: T) -> list[T]:
        """Return what each process has given, in their order; pickle must take it."""
        written = np.frombuffer(pickle.dumps(value), dtype=np.uint8)
        lengths = [int(each[0]) for each in self._all(np.array([len(written)], dtype=np.int64))]
        parts: list[list[bytes]] = [[] for _ in range(self.count)]
        for start in range(0, max(lengths), CHUNK_BYTES):
            size = min(CHUNK_BYTES, max(lengths) - start)
            own = np.zeros(size, dtype=np.uint8)
            given = written[start : start + size]
            own[: len(given)] = given
            for rank, each in enumerate(self._all(own)):
                parts[rank].append(each.tobytes())
        whole = [b"".join(each)[:length] for each, length in zip(parts, lengths, strict=True)]
        return [pickle.loads(each) for each in whole]  # only from processes of this trial

    def _broadcast(self, array: NDArray[Any]) -> NDArray[Any]:
        paddle = load_paddle()
        tensor = paddle.to_tensor(array)
        paddle.distributed.broadcast(tensor, 0)
        found: NDArray[Any] = tensor.numpy()
        return found

    def _all(self, array: NDArray[Any]) -> list[NDArray[Any]]:
        paddle = load_paddle()
        found: list[Any] = []
        paddle.distributed.all_gather(found, paddle.to_tensor(array))
        return [tensor.numpy() for tensor in found]


def form_ranks(*, device: str) -> PaddleRanks:
    """Join the other processes of a trial; a process can do so once in its life.

    Paddle finds them by the variables that whoever has started this process has set, see
    ``group.RankGroup``. It waits until all of them are there.

    Args:
        device: Paddle's device name.
    """
    paddle = load_paddle()
    paddle.set_device(device)
    paddle.distributed.init_parallel_env()
    return PaddleRanks(paddle.distributed.get_rank(), paddle.distributed.get_world_size())
