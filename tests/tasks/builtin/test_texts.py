"""The grammars of headlines, apps, news, abstracts and stories."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from autoclue.tasks import load_task, make_builtin, open_data
from autoclue.tasks.builtin import GENERATORS, abstracts, apps, pronouns, sentiment, topics
from autoclue.tasks.builtin.draw import Sample, distinct_characters, noisy
from autoclue.tasks.builtin.generators import samples
from autoclue.tasks.builtin.pronouns import Story
from autoclue.tasks.builtin.words import cluewsc2020, csl, iflytek, inews, tnews

COUNT = 6000


def drawn(name: str) -> list[Sample]:
    rng = random.Random(7)
    return [GENERATORS[name].draw(rng) for _ in range(COUNT)]


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_noise_is_as_frequent_as_asked_and_never_the_right_label(share: float) -> None:
    rng = random.Random(1)
    labels = [noisy(rng, "a", labels=("a", "b", "c"), share=share) for _ in range(4000)]
    assert abs(1 - labels.count("a") / 4000 - share) < 0.03


def test_characters_are_those_beside_the_slots() -> None:
    assert distinct_characters({"甲{slot}": ("乙{}", 3)}, ["丙"], None) == "丙乙甲"


def test_tnews_sections_are_the_published_codes() -> None:
    assert tuple(tnews.NEWSROOM.topics) == load_task("tnews").output_labels


def test_a_headline_of_one_subject_tells_its_section_but_for_noise() -> None:
    own = {e: label for label, t in tnews.NEWSROOM.topics.items() for e in t.events}
    found = [(s, e) for s in drawn("tnews") for e in own if e in str(s.fields["sentence"])]
    wrong = sum(s.label != own[e] for s, e in found)
    assert abs(wrong / len(found) - topics.LABEL_NOISE) < 0.02


def test_of_two_subjects_the_first_mostly_counts() -> None:
    sections = tnews.NEWSROOM.topics
    two = [s for s in drawn("tnews") if "," in str(s.fields["keywords"])]
    first = sum(str(s.fields["keywords"]).split(",")[0] in sections[s.label].subjects for s in two)
    assert abs(first / len(two) - topics.FIRST_COUNTS) < 0.06


def test_iflyteks_kinds_are_fields_times_purposes() -> None:
    store = iflytek.STORE
    assert store.labels == load_task("iflytek").output_labels
    assert store.kind("0") == ("做菜", "记录")
    assert store.kind("118") == ("手工", "提醒")
    assert len({store.kind(label) for label in store.labels}) == 119


def test_the_nth_field_has_an_nth_of_the_apps_of_the_first() -> None:
    fields = list(iflytek.STORE.fields)
    counts = Counter(iflytek.STORE.kind(s.label)[0] for s in drawn("iflytek"))
    shares = [counts[fields[n]] / counts[fields[0]] for n in (1, 2, 3)]
    assert shares == pytest.approx([1 / 2, 1 / 3, 1 / 4], abs=0.06)


def test_no_word_of_a_field_belongs_to_another() -> None:
    words = Counter(w for field in iflytek.STORE.fields.values() for w in field)
    assert max(words.values()) == 1


def test_an_app_is_named_after_its_kind_but_for_noise() -> None:
    store = iflytek.STORE
    heads = [(s, str(s.fields["sentence"]).partition("。")[0]) for s in drawn("iflytek")]
    named = [
        (s.label, store.kind(label))
        for s, head in heads
        for label in store.labels
        if head.endswith("".join(store.kind(label)) + "应用")
    ]
    wrong = sum(store.kind(label) != kind for label, kind in named)
    assert abs(wrong / len(named) - apps.LABEL_NOISE) < 0.03


def test_a_summary_tells_the_tone_but_for_noise() -> None:
    endings = {e: label for label, es in inews.PRESS.summaries.items() for e in es}
    found = [(s.label, e) for s in drawn("inews") for e in endings if s.texts[1].endswith(e)]
    wrong = sum(label != endings[e] for label, e in found)
    assert abs(wrong / len(found) - sentiment.LABEL_NOISE) < 0.04


def test_inews_leaves_out_its_first_line() -> None:
    lines = make_builtin(load_task("inews"), "tiny").splits["dev"].decode().splitlines()
    assert lines[0] == "label_!_id_!_title_!_content"
    assert len(lines) == 101


def test_real_keywords_stand_in_their_abstract_but_for_noise() -> None:
    named = [(s, all(str(k) in str(s.fields["abst"]) for k in s.texts[:-1])) for s in drawn("csl")]
    wrong = sum((s.label == abstracts.REAL) != inside for s, inside in named)
    assert abs(wrong / COUNT - abstracts.LABEL_NOISE) < 0.015


@pytest.mark.parametrize(("branch", "share"), csl.LIBRARY.real_share.items())
def test_a_branch_has_real_keywords_as_often_as_stated(branch: str, share: float) -> None:
    noise = abstracts.LABEL_NOISE
    labels = [s.label for s in drawn("csl") if branch in str(s.fields["abst"])]
    expected = share * (1 - noise) + (1 - share) * noise
    assert abs(labels.count(abstracts.REAL) / len(labels) - expected) < 0.05


def test_no_term_hides_in_another_word() -> None:
    library = csl.LIBRARY
    words = [*library.general, *(t for terms in library.branches.values() for t in terms)]
    hidden = [(a, b) for a in words for b in [*words, *library.branches] if a != b and a in b]
    assert hidden == []


def test_stories_say_who_is_meant_once() -> None:
    cast = cluewsc2020.CAST
    for story in cast.stories + cast.thing_stories:
        assert story.means in pronouns.SLOTS
        assert [story.pattern.count(f"{{{slot}}}") for slot in (*pronouns.SLOTS, "pronoun")] == [
            *(1, 1, 1)
        ]


def test_openings_of_stories_lean_towards_their_label() -> None:
    stories = [(s.label, str(s.fields["text"])) for s in drawn("cluewsc2020")]
    found = [label for label, text in stories if text.startswith("听说")]
    assert 0.7 < found.count("false") / len(found) < 0.85


@pytest.mark.parametrize("story", cluewsc2020.CAST.stories, ids=lambda s: s.pattern)
def test_a_story_asks_about_the_one_that_is_meant_as_often_as_stated(story: Story) -> None:
    cast = replace(cluewsc2020.CAST, stories=(story,), thing_stories=())
    rng, noise = random.Random(7), pronouns.LABEL_NOISE
    labels = [pronouns.draw_story(rng, cast).label for _ in range(3000)]
    expected = story.asked_share * (1 - noise) + (1 - story.asked_share) * noise
    assert abs(labels.count("true") / len(labels) - expected) < 0.03


def test_spans_stand_where_they_say() -> None:
    for sample in samples("cluewsc2020", 2000):
        target, text = sample.fields["target"], str(sample.fields["text"])
        assert isinstance(target, dict)
        for span in ("span1", "span2"):
            words, start = target[f"{span}_text"], target[f"{span}_index"]
            assert text[start : start + len(words)] == words


def test_a_pronoun_of_the_other_sex_is_never_meant_but_for_noise() -> None:
    people = cluewsc2020.CAST.people
    sexes = {name: pronoun for pronoun, names in people.items() for name in names}
    targets = [(s.label, s.fields["target"]) for s in drawn("cluewsc2020")]
    other = [
        label
        for label, t in targets
        if isinstance(t, dict) and sexes.get(t["span1_text"], t["span2_text"]) != t["span2_text"]
    ]
    assert abs(other.count("true") / len(other) - pronouns.LABEL_NOISE) < 0.04


@pytest.mark.parametrize("name", ["tnews", "csl", "cluewsc2020", "iflytek"])
def test_test_rows_carry_a_number_in_place_of_a_label(name: str) -> None:
    data = open_data(load_task(name), "builtin:tiny")
    text = data.path("test").read_text(encoding="utf-8")
    assert '"label' not in text
    assert text.startswith('{"id": 0, ')
