"""Which grammar stands behind each task, and what its files hold."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Final

from autoclue.tasks.builtin import (
    abstracts,
    apps,
    inference,
    pronouns,
    publish,
    questions,
    sentiment,
    topics,
)
from autoclue.tasks.builtin import reading as reading_text
from autoclue.tasks.builtin.draw import Draw, Sample, distinct, distinct_parts
from autoclue.tasks.builtin.publish import TEST, Publish, TestLabels
from autoclue.tasks.builtin.publish import test_labels as write_labels
from autoclue.tasks.builtin.sizes import rows_of
from autoclue.tasks.builtin.words import (
    afqmc,
    c3,
    chid,
    cluewsc2020,
    cmnli,
    cmrc2018,
    csl,
    iflytek,
    inews,
    lcqmc,
    ocnli,
    tnews,
    xnli,
)

SEED: Final = 42


@dataclass(frozen=True, slots=True)
class Generator:
    """How one task's rows are made.

    Attributes:
        draw: Draws a row.
        publish: Writes the rows of a split.
        characters: Lists what its texts are made of.
        small: Rows to train on in the small size; with the published recipe's epochs the model
            that ships then trains for about a minute on one core, and for a few minutes where it
            reads several texts for each answer.
        labelled_test: Whether the publisher's test rows carry labels.
        beside: Writes what the publisher keeps in a second file of a split that is no test part:
            more of its rows, or the answers to them. ``None`` where there is no such file.
        test_labels: Writes the labels of test rows that carry none.
    """

    draw: Draw
    publish: Publish
    characters: Callable[[], str]
    small: int
    labelled_test: bool = False
    beside: Publish | None = None
    test_labels: TestLabels = write_labels


@dataclass(frozen=True, slots=True)
class Generated:
    """The content of a task's files.

    Attributes:
        splits: Of train, dev and test, in the publisher's form.
        test_labels: Of the file with the test labels; ``None`` where the test rows carry them.
        beside: Of the second file of a split, by the split; empty where there is none.
    """

    splits: Mapping[str, bytes]
    test_labels: bytes | None
    beside: Mapping[str, bytes]


GENERATORS: Final[Mapping[str, Generator]] = MappingProxyType(
    {
        "afqmc": Generator(
            partial(
                questions.draw_questions,
                service=afqmc.SERVICE,
                names=("sentence1", "sentence2"),
            ),
            publish.afqmc,
            partial(questions.question_characters, afqmc.SERVICE),
            small=1600,
        ),
        "c3": Generator(
            partial(reading_text.draw_talk, town=c3.TOWN),
            reading_text.publish.c3,
            partial(reading_text.talk_characters, c3.TOWN),
            small=480,
            beside=reading_text.publish.c3_mixed,
            test_labels=reading_text.publish.c3_answers,
        ),
        "chid": Generator(
            partial(reading_text.draw_blanks, sayings=chid.SAYINGS),
            reading_text.publish.chid,
            partial(reading_text.saying_characters, chid.SAYINGS),
            small=1200,
            beside=reading_text.publish.chid_answers,
            test_labels=reading_text.publish.chid_test_answers,
        ),
        "chid_fewclue": Generator(
            partial(reading_text.draw_blank, sayings=chid.SAYINGS),
            reading_text.publish.chid_fewclue,
            partial(reading_text.saying_characters, chid.SAYINGS),
            small=1200,
            labelled_test=True,
        ),
        "cluewsc2020": Generator(
            partial(pronouns.draw_story, cast=cluewsc2020.CAST),
            publish.cluewsc2020,
            partial(pronouns.story_characters, cluewsc2020.CAST),
            small=160,
        ),
        "cmnli": Generator(
            partial(inference.draw_cmnli, world=cmnli.WORLD),
            publish.cmnli,
            partial(inference.inference_characters, cmnli.WORLD),
            small=3200,
        ),
        "cmrc2018": Generator(
            partial(reading_text.draw_passage, chronicle=cmrc2018.CHRONICLE),
            reading_text.publish.cmrc2018,
            partial(reading_text.passage_characters, cmrc2018.CHRONICLE),
            small=3200,
            test_labels=reading_text.publish.cmrc2018_answers,
        ),
        "csl": Generator(
            partial(abstracts.draw_abstract, library=csl.LIBRARY),
            publish.csl,
            partial(abstracts.abstract_characters, csl.LIBRARY),
            small=640,
        ),
        "iflytek": Generator(
            partial(apps.draw_app, store=iflytek.STORE),
            publish.iflytek,
            partial(apps.app_characters, iflytek.STORE),
            small=2400,
        ),
        "inews": Generator(
            partial(sentiment.draw_item, press=inews.PRESS),
            publish.inews,
            partial(sentiment.news_characters, inews.PRESS),
            small=640,
            labelled_test=True,
        ),
        "lcqmc": Generator(
            partial(questions.draw_questions, service=lcqmc.SERVICE, names=("query", "title")),
            publish.lcqmc,
            partial(questions.question_characters, lcqmc.SERVICE),
            small=1600,
            labelled_test=True,
        ),
        "ocnli": Generator(
            partial(inference.draw_ocnli, world=ocnli.WORLD),
            publish.ocnli,
            partial(inference.inference_characters, ocnli.WORLD),
            small=1280,
        ),
        "tnews": Generator(
            partial(topics.draw_headline, newsroom=tnews.NEWSROOM),
            publish.tnews,
            partial(topics.headline_characters, tnews.NEWSROOM),
            small=2000,
        ),
        "xnli": Generator(
            partial(inference.draw_xnli, world=xnli.WORLD),
            publish.xnli,
            partial(inference.inference_characters, xnli.WORLD),
            small=4800,
            labelled_test=True,
        ),
    }
)
"""What can be generated, by the name of the task."""


def samples(task: str, count: int, *, seed: int = SEED) -> list[Sample]:
    """Draw different rows of a task, the same ones for the same seed on every Python."""
    return distinct(GENERATORS[task].draw, random.Random(seed), count)


@lru_cache(maxsize=2)  # one command reads the same text several times
def generate(task: str, size: str, *, seed: int = SEED) -> Generated:
    """Generate a task's files; the same arguments give the same bytes everywhere.

    Args:
        task: A name of :data:`GENERATORS`.
        size: A size as :func:`~autoclue.tasks.builtin.sizes.normal_size` spells it.
        seed: Where chance begins.
    """
    generator = GENERATORS[task]
    rows = rows_of(size, small=generator.small)
    counts = {"train": rows.train, "dev": rows.held_out, "test": rows.held_out}
    drawn = distinct_parts(generator.draw, random.Random(seed), tuple(counts.values()))
    parts = dict(zip(counts, drawn, strict=True))
    beside = generator.beside
    return Generated(
        {split: generator.publish(split, part) for split, part in parts.items()},
        None if generator.labelled_test else generator.test_labels(parts["test"]),
        {}
        if beside is None
        else {split: beside(split, parts[split]) for split in parts if split != TEST},
    )


def generated_characters() -> str:
    """Return every character that a generated text can hold, sorted."""
    return "".join(sorted({char for g in GENERATORS.values() for char in g.characters()}))
