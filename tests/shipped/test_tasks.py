"""The published figures, written out once more so that a slip in a task's file shows."""

from __future__ import annotations

import pytest

from autoclue.tasks import ClassificationSpec, Recipe, load_task

# Epochs, length and accumulation: CLUE's classification grid in PaddleNLP (run_cls.sh and the
# table of its README). Batch size, length and epochs of the last three: the table of
# ChineseGLUE-AutoFinetune, with the rest of CLUE's recipe.
#                epochs length accumulation batch
RECIPES = {
    "afqmc": (3, 128, 1, 32),
    "tnews": (3, 128, 1, 32),
    "iflytek": (3, 128, 1, 32),
    "ocnli": (5, 128, 1, 32),
    "cmnli": (2, 128, 1, 32),
    "cluewsc2020": (50, 128, 1, 32),
    "csl": (5, 256, 2, 32),
    "xnli": (2, 128, 1, 32),
    "lcqmc": (3, 128, 1, 16),
    "inews": (3, 512, 1, 4),
}

# Label lists of paddlenlp.datasets.clue, in the order of the indices.
TNEWS = [100, 101, 102, 103, 104, 106, 107, 108, 109, 110, 112, 113, 114, 115, 116]
LABELS = {
    "afqmc": ["0", "1"],
    "tnews": [str(code) for code in TNEWS],
    "iflytek": [str(index) for index in range(119)],
    "ocnli": ["entailment", "contradiction", "neutral"],
    "cmnli": ["contradiction", "entailment", "neutral"],
    "cluewsc2020": ["true", "false"],
    "csl": ["0", "1"],
    "xnli": ["contradiction", "entailment", "neutral"],
    "lcqmc": ["0", "1"],
    "inews": ["0", "1", "2"],
}

# Input construction of PaddleNLP's classification script; ChineseGLUE's readers for the last.
INPUTS = {
    "afqmc": ("pair", ("sentence1", "sentence2")),
    "tnews": ("single", ("sentence",)),
    "iflytek": ("single", ("sentence",)),
    "ocnli": ("pair", ("sentence1", "sentence2")),
    "cmnli": ("pair", ("sentence1", "sentence2")),
    "cluewsc2020": ("wsc", ("text", "target")),
    "csl": ("csl", ("keyword", "abst")),
    "xnli": ("pair", ("text_a", "text_b")),
    "lcqmc": ("pair", ("query", "title")),
    "inews": ("pair", ("title", "content")),
}


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_the_recipe_is_the_published_one(name: str) -> None:
    epochs, length, accumulation, batch = RECIPES[name]
    assert load_task(name).recipe == Recipe(
        epochs=epochs,
        max_length_tokens=length,
        gradient_accumulation_steps=accumulation,
        batch_size=batch,
        learning_rate=3e-5,
        dropout=0.1,
        warmup_proportion=0.1,
        weight_decay=0.01,
        adam_epsilon=1e-8,
        max_grad_norm=1.0,
        eval_every_steps=100,
        seed=42,
    )


@pytest.mark.parametrize("name", sorted(LABELS))
def test_the_labels_have_the_published_order(name: str) -> None:
    assert list(load_task(name).output_labels) == LABELS[name]


@pytest.mark.parametrize("name", sorted(INPUTS))
def test_the_input_is_built_as_published(name: str) -> None:
    built = ClassificationSpec.of(load_task(name)).input
    assert (built.kind, built.fields) == INPUTS[name]


def test_rows_are_dropped_as_published() -> None:
    dropped = {name: ClassificationSpec.of(load_task(name)).drop_labels for name in RECIPES}
    assert {name: set(drops) for name, drops in dropped.items() if drops} == {
        "ocnli": {"train", "dev"},
        "cmnli": {"dev"},
    }


def test_inews_is_cut_as_its_publisher_cuts_it() -> None:
    spec = ClassificationSpec.of(load_task("inews"))
    assert (spec.delimiter, spec.skip_lines) == ("_!_", 1)
    assert spec.columns == ("label", "id", "title", "content")


def test_test_rows_have_labels_where_the_publisher_gives_them() -> None:
    labelled = {name for name in RECIPES if "test" in load_task(name).labelled_splits}
    assert labelled == {"xnli", "lcqmc", "inews"}


def test_a_checksum_is_stated_wherever_somebody_published_one() -> None:
    downloads = {name: load_task(name).download for name in RECIPES}
    assert {n for n, d in downloads.items() if d is None or d.md5 is None} == {"inews"}
