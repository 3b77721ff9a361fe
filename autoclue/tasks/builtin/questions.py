"""Questions: do two of them ask the same (AFQMC, LCQMC)?

A question asks one thing about one object, in one of several wordings. Two questions are the same
where object and thing are. Models get there by steps: some openings lean towards a label, most
things are mostly asked twice or mostly not, whatever their wording, and only the comparison of
both questions settles the rest. Wrong labels keep every score below ``1 - noise``.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from autoclue.tasks.builtin.draw import Sample, distinct_characters, noisy, other, weighted

DIFFERENT, SAME = "0", "1"
LABELS: Final = (DIFFERENT, SAME)
LABEL_NOISE: Final = 0.06
"""Share of pairs with a label that is not theirs."""
OPENING_SHARE: Final = 0.5
"""Share of second questions with an opening."""
OPENING_LEANING: Final = 0.8
"""Share of openings that lean towards the right label."""
DIFFERENCES: Final[Mapping[str, float]] = {"asked": 0.5, "about": 0.3, "both": 0.2}
"""In what two different questions differ."""


@dataclass(frozen=True, slots=True)
class Service:
    """What is asked about what.

    Attributes:
        things: What questions are about.
        wordings: By what is asked, several patterns that ask it.
        same_share: By what is asked, how often the other question asks the same.
        openings: By label, what may stand before the second question.
        first_openings: What may stand before the first; empty texts for nothing.
        endings: What may stand after a question; empty texts for nothing.
    """

    things: tuple[str, ...]
    wordings: Mapping[str, tuple[str, ...]]
    same_share: Mapping[str, float]
    openings: Mapping[str, tuple[str, ...]]
    first_openings: tuple[str, ...]
    endings: tuple[str, ...]


def draw_questions(rng: random.Random, service: Service, names: tuple[str, str]) -> Sample:
    """Draw a pair of questions.

    Args:
        rng: Where chance comes from.
        service: What is asked.
        names: The publisher's names of the two fields.
    """
    asked, about = rng.choice(list(service.wordings)), rng.choice(service.things)
    label = SAME if rng.random() < service.same_share[asked] else DIFFERENT
    first = rng.choice(service.wordings[asked])
    if label == SAME:
        second = other(rng, service.wordings[asked], first)
        second_about = about
    else:
        second, second_about = _different(rng, service, asked, about)
    texts = (
        rng.choice(service.first_openings) + first.format(about) + rng.choice(service.endings),
        _opening(rng, service, label) + second.format(second_about) + rng.choice(service.endings),
    )
    given = noisy(rng, label, labels=LABELS, share=LABEL_NOISE)
    return Sample(given, dict(zip(names, texts, strict=True)), texts)


def question_characters(service: Service) -> str:
    """Return every character that a question can hold, sorted."""
    return distinct_characters(
        (service.things, tuple(service.wordings.values()), tuple(service.openings.values())),
        (service.first_openings, service.endings),
    )


def _different(rng: random.Random, service: Service, asked: str, about: str) -> tuple[str, str]:
    """Draw the pattern and the object of a question that asks something else."""
    difference = weighted(rng, DIFFERENCES)
    if difference != "about":
        asked = other(rng, list(service.wordings), asked)
    if difference != "asked":
        about = other(rng, service.things, about)
    return rng.choice(service.wordings[asked]), about


def _opening(rng: random.Random, service: Service, label: str) -> str:
    """Draw an opening that mostly leans towards the label, or none."""
    if rng.random() >= OPENING_SHARE:
        return ""
    leaning = label if rng.random() < OPENING_LEANING else other(rng, LABELS, label)
    return rng.choice(service.openings[leaning])
