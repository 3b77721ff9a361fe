"""Talks: which answer to a question about a dialogue or a short text is right (C3)?

Two people, in a dialogue a man and a woman, tell where they go and what they do there; in some
dialogues their first words show where they talk. Models get there by steps: the right answer
stands in the text and most others don't; where what the other one does is among the choices, only
who says it decides; where they talk has to be known, since it is not named. Some texts are
followed by a statement to be judged, and some answers are wrong.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from autoclue.tasks.builtin.draw import Sample, distinct_characters, noisy, other, weighted

ANSWER_NOISE: Final = 0.05
"""Share of questions with an answer that is not theirs."""
DIALOGUE_SHARE: Final = 0.5
"""Share of dialogues; the other texts are stories, which C3 calls mixed."""
SCENE_SHARE: Final = 0.5
"""Share of dialogues that begin with words by which their place is known."""
RIVAL_SHARE: Final = 0.5
"""How often what the other person says or does is among the choices."""
TRUE_SHARE: Final = 0.35
"""Share of statements that are true."""
QUESTIONS: Final = (1, 2)
"""How many questions are asked about a text, each as likely."""
CHOICES: Final[Mapping[int, float]] = {4: 0.7, 3: 0.3}
"""How many choices a question has that doesn't ask for a judgement."""
JUDGED, SCENE, WHERE, WHAT = "judged", "scene", "where", "what"
DIALOGUE, MIXED = "dialogue", "mixed"


@dataclass(frozen=True, slots=True)
class Town:
    """Where people go and how they tell it.

    Attributes:
        speakers: The man and the woman, as their turns begin.
        people: Names of those that stories tell of.
        times: When.
        places: Where they go.
        deeds: What they do there.
        dialogues: Patterns of two or three turns, with the speakers ``a`` and ``b`` and what each
            of them does.
        stories: Patterns of a text about two people.
        scenes: By a place that is not named, pairs of turns by which it is known.
        questions: By what is asked for, patterns.
        statements: Patterns of statements about somebody and a place.
        verdicts: What a statement is called that is true, and one that is not.
    """

    speakers: tuple[str, str]
    people: tuple[str, ...]
    times: tuple[str, ...]
    places: tuple[str, ...]
    deeds: tuple[str, ...]
    dialogues: tuple[tuple[str, ...], ...]
    stories: tuple[str, ...]
    scenes: Mapping[str, tuple[tuple[str, str], ...]]
    questions: Mapping[str, tuple[str, ...]]
    statements: tuple[str, ...]
    verdicts: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Plans:
    """What two people do.

    Attributes:
        names: Who they are.
        when: When they do it.
        where: Where each of them goes.
        what: What each of them does there.
        scene: Where they talk; ``None`` where nothing shows it.
    """

    names: tuple[str, str]
    when: str
    where: tuple[str, str]
    what: tuple[str, str]
    scene: str | None

    @property
    def slots(self) -> dict[str, str]:
        """The plans as patterns call them."""
        pairs = {"": self.names, "_where": self.where, "_what": self.what}
        found = {f"{who}{name}": pair[n] for name, pair in pairs.items() for n, who in _NUMBERED}
        return {**found, "when": self.when}


_NUMBERED: Final = ((0, "a"), (1, "b"))


def draw_talk(rng: random.Random, town: Town) -> Sample:
    """Draw a dialogue or a story with one or two questions."""
    kind = DIALOGUE if rng.random() < DIALOGUE_SHARE else MIXED
    plans = _plans(rng, town, kind)
    turns = _turns(rng, town, plans, kind)
    asked = [WHERE, WHAT, JUDGED if kind == MIXED else SCENE]
    if kind == DIALOGUE and plans.scene is None:
        asked.remove(SCENE)
    topics = rng.sample(asked, rng.choice(QUESTIONS))
    questions = [_question(rng, town, plans, topic, kind) for topic in topics]
    context = "\n".join(turns)
    fields = {"kind": kind, "turns": turns, "questions": questions}
    units = tuple((context, str(question["question"])) for question in questions)
    return Sample("", fields, (context,), units)


