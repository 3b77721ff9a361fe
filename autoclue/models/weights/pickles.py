"""Read pickles of weights without running anything that stands in them.

A pickle is a program for a small stack machine, and Python's own machine calls whatever the
program names. This one knows the opcodes that arrays and plain containers need, and a name stands
for one of a few functions of ours or is refused. Memory stays within a small multiple of the
file: nothing is allocated by a number that the file gives, and bytes are looked at in place.

The opcodes are those of Python's ``pickletools``; PyTorch reads ``weights_only`` alike.
"""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autoclue.models.weights.arrays import WeightsError

Constructor = Callable[..., object]
"""Makes plain data of what stands behind a name."""

MOST_OPCODES = 500_000
LONGEST_NUMBER = 64


@dataclass(frozen=True, slots=True)
class Name:
    """A name that stands for a kind of thing and is never called, such as ``numpy.ndarray``."""

    dotted: str


class Buildable(ABC):
    """Something of ours whose state comes after it, as an array's numbers do."""

    @abstractmethod
    def build(self, state: object) -> None:
        """Take the state."""


class _Mark:
    """Where a group of values begins on the stack."""


_MARK = _Mark()


@dataclass(slots=True)
class Machine:
    """Runs one pickle.

    Attributes:
        data: The file.
        origin: What the file is called in errors.
        constructors: What may be called, by its dotted name.
        names: What may be named and not called.
        persistent: Resolves what lies outside the pickle; ``None`` refuses that.
        at: Where the next opcode stands.
    """

    data: memoryview
    origin: str
    constructors: Mapping[str, Constructor]
    names: frozenset[str] = frozenset()
    persistent: Callable[[object], object] | None = None
    at: int = 0
    _stack: list[Any] = field(default_factory=list)
    _memo: dict[int, Any] = field(default_factory=dict)

    def run(self) -> object:
        """Run to the end of the pickle, and leave ``at`` behind it.

        Raises:
            WeightsError: It names what isn't plain data, or is no whole pickle.
        """
        self._stack.clear()
        self._memo.clear()
        for _ in range(MOST_OPCODES):
            code = bytes(self._take(1))
            if code == b".":
                return self._pop()
            step = _STEPS.get(code)
            if step is None:
                raise self._wrong(f"holds the instruction {code!r}, which no array needs")
            try:
                step(self)
            except (TypeError, ValueError, IndexError, KeyError, struct.error) as error:
                raise self._wrong("is damaged or no file of weights") from error
        raise self._wrong("is longer than any file of weights")

    def _wrong(self, problem: str) -> WeightsError:
        return WeightsError(f"{self.origin} {problem}, so nothing of it is used.")

    def _take(self, count: int) -> memoryview:
        end = self.at + count
        if count < 0 or end > len(self.data):
            raise self._wrong("ends too early")
        found = self.data[self.at : end]
        self.at = end
        return found

    def _number(self, form: str) -> int:
        return int(struct.unpack(form, self._take(struct.calcsize(form)))[0])

    def _line(self) -> str:
        end = self.at
        while bytes(self._take(1)) != b"\n":
            if self.at - end > 1000:
                raise self._wrong("is damaged or no file of weights")
        return bytes(self.data[end : self.at - 1]).decode("ascii")

    def _text(self, form: str) -> str:
        count = self._number(form)
        return bytes(self._take(count)).decode("utf-8", "surrogatepass")

    def _push(self, value: object) -> None:
        self._stack.append(value)

    def _pop(self) -> Any:
        value = self._stack.pop()
        if value is _MARK:
            raise self._wrong("is damaged or no file of weights")
        return value

    def _group(self) -> list[Any]:
        """Take what stands above the last mark."""
        group: list[Any] = []
        while (value := self._stack.pop()) is not _MARK:
            group.append(value)
        group.reverse()
        return group

    def _top(self, kind: type[Any]) -> Any:
        if not isinstance(self._stack[-1], kind):
            raise self._wrong("is damaged or no file of weights")
        return self._stack[-1]

    def _set(self, pairs: list[Any]) -> None:
        target = self._top(dict)
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            named = bytes(key).decode("latin-1") if isinstance(key, memoryview) else key
            if not isinstance(named, str | int):
                raise self._wrong("holds a table whose keys are neither text nor numbers")
            target[named] = value

    def _resolve(self, module: str, name: str) -> None:
        dotted = f"{module}.{name}"
        if dotted not in self.constructors and dotted not in self.names:
            raise WeightsError(
                f"{self.origin} names {dotted[:200]!r}, which is neither an array nor a plain "
                "container. Loading it could run code, so nothing of it is used; have the "
                "weights saved alone, best as model.safetensors."
            )
        self._push(Name(dotted))

    def _reduce(self) -> None:
        arguments, called = self._pop(), self._pop()
        if not isinstance(called, Name) or not isinstance(arguments, tuple):
            raise self._wrong("is damaged or no file of weights")
        make = self.constructors.get(called.dotted)
        if make is None:
            raise self._wrong(f"calls {called.dotted}, which only names a kind of thing")
        self._push(make(*arguments))

    def _build(self) -> None:
        state = self._pop()
        if isinstance(self._stack[-1], dict):
            return  # what PyTorch notes beside a table of weights
        self._top(Buildable).build(state)

    def _persist(self) -> None:
        if self.persistent is None:
            raise self._wrong("refers to something outside itself")
        self._push(self.persistent(self._pop()))

    def _long(self, count: int) -> None:
        if count > LONGEST_NUMBER:
            raise self._wrong("holds a number that is longer than any size")
        self._push(int.from_bytes(bytes(self._take(count)), "little", signed=True))

    def _tuple(self, count: int) -> None:
        group = [self._pop() for _ in range(count)]
        self._push(tuple(reversed(group)))


