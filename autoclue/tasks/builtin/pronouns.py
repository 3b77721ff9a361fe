"""Pronouns: does the marked pronoun refer to the marked noun (CLUEWSC2020)?

Two of a kind stand in a story, and only what happens tells which of them the pronoun means. In
some stories they differ in sex, so that the pronoun itself tells. Models get there by steps:
opening words say nothing but lean towards a label, some stories mostly ask about the one that is
meant and others about the other one, and some labels are wrong.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from autoclue.tasks.builtin.draw import Sample, distinct_characters, noisy, other

TRUE, FALSE = "true", "false"
LABELS: Final = (TRUE, FALSE)
LABEL_NOISE: Final = 0.07
"""Share of rows with a label that is not theirs."""
MIXED_SHARE: Final = 0.4
"""Share of stories about people in which the two differ in sex."""
OPENING_SHARE: Final = 0.6
"""Share of stories with an opening."""
OPENING_LEANING: Final = 0.8
"""Share of openings that lean towards the right label."""
SLOTS: Final = ("first", "second")


@dataclass(frozen=True, slots=True)
class Story:
    """What happens to two of a kind.

    Attributes:
        pattern: A text with the slots ``first``, ``second`` and ``pronoun``.
        means: The slot that the pronoun refers to.
        asked_share: How often the noun that is asked about is the one that is meant.
    """

    pattern: str
    means: str
    asked_share: float


@dataclass(frozen=True, slots=True)
class Cast:
    """Who or what stories are about.

    Attributes:
        people: Names, by the pronoun of their sex.
        things: Pairs of a thing and what it may go into.
        thing: The pronoun of things.
        stories: What happens to people.
        thing_stories: What happens to things.
        openings: By label, what may stand before a story.
        endings: What may stand after a story; empty texts for nothing.
    """

    people: Mapping[str, tuple[str, ...]]
    things: tuple[tuple[str, str], ...]
    thing: str
    stories: tuple[Story, ...]
    thing_stories: tuple[Story, ...]
    openings: Mapping[str, tuple[str, ...]]
    endings: tuple[str, ...]


def draw_story(rng: random.Random, cast: Cast) -> Sample:
    """Draw a row of CLUEWSC2020."""
    story = rng.choice(cast.stories + cast.thing_stories)
    if story in cast.thing_stories:
        pronoun = cast.thing
        first, second = rng.choice(cast.things)
    else:
        pronoun, first, second = _people(rng, cast, story)
    words = {"first": first, "second": second, "pronoun": pronoun}
    label = TRUE if rng.random() < story.asked_share else FALSE
    asked = story.means if label == TRUE else other(rng, SLOTS, story.means)
    opening = _opening(rng, cast, label)
    text = opening + story.pattern.format_map(words) + rng.choice(cast.endings)
    target = {
        "span2_index": len(opening) + _place(story.pattern, "pronoun", words),
        "span1_index": len(opening) + _place(story.pattern, asked, words),
        "span1_text": words[asked],
        "span2_text": pronoun,
    }
    given = noisy(rng, label, labels=LABELS, share=LABEL_NOISE)
    return Sample(given, {"target": target, "text": text}, (text, asked))


def story_characters(cast: Cast) -> str:
    """Return every character that a story can hold, sorted."""
    patterns = [story.pattern for story in cast.stories + cast.thing_stories]
    return distinct_characters(
        (cast.people, cast.things, cast.thing, patterns),
        (tuple(cast.openings.values()), cast.endings),
    )


def _opening(rng: random.Random, cast: Cast, label: str) -> str:
    """Draw an opening that mostly leans towards the label, or none."""
    if rng.random() >= OPENING_SHARE:
        return ""
    leaning = label if rng.random() < OPENING_LEANING else other(rng, LABELS, label)
    return rng.choice(cast.openings[leaning])


def _people(rng: random.Random, cast: Cast, story: Story) -> tuple[str, str, str]:
    """Draw the pronoun, and two people of whom the one that is meant has its sex."""
    pronoun, opposite = rng.sample(list(cast.people), 2)
    if rng.random() >= MIXED_SHARE:
        first, second = rng.sample(cast.people[pronoun], 2)
        return pronoun, first, second
    meant, unmeant = rng.choice(cast.people[pronoun]), rng.choice(cast.people[opposite])
    return (pronoun, meant, unmeant) if story.means == "first" else (pronoun, unmeant, meant)


def _place(pattern: str, slot: str, words: Mapping[str, str]) -> int:
    """Return the character of a filled pattern at which a slot begins; each slot stands once."""
    return len(pattern.partition(f"{{{slot}}}")[0].format_map(words))
