"""Which grammar stands behind each task, and what its files hold."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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
from autoclue.tasks.builtin.draw import Draw, Sample, distinct
from autoclue.tasks.builtin.sizes import rows_of
from autoclue.tasks.builtin.words import (
    afqmc,
    cluewsc2020,
    cmnli,
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
            that ships then trains for about a minute on one core.
        labelled_test: Whether the publisher's test rows carry labels.
    """

    draw: Draw
    publish: publish.Publish
    characters: Callable[[], str]
    small: int
    labelled_test: bool = False


@dataclass(frozen=True, slots=True)
class Generated:
    """The content of a task's files.

    Attributes:
        splits: Of train, dev and test, in the publisher's form.
        test_labels: Of the file with the test labels; ``None`` where the test rows carry them.
    """

    splits: Mapping[str, bytes]
    test_labels: bytes | None


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


def generate(task: str, size: str, *, seed: int = SEED) -> Generated:
    """Generate a task's files; the same arguments give the same bytes everywhere.

    Args:
        task: A name of :data:`GENERATORS`.
        size: A size as :func:`~autoclue.tasks.builtin.sizes.normal_size` spells it.
        seed: Where chance begins.
    """
    generator = GENERATORS[task]
    rows = rows_of(size, small=generator.small)
    drawn = samples(task, rows.total, seed=seed)
    dev = rows.train + rows.held_out
    parts: dict[str, Sequence[Sample]] = {
        "train": drawn[: rows.train],
        "dev": drawn[rows.train : dev],
        "test": drawn[dev:],
    }
    return Generated(
        {split: generator.publish(split, part) for split, part in parts.items()},
        None if generator.labelled_test else publish.test_labels(parts["test"]),
    )


def generated_characters() -> str:
    """Return every character that a generated text can hold, sorted."""
    return "".join(sorted({char for g in GENERATORS.values() for char in g.characters()}))
