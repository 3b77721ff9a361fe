"""Decide which stored array fills which parameter, and refuse weights that don't fit."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autoclue.errors import UsageError
from autoclue.models.folders.architectures import Rules
from autoclue.models.folders.names import (
    Style,
    is_transposed,
    is_weight,
    renamed,
    style_of,
    unified,
)

Shape = tuple[int, ...]
MAY_BE_NEW = (
    *("pooler.", "fit_dense.", "fit_denses."),
    "embeddings.task_type_embeddings.",  # ERNIE 1.0 was published without, its configuration not
)
"""Parts of an encoder that pretraining may leave out; fine-tuning begins them anew."""
WAY_OUT = "mend the configuration, or give the folder that belongs to these weights"
SHOWN = 4


class UnfitWeightsError(UsageError):
    """Weights don't fit the configuration beside them."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a parameter comes from.

    Attributes:
        name: Name of the stored array.
        transposed: Whether its axes are exchanged.
    """

    name: str
    transposed: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Which stored array fills which parameter.

    Attributes:
        taken: Each parameter that is filled, by PaddleNLP's name below its network's prefix.
        new: Parameters that begin anew.
        unused: Stored arrays that fill nothing: heads of other tasks.
        prefix: What stood before the names, with its dot; "" for nothing.
        style: Whose names they were.
        surplus: Stored arrays of the encoder that its configuration has no place for.
    """

    taken: Mapping[str, Source]
    new: tuple[str, ...]
    unused: tuple[str, ...]
    prefix: str
    style: Style
    surplus: tuple[str, ...] = ()

    def words(self, family: str) -> tuple[str, ...]:
        """Describe what was mapped, left out and newly initialized, a clause each.

        Args:
            family: The network's family, whose name is the usual prefix.
        """
        said = []
        if self.style != "paddle":
            whose = {"torch": "PyTorch", "tensorflow": "TensorFlow"}[self.style]
            said.append(f"{len(self.taken)} weights are taken over by {whose}'s names")
        if self.prefix.rstrip(".") not in ("", family):
            said.append(f"their names begin with {self.prefix[:100]!r}, which is left off")
        if self.unused:
            heads = sorted({re.split(r"[./]", name)[0] for name in self.unused})
            more = ", ..." if len(heads) > SHOWN else ""
            left = (
                "weight of another head is"
                if len(self.unused) == 1
                else "weights of other heads are"
            )
            said.append(f"{len(self.unused)} {left} left out ({', '.join(heads[:SHOWN])}{more})")
        if self.surplus:
            said.append(
                f"{_listed(self.surplus, 'weights')} are more than its configuration has a place "
                "for, and are left out"
            )
        anew = [*sorted({_part(name) for name in self.new}), "head"]
        said.append(f"new: the {' and the '.join(anew)}")
        return tuple(said)


def match_weights(
    stored: Mapping[str, Shape],
    expected: Mapping[str, Shape],
    *,
    rules: Rules,
    origin: str,
    way_out: str = WAY_OUT,
    surplus_is_left: bool = False,
) -> Match:
    """Find a stored array for every parameter of an encoder.

    Args:
        stored: Shapes of the stored arrays by their names.
        expected: Shapes of the encoder's parameters, by PaddleNLP's names below its prefix.
        rules: How names become PaddleNLP's.
        origin: What the model is called in errors.
        way_out: What to do where they don't fit, without a full stop.
        surplus_is_left: Whether arrays of the encoder beyond those that are expected are left out
            instead of refused.

    Raises:
        UnfitWeightsError: Parameters lack an array, have one of another shape, or arrays of the
            encoder are left over; the message counts and names them.
    """
    style = style_of(stored)
    weights = [name for name in stored if is_weight(name)]
    prefix, found = _largest_group(weights, expected, rules, style)
    taken, misshapen = {}, []
    for target in sorted(found.keys() & expected.keys()):
        name = found[target]
        flipped = is_transposed(target, len(stored[name]), style)
        shape = stored[name][::-1] if flipped else stored[name]
        if _same(shape, expected[target]):
            taken[target] = Source(name, flipped)
        else:
            misshapen.append(f"{target} {_by(shape)} instead of {_by(expected[target])}")
    missing = sorted(expected.keys() - found.keys())
    new = tuple(name for name in missing if name.startswith(MAY_BE_NEW))
    lacking = [name for name in missing if name not in new]
    surplus = [found[target] for target in sorted(found.keys() - expected.keys())]
    if lacking or misshapen or (surplus and not surplus_is_left):
        count = (len(taken), len(expected) - len(new))
        raise UnfitWeightsError(_complaint(origin, *count, lacking, misshapen, surplus, way_out))
    used = {*(source.name for source in taken.values()), *surplus}
    unused = tuple(name for name in weights if name not in used)
    return Match(taken, new, unused, prefix, style, tuple(surplus))


