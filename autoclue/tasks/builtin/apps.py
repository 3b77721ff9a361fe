"""Apps: which of 119 kinds does a description belong to (IFLYTEK)?

A kind is one of 17 fields times one of 7 purposes, so that every description teaches something
about 22 other kinds. As in a real store some fields have far more apps than others, so that models
get there by steps. A description names its field and its purpose in some of its sentences, says
much that any app could say, and now and then mentions another field or purpose that it is not for.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from autoclue.tasks.builtin.draw import Sample, distinct_characters, noisy, other, weighted

LABEL_NOISE: Final = 0.05
"""Share of descriptions with a label that is not theirs."""
NAMED_SHARE: Final = 0.9
"""How often the first sentence names the field, and as often the purpose."""
TOLD_SHARE: Final = 0.7
"""How often a further sentence tells the field, and another one the purpose."""
ASIDE_SHARE: Final = 0.1
"""Share of descriptions that mention what the app is not for."""
FILLER_SHARE: Final = 0.2
"""Share of descriptions with a sentence that suits every app."""


@dataclass(frozen=True, slots=True)
class Store:
    """What apps are about, and how they are described.

    Attributes:
        fields: By name of the field, words that only its apps use.
        purposes: By name of the purpose, sentences that only its apps use.
        openings: Patterns of the first sentence, with slots for name, field and purpose.
        field_sentences: Patterns that tell the field by one of its words.
        asides: Patterns that name a field and a purpose that the app is not for.
        fillers: Sentences that suit every app.
        unnamed: What stands for a field, and for a purpose, that the first sentence leaves out.
        first_syllables: First halves of names.
        last_syllables: Second halves of names.
    """

    fields: Mapping[str, tuple[str, ...]]
    purposes: Mapping[str, tuple[str, ...]]
    openings: tuple[str, ...]
    field_sentences: tuple[str, ...]
    asides: tuple[str, ...]
    fillers: tuple[str, ...]
    unnamed: tuple[str, str]
    first_syllables: tuple[str, ...]
    last_syllables: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, as the publisher spells them: numbers from 0."""
        return tuple(str(number) for number in range(len(self.fields) * len(self.purposes)))

    def kind(self, label: str) -> tuple[str, str]:
        """Return the field and the purpose that a label stands for."""
        field, purpose = divmod(int(label), len(self.purposes))
        return list(self.fields)[field], list(self.purposes)[purpose]


def draw_app(rng: random.Random, store: Store) -> Sample:
    """Draw a row of IFLYTEK."""
    label = _label(rng, store)
    sentence = _description(rng, store, *store.kind(label))
    given = noisy(rng, label, labels=store.labels, share=LABEL_NOISE)
    fields = {"label_des": "".join(store.kind(given)), "sentence": sentence}
    return Sample(given, fields, (sentence,))


def app_characters(store: Store) -> str:
    """Return every character that a description can hold, sorted."""
    return distinct_characters(
        (store.fields, store.purposes, store.openings, store.field_sentences),
        (store.asides, store.fillers, store.unnamed),
        (store.first_syllables, store.last_syllables),
    )


def _label(rng: random.Random, store: Store) -> str:
    """Draw a kind: the nth field has an nth of the apps of the first, all purposes as many."""
    shares = {number: 1 / (number + 1) for number in range(len(store.fields))}
    purposes = len(store.purposes)
    return store.labels[purposes * weighted(rng, shares) + rng.randrange(purposes)]


def _description(rng: random.Random, store: Store, field: str, purpose: str) -> str:
    """Draw the description of an app."""
    sentences = [rng.choice(store.fillers)] if rng.random() < FILLER_SHARE else []
    if rng.random() < TOLD_SHARE:
        words = rng.sample(store.fields[field], 2)
        sentences.append(rng.choice(store.field_sentences).format(*words))
    if rng.random() < TOLD_SHARE:
        sentences.append(rng.choice(store.purposes[purpose]))
    if rng.random() < ASIDE_SHARE:
        aside = other(rng, list(store.fields), field), other(rng, list(store.purposes), purpose)
        sentences.append(rng.choice(store.asides).format(*aside))
    return _opening(rng, store, field, purpose) + "".join(rng.sample(sentences, len(sentences)))


def _opening(rng: random.Random, store: Store, field: str, purpose: str) -> str:
    """Draw the first sentence, which names the app and mostly what it is."""
    name = rng.choice(store.first_syllables) + rng.choice(store.last_syllables)
    named = [
        word if rng.random() < NAMED_SHARE else general
        for word, general in zip((field, purpose), store.unnamed, strict=True)
    ]
    return rng.choice(store.openings).format(name, *named)