def _append(machine: Machine) -> None:
    value = machine._pop()
    machine._top(list).append(value)


def _set_one(machine: Machine) -> None:
    value, key = machine._pop(), machine._pop()
    machine._set([key, value])


def _global(machine: Machine) -> None:
    module = machine._line()
    machine._resolve(module, machine._line())


def _stack_global(machine: Machine) -> None:
    name, module = machine._pop(), machine._pop()
    if not isinstance(name, str) or not isinstance(module, str):
        raise TypeError("a name must be text")
    machine._resolve(module, name)


def _memoize(machine: Machine, place: int) -> None:
    machine._memo[place] = machine._stack[-1]


_STEPS: Mapping[bytes, Callable[[Machine], object]] = {
    b"\x80": lambda m: m._take(1),  # PROTO
    b"\x95": lambda m: m._take(8),  # FRAME
    b"(": lambda m: m._push(_MARK),
    b"0": lambda m: m._stack.pop(),
    b"1": lambda m: m._group(),
    b"N": lambda m: m._push(None),
    b"\x88": lambda m: m._push(True),
    b"\x89": lambda m: m._push(False),
    b"J": lambda m: m._push(m._number("<i")),
    b"K": lambda m: m._push(m._number("<B")),
    b"M": lambda m: m._push(m._number("<H")),
    b"\x8a": lambda m: m._long(m._number("<B")),
    b"\x8b": lambda m: m._long(m._number("<I")),
    b"G": lambda m: m._push(struct.unpack(">d", m._take(8))[0]),
    b"X": lambda m: m._push(m._text("<I")),
    b"\x8c": lambda m: m._push(m._text("<B")),
    b"\x8d": lambda m: m._push(m._text("<Q")),
    b"B": lambda m: m._push(m._take(m._number("<I"))),
    b"C": lambda m: m._push(m._take(m._number("<B"))),
    b"\x8e": lambda m: m._push(m._take(m._number("<Q"))),
    b"T": lambda m: m._push(m._take(m._number("<i"))),  # a string of Python 2
    b"U": lambda m: m._push(m._take(m._number("<B"))),
    b")": lambda m: m._push(()),
    b"t": lambda m: m._push(tuple(m._group())),
    b"\x85": lambda m: m._tuple(1),
    b"\x86": lambda m: m._tuple(2),
    b"\x87": lambda m: m._tuple(3),
    b"]": lambda m: m._push([]),
    b"a": _append,
    b"e": lambda m: _extend(m, m._group()),
    b"}": lambda m: m._push({}),
    b"s": _set_one,
    b"u": lambda m: m._set(m._group()),
    b"q": lambda m: _memoize(m, m._number("<B")),
    b"r": lambda m: _memoize(m, m._number("<I")),
    b"\x94": lambda m: _memoize(m, len(m._memo)),
    b"h": lambda m: m._push(m._memo[m._number("<B")]),
    b"j": lambda m: m._push(m._memo[m._number("<I")]),
    b"c": _global,
    b"\x93": _stack_global,
    b"R": lambda m: m._reduce(),
    b"b": lambda m: m._build(),
    b"Q": lambda m: m._persist(),
}
"""The opcodes that are known: plain values, containers, the memo, names, calls of ours, states."""


def _extend(machine: Machine, group: list[Any]) -> None:
    machine._top(list).extend(group)
