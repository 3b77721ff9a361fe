"""Topics: which section does a headline belong to (TNEWS)?

Most headlines name a subject of their section. Some events are the section's own, others could
happen anywhere. Some headlines name subjects of two sections, and mostly the first counts; a few
name none at all, and some labels are wrong.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from autoclue.tasks.builtin.draw import Sample, distinct_characters, noisy, other, weighted

LABEL_NOISE: Final = 0.04
"""Share of headlines with a label that is not theirs."""
KINDS: Final[Mapping[str, float]] = {"own": 0.42, "shared": 0.3, "two": 0.2, "vague": 0.08}
"""What a headline tells: an own event, a shared event, two subjects, or no subject."""
FIRST_COUNTS: Final = 0.8
"""How often the first of two subjects gives the section."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A section.

    Attributes:
        name: What the publisher's description of the label would be.
        subjects: What its headlines are about.
        events: What happens there.
    """

    name: str
    subjects: tuple[str, ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Newsroom:
    """All sections and what they share.

    Attributes:
        topics: The sections by label.
        openings: What may stand before a headline; empty texts for nothing.
        modifiers: What may stand before a subject.
        closings: What may stand after a headline.
        shared_events: What may happen to any subject.
        joint_events: What may happen to two subjects.
        vague: Headlines that tell nothing of their section.
    """

    topics: Mapping[str, Topic]
    openings: tuple[str, ...]
    modifiers: tuple[str, ...]
    closings: tuple[str, ...]
    shared_events: tuple[str, ...]
    joint_events: tuple[str, ...]
    vague: tuple[str, ...]


def draw_headline(rng: random.Random, newsroom: Newsroom) -> Sample:
    """Draw a row of TNEWS."""
    labels = list(newsroom.topics)
    label = rng.choice(labels)
    headline, keywords = _headline(rng, newsroom, label)
    sentence = rng.choice(newsroom.openings) + headline + rng.choice(newsroom.closings)
    given = noisy(rng, label, labels=labels, share=LABEL_NOISE)
    fields = {
        "label_desc": newsroom.topics[given].name,
        "sentence": sentence,
        "keywords": ",".join(keywords),
    }
    return Sample(given, fields, (sentence,))


def headline_characters(newsroom: Newsroom) -> str:
    """Return every character that a headline can hold, sorted."""
    topics = tuple((topic.subjects, topic.events) for topic in newsroom.topics.values())
    return distinct_characters(
        (topics, newsroom.openings, newsroom.modifiers, newsroom.closings),
        (newsroom.shared_events, newsroom.joint_events, newsroom.vague),
    )


def _headline(rng: random.Random, newsroom: Newsroom, label: str) -> tuple[str, list[str]]:
    """Draw a headline of a section, and the subjects that it names."""
    topic = newsroom.topics[label]
    kind = weighted(rng, KINDS)
    subject = rng.choice(topic.subjects)
    if kind in ("own", "shared"):
        events = topic.events if kind == "own" else newsroom.shared_events
        return rng.choice(newsroom.modifiers) + subject + rng.choice(events), [subject]
    if kind == "vague":
        return rng.choice(newsroom.vague) + rng.choice(newsroom.vague), []
    second = rng.choice(newsroom.topics[other(rng, list(newsroom.topics), label)].subjects)
    subjects = [subject, second] if rng.random() < FIRST_COUNTS else [second, subject]
    return rng.choice(newsroom.joint_events).format(*subjects), subjects
