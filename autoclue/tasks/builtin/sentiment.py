"""Sentiment: is the tone of a news item negative, neutral or positive (INEWS)?

Single words give most items away. Some items turn a word round by denying it, some praise one
thing and blame another, so that only the summary decides; titles lean towards the tone, and some
labels are wrong.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from autoclue.tasks.builtin.draw import Sample, distinct_characters, noisy, weighted

NEGATIVE, NEUTRAL, POSITIVE = "0", "1", "2"
LABELS: Final = (NEGATIVE, NEUTRAL, POSITIVE)
LABEL_NOISE: Final = 0.07
"""Share of items with a label that is not theirs."""
PLAIN_TITLE_SHARE: Final = 0.5
"""Share of titles that show no tone."""
DENIED_SHARE: Final = 0.35
"""How often a tone is told by denying the opposite."""
KINDS: Final[Mapping[str, float]] = {"clear": 0.6, "weak": 0.2, "mixed": 0.2}
"""How an item shows its tone: in two sentences, in one, or against a sentence of the opposite."""
ID_DIGITS: Final = 32
OPPOSITE: Final[Mapping[str, str]] = {NEGATIVE: POSITIVE, POSITIVE: NEGATIVE}


@dataclass(frozen=True, slots=True)
class Press:
    """What news are about, and how their tone is told.

    Attributes:
        subjects: What news are about.
        titles: By label, patterns of titles that show a tone.
        plain_titles: Patterns of titles that show none.
        facts: Sentences without a tone.
        told: By label, patterns that tell a tone.
        denied: By label, patterns that tell a tone by denying its opposite.
        summaries: By label, how an item of two tones ends.
    """

    subjects: tuple[str, ...]
    titles: Mapping[str, tuple[str, ...]]
    plain_titles: tuple[str, ...]
    facts: tuple[str, ...]
    told: Mapping[str, tuple[str, ...]]
    denied: Mapping[str, tuple[str, ...]]
    summaries: Mapping[str, tuple[str, ...]]


def draw_item(rng: random.Random, press: Press) -> Sample:
    """Draw a row of INEWS."""
    label = rng.choice(LABELS)
    subject = rng.choice(press.subjects)
    title = _title(rng, press, label).format(subject)
    content = "".join(sentence.format(subject) for sentence in _content(rng, press, label))
    given = noisy(rng, label, labels=LABELS, share=LABEL_NOISE)
    number = f"{rng.getrandbits(4 * ID_DIGITS):0{ID_DIGITS}x}"
    return Sample(given, {"id": number, "title": title, "content": content}, (title, content))


def news_characters(press: Press) -> str:
    """Return every character that an item can hold, sorted."""
    by_label = (press.titles, press.told, press.denied, press.summaries)
    return distinct_characters(
        (press.subjects, press.plain_titles, press.facts),
        tuple(tuple(table.values()) for table in by_label),
    )


def _title(rng: random.Random, press: Press, label: str) -> str:
    """Draw the pattern of a title."""
    plain = rng.random() < PLAIN_TITLE_SHARE
    return rng.choice(press.plain_titles if plain else press.titles[label])


def _content(rng: random.Random, press: Press, label: str) -> list[str]:
    """Draw the patterns of an item's sentences."""
    facts = rng.sample(press.facts, 3)
    if label == NEUTRAL:
        return facts
    kind = weighted(rng, KINDS)
    if kind == "mixed":
        against = rng.choice(press.told[OPPOSITE[label]])
        return [facts[0], against, _toned(rng, press, label), rng.choice(press.summaries[label])]
    toned = [_toned(rng, press, label) for _ in range(2 if kind == "clear" else 1)]
    sentences = [*facts[: 3 - len(toned)], *toned]
    return rng.sample(sentences, len(sentences))


def _toned(rng: random.Random, press: Press, label: str) -> str:
    """Draw the pattern of a sentence that tells the tone."""
    return rng.choice(press.denied[label] if rng.random() < DENIED_SHARE else press.told[label])
