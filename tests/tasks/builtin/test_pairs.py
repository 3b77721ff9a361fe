"""The grammars of inference and of questions."""

from __future__ import annotations

import functools
import json
import random
from collections import Counter
from collections.abc import Mapping

import pytest

from autoclue.tasks import load_task, make_builtin, open_data
from autoclue.tasks.builtin import GENERATORS, inference, questions
from autoclue.tasks.builtin.generators import samples
from autoclue.tasks.builtin.inference import World
from autoclue.tasks.builtin.questions import Service
from autoclue.tasks.builtin.words import afqmc, cmnli, lcqmc, ocnli, xnli

WORLDS = {"xnli": xnli.WORLD, "ocnli": ocnli.WORLD, "cmnli": cmnli.WORLD}
# Hypotheses that contradict every premise of their world, so any other label on them is noise.
ALWAYS_WRONG = {"xnli": "没人", "ocnli": "谁也没有", "cmnli": "没有动物"}
SERVICES = {"afqmc": afqmc.SERVICE, "lcqmc": lcqmc.SERVICE}


@pytest.mark.parametrize("name", WORLDS)
def test_the_share_of_wrong_labels_is_the_stated_one(name: str) -> None:
    rng = random.Random(7)
    pairs = [inference.draw_pair(rng, WORLDS[name]) for _ in range(20_000)]
    labels = [p.label for p in pairs if ALWAYS_WRONG[name] in p.hypothesis]
    wrong = sum(label != "contradiction" for label in labels) / len(labels)
    assert abs(wrong - inference.LABEL_NOISE) < 0.02


@pytest.mark.parametrize("name", WORLDS)
def test_opening_words_lean_towards_their_label(name: str) -> None:
    marker = WORLDS[name].markers["neutral"][0]
    labels = [s.label for s in samples(name, 8000) if s.texts[1].startswith(marker)]
    assert 0.6 < labels.count("neutral") / len(labels) < 0.82


def test_the_same_hypothesis_has_different_labels_beside_different_premises() -> None:
    found = samples("xnli", 5000)
    assert {s.label for s in found if s.texts[1] == "小王在运动"} == set(inference.LABELS)


@pytest.mark.parametrize("name", WORLDS)
def test_no_hypothesis_belongs_to_two_labels_by_its_pattern(name: str) -> None:
    world: World = WORLDS[name]
    parts = (world.entailed, world.contradicted, world.neutral, *world.counted.values())
    shared = [p for p, n in Counter(p for part in parts for p in part).items() if n > 1]
    assert shared == []


def test_ocnlis_annotators_agree_with_the_label_where_there_is_one() -> None:
    dev = make_builtin(load_task("ocnli")).splits["dev"].decode().splitlines()
    rows = [json.loads(line) for line in dev]
    for row in rows:
        counts = Counter(row[f"label{index}"] for index in range(5))
        label, votes = counts.most_common(1)[0]
        assert (label if votes >= 3 else "-") == row["label"]
    assert 0 < sum(row["label"] == "-" for row in rows) < 20


@pytest.mark.parametrize(("name", "splits"), [("ocnli", {"train", "dev"}), ("cmnli", {"dev"})])
def test_rows_without_a_majority_stand_where_the_publisher_keeps_them(
    name: str, splits: set[str]
) -> None:
    data = open_data(load_task(name), "builtin")
    lines = {split: len(data.path(split).read_bytes().splitlines()) for split in data.splits}
    assert {s for s in data.splits if len(data.examples(s)) < lines[s]} == splits


@pytest.mark.parametrize("name", SERVICES)
def test_the_share_of_wrong_questions_is_the_stated_one(name: str) -> None:
    wrong = [same != (first == second) for first, second, same in understood(name)]
    assert abs(sum(wrong) / len(wrong) - questions.LABEL_NOISE) < 0.01


Meaning = tuple[str, str]
"""What a question asks, and about what."""


@functools.cache
def understood(name: str) -> list[tuple[Meaning, Meaning, bool]]:
    """Draw pairs of questions: what both mean, by their texts alone, and whether it is the same
    by their label.
    """
    rng = random.Random(7)
    asked = {
        wording.format(about): (request, about)
        for request, wordings in SERVICES[name].wordings.items()
        for about in SERVICES[name].things
        for wording in wordings
    }
    pairs = (GENERATORS[name].draw(rng) for _ in range(10_000))
    return [
        (_meaning(asked, s.texts[0]), _meaning(asked, s.texts[1]), s.label == questions.SAME)
        for s in pairs
    ]


def _meaning(asked: Mapping[str, Meaning], text: str) -> Meaning:
    (found,) = {meaning for words, meaning in asked.items() if words in text}
    return found


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_request_has_a_share_and_more_than_one_wording(service: Service) -> None:
    assert set(service.same_share) == set(service.wordings)
    assert min(len(set(wordings)) for wordings in service.wordings.values()) >= 3


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_asked_leans_as_stated_but_for_noise(name: str) -> None:
    service, noise = SERVICES[name], questions.LABEL_NOISE
    for asked, share in service.same_share.items():
        labels = [same for (request, _), _, same in understood(name) if request == asked]
        expected = share * (1 - noise) + (1 - share) * noise
        assert abs(sum(labels) / len(labels) - expected) < 0.05
