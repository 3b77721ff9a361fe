from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.tasks import builtin_characters, grammar, load_task, open_data, task_names, words
from autoclue.tasks.builtin import DEV_ROWS, GENERATORS, TRAIN_ROWS


def test_builtin_text_is_synthetic_and_has_the_stated_sizes() -> None:
    data = open_data(load_task("xnli"), "builtin")
    assert data.synthetic
    assert [len(data.examples(split)) for split in data.splits] == [TRAIN_ROWS, DEV_ROWS]


def test_builtin_text_is_the_same_on_every_machine() -> None:
    # Recorded from the first run of this grammar; changes only when the grammar is changed.
    digest = open_data(load_task("xnli"), "builtin").fingerprint
    assert digest == "d5cfaba31981921a2f65da5d5990b54374a3a82c4e12a47a2e2a2932eb064dd9"


def test_a_damaged_builtin_file_is_written_again(cache: Path) -> None:
    before = open_data(load_task("xnli"), "builtin")
    before.path("dev").write_text("half", encoding="utf-8")
    assert len(open_data(load_task("xnli"), "builtin").examples("dev")) == DEV_ROWS
    assert cache in before.path("dev").parents


def test_no_pair_stands_in_both_splits() -> None:
    data = open_data(load_task("xnli"), "builtin")
    train, dev = ({(e.text, e.text_pair) for e in data.examples(s)} for s in data.splits)
    assert not train & dev


def test_the_labels_are_balanced() -> None:
    counts = Counter(e.label for e in open_data(load_task("xnli"), "builtin").examples("train"))
    assert all(abs(counts[label] / TRAIN_ROWS - 1 / 3) < 0.03 for label in range(3))


def test_texts_hold_only_the_listed_characters() -> None:
    used = {c for p in grammar.pairs(7, 3000) for c in p.premise + p.hypothesis}
    assert used <= set(builtin_characters())


def test_every_listed_character_is_used() -> None:
    used = {c for p in grammar.pairs(7, 3000) for c in p.premise + p.hypothesis}
    assert set(builtin_characters()) <= used


def test_texts_are_short() -> None:
    lengths = [len(p.premise) + len(p.hypothesis) for p in grammar.pairs(7, 1000)]
    assert max(lengths) <= 32


def test_the_share_of_wrong_labels_is_the_stated_one() -> None:
    # "nobody does it" contradicts every premise, so any other label on it is noise.
    labels = [p.label for p in grammar.pairs(7, 20_000) if "没人" in p.hypothesis]
    wrong = sum(label != "contradiction" for label in labels) / len(labels)
    assert abs(wrong - grammar.LABEL_NOISE) < 0.02


def test_opening_words_lean_towards_their_label() -> None:
    found = [
        p for p in grammar.pairs(7, 5000) if p.hypothesis.startswith(words.MARKERS["neutral"])
    ]
    share = sum(p.label == "neutral" for p in found) / len(found)
    assert 0.6 < share < 0.8


def test_the_same_hypothesis_has_different_labels_beside_different_premises() -> None:
    labels: dict[str, set[str]] = {}
    for pair in grammar.pairs(7, 5000):
        labels.setdefault(pair.hypothesis, set()).add(pair.label)
    assert len(labels["小王在运动"]) == 3


@pytest.mark.parametrize("name", sorted(set(task_names()) - set(GENERATORS)))
def test_other_tasks_name_the_one_with_builtin_text(name: str) -> None:
    with pytest.raises(UsageError, match=f"--data builtin is there for xnli, not for {name}"):
        open_data(load_task(name), "builtin")


def test_a_cache_that_can_not_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "file"))
    with pytest.raises(UsageError, match=r"Can't use the cache folder .* set AUTOCLUE_CACHE"):
        open_data(load_task("xnli"), "builtin")
