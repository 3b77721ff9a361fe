"""From the training network's weights to a folder that PaddleNLP loads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tools.pretraining.convert import POSITIONS, WORDS, encoder_arrays, write_model
from tools.pretraining.stream import LENGTHS
from tools.pretraining.vocabulary import SPECIAL_TOKENS, write_vocabulary

ENTRIES = [*SPECIAL_TOKENS, *"甲乙丙丁戊己庚辛壬癸"]
SHORT = max(LENGTHS)


def few_arrays() -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    sizes = {
        WORDS: (len(ENTRIES), 8),
        POSITIONS: (512, 8),
        "embeddings.token_type_embeddings.weight": (2, 8),
        "encoder.layers.0.linear1.bias": (32,),
        "encoder.layers.1.linear1.bias": (32,),
        "guess.bias": (len(ENTRIES),),
        "relation.bias": (5,),
    }
    return {name: rng.normal(size=size).astype(np.float32) for name, size in sizes.items()}


def test_heads_of_pretraining_are_left_out() -> None:
    names = set(encoder_arrays(few_arrays(), trained_positions=SHORT))
    assert names == set(few_arrays()) - {"guess.bias", "relation.bias"}


def test_late_positions_repeat_trained_ones() -> None:
    table = encoder_arrays(few_arrays(), trained_positions=256)[POSITIONS]
    assert np.array_equal(table[:256], few_arrays()[POSITIONS][:256].astype(np.float16))
    assert np.array_equal(table[256:384], table[128:256])
    assert np.array_equal(table[384:], table[128:256])


def test_source_is_left_as_it_is() -> None:
    arrays = few_arrays()
    encoder_arrays(arrays, trained_positions=256)
    assert np.array_equal(arrays[POSITIONS], few_arrays()[POSITIONS])


def test_weight_beyond_half_precision_is_refused() -> None:
    arrays = few_arrays()
    arrays[WORDS][3, 3] = 1e6
    with pytest.raises(ValueError, match=f"half precision: {WORDS}"):
        encoder_arrays(arrays, trained_positions=256)


def test_folder_has_every_part_of_a_model(tmp_path: Path) -> None:
    write_vocabulary(tmp_path / "vocab.txt", ENTRIES)
    write_model(tmp_path / "out", few_arrays(), heads=2, vocabulary=tmp_path / "vocab.txt")
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert (config["num_hidden_layers"], config["hidden_size"]) == (2, 8)
    assert (config["intermediate_size"], config["num_attention_heads"]) == (32, 2)
    assert (config["vocab_size"], config["max_position_embeddings"]) == (len(ENTRIES), 512)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("config.json", "model.safetensors", "special_tokens_map.json"),
        *("tokenizer_config.json", "vocab.txt"),
    }
