"""What pickled NumPy arrays are made of, and the files of weights that Paddle writes with them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from autoclue.models.weights.arrays import (
    BFLOAT16,
    StoredArray,
    WeightsError,
    checked_shape,
    map_file,
    plain_type,
    size_of,
    view,
)
from autoclue.models.weights.pickles import Buildable, Constructor, Machine

PARAMETER_NAMES = "StructuredToParameterName@@"
BIG_PARAMETERS = "UnpackBigParamInfor@@"
"""What Paddle writes beside the arrays: other names of them, and which were cut into slices."""


class PickledType(Buildable):
    """A number type, such as ``f4``; its byte order comes with its state."""

    def __init__(self, code: object, *_: object) -> None:
        text = bytes(code).decode("latin-1") if isinstance(code, memoryview) else str(code)
        self.byte_order: Literal["<", ">"] = ">" if text.startswith(">") else "<"
        self.kind = plain_type(text.lstrip("<>|="), "A pickle")

    def build(self, state: object) -> None:
        """Take the byte order; fields, and other parts of types that no number has, are refused.

        Raises:
            WeightsError: The type has more than a byte order.
        """
        if not isinstance(state, tuple) or len(state) < 2 or any(state[2:5]):
            raise WeightsError("A pickle holds an array of a type that is no number.")
        order = bytes(state[1]).decode("latin-1") if isinstance(state[1], memoryview) else state[1]
        self.byte_order = ">" if order == ">" else "<"


class PickledArray(Buildable):
    """An array, whose shape, type and numbers come with its state."""

    def __init__(self, *_: object) -> None:
        self.shape: tuple[int, ...] = ()
        self.type: PickledType | None = None
        self._data: memoryview | bytes = b""
        self._fortran = False

    def build(self, state: object) -> None:
        """Take the state: version, shape, type, order of the axes and numbers.

        Raises:
            WeightsError: They don't belong together.
        """
        if not isinstance(state, tuple) or len(state) != 5:
            raise WeightsError("A pickle holds an array without a shape and numbers.")
        _, shape, kind, fortran, data = state
        self.fill(data, kind, shape, fortran=bool(fortran))

    def fill(self, data: object, kind: object, shape: object, *, fortran: bool) -> None:
        """Take all parts of the array, once they are seen to belong together.

        Raises:
            WeightsError: They don't.
        """
        if not isinstance(kind, PickledType):
            raise WeightsError("A pickle holds an array of a type that is no number.")
        given = data.encode("latin-1") if isinstance(data, str) else data
        self.shape = checked_shape(shape, "A pickle")
        size = int(np.prod(self.shape, dtype=np.int64)) * size_of(kind.kind)
        if not isinstance(given, memoryview | bytes) or len(given) != size:
            raise WeightsError("A pickle holds an array whose numbers don't fill its shape.")
        self.type, self._data, self._fortran = kind, given, fortran

    def read(self) -> NDArray[np.generic]:
        """Look at the numbers; Paddle keeps bfloat16 as unsigned 16-bit numbers."""
        if self.type is None:
            raise WeightsError("A pickle holds an array without numbers.")
        kind = BFLOAT16 if self.type.kind == "u2" else self.type.kind
        return view(
            self._data,
            kind,
            self.shape,
            byte_order=self.type.byte_order,
            fortran=self._fortran,
        )


def _from_buffer(data: object, kind: object, shape: object, order: object) -> PickledArray:
    made = PickledArray()
    made.fill(data, kind, shape, fortran=order == "F")
    return made


def _scalar(kind: object, data: object) -> PickledArray:
    made = PickledArray()
    made.fill(data, kind, (), fortran=False)
    return made


def _encode(text: str, encoding: object) -> bytes:
    if encoding not in ("latin1", "latin-1"):
        raise WeightsError("A pickle holds bytes in a form that no writer of weights uses.")
    return text.encode("latin-1")


def _table(pairs: object = ()) -> dict[str, Any]:
    if not isinstance(pairs, list | tuple):
        raise WeightsError("A pickle holds a table that is none.")
    return {str(key): value for key, value in pairs}


def _tensor_of_old_paddle(code: object, scope: object = None, *_: object) -> object:
    """Take the array of a tensor that old Paddle pickles as a call of ``eval``; nothing runs."""
    if code != "data" or not isinstance(scope, dict) or set(scope) != {"data"}:
        raise WeightsError("A pickle asks for code to be run, so nothing of it is used.")
    return scope["data"]


_NUMPY = ("numpy.core", "numpy._core")
PLAIN_CONSTRUCTORS: Mapping[str, Constructor] = {
    "numpy.dtype": PickledType,
    "_codecs.encode": _encode,
    "collections.OrderedDict": _table,
    **{f"{module}.multiarray._reconstruct": PickledArray for module in _NUMPY},
    **{f"{module}.multiarray.scalar": _scalar for module in _NUMPY},
    **{f"{module}.numeric._frombuffer": _from_buffer for module in _NUMPY},
    **{f"{module}.tuple": tuple for module in ("builtins", "__builtin__")},
}
PLAIN_NAMES = frozenset({"numpy.ndarray"})
_PADDLE: Mapping[str, Constructor] = {
    **PLAIN_CONSTRUCTORS,
    **{f"{module}.eval": _tensor_of_old_paddle for module in ("builtins", "__builtin__")},
}


def read_paddle(path: Path) -> dict[str, StoredArray]:
    """List the arrays of a ``.pdparams`` file; no code in it is run.

    Raises:
        WeightsError: It holds anything but arrays and plain containers, or is damaged.
    """
    machine = Machine(map_file(path), str(path), _PADDLE, PLAIN_NAMES)
    found = machine.run()
    if not isinstance(found, dict):
        raise WeightsError(f"{path} holds no table of arrays by name.")
    found.pop(PARAMETER_NAMES, None)
    cut = found.pop(BIG_PARAMETERS, None)
    arrays = {str(name): _array_of(value, str(name), path) for name, value in found.items()}
    return _joined(arrays, cut, path) if cut else arrays


def _array_of(value: object, name: str, path: Path) -> StoredArray:
    """Take the array of an entry; Paddle's own tensors stand beside a name of theirs."""
    if isinstance(value, tuple) and len(value) == 2:
        value = value[1]
    if not isinstance(value, PickledArray) or value.type is None:
        raise WeightsError(f"{path} holds something other than an array under {name[:200]!r}.")
    return StoredArray(value.shape, value.read)


def _joined(arrays: dict[str, StoredArray], cut: object, path: Path) -> dict[str, StoredArray]:
    """Put arrays together that were cut into slices, because old pickles end at 4 GB."""
    whole = dict(arrays)
    try:
        for name, told in dict(cut).items():  # type: ignore[call-overload]
            slices = [whole.pop(each) for each in told["slices"]]
            shape = checked_shape(tuple(told["OriginShape"]), path)
            whole[name] = StoredArray(shape, partial(_join, slices, shape))
    except (TypeError, KeyError, ValueError) as error:
        raise WeightsError(f"{path} doesn't say how its large arrays were cut.") from error
    return whole


def _join(slices: list[StoredArray], shape: tuple[int, ...]) -> NDArray[np.generic]:
    return np.concatenate([each.read().reshape(-1) for each in slices]).reshape(shape)
