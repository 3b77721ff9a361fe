"""The parts of a model card that are made from files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from tools.pretraining.card import CURVE_POINTS, curve_table, model_card, source_table


def validation(updates: int) -> dict[str, float]:
    return {
        "updates": updates,
        "tokens": 2048 * updates,
        "trained_s": 3_900.0,
        "held_out_token_loss": 4.0,
        "held_out_token_accuracy": 0.25,
        "held_out_relation_accuracy": 0.5,
    }


def test_every_source_is_named_with_its_licence() -> None:
    row = {"source": "tales", "repo": "a/b", "commit": "0123456789abcdef", "licence": "MIT"}
    assert list(source_table([row]))[2:] == ["| tales | a/b | 0123456789ab | MIT |"]


def test_curve_keeps_first_and_last_and_leaves_training_lines_out() -> None:
    lines = [*(validation(n) for n in range(1, 101)), {"updates": 101, "train_token_loss": 4.0}]
    rows = list(curve_table(lines))[2:]
    assert len(rows) == CURVE_POINTS
    assert rows[0].startswith("| 1 | 0.0 | 4.000 | 25.0% | 50.0% |")
    assert rows[-1].startswith("| 100 | 0.2 |")


def test_short_curve_is_shown_whole() -> None:
    assert len(list(curve_table([validation(1), validation(2)]))) == 2 + 2
    assert len(list(curve_table([validation(1)]))) == 2 + 1


def test_card_is_filled_from_the_model_and_the_log(tmp_path: Path) -> None:
    names = ("num_hidden_layers", "hidden_size", "num_attention_heads", "vocab_size")
    config = dict.fromkeys((*names, "max_position_embeddings"), 7_000)
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file({"a": np.zeros((1000, 1500), np.float16)}, tmp_path / "model.safetensors")
    row = {"source": "tales", "repo": "a/b", "commit": "0123456789abcdef", "licence": "MIT"}
    card = model_card(tmp_path, [validation(50_000)], [row], "Better by far.")
    assert "7,000 entries" in card
    assert "1.5 million, in half precision" in card
    assert "50,000 updates of 2,048 tokens, 102.4 million in all, in 65 minutes" in card
    assert "| tales | a/b | 0123456789ab | MIT |" in card
    assert "Better by far." in card
    assert "{" not in card
