"""A search space with nothing left to resolve: which settings there are, and what each may be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autoclue.errors import UsageError, unknown_name
from autoclue.outside import quoted
from autoclue.space.parameters import Parameter, Scalar, same

MOST_POINTS = 1_000_000
"""Of a grid that is listed."""


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """The settings of a search, in the order of their declaration.

    Attributes:
        name: The space's name.
        parameters: Every setting by name. The order counts: a parameter may depend only on
            earlier ones, and the grid varies the last one fastest.
        description: What the space is for.
        reference: Where its values come from.
        version: Raised by the file's author when its meaning changes; from 1.

    Examples:
        >>> from autoclue.space import Choice, FloatRange, SearchSpace
        >>> rate = FloatRange(float=(1e-5, 5e-5), log=True)
        >>> size = Choice(choice=[16, 32])
        >>> space = SearchSpace("mine", {"learning_rate": rate, "batch_size": size})
        >>> space.contains({"learning_rate": 3e-5, "batch_size": 16})
        True
        >>> space.size() is None  # a continuous range has no end of values
        True
    """

    name: str
    parameters: Mapping[str, Parameter]
    description: str = ""
    reference: str = ""
    version: int = 1

    def active(self, params_so_far: Mapping[str, Scalar], name: str) -> bool:
        """Return whether a parameter has a value at all, given the values chosen before it.

        Args:
            params_so_far: Values of the active parameters that are declared before ``name``.
            name: The parameter asked about.

        Raises:
            UsageError: The space has no such parameter.
        """
        if name not in self.parameters:
            raise unknown_name("parameter", name, self.parameters)
        return all(
            other in params_so_far and any(same(params_so_far[other], value) for value in values)
            for other, values in self.parameters[name].when.items()
        )

    def contains(self, params: Mapping[str, Scalar]) -> bool:
        """Return whether these are exactly the active parameters, each with an allowed value."""
        seen: dict[str, Scalar] = {}
        for name, parameter in self.parameters.items():
            if self.active(seen, name) != (name in params):
                return False
            if name in params:
                if not parameter.contains(params[name]):
                    return False
                seen[name] = params[name]
        return len(seen) == len(params)

    def grid(self) -> list[dict[str, Scalar]]:
        """List every combination, the first parameter varying slowest.

        A parameter appears only in the combinations where it is active.

        Raises:
            UsageError: Some parameter has no finite list of values.
        """
        continuous = [name for name, p in self.parameters.items() if p.count() is None]
        if continuous:
            raise UsageError(
                f"Search space {self.name!r} has no finite grid, because of "
                f"{', '.join(continuous)}; give a step or a list of values, "
                f"as in --set {continuous[0]}=..., or choose a sampler that needs no grid."
            )
        points = self.size() or 0
        if points > MOST_POINTS:
            raise UsageError(
                f"Search space {quoted(self.name)} has a grid of {quoted(points)} points; at most "
                f"{MOST_POINTS:,} can be listed. Give fewer values, or choose a sampler that "
                "needs no grid."
            )
        return list(self._combinations({}, tuple(self.parameters)))

    def size(self) -> int | None:
        """Count the combinations of the grid; ``None`` when there is no end of them."""
        if any(p.count() is None for p in self.parameters.values()):
            return None
        return self._count({}, tuple(self.parameters))

    def to_mapping(self) -> dict[str, object]:
        """Return the space as plain data that ``space_from_mapping`` reads back.

        The order of ``parameters`` counts, so a store must keep it.
        """
        return {
            "name": self.name,
            "description": self.description,
            "reference": self.reference,
            "version": self.version,
            "parameters": {
                name: p.model_dump(mode="json", by_alias=True, exclude_defaults=True)
                for name, p in self.parameters.items()
            },
        }

    def fingerprint(self) -> str:
        """Identify what is searched: SHA-256, in hex, of the parameters in their order.

        The name, the texts and the version don't enter, so that a better description doesn't
        make a study impossible to continue.
        """
        parameters = self.to_mapping()["parameters"]
        text = json.dumps(parameters, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def _combinations(
        self, so_far: dict[str, Scalar], names: tuple[str, ...]
    ) -> Iterator[dict[str, Scalar]]:
        if not names:
            yield so_far
        elif self.active(so_far, names[0]):
            for value in self.parameters[names[0]].values() or ():
                yield from self._combinations({**so_far, names[0]: value}, names[1:])
        else:
            yield from self._combinations(so_far, names[1:])

    def _count(self, so_far: dict[str, Scalar], names: tuple[str, ...]) -> int:
        """Count without listing: only parameters that others depend on are tried one by one."""
        if not names:
            return 1
        name, rest = names[0], names[1:]
        if not self.active(so_far, name):
            return self._count(so_far, rest)
        parameter = self.parameters[name]
        if any(name in self.parameters[other].when for other in rest):
            values = parameter.values() or ()
            return sum(self._count({**so_far, name: value}, rest) for value in values)
        return (parameter.count() or 0) * self._count(so_far, rest)
