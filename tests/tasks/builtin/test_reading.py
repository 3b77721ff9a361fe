"""The grammars of passages, talks and blanks, and their publishers' files."""

from __future__ import annotations

import functools
import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from autoclue.tasks import load_task, make_builtin, open_data
from autoclue.tasks.builtin import GENERATORS
from autoclue.tasks.builtin.draw import Sample
from autoclue.tasks.builtin.reading import blanks, passages, talks
from autoclue.tasks.builtin.words import c3, chid, cmrc2018
from autoclue.tasks.reading import BlankExample, ChoiceExample, SpanExample

COUNT = 4000
MEANINGS = {idiom: m for m in chid.SAYINGS.meanings for idiom in m.idioms}


@functools.cache
def drawn(name: str) -> list[Sample]:
    rng = random.Random(7)
    return [GENERATORS[name].draw(rng) for _ in range(COUNT)]


def document(name: str, file: str) -> Any:
    return json.loads(make_builtin(load_task(name), "tiny").contents[file])


def test_answers_stand_in_their_text_once_and_where_they_say() -> None:
    for sample in drawn("cmrc2018"):
        context = str(sample.fields["context"])
        for question in sample.fields["questions"]:
            assert context.count(question["answer"]) == 1
            assert context.index(question["answer"]) == question["start"]


def test_no_word_of_a_passage_hides_in_another_or_in_a_sentence() -> None:
    chronicle = cmrc2018.CHRONICLE
    words = [word for group in chronicle.words.values() for word in group]
    patterns = [*chronicle.sentences, *(p for ps in chronicle.changed.values() for p in ps)]
    texts = [*words, *chronicle.fillers, *patterns]
    assert [(a, b) for a in words for b in texts if a != b and a in b] == []
    assert len(set(words)) == len(words)


def test_who_is_asked_about_did_what_is_answered_but_for_noise() -> None:
    people = cmrc2018.CHRONICLE.words["who"]
    asked = [(s, q) for s in drawn("cmrc2018") for q in s.fields["questions"]]
    named = [(s, q, who) for s, q in asked for who in people if who in q["question"]]
    same = [_sentence_with(s.fields["context"], q["answer"], who) for s, q, who in named]
    assert abs(1 - sum(same) / len(same) - passages.ANSWER_NOISE) < 0.02


def _sentence_with(context: str, *words: str) -> bool:
    return any(all(word in part for word in words) for part in context.split("。"))


def test_the_first_event_is_mostly_asked_about() -> None:
    asked = [
        (s.fields["context"], q["answer"])
        for s in drawn("cmrc2018")
        for q in s.fields["questions"]
    ]
    fillers = cmrc2018.CHRONICLE.fillers
    plain = [(c, a) for c, a in asked if not any(filler in c for filler in fillers)]
    first = sum(answer in context.partition("。")[0] for context, answer in plain)
    assert abs(first / len(plain) - passages.FIRST_SHARE) < 0.04


def test_choices_differ_and_hold_the_answer() -> None:
    for sample in drawn("c3"):
        for question in sample.fields["questions"]:
            assert len(set(question["choice"])) == len(question["choice"]) in (2, 3, 4)
            assert question["answer"] in question["choice"]


def test_the_right_choice_stands_in_the_text_but_for_noise_and_others_now_and_then() -> None:
    named = list(_named_choices())
    right = sum(question["answer"] in text for text, question in named) / len(named)
    rivals = sum(
        sum(choice in text for choice in question["choice"]) == 2 for text, question in named
    )
    assert abs(rivals / len(named) - talks.RIVAL_SHARE) < 0.03
    assert 1 - talks.ANSWER_NOISE - 0.02 < right < 1


