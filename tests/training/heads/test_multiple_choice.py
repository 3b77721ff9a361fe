from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from autoclue.errors import UsageError
from autoclue.models.shipped import shipped_folder
from autoclue.tasks.reading.examples import BlankExample
from autoclue.training.heads import multiple_choice, span_extraction
from autoclue.training.heads.choices import ChoiceFeature
from autoclue.training.heads.multiple_choice import (
    MASKED,
    collate_choices,
    decode_blanks,
    largest_choices,
)


def feature(length: int, *, real: int = 2, label: int = 0, example: int = 0) -> ChoiceFeature:
    ids = np.full((2, length), 5, dtype=np.int32)
    return ChoiceFeature(example, ids, np.ones_like(ids), np.arange(2) < real, label)


def test_questions_are_padded_to_the_longest_choice() -> None:
    batch = collate_choices([feature(2, label=1), feature(3)], pad_id=9)
    assert batch.input_ids[0].tolist() == [[5, 5, 9], [5, 5, 9]]
    assert batch.token_type_ids[0].tolist() == [[1, 1, 0], [1, 1, 0]]
    assert batch.labels.tolist() == [1, 0]


def test_first_of_equal_logits_is_chosen() -> None:
    scores = np.array([[1.0, 1.0], [0.0, 2.0]], dtype=np.float32)
    assert largest_choices(scores).tolist() == [0, 1]


def test_blanks_of_one_row_get_different_idioms() -> None:
    scores = np.array([[10.0, 9.5], [9.0, 1.0]], dtype=np.float32)
    blanks = [BlankExample(i, f"b{i}", 0, "", 0, ("甲", "乙"), None) for i in range(2)]
    features = [feature(2, example=i) for i in range(2)]
    assert decode_blanks(scores, blanks, features).tolist() == [0, 1]
    assert decode_blanks(scores, blanks, features, optimal=True).tolist() == [1, 0]


@pytest.mark.paddle
def test_masked_fillers_dont_compete() -> None:
    network = multiple_choice.load_choice_network(str(shipped_folder()), num_choices=2, seed=1)
    network.eval()
    batch = collate_choices([feature(4, real=1)], pad_id=0)
    masked = multiple_choice.choice_logits(network, batch, mask_fillers=True)
    assert masked[0, 1] == np.float32(MASKED)
    assert float(multiple_choice.choice_loss(network, batch, mask_fillers=True)) == 0.0
    assert float(multiple_choice.choice_loss(network, batch)) == pytest.approx(np.log(2))


@pytest.mark.paddle
def test_architecture_without_the_head_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transformers = pytest.importorskip("paddlenlp.transformers")
    monkeypatch.delattr(transformers, "ErnieGramForQuestionAnswering")
    shutil.copytree(shipped_folder(), tmp_path, dirs_exist_ok=True)
    told = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    changed = {**told, "architectures": ["ErnieGramModel"], "model_type": "ernie_gram"}
    (tmp_path / "config.json").write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(UsageError, match=r"PaddleNLP has no AutoModelForMultipleChoice;"):
        multiple_choice.load_choice_network(str(tmp_path), num_choices=4, seed=1)
    with pytest.raises(UsageError, match=r"PaddleNLP has no AutoModelForQuestionAnswering;"):
        span_extraction.load_span_network(str(tmp_path), seed=1)


@pytest.mark.paddle
def test_model_that_cant_be_loaded_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"lacks a configuration \(config\.json\)"):
        multiple_choice.load_choice_network(str(tmp_path), num_choices=4, seed=1)