def talk_characters(town: Town) -> str:
    """Return every character that a text, a question or a choice can hold, sorted."""
    return distinct_characters(
        (town.speakers, town.people, town.times, town.places, town.deeds, "：的"),
        (town.dialogues, town.stories, town.scenes, tuple(town.questions.values())),
        (town.statements, town.verdicts),
    )


def _plans(rng: random.Random, town: Town, kind: str) -> Plans:
    """Draw what two people do, and where they talk."""
    names = rng.sample(town.speakers if kind == DIALOGUE else town.people, 2)
    shown = kind == DIALOGUE and rng.random() < SCENE_SHARE
    return Plans(
        names=(names[0], names[1]),
        when=rng.choice(town.times),
        where=_two(rng, town.places),
        what=_two(rng, town.deeds),
        scene=rng.choice(list(town.scenes)) if shown else None,
    )


def _turns(rng: random.Random, town: Town, plans: Plans, kind: str) -> list[str]:
    """Write the turns of a dialogue, or a story as the one turn that it is."""
    if kind == MIXED:
        return [rng.choice(town.stories).format_map(plans.slots)]
    turns = [] if plans.scene is None else list(rng.choice(town.scenes[plans.scene]))
    turns += rng.choice(town.dialogues)
    return [turn.format_map(plans.slots) for turn in turns]


def _question(
    rng: random.Random, town: Town, plans: Plans, topic: str, kind: str
) -> dict[str, object]:
    """Ask about one of the two, with choices of which one is right, but for noise."""
    who = rng.choice((0, 1))
    if topic == JUDGED:
        return _statement(rng, town, plans, who)
    name = f"{plans.names[who]}的" if kind == DIALOGUE else plans.names[who]
    text = rng.choice(town.questions[topic]).format(who=name, when=plans.when)
    right, rival, rest = _options(town, plans, topic, who)
    wrong = [rival] if rival is not None and rng.random() < RIVAL_SHARE else []
    wrong += rng.sample(rest, weighted(rng, CHOICES) - 1 - len(wrong))
    return _shuffled(rng, text, right, wrong)


def _options(
    town: Town, plans: Plans, topic: str, who: int
) -> tuple[str, str | None, Sequence[str]]:
    """Return the right answer, what the other person does, and what nobody says."""
    if topic == SCENE:
        right = str(plans.scene)
        return right, None, [scene for scene in town.scenes if scene != right]
    pair, options = (plans.where, town.places) if topic == WHERE else (plans.what, town.deeds)
    return pair[who], pair[1 - who], [option for option in options if option not in pair]


def _statement(rng: random.Random, town: Town, plans: Plans, who: int) -> dict[str, object]:
    """Make a statement about one of the two, to be judged."""
    true = rng.random() < TRUE_SHARE
    rival = rng.random() < RIVAL_SHARE
    false = plans.where[1 - who] if rival else other(rng, town.places, plans.where[who])
    place = plans.where[who] if true else false
    text = rng.choice(town.statements).format(who=plans.names[who], where=place)
    right = town.verdicts[0 if true else 1]
    answer = noisy(rng, right, labels=town.verdicts, share=ANSWER_NOISE)
    return {"question": text, "choice": list(town.verdicts), "answer": answer}


def _shuffled(rng: random.Random, text: str, right: str, wrong: list[str]) -> dict[str, object]:
    """Put the choices of a question into any order."""
    choices = rng.sample([right, *wrong], 1 + len(wrong))
    answer = noisy(rng, right, labels=choices, share=ANSWER_NOISE)
    return {"question": text, "choice": choices, "answer": answer}


def _two(rng: random.Random, options: tuple[str, ...]) -> tuple[str, str]:
    first, second = rng.sample(options, 2)
    return first, second
