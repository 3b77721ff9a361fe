"""Inference: a premise, a hypothesis and how they stand together (XNLI, OCNLI, CMNLI).

The label follows from rules: what drops a detail or names the general word is entailed, what
denies, or names another action, place, time or number contradicts, what adds a detail is neutral.
Some rules show in the hypothesis alone, others only when both texts are compared. On top lie two
things that real data has too: opening words that lean towards a label, and wrong labels. So a
model that reads nothing but hypotheses is right about four times in five, and none can be right
more often than :data:`LABEL_NOISE` allows.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from autoclue.tasks.builtin.draw import Sample, distinct_characters, noisy, other, weighted

LABEL_NOISE: Final = 0.06
"""Share of pairs with a label that is not theirs."""
COUNTED_SHARE: Final = 0.25
"""Share of premises about a number of people."""
MARKER_SHARE: Final = 0.65
"""Share of hypotheses with an opening word."""
MARKER_LEANING: Final = 0.75
"""Share of opening words that lean towards the right label."""
UNDECIDED_SHARE: Final = 0.01
"""Share of rows whose annotators found no majority, where the publisher keeps such rows."""

LABELS: Final = ("contradiction", "entailment", "neutral")
ANNOTATORS: Final = 5
AGREEING: Final = (3, 4, 5, 5)
"""How many of the annotators chose the label, each as likely."""
LEVELS: Final = ("easy", "medium", "hard")

Patterns = Mapping[str, float]
"""Sentence patterns, each with how often it is used relative to the others."""


@dataclass(frozen=True, slots=True)
class World:
    """What sentences are about, and the patterns that they follow.

    Attributes:
        people: Who acts, by name.
        groups: Who acts, as a measure word and a noun.
        counts: How many.
        times: When.
        manners: How; empty texts for no manner.
        acts: What is done, under the general word for it.
        places: Where, under the general word for it.
        premises: Patterns of the first text.
        entailed: Patterns of what follows from it.
        contradicted: Patterns of what can't be true beside it.
        neutral: Patterns of what it leaves open.
        counted: By label, further patterns where the premise counts people.
        markers: By label, opening words that say nothing but lean towards it.
    """

    people: tuple[str, ...]
    groups: tuple[str, ...]
    counts: tuple[str, ...]
    times: tuple[str, ...]
    manners: tuple[str, ...]
    acts: Mapping[str, tuple[str, ...]]
    places: Mapping[str, tuple[str, ...]]
    premises: tuple[str, ...]
    entailed: Patterns
    contradicted: Patterns
    neutral: Patterns
    counted: Mapping[str, Patterns]
    markers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A premise, a hypothesis and the label they are given."""

    premise: str
    hypothesis: str
    label: str

    @property
    def texts(self) -> tuple[str, str]:
        """What a model reads."""
        return (self.premise, self.hypothesis)


def draw_pair(rng: random.Random, world: World) -> Pair:
    """Draw one pair."""
    counted = rng.random() < COUNTED_SHARE
    slots = _slots(rng, world, counted=counted)
    label = rng.choice(LABELS)
    patterns = {**_common(world, label), **(world.counted[label] if counted else {})}
    pattern = weighted(rng, patterns)
    hypothesis = _marker(rng, world, label) + pattern.format_map(slots)
    given = noisy(rng, label, labels=LABELS, share=LABEL_NOISE)
    return Pair(rng.choice(world.premises).format_map(slots), hypothesis, given)


def draw_xnli(rng: random.Random, world: World) -> Sample:
    """Draw a row of XNLI."""
    pair = draw_pair(rng, world)
    fields = {"text_a": pair.premise, "text_b": pair.hypothesis}
    return Sample(pair.label, fields, pair.texts)


def draw_cmnli(rng: random.Random, world: World) -> Sample:
    """Draw a row of CMNLI."""
    pair = draw_pair(rng, world)
    fields = {
        "sentence1": pair.premise,
        "sentence2": pair.hypothesis,
        "undecided": rng.random() < UNDECIDED_SHARE,
    }
    return Sample(pair.label, fields, pair.texts)


def draw_ocnli(rng: random.Random, world: World) -> Sample:
    """Draw a row of OCNLI, with what each of five annotators said."""
    pair = draw_pair(rng, world)
    undecided = rng.random() < UNDECIDED_SHARE
    fields = {
        "level": rng.choice(LEVELS),
        "sentence1": pair.premise,
        "sentence2": pair.hypothesis,
        "annotators": _annotators(rng, None if undecided else pair.label),
        "undecided": undecided,
    }
    return Sample(pair.label, fields, pair.texts)


def inference_characters(world: World) -> str:
    """Return every character that a pair can hold, sorted."""
    return distinct_characters(
        (world.people, world.groups, world.counts, world.times, world.manners),
        (world.acts, world.places, world.premises),
        (world.entailed, world.contradicted, world.neutral),
        (tuple(world.counted.values()), tuple(world.markers.values())),
    )


def _annotators(rng: random.Random, label: str | None) -> list[str]:
    """Draw what each annotator said: mostly the label, or nothing that most of them said."""
    if label is None:
        said = [LABELS[0], LABELS[0], LABELS[1], LABELS[1], LABELS[2]]
    else:
        agreeing = rng.choice(AGREEING)
        said = [label] * agreeing
        said += [other(rng, LABELS, label) for _ in range(ANNOTATORS - agreeing)]
    return rng.sample(said, len(said))


def _common(world: World, label: str) -> Patterns:
    """Return the patterns that suit every premise."""
    return {
        "contradiction": world.contradicted,
        "entailment": world.entailed,
        "neutral": world.neutral,
    }[label]


def _slots(rng: random.Random, world: World, *, counted: bool) -> dict[str, str]:
    """Draw who does what, when and where, and for each something that is not so."""
    kind, setting = rng.choice(list(world.acts)), rng.choice(list(world.places))
    other_kind = other(rng, list(world.acts), kind)
    count, group = rng.choice(world.counts), rng.choice(world.groups)
    who = f"{count}{group}" if counted else rng.choice(world.people)
    return {
        "who": who,
        "other_who": other(rng, world.people, who),
        "count": count,
        "other_count": other(rng, world.counts, count),
        "group": group,
        "when": rng.choice(world.times),
        "how": rng.choice(world.manners),
        "kind": kind,
        "act": rng.choice(world.acts[kind]),
        "other_kind": other_kind,
        "other_act": rng.choice(world.acts[other_kind]),
        "setting": setting,
        "where": rng.choice(world.places[setting]),
        "other_setting": other(rng, list(world.places), setting),
    }


def _marker(rng: random.Random, world: World, label: str) -> str:
    """Draw an opening word that mostly leans towards the label, or none."""
    if rng.random() >= MARKER_SHARE:
        return ""
    leaning = label if rng.random() < MARKER_LEANING else other(rng, LABELS, label)
    return rng.choice(world.markers[leaning])
