"""XNLI-like text from a small grammar: a premise, a hypothesis and how they stand together.

The label follows from rules: what drops a detail or names the general word is entailed, what
denies, or names another action, place, time or number contradicts, what adds a detail is neutral.
Some rules show in the hypothesis alone, others only when both texts are compared. On top lie two
things that real data has too: opening words that lean towards a label, and wrong labels. So a
model that reads nothing but hypotheses is right about four times in five, and none can be right
more often than :data:`LABEL_NOISE` allows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final

from autoclue.tasks import words

LABEL_NOISE: Final = 0.06
"""Share of pairs with a label that is not theirs."""
COUNTED_SHARE: Final = 0.25
"""Share of premises about a number of people."""
MARKER_SHARE: Final = 0.65
"""Share of hypotheses with an opening word."""
MARKER_LEANING: Final = 0.75
"""Share of opening words that lean towards the right label."""

LABELS: Final = tuple(words.MARKERS)

_PATTERNS: Final = {
    "contradiction": (words.CONTRADICTED, words.COUNT_CONTRADICTED),
    "entailment": (words.ENTAILED, words.COUNT_ENTAILED),
    "neutral": (words.NEUTRAL, words.COUNT_NEUTRAL),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A premise, a hypothesis and the label they are given."""

    premise: str
    hypothesis: str
    label: str


def pairs(seed: int, count: int) -> list[Pair]:
    """Generate different pairs, the same ones for the same seed on every Python."""
    rng = random.Random(seed)
    found: dict[tuple[str, str], Pair] = {}
    while len(found) < count:
        pair = _pair(rng)
        found.setdefault((pair.premise, pair.hypothesis), pair)
    return list(found.values())


def characters() -> str:
    """Give every character that a pair can hold, sorted."""
    patterns = [p for both in _PATTERNS.values() for part in both for p in part]
    literals = [
        literal for p in (*words.PREMISES, *patterns) for literal, *_ in Formatter().parse(p)
    ]
    vocabulary = [*words.PEOPLE, *words.GROUPS, *words.COUNTS, *words.TIMES, *words.MANNERS]
    for table in (words.ACTS, words.PLACES):
        vocabulary += [*table, *(word for listed in table.values() for word in listed)]
    markers = [marker for listed in words.MARKERS.values() for marker in listed]
    return "".join(sorted(set("".join((*literals, *vocabulary, *markers)))))


def _pair(rng: random.Random) -> Pair:
    """Draw one pair."""
    counted = rng.random() < COUNTED_SHARE
    slots = _slots(rng, counted=counted)
    label = rng.choice(LABELS)
    common, for_counted = _PATTERNS[label]
    patterns = common | for_counted if counted else common
    pattern = rng.choices(list(patterns), weights=list(patterns.values()))[0]
    hypothesis = _marker(rng, label) + pattern.format_map(slots)
    if rng.random() < LABEL_NOISE:
        label = _other(rng, LABELS, label)
    return Pair(rng.choice(words.PREMISES).format_map(slots), hypothesis, label)


def _slots(rng: random.Random, *, counted: bool) -> dict[str, str]:
    """Draw who does what, when and where, and for each something that is not so."""
    kind, setting = rng.choice(list(words.ACTS)), rng.choice(list(words.PLACES))
    other_kind = _other(rng, list(words.ACTS), kind)
    count, group = rng.choice(words.COUNTS), rng.choice(words.GROUPS)
    who = f"{count}{group}" if counted else rng.choice(words.PEOPLE)
    return {
        "who": who,
        "other_who": _other(rng, words.PEOPLE, who),
        "count": count,
        "other_count": _other(rng, words.COUNTS, count),
        "group": group,
        "when": rng.choice(words.TIMES),
        "how": rng.choice(words.MANNERS),
        "kind": kind,
        "act": rng.choice(words.ACTS[kind]),
        "other_kind": other_kind,
        "other_act": rng.choice(words.ACTS[other_kind]),
        "setting": setting,
        "where": rng.choice(words.PLACES[setting]),
        "other_setting": _other(rng, list(words.PLACES), setting),
    }


def _marker(rng: random.Random, label: str) -> str:
    """Draw an opening word that mostly leans towards the label, or none."""
    if rng.random() >= MARKER_SHARE:
        return ""
    leaning = label if rng.random() < MARKER_LEANING else _other(rng, LABELS, label)
    return rng.choice(words.MARKERS[leaning])


def _other(rng: random.Random, options: Sequence[str], taken: str) -> str:
    """Draw one of the options that is not the one taken."""
    return rng.choice([option for option in options if option != taken])
