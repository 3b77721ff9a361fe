"""Abstracts: are all of these keywords really those of this abstract (CSL)?

An abstract names terms of its branch. Real keywords stand in it; false ones are general words, or
terms that the abstract does not name, of its own branch or of another. Some branches have mostly
real keywords, others mostly false ones. So models get there by steps: the branch leans towards a
label, general words settle some rows, and the rest only looking for each keyword.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from autoclue.tasks.builtin.draw import Sample, distinct_characters, noisy, other, weighted

FALSE, REAL = "0", "1"
LABELS: Final = (FALSE, REAL)
LABEL_NOISE: Final = 0.06
"""Share of rows with a label that is not theirs."""
KEYWORDS: Final = 3
NAMED_TERMS: Final = 3
"""Terms that an abstract names."""
FORGERIES: Final[Mapping[str, float]] = {"general": 0.5, "foreign": 0.35, "own": 0.15}
"""Where the false keywords of a row come from."""
GENERAL_SHARE: Final = 0.12
"""Share of real lists that hold a general word, as the abstract does."""


@dataclass(frozen=True, slots=True)
class Library:
    """What abstracts are about, and how they are written.

    Attributes:
        branches: Terms, by the branch that they belong to.
        real_share: By branch, how often all keywords are real.
        openings: First sentences, with slots for the branch and a term.
        findings: Sentences with slots for two terms.
        closings: Last sentences with a slot for a general word.
        general: Words that suit every branch.
    """

    branches: Mapping[str, tuple[str, ...]]
    real_share: Mapping[str, float]
    openings: tuple[str, ...]
    findings: tuple[str, ...]
    closings: tuple[str, ...]
    general: tuple[str, ...]


def draw_abstract(rng: random.Random, library: Library) -> Sample:
    """Draw a row of CSL."""
    branch = rng.choice(list(library.branches))
    terms = rng.sample(library.branches[branch], NAMED_TERMS)
    general = rng.choice(library.general)
    abstract = _abstract(rng, library, branch, terms, general)
    label = REAL if rng.random() < library.real_share[branch] else FALSE
    keywords = rng.sample(terms, KEYWORDS)
    if label == FALSE:
        places = rng.sample(range(KEYWORDS), rng.choice((1, 2)))
        unnamed = _unnamed(rng, library, branch, terms, general)
        for place, word in zip(places, unnamed, strict=False):
            keywords[place] = word
    elif rng.random() < GENERAL_SHARE:
        keywords[rng.randrange(KEYWORDS)] = general
    given = noisy(rng, label, labels=LABELS, share=LABEL_NOISE)
    return Sample(given, {"abst": abstract, "keyword": keywords}, (*keywords, abstract))


def abstract_characters(library: Library) -> str:
    """Return every character that an abstract or a keyword can hold, sorted."""
    return distinct_characters(
        (library.branches, library.openings, library.findings, library.closings, library.general)
    )


def _abstract(
    rng: random.Random, library: Library, branch: str, terms: list[str], general: str
) -> str:
    """Write an abstract that names three terms and a general word."""
    first, *rest = terms
    sentences = [
        rng.choice(library.openings).format(branch, first),
        rng.choice(library.findings).format(*rest),
        rng.choice(library.closings).format(general),
    ]
    return "".join(sentences)


def _unnamed(
    rng: random.Random, library: Library, branch: str, terms: list[str], general: str
) -> list[str]:
    """Draw two words of one kind that the abstract does not name."""
    kind = weighted(rng, FORGERIES)
    if kind == "general":
        return rng.sample([word for word in library.general if word != general], 2)
    if kind == "foreign":
        return rng.sample(library.branches[other(rng, list(library.branches), branch)], 2)
    return rng.sample([term for term in library.branches[branch] if term not in terms], 2)