def _part(name: str) -> str:
    """Name the part of an encoder that a parameter belongs to."""
    first, second = (*name.split("."), "")[:2]
    return f"encoder's {second}" if first == "embeddings" else first


def _largest_group(
    names: Iterable[str], expected: Mapping[str, Shape], rules: Rules, style: Style
) -> tuple[str, dict[str, str]]:
    """Take the arrays that stand behind the prefix under which most of the encoder is found.

    A checkpoint of ELECTRA holds two encoders; the discriminator's is the one to fine-tune.
    """
    parts = {name.partition(".")[0] for name in expected}
    groups: dict[str, dict[str, str]] = collections.defaultdict(dict)
    for name in names:
        prefix, rest = _split(unified(name, style), parts)
        if rest:
            groups[prefix][renamed(rest, rules)] = name
    if not groups:
        return "", {}
    best = max(
        groups,
        key=lambda each: (
            "generator" not in each.split("."),
            len(groups[each].keys() & expected.keys()),
            -len(each),
        ),
    )
    return best, groups[best]


def _split(name: str, parts: set[str]) -> tuple[str, str]:
    """Part a name before the first component that is one of the encoder's own."""
    components = name.split(".")
    for place, component in enumerate(components):
        if component in parts:
            before = ".".join(components[:place])
            return f"{before}." if before else "", ".".join(components[place:])
    return "", ""


def _same(shape: Shape, other: Shape) -> bool:
    return shape == other or {shape, other} == {(), (1,)}


def _by(shape: Shape) -> str:
    return "x".join(map(str, shape)) or "one number"


def _complaint(
    origin: str,
    filled: int,
    wanted: int,
    lacking: Sequence[str],
    misshapen: Sequence[str],
    surplus: Sequence[str],
    way_out: str,
) -> str:
    parts = [
        _listed(names, verb)
        for names, verb in (
            (lacking, "missing"),
            (misshapen, "of another shape"),
            (surplus, "left over"),
        )
        if names
    ]
    return (
        f"The weights in {origin} don't fit the configuration beside them: {filled} of the "
        f"encoder's {wanted} parameters are found; {'; '.join(parts)}.{_hint(lacking, surplus)} "
        f"Nothing is trained from weights that were not meant; {way_out}."
    )


def _listed(names: Sequence[str], verb: str) -> str:
    more = ", ..." if len(names) > SHOWN else ""
    return f"{len(names)} {verb} ({', '.join(name[:100] for name in names[:SHOWN])}{more})"


def _hint(lacking: Sequence[str], surplus: Sequence[str]) -> str:
    """Name the layers concerned, where whole layers are."""
    for names, words in ((lacking, "lack"), (surplus, "have in excess")):
        found = {int(n) for name in names for n in re.findall(r"layers?[._](\d+)[./]", name)}
        if found:
            layers = ", ".join(map(str, sorted(found)[:8])) + (", ..." if len(found) > 8 else "")
            return f" The weights {words} parameters of the layers {layers} (from 0)."
    return ""
