"""Passages: which words of a text answer a question about it (CMRC2018)?

A text tells who did what, when and where, of several people. A question names one of them, or what
was done, and asks for another part of the same event; the answer stands in the text once. Models
get there by steps: the question tells what kind of word is looked for, mostly the first event is
asked about, and the rest needs what stands together. Some events did not go as planned, so that a
second word of the right kind stands beside the answer, and some answers are wrong.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from autoclue.tasks.builtin.draw import Sample, distinct_characters, other

ANSWER_NOISE: Final = 0.05
"""Share of questions with an answer that is not theirs, but of the same kind."""
EVENTS: Final = (2, 2, 3)
"""How many people a text tells of, each as likely."""
FIRST_SHARE: Final = 0.65
"""How often the first event is asked about; the others share the rest."""
CHANGED_SHARE: Final = 0.15
"""Share of events that did not go as planned."""
FILLER_SHARE: Final = 0.15
"""Share of texts with a sentence that tells nothing."""
QUESTIONS: Final = (1, 1, 1, 2)
"""How many questions are asked about a text, each as likely."""


@dataclass(frozen=True, slots=True)
class Chronicle:
    """What passages tell, and what is asked about them.

    No word is part of another one, so that every word of a text stands in it once.

    Attributes:
        words: By the slot of an event, what may stand there: ``who``, ``when``, ``where``,
            ``what``.
        sentences: Patterns of an event.
        changed: Patterns of an event that did not go as planned, each by the slot that changed;
            its plan has the slot ``planned``.
        questions: By what is asked for, patterns that name other slots of the event.
        fillers: Sentences that tell nothing.
    """

    words: Mapping[str, tuple[str, ...]]
    sentences: tuple[str, ...]
    changed: Mapping[str, tuple[str, ...]]
    questions: Mapping[str, tuple[str, ...]]
    fillers: tuple[str, ...]


Event = Mapping[str, str]
"""What stands in the slots of an event."""


def draw_passage(rng: random.Random, chronicle: Chronicle) -> Sample:
    """Draw a text with one question or two."""
    events = _events(rng, chronicle)
    sentences = [_sentence(rng, chronicle, event) for event in events]
    if rng.random() < FILLER_SHARE:
        sentences.insert(rng.randrange(len(sentences) + 1), rng.choice(chronicle.fillers))
    context = "".join(sentences)
    asked = _distinct_questions(rng, chronicle, events)
    answers = [_answer(rng, events, event, slot) for _, event, slot in asked]
    questions = [
        {"question": text, "answer": answer, "start": context.index(answer)}
        for (text, *_), answer in zip(asked, answers, strict=True)
    ]
    fields = {"context": context, "questions": questions, "title": events[0]["who"]}
    return Sample("", fields, (context,), tuple((context, text) for text, *_ in asked))


def passage_characters(chronicle: Chronicle) -> str:
    """Return every character that a text or a question can hold, sorted."""
    return distinct_characters(
        (tuple(chronicle.words.values()), chronicle.sentences, chronicle.fillers),
        (tuple(chronicle.changed.values()), tuple(chronicle.questions.values())),
    )


def _events(rng: random.Random, chronicle: Chronicle) -> list[Event]:
    """Draw events that share no word, each with something that was only planned."""
    count = rng.choice(EVENTS)
    drawn = {slot: rng.sample(words, 2 * count) for slot, words in chronicle.words.items()}
    return [
        {slot: words[number] for slot, words in drawn.items()}
        | {f"planned_{slot}": words[count + number] for slot, words in drawn.items()}
        for number in range(count)
    ]


def _sentence(rng: random.Random, chronicle: Chronicle, event: Event) -> str:
    """Tell an event."""
    if rng.random() >= CHANGED_SHARE:
        return rng.choice(chronicle.sentences).format_map(event)
    slot = rng.choice(list(chronicle.changed))
    planned = {"planned": event[f"planned_{slot}"]}
    return rng.choice(chronicle.changed[slot]).format_map({**event, **planned})


def _distinct_questions(
    rng: random.Random, chronicle: Chronicle, events: Sequence[Event]
) -> list[tuple[str, Event, str]]:
    """Draw different questions, each with its event and the slot that it asks for."""
    count = rng.choice(QUESTIONS)
    found: dict[str, tuple[str, Event, str]] = {}
    while len(found) < count:
        first = rng.random() < FIRST_SHARE
        event = events[0] if first else rng.choice(events[1:])
        slot = rng.choice(list(chronicle.questions))
        text = rng.choice(chronicle.questions[slot]).format_map(event)
        found[text] = (text, event, slot)
    return list(found.values())


def _answer(rng: random.Random, events: Sequence[Event], event: Event, slot: str) -> str:
    """Return what an event says, or now and then what another one does."""
    wrong = rng.random() < ANSWER_NOISE
    return (other(rng, events, event) if wrong else event)[slot]