def _named_choices() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield texts with the questions whose answer they name."""
    options = {*c3.TOWN.places, *c3.TOWN.deeds}
    for sample in drawn("c3"):
        text = "".join(sample.fields["turns"])
        for question in sample.fields["questions"]:
            if set(question["choice"]) <= options:
                yield text, question


def test_speakers_take_turns() -> None:
    dialogues = [s for s in drawn("c3") if s.fields["kind"] == talks.DIALOGUE]
    for sample in dialogues[:500]:
        speakers = [turn[0] for turn in sample.fields["turns"]]
        assert all(a != b for a, b in itertools.pairwise(speakers))


def test_statements_are_true_as_often_as_stated_but_for_noise() -> None:
    questions = [q for s in drawn("c3") for q in s.fields["questions"]]
    answers = [q["answer"] for q in questions if q["choice"] == list(c3.TOWN.verdicts)]
    noise = talks.ANSWER_NOISE
    expected = talks.TRUE_SHARE * (1 - noise) + (1 - talks.TRUE_SHARE) * noise
    assert abs(answers.count(c3.TOWN.verdicts[0]) / len(answers) - expected) < 0.06


def test_idioms_have_four_characters_and_one_meaning() -> None:
    idioms = chid.SAYINGS.idioms
    assert len(set(idioms)) == len(idioms) >= 2 * blanks.TEN
    assert {len(idiom) for idiom in idioms} == {4}


@pytest.mark.parametrize(("name", "count"), [("chid", blanks.TEN), ("chid_fewclue", blanks.SEVEN)])
def test_candidates_differ_and_no_idiom_is_right_twice_in_a_row(name: str, count: int) -> None:
    for sample in drawn(name):
        answers = sample.fields["answers"]
        assert len(set(sample.fields["candidates"])) == len(sample.fields["candidates"]) == count
        assert len(set(answers)) == len(answers) == sample.size


def test_an_idiom_fits_what_is_told_but_for_noise() -> None:
    told = [
        (before, sample.fields["candidates"][answer])
        for sample in drawn("chid_fewclue")
        for ((before, _),) in sample.fields["passages"]
        for answer in sample.fields["answers"]
    ]
    fits = [any(s.format("") in before for s in MEANINGS[i].signs) for before, i in told]
    assert abs(1 - sum(fits) / len(fits) - blanks.ANSWER_NOISE) < 0.02


def test_the_other_idiom_of_a_meaning_is_mostly_a_candidate() -> None:
    rows = drawn("chid_fewclue")
    twins = [
        sum(
            MEANINGS[c].idioms[0] in s.fields["candidates"]
            and MEANINGS[c].idioms[1] in s.fields["candidates"]
            for c in s.fields["candidates"]
        )
        for s in rows
    ]
    assert sum(map(bool, twins)) / len(rows) > blanks.TWIN_SHARE


def test_cmrcs_test_answers_are_stand_ins_and_the_real_ones_stand_beside_them() -> None:
    text = document("cmrc2018", "test.json")["data"][0]["paragraphs"][0]
    question = text["qas"][0]
    assert question["answers"][0] == {"text": "FAKE_ANSWER_1", "answer_start": -1}
    assert document("cmrc2018", "test_labels.json")[question["id"]] in text["context"]


def test_cmrcs_questions_have_one_answer_to_train_on_and_three_to_judge_by() -> None:
    data = open_data(load_task("cmrc2018"), "builtin:tiny")
    counts = [{len(e.answers) for e in data.examples(split)} for split in data.splits]
    assert counts == [{1}, {3}, {1}]
    test: list[SpanExample] = data.examples("test")
    assert all(e.context[e.answers[0].start :].startswith(e.answers[0].text) for e in test)


def test_c3s_dialogues_and_mixed_texts_stand_in_two_files_and_in_one_for_the_test() -> None:
    dialogues, mixed = (document("c3", f"{kind}-train.json") for kind in "dm")
    assert all(turn[0] in "男女" for turns, *_ in dialogues for turn in turns)
    assert {len(turns) for turns, *_ in mixed} == {1}
    test: list[ChoiceExample] = open_data(load_task("c3"), "builtin:tiny").examples("test")
    assert [example.id for example in test] == [str(number) for number in range(100)]


def test_chids_blanks_are_numbered_and_the_tests_as_in_the_file_that_is_handed_in() -> None:
    data = open_data(load_task("chid"), "builtin:tiny")
    names: list[list[BlankExample]] = [data.examples(split) for split in data.splits]
    everything = [example.id for examples in names for example in examples]
    assert len(set(everything)) == len(everything)
    assert names[2][0].id == "#idiom623377#"
    assert len({example.group for example in names[0]}) < len(names[0])
