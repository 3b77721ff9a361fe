"""The network in PyTorch: the same outputs as PaddleNLP's, and a loop that learns and resumes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from tools.pretraining.convert import write_model  # noqa: E402
from tools.pretraining.cross_entropy import cross_entropy  # noqa: E402
from tools.pretraining.network import Shape, encode, initial_weights, pool  # noqa: E402
from tools.pretraining.prepare import main as prepare  # noqa: E402
from tools.pretraining.state import read_checkpoint  # noqa: E402
from tools.pretraining.train import main as train  # noqa: E402
from tools.pretraining.vocabulary import SPECIAL_TOKENS, write_vocabulary  # noqa: E402

ROOT = Path(__file__).parents[2]
SMALL = ("--layers", "1", "--hidden", "32", "--heads", "2", "--batch-tokens", "512")


@pytest.mark.paddle
def test_paddlenlp_gives_the_same_states(tmp_path: Path) -> None:
    paddle = pytest.importorskip("paddle")
    transformers = pytest.importorskip("paddlenlp.transformers")
    shape = Shape(vocabulary=60, layers=2, hidden=24, heads=3, positions=256, relations=5)
    generator = torch.Generator().manual_seed(1)
    halves = {
        name: (weight.detach() + 0.1 * torch.randn(weight.shape, generator=generator))
        .half()
        .float()
        for name, weight in initial_weights(shape, seed=0).items()
    }
    write_vocabulary(tmp_path / "vocab.txt", [*SPECIAL_TOKENS, *(f"t{n}" for n in range(55))])
    arrays = {name: weight.numpy() for name, weight in halves.items()}
    write_model(tmp_path / "out", arrays, heads=3, vocabulary=tmp_path / "vocab.txt")
    network = transformers.AutoModel.from_pretrained(str(tmp_path / "out"))
    network.eval()
    rng = np.random.default_rng(0)
    ids, types = rng.integers(5, 60, (3, 17)), rng.integers(0, 2, (3, 17))
    theirs, their_pool = network(paddle.to_tensor(ids), token_type_ids=paddle.to_tensor(types))
    states = encode(halves, shape, torch.from_numpy(ids), torch.from_numpy(types))
    assert theirs.dtype == paddle.float32
    np.testing.assert_allclose(states.numpy(), theirs.numpy(), atol=1e-5)
    np.testing.assert_allclose(pool(halves, states).numpy(), their_pool.numpy(), atol=1e-5)


def test_cross_entropy_is_pytorchs_own() -> None:
    torch.manual_seed(0)
    sizes = ((77, 16), (50, 16), (50,))
    inputs, matrix, bias = (torch.randn(size, requires_grad=True) for size in sizes)
    labels = torch.randint(0, 50, (77,))
    ours = cross_entropy(inputs, matrix, bias, labels)
    theirs = torch.nn.functional.cross_entropy(inputs @ matrix.t() + bias, labels)
    torch.testing.assert_close(ours, theirs)
    gradients = [torch.autograd.grad(3 * loss, (inputs, matrix, bias)) for loss in (ours, theirs)]
    torch.testing.assert_close(*gradients)


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A folder with a vocabulary and tokens of a text that is easy to guess."""
    sentence = "甲乙丙丁戊己庚辛壬癸。"
    documents = ["\n".join([f"第{number}篇", *[sentence * 2] * 60]) for number in range(60)]
    (tmp_path / "text.txt").write_text("\n\n".join(documents), encoding="utf-8")
    prepare(
        [str(tmp_path / "text.txt"), str(tmp_path / "run"), "--size", "300", "--held-out", "0.1"]
    )
    return tmp_path / "run"


def lines_of(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_training_learns_and_goes_on_from_its_checkpoint(prepared: Path) -> None:
    options = (*SMALL, "--warmup-updates", "10", "--log-every", "10", "--learning-rate", "5e-3")
    train([str(prepared), "--updates", "40", *options])
    first = lines_of(prepared)[-1]
    train([str(prepared), "--updates", "120", *options])
    last = lines_of(prepared)[-1]
    assert (first["updates"], last["updates"]) == (40, 120)
    assert last["held_out_token_loss"] < first["held_out_token_loss"] < np.log(300)
    assert read_checkpoint(prepared)["progress"]["updates"] == last["updates"]


def test_termination_leaves_a_checkpoint(prepared: Path) -> None:
    pause = prepared / "pause"
    command = [sys.executable, "-m", "tools.pretraining.train", str(prepared), *SMALL]
    command += ["--log-every", "1", "--pause-file", str(pause)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        run.stdout.readline()
        assert int((prepared / "pid").read_text()) == run.pid
        pause.touch()
        os.kill(run.pid, signal.SIGTERM)
        assert run.wait(timeout=20) == 0
    assert read_checkpoint(prepared)["progress"]["updates"] >= 1
