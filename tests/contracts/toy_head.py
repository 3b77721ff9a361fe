"""A second kind of task, with a head and a metric of its own: each is a class and one line.

A row asks which of three texts is right, and the answer is the text. It is asked twice, so that an
example has two features, of three sequences each; the metric has two scores.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from autoclue.tasks import BadRow, Metric, Predictions, Remark, TaskSpec
from autoclue.training.features import Batch, Features
from autoclue.training.heads import Output
from autoclue.training.model import PaddleHead, load_kept_network, load_network
from autoclue.training.platform import load_paddle


class ToySpec(TaskSpec):
    """Adds a key of its own."""

    kind: Literal["toy"] = "toy"
    choices: int = 3


@dataclass(frozen=True, slots=True)
class ToyExample:
    """A question with three texts to choose from; the index of the right one."""

    row: int
    id: str
    question: str
    choices: tuple[str, ...]
    right: int


class ToyKind:
    """Reads JSON lines; the strata are the numbers of the right choices."""

    spec = ToySpec
    form = "answers"

    def files(self, spec: ToySpec, split: str, path: Path) -> tuple[Path, ...]:
        return (path,)

    def read(
        self, spec: ToySpec, split: str, path: Path, *, labels: Path | None
    ) -> list[ToyExample]:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [
            ToyExample(i, row["id"], row["question"], tuple(row["choices"]), row["right"])
            for i, row in enumerate(rows)
        ]

    def bad_rows(
        self, spec: ToySpec, split: str, path: Path, *, labels: Path | None
    ) -> tuple[BadRow, ...]:
        return ()

    def remarks(self, spec: ToySpec, split: str, path: Path) -> tuple[Remark, ...]:
        return ()

    def references(self, examples: Sequence[ToyExample]) -> list[str]:
        return [example.choices[example.right] for example in examples]

    def strata(self, examples: Sequence[ToyExample]) -> list[int]:
        return [example.right for example in examples]

    def spelled(self, spec: ToySpec, values: Sequence[int | str]) -> list[int | str]:
        return list(values)

    def choice_count(self, spec: ToySpec) -> int | None:
        return None


class ToyHead:
    """One logit for each text; the largest sum over both ways of asking wins."""

    layers = PaddleHead("ForSequenceClassification", {"num_classes": 1})

    def build(
        self, location: str, *, seed: int, kept: bool = False, keep_head: bool = False
    ) -> Any:
        if kept:
            return load_kept_network(Path(location), self.layers, seed=seed)
        return load_network(location, self.layers, seed=seed, keep_head=keep_head)

    def encode(
        self, examples: Sequence[ToyExample], tokenizer: Any, *, max_length_tokens: int
    ) -> Features:
        asked = [
            (choice, e.question) if second else (e.question, choice)
            for e in examples
            for second in (False, True)
            for choice in e.choices
        ]
        out = tokenizer(
            [first for first, _ in asked],
            text_pair=[second for _, second in asked],
            max_length=max_length_tokens,
            truncation="longest_first",
            return_token_type_ids=True,
        )
        return Features(
            ids=np.concatenate(out["input_ids"], dtype=np.int32),
            segments=np.concatenate(out["token_type_ids"], dtype=np.uint8, casting="unsafe"),
            offsets=np.cumsum([0, *map(len, out["input_ids"])]),
            examples=np.repeat(np.arange(len(examples)), 2),
            values={"right": np.repeat([example.right for example in examples], 2)},
        )

    def loss(self, network: Any, batch: Batch) -> Any:
        paddle = load_paddle()
        right = paddle.to_tensor(batch.values["right"])
        return paddle.nn.functional.cross_entropy(self._forward(network, batch), right)

    def evaluation_lengths(self, features: Features) -> NDArray[np.int64]:
        return features.lengths

    def outputs(self, network: Any, batch: Batch) -> Sequence[Output]:
        return list(self._forward(network, batch).numpy())

    def losses(self, outputs: Sequence[Output], features: Features) -> NDArray[np.float64]:
        wide = np.stack(outputs).astype(np.float64)
        right = wide[np.arange(len(wide)), features.values["right"]]
        losses: NDArray[np.float64] = np.log(np.exp(wide).sum(axis=1)) - right
        return losses

    def decode(
        self, outputs: Sequence[Output], features: Features, examples: Sequence[ToyExample]
    ) -> Predictions:
        sums = np.zeros((len(examples), 3), dtype=np.float32)
        np.add.at(sums, features.examples, np.stack(outputs))
        chosen = sums.argmax(axis=1).tolist()
        return Predictions(
            tuple(example.id for example in examples),
            tuple(e.choices[place] for e, place in zip(examples, chosen, strict=True)),
        )

    def arrays(self, outputs: Sequence[Output], features: Features) -> dict[str, NDArray[Any]]:
        return {"logits": np.stack(outputs)}

    def align(self, first: Features, other: Features) -> bool:
        return len(first) == len(other)

    def average(self, several: Sequence[Sequence[Output]], features: Features) -> list[Output]:
        return list(np.mean([np.stack(each) for each in several], axis=0))

    def _forward(self, network: Any, batch: Batch) -> Any:
        to_tensor = load_paddle().to_tensor
        b, s, length = batch.ids.shape
        ids, segments = (x.reshape(b * s, length) for x in (batch.ids, batch.segments))
        return network(to_tensor(ids), to_tensor(segments)).reshape([b, s])


def overlap(predictions: Sequence[str], answers: Sequence[str]) -> Mapping[str, float]:
    """Compute the share of equal texts, and that of texts with an equal first character."""
    pairs = list(zip(predictions, answers, strict=True))
    equal = [float(told == right) for told, right in pairs]
    begun = [float(told[:1] == right[:1]) for told, right in pairs]
    return {"begun": sum(begun) / len(pairs), "equal": sum(equal) / len(pairs)}


TOY = Metric("toy", ("equal", "begun"), overlap)


def add_toy(patch: pytest.MonkeyPatch) -> None:
    """Enter the toy kind, head and metric where those of the package are entered."""
    from autoclue.tasks import spec
    from autoclue.tasks.kinds import registry as kinds
    from autoclue.tasks.metrics import registry as metrics
    from autoclue.training.heads import registry as heads

    patch.setattr(kinds, "KINDS", {**kinds.KINDS, "toy": ToyKind()})
    patch.setattr(heads, "HEADS", {**heads.HEADS, "toy": lambda spec, mends: ToyHead()})
    for module in (metrics, spec):
        patch.setattr(module, "METRICS", {**metrics.METRICS, "toy": TOY})
