"""Pretrain the encoder; run again to go on from the last checkpoint.

    python -m tools.pretraining.train FOLDER --train-seconds 7200

FOLDER holds what prepare.py wrote. Stops within an update on Ctrl-C or SIGTERM, with a
checkpoint; waits while the file of --pause-file exists. FOLDER/log.jsonl has the curve.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from tools.pretraining.batches import RELATIONS
from tools.pretraining.losses import Inputs, Losses, losses, validation_figures
from tools.pretraining.network import Shape
from tools.pretraining.schedule import counted_seconds, rate_factor
from tools.pretraining.state import CHECKPOINT, Progress, Run, new_run, read_run
from tools.pretraining.store import Store
from tools.pretraining.stream import Stream
from tools.pretraining.vocabulary import read_vocabulary

VALIDATION_SEED = 20_000
VALIDATION_BATCHES = 24
LARGEST_GRADIENT_NORM = 1.0
PAUSE_POLL_S = 0.5


class Stopper:
    """Remembers, while it is open, that the run was asked to stop."""

    def __init__(self) -> None:
        self.asked = False
        self._before = {
            number: signal.signal(number, self._ask) for number in (signal.SIGTERM, signal.SIGINT)
        }

    def __enter__(self) -> Stopper:
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: object) -> None:
        self.asked = True


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and train."""
    given = _parser().parse_args(arguments)
    torch.set_num_threads(given.threads)
    (given.folder / "pid").write_text(str(os.getpid()), encoding="utf-8")
    vocabulary = read_vocabulary(given.folder / "vocab.txt")
    stores = {name: Store.load(given.folder / f"{name}.npz") for name in ("train", "held_out")}
    if (given.folder / CHECKPOINT).exists():
        run = read_run(given.folder, weight_decay=given.weight_decay)
    else:
        shape = Shape(
            vocabulary=len(vocabulary),
            layers=given.layers,
            hidden=given.hidden,
            heads=given.heads,
            positions=512,
            relations=len(RELATIONS),
        )
        run = new_run(
            shape, stores["train"].tokens, seed=given.seed, weight_decay=given.weight_decay
        )
    streams = {
        name: Stream(
            stores[name],
            vocabulary,
            seed=seed,
            batch_tokens=given.batch_tokens,
            mask_share=given.mask_share,
        )
        for name, seed in (("train", given.seed), ("held_out", VALIDATION_SEED))
    }
    with Stopper() as stopper:
        train(run, streams, given, stopper)


def train(
    run: Run, streams: Mapping[str, Stream], given: argparse.Namespace, stopper: Stopper
) -> None:
    """Train until the time is over or somebody asks to stop; write checkpoints and the log.

    Args:
        run: Is changed.
        streams: "train" and "held_out".
        given: The command line.
        stopper: Asked before each update.
    """
    saved = validated = time.monotonic()
    recent: list[float] = []
    while not (stopper.asked or _is_over(run.progress, given)):
        if given.pause_file is not None and given.pause_file.exists():
            time.sleep(PAUSE_POLL_S)
            continue
        began = time.monotonic()
        factor = rate_factor(
            run.progress.updates,
            run.progress.trained_s / given.train_seconds,
            warmup_updates=given.warmup_updates,
            decay_share=given.decay_share,
        )
        rate = given.learning_rate * factor
        inputs = Inputs.of(streams["train"].example(run.progress.updates))
        recent.append(_update(run, losses(run.weights, run.shape, inputs), rate))
        now = time.monotonic()
        run.progress = run.progress.after(
            tokens=inputs.ids.numel(), seconds=counted_seconds(now - began)
        )
        if run.progress.updates % given.log_every == 0:
            _log(given.folder, run, {"rate": rate, "train_token_loss": sum(recent) / len(recent)})
            recent.clear()
        if now - validated > given.validate_every_s:
            _log(given.folder, run, validation(run, streams["held_out"]))
            validated = time.monotonic()
        if now - saved > given.save_every_s:
            run.save(given.folder)
            saved = time.monotonic()
    run.save(given.folder)
    if not stopper.asked:
        _log(given.folder, run, validation(run, streams["held_out"]))


def validation(run: Run, held_out: Stream) -> dict[str, float]:
    """Measure the network on the same masked batches of held-out documents each time."""
    found: dict[str, list[torch.Tensor]] = defaultdict(list)
    with torch.no_grad():
        for number in range(VALIDATION_BATCHES):
            inputs = Inputs.of(held_out.example(number))
            for name, value in validation_figures(run.weights, run.shape, inputs).items():
                found[name].append(value)
    return {name: torch.stack(values).mean().item() for name, values in found.items()}


def _is_over(progress: Progress, given: argparse.Namespace) -> bool:
    enough: bool = given.updates is not None and progress.updates >= given.updates
    return enough or bool(progress.trained_s >= given.train_seconds)


def _update(run: Run, found: Losses, rate: float) -> float:
    for group in run.optimizer.param_groups:
        group["lr"] = rate
    found.total.backward()
    torch.nn.utils.clip_grad_norm_(run.weights.values(), LARGEST_GRADIENT_NORM)
    run.optimizer.step()
    run.optimizer.zero_grad()
    loss: float = found.token.item()
    if loss != loss:
        raise FloatingPointError(f"The loss of update {run.progress.updates} is not a number.")
    return loss


def _log(folder: Path, run: Run, figures: Mapping[str, float]) -> None:
    progress = run.progress
    line = {
        "updates": progress.updates,
        "tokens": progress.tokens,
        "trained_s": round(progress.trained_s, 1),
        **{name: round(value, 6) for name, value in figures.items()},
    }
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    print(json.dumps(line), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="what prepare.py wrote; checkpoints go there")
    parser.add_argument("--train-seconds", type=float, default=7200.0, help="without pauses")
    parser.add_argument("--updates", type=int, help="stop there even if time is left")
    parser.add_argument("--decay-share", type=float, default=0.35, help="of that time, at its end")
    parser.add_argument("--warmup-updates", type=int, default=300)
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="the peak")
    parser.add_argument("--weight-decay", type=float, default=0.01)
    parser.add_argument("--batch-tokens", type=int, default=4096, help="tokens of an update")
    parser.add_argument("--mask-share", type=float, default=0.2, help="of the tokens")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--heads", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pause-file", type=Path, help="wait while it exists")
    parser.add_argument("--save-every-s", type=float, default=180.0)
    parser.add_argument("--validate-every-s", type=float, default=180.0)
    parser.add_argument("--log-every", type=int, default=100, help="updates")
    return parser


if __name__ == "__main__":
    main()
