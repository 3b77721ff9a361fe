"""Blanks: which idiom was taken out of a passage (CHID)?

A passage tells what somebody does or what happened, and ends in an idiom. What happened gives a
meaning, and whether it is about one or about many settles which of two idioms of that meaning
fits. Some meanings are far more frequent than others. So models get there by steps: frequent
idioms, the meaning, and then the other idiom of the same meaning, which mostly is among the
candidates too. Within a row no idiom is right twice, and some answers are wrong.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from autoclue.tasks.builtin.draw import Sample, distinct_characters, weighted

ANSWER_NOISE: Final = 0.05
"""Share of blanks with an answer that is not theirs."""
TWIN_SHARE: Final = 0.5
"""How often the other idiom of a blank's meaning is among the candidates."""
BLANKS: Final = (1, 1, 1, 1, 2)
"""How many blanks a passage has, each as likely."""
PASSAGES: Final = (1, 2, 3)
"""How many passages share their candidates, each as likely."""
TEN, SEVEN = 10, 7
"""Candidates of a row in CLUE's form, and in FewCLUE's."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What two idioms have in common.

    Attributes:
        idioms: The idiom for one, and the one for many.
        signs: What somebody does, or what happened, that shows the meaning.
    """

    idioms: tuple[str, str]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sayings:
    """What passages are made of.

    Attributes:
        meanings: The meanings; the nth is an nth as frequent as the first.
        one: What one person is called.
        many: What many are called.
        openings: What may stand at the beginning.
        links: Patterns of the idiom's part, with the slot ``idiom``.
    """

    meanings: tuple[Meaning, ...]
    one: tuple[str, ...]
    many: tuple[str, ...]
    openings: tuple[str, ...]
    links: tuple[str, ...]

    @property
    def idioms(self) -> tuple[str, ...]:
        """All idioms."""
        return tuple(idiom for meaning in self.meanings for idiom in meaning.idioms)

    @property
    def shares(self) -> Mapping[int, float]:
        """The weight of each meaning, by its number."""
        return {number: 1 / (number + 2) for number in range(len(self.meanings))}


@dataclass(frozen=True, slots=True)
class _Blank:
    """A sentence with a blank."""

    before: str
    after: str
    idiom: str
    twin: str


def draw_blanks(rng: random.Random, sayings: Sayings) -> Sample:
    """Draw a row of CHID in CLUE's form: passages that share ten candidates."""
    counts = [rng.choice(BLANKS) for _ in range(rng.choice(PASSAGES))]
    return _row(rng, sayings, counts, candidates=TEN)


def draw_blank(rng: random.Random, sayings: Sayings) -> Sample:
    """Draw a row of CHID in FewCLUE's form: one text, one blank, seven candidates."""
    return _row(rng, sayings, [1], candidates=SEVEN)


def saying_characters(sayings: Sayings) -> str:
    """Return every character that a passage or an idiom can hold, sorted."""
    signs = tuple(meaning.signs for meaning in sayings.meanings)
    return distinct_characters(
        (sayings.idioms, signs, sayings.one, sayings.many),
        (sayings.openings, sayings.links),
    )


def _row(
    rng: random.Random, sayings: Sayings, counts: Sequence[int], *, candidates: int
) -> Sample:
    """Draw passages with so many blanks each, and their candidates."""
    blanks = _distinct_blanks(rng, sayings, sum(counts))
    given = _candidates(rng, sayings, blanks, candidates)
    answers = _answers(rng, blanks, given)
    passages, left = [], list(blanks)
    for count in counts:
        passages.append(tuple((blank.before, blank.after) for blank in left[:count]))
        left = left[count:]
    texts = tuple("".join(part for pair in passage for part in pair) for passage in passages)
    units = tuple(
        (text, str(number))
        for text, count in zip(texts, counts, strict=True)
        for number in range(count)
    )
    fields = {"passages": passages, "candidates": given, "answers": answers}
    return Sample("", fields, texts, units)


def _distinct_blanks(rng: random.Random, sayings: Sayings, count: int) -> list[_Blank]:
    """Draw blanks of which no two have the same idiom."""
    found: dict[str, _Blank] = {}
    while len(found) < count:
        meaning = sayings.meanings[weighted(rng, sayings.shares)]
        many = rng.random() < 0.5
        who = rng.choice(sayings.many if many else sayings.one)
        before, _, after = rng.choice(sayings.links).partition("{idiom}")
        told = rng.choice(sayings.openings) + rng.choice(meaning.signs).format(who) + before
        idiom, twin = meaning.idioms[::-1] if many else meaning.idioms
        found.setdefault(idiom, _Blank(told, after, idiom, twin))
    return list(found.values())


def _candidates(
    rng: random.Random, sayings: Sayings, blanks: Sequence[_Blank], count: int
) -> list[str]:
    """Draw the candidates of a row: what is right, often its twins, and any others."""
    chosen = [blank.idiom for blank in blanks]
    for blank in blanks:
        free = len(chosen) < count and blank.twin not in chosen
        if free and rng.random() < TWIN_SHARE:
            chosen.append(blank.twin)
    twins = {blank.twin for blank in blanks}
    others = [idiom for idiom in sayings.idioms if idiom not in chosen and idiom not in twins]
    chosen += rng.sample(others, count - len(chosen))
    return rng.sample(chosen, count)


def _answers(rng: random.Random, blanks: Sequence[_Blank], given: Sequence[str]) -> list[int]:
    """Return the place of each blank's idiom, or now and then of one that no blank has."""
    right = [blank.idiom for blank in blanks]
    free = [place for place, idiom in enumerate(given) if idiom not in right]
    answers = []
    for idiom in right:
        wrong = rng.random() < ANSWER_NOISE
        answers.append(free.pop(rng.randrange(len(free))) if wrong else given.index(idiom))
    return answers
