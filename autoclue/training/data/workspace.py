"""What a worker process keeps between trials: the tokenizer and the tokenized splits."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autoclue.models import ModelSource, resolve_model, shipped_folder
from autoclue.tasks import Example, TaskData, TaskSpec, load_task, open_data
from autoclue.tasks.cache import cache_dir
from autoclue.training.config import TrialConfig
from autoclue.training.data.features import Encode, Features, cache_key, cached_features
from autoclue.training.model import load_tokenizer, location_of


@dataclass(frozen=True, slots=True)
class Materials:
    """Everything a trial reads.

    Attributes:
        spec: The task.
        data: Where its rows come from.
        location: What PaddleNLP loads the network from.
        tokenizer: The model's tokenizer.
        train: The tokenized training set.
        dev: The tokenized development set.
    """

    spec: TaskSpec
    data: TaskData
    location: str
    tokenizer: Any
    train: Features
    dev: Features


@dataclass(slots=True)
class Workspace:
    """Keeps what several trials of one process share."""

    cache: Path = field(default_factory=cache_dir)
    _tokenizers: dict[str, Any] = field(default_factory=dict)
    _features: dict[str, Features] = field(default_factory=dict)
    _data: dict[tuple[str, str], TaskData] = field(default_factory=dict)

    def materials(self, config: TrialConfig) -> Materials:
        """Read and tokenize what a trial needs, or take what is there already.

        Raises:
            UsageError: The task, the data or the model can't be read.
        """
        spec = load_task(config.task)
        key = (config.task, config.data)
        data = self._data.get(key) or self._data.setdefault(key, open_data(spec, config.data))
        location = self.locate(resolve_model(config.model))
        tokenizer = self._tokenizers.get(location)
        if tokenizer is None:
            tokenizer = self._tokenizers.setdefault(location, load_tokenizer(location))
        train, dev = (
            self._split(split, spec, data, tokenizer, config.max_length_tokens)
            for split in ("train", "dev")
        )
        return Materials(spec, data, location, tokenizer, train, dev)

    def locate(self, source: ModelSource) -> str:
        """Give the hub name or folder of a model."""
        return str(shipped_folder()) if source.kind == "builtin" else location_of(source)

    def _split(
        self, split: str, spec: TaskSpec, data: TaskData, tokenizer: Any, max_length: int
    ) -> Features:
        key = cache_key(
            split=split,
            task=spec.model_dump_json(exclude={"recipe", "download", "title", "description"}),
            data=data.fingerprint,
            tokenizer=tokenizer_fingerprint(tokenizer),
            max_length=str(max_length),
        )
        if key not in self._features:
            self._features[key] = cached_features(
                self.cache / "features" / key,
                lambda: data.examples(split),
                make_encode(tokenizer, max_length),
            )
        return self._features[key]


def tokenizer_fingerprint(tokenizer: Any) -> str:
    """Identify a tokenizer by its class, settings and vocabulary."""
    digest = hashlib.sha256(type(tokenizer).__name__.encode())
    digest.update(repr(sorted(tokenizer.init_kwargs.items(), key=str)).encode())
    for token, index in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]):
        digest.update(f"{index}\t{token}\n".encode())
    return digest.hexdigest()


def make_encode(tokenizer: Any, max_length_tokens: int) -> Encode:
    """Build the function that turns rows into ids as the published script does.

    The longer text of a pair loses tokens first.
    """

    def encode(examples: Sequence[Example]) -> tuple[list[list[int]], list[list[int]]]:
        pairs = [e.text_pair for e in examples]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that truncated tokens are not returned
            out = tokenizer(
                [e.text for e in examples],
                text_pair=None if pairs[0] is None else pairs,
                max_length=max_length_tokens,
                truncation="longest_first",
                return_token_type_ids=True,
            )
        return out["input_ids"], out["token_type_ids"]

    return encode
