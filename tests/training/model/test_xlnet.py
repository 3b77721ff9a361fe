"""XLNet: no maximal length, an answer from the last token, padding that only a mask hides."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import numpy as np
import pytest

from autoclue.errors import UsageError
from autoclue.tasks import load_task
from autoclue.training import build_config
from autoclue.training.data import Workspace
from autoclue.training.loop import Trial
from autoclue.training.model import (
    PaddleHead,
    check_length,
    depths_of,
    load_network,
    load_tokenizer,
    network_inputs,
)
from autoclue.training.platform import load_paddle, load_paddlenlp
from tests.models.layouts import PIECES

pytestmark = pytest.mark.paddle

TWO = PaddleHead("ForSequenceClassification", {"num_classes": 2})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small XLNet in PaddleNLP's form, with a vocabulary of characters."""
    pieces = pytest.importorskip("sentencepiece")
    transformers = load_paddlenlp()
    where = tmp_path_factory.mktemp("xlnet")
    model = io.BytesIO()
    pieces.SentencePieceTrainer.train(
        sentence_iterator=iter(["".join(PIECES[5:])] * 20),
        model_writer=model,
        model_type="char",
        vocab_size=40,
        hard_vocab_limit=False,
        pad_id=5,
        user_defined_symbols=["<cls>", "<sep>"],
        minloglevel=2,
    )
    (where / "spiece.model").write_bytes(model.getvalue())
    shape = {"d_model": 8, "n_layer": 2, "n_head": 2, "d_inner": 16}
    config = transformers.XLNetConfig(vocab_size=60, **shape)
    network = transformers.XLNetForSequenceClassification(config)
    network.save_pretrained(str(where), safe_serialization=True)
    transformers.XLNetTokenizer(str(where / "spiece.model")).save_pretrained(str(where))
    return where


def test_padding_changes_no_logit(folder: Path) -> None:
    network, tokenizer = load_network(str(folder), TWO, seed=1), load_tokenizer(str(folder))
    network.eval()
    row = tokenizer("天地人", text_pair="山水")

    def logits(padding: int) -> list[float]:
        ids = np.array([row["input_ids"] + [tokenizer.pad_token_id] * padding])
        segments = np.array([row["token_type_ids"] + [0] * padding])
        arrays = network_inputs(network, ids, segments)
        tensors = {name: load_paddle().to_tensor(each) for name, each in arrays.items()}
        found: list[float] = network(**tensors).numpy()[0].tolist()
        return found

    assert logits(7) == pytest.approx(logits(0), abs=1e-6)
    assert logits(0) != pytest.approx([0.0, 0.0], abs=1e-9)


def test_no_length_is_too_long(folder: Path) -> None:
    check_length(load_network(str(folder), TWO, seed=1), 10_000)


def test_layers_have_their_depths(folder: Path) -> None:
    encoder = depths_of(load_network(str(folder), TWO, seed=1))
    depths = {each.name: each.depth for each in encoder.parameters}
    assert encoder.num_layers == 2
    assert depths["transformer.word_embedding.weight"] == depths["transformer.mask_emb"] == 0
    assert depths["transformer.layer.1.ff.layer_1.weight"] == 2
    assert depths["classifier.out_proj.bias"] == 3


def test_it_trains_layer_by_layer(folder: Path, tiny_task: Path, tmp_path: Path) -> None:
    config = build_config(
        load_task(str(tiny_task)).recipe,
        task=str(tiny_task),
        model=str(folder),
        data="download",
        strategy="discriminative",
        settings={"max_steps": 4, "eval_every_steps": 2, "batch_size": 8, "learning_rate": 1e-2},
    )
    trial = Trial(config, Workspace(cache=tmp_path), log=logging.Logger("quiet"))
    while trial.advance() is not None:
        pass
    losses = [each.train_loss for each in trial.history]
    assert len(set(losses)) == 2


def test_tasks_whose_answers_its_padding_would_spoil_are_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="no AutoModelForQuestionAnswering"):
        load_network(str(folder), PaddleHead("ForQuestionAnswering"), seed=1)
