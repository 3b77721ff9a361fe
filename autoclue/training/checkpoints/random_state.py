"""Take the state of Paddle's random numbers out as plain numbers, and put it back.

Paddle gives it away for pickling alone: as a tuple of device, seed, offset and, in newer versions,
the text of its CPU generator, a 64-bit Mersenne Twister. Here that tuple is written as arrays, so
that nothing need be unpickled. Older versions keep the CPU generator to themselves; a GPU needs
only seed and offset.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from autoclue.training.checkpoints.trial_state import Arrays, StateError
from autoclue.training.platform import load_paddle, trains_on_cpu

_TWISTER_WORDS = 312
_PLACE = "random.place"
_TWISTER = "random.twister"


def take_random_state(states: list[Any]) -> Arrays:
    """Return the state of the first device as arrays.

    Args:
        states: What ``paddle.get_rng_state()`` has given.

    Returns:
        ``random.place``, ``int64 [3]``: device, seed, offset; and, where Paddle gives it,
        ``random.twister``, ``uint64 [313]``: the generator's words and the place of the next.

    Raises:
        StateError: This version of Paddle keeps it to itself.
    """
    told: tuple[Any, ...] = ()
    if hasattr(states[0], "__setstate__"):
        told = states[0].__getstate__()
    if len(told) not in {3, 4} or (len(told) == 3 and trains_on_cpu()):
        version = load_paddle().__version__
        raise StateError(f"Paddle {version} keeps the state of its random numbers to itself")
    place = {_PLACE: np.array(told[:3], dtype=np.int64)}
    if len(told) == 3:
        return place
    words = bytes(told[3]).decode("ascii").split()
    return {**place, _TWISTER: np.array([int(word) for word in words], dtype=np.uint64)}


def put_random_state(arrays: Arrays) -> list[Any]:
    """Make from arrays what ``paddle.set_rng_state`` takes; other devices keep their state.

    Raises:
        StateError: The arrays aren't such a state, or come from another version of Paddle.
    """
    states: list[Any] = load_paddle().get_rng_state()
    mine = take_random_state(states)
    for name, array in mine.items():
        given = arrays.get(name)
        if given is None or (given.shape, given.dtype) != (array.shape, array.dtype):
            raise StateError("it lacks the random state that this version of Paddle has")
    told: tuple[Any, ...] = tuple(int(number) for number in arrays[_PLACE])
    if _TWISTER in mine:
        told = (*told, list(_twister_text(arrays[_TWISTER]).encode("ascii")))
    kind: Any = type(states[0])
    states[0] = kind.__new__(kind)
    states[0].__setstate__(told)
    return states


def _twister_text(words: NDArray[np.uint64]) -> str:
    if int(words[-1]) > _TWISTER_WORDS:
        raise StateError("its random state is none")
    return " ".join(str(int(word)) for word in words)
