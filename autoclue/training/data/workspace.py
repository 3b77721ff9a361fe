"""What a worker process keeps between trials: the tokenizer and the tokenized splits."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from autoclue.models import ModelSource, resolve_model, shipped_folder
from autoclue.tasks import TaskData, TaskSpec, load_task, open_data
from autoclue.tasks.cache import cache_dir
from autoclue.training.config import TrialConfig
from autoclue.training.features import Features, cache_key, cached_features
from autoclue.training.heads import Head, make_head
from autoclue.training.model import load_tokenizer, location_of
from autoclue.training.platform import needed_by_all
from autoclue.training.protocols import find_protocol


@dataclass(frozen=True, slots=True)
class Materials:
    """Everything a trial reads.

    Attributes:
        spec: The task.
        data: Where its rows come from.
        location: What PaddleNLP loads the network from.
        tokenizer: The model's tokenizer.
        head: What the network is made to answer.
        train: The tokenized training set.
        dev: The tokenized development set.
        dev_examples: The examples of the development set.
    """

    spec: TaskSpec
    data: TaskData
    location: str
    tokenizer: Any
    head: Head[Any]
    train: Features
    dev: Features
    dev_examples: list[Any]


@dataclass(slots=True)
class Workspace:
    """Keeps what several trials of one process share."""

    cache: Path = field(default_factory=cache_dir)
    _tokenizers: dict[str, Any] = field(default_factory=dict)
    _features: dict[str, Features] = field(default_factory=dict)
    _data: dict[tuple[str, str], TaskData] = field(default_factory=dict)
    _dev_examples: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    _models: dict[str, ModelSource] = field(default_factory=dict)

    def lacks_data(self, task: str, data: str) -> bool:
        """Return whether the data of a task hasn't been looked for yet."""
        return (task, data) not in self._data

    def take_data(self, task: str, data: str, found: TaskData) -> None:
        """Take the data of a task from another place than its settings name.

        Args:
            task: The task, as settings name it.
            data: Where its data is, by the same.
            found: The same task and rows, wherever they are.
        """
        self._data[task, data] = found

    def lacks_model(self, model: str) -> bool:
        """Return whether no place is known yet for a model that settings name."""
        return model not in self._models

    def take_model(self, model: str, folder: Path) -> None:
        """Take a model from another folder than settings name.

        Args:
            model: The model, as settings name it.
            folder: Where the same files are.
        """
        self._models[model] = ModelSource("local", Path(model).name, folder)

    def materials(self, config: TrialConfig, log: logging.Logger | None = None) -> Materials:
        """Read and tokenize what a trial needs, or take what is there already.

        Args:
            config: The trial's settings.
            log: Is told what had to be made anew.

        Raises:
            TroubleError: The task, the data or the model can't be read; no trial could.
            UsageError: The rows don't go with the trial's settings.
        """
        key = (config.task, config.data)
        with needed_by_all("The data"):
            if key not in self._data:
                self._data[key] = open_data(load_task(config.task), config.data)
            data = self._data[key]
        spec = data.spec
        with needed_by_all("The model"):
            source = self._models.get(config.model) or resolve_model(config.model)
            location = self.locate(source)
            tokenizer = self._tokenizers.get(location)
            if tokenizer is None:
                tokenizer = self._tokenizers.setdefault(location, load_tokenizer(location))
        head = make_head(spec, find_protocol(config.protocol).mends)
        encode = partial(
            head.encode, tokenizer=tokenizer, max_length_tokens=config.max_length_tokens
        )
        parts = {
            "task": spec.model_dump_json(exclude={"recipe", "download", "title", "description"}),
            "data": data.fingerprint,
            "tokenizer": tokenizer_fingerprint(tokenizer),
            "max_length": str(config.max_length_tokens),
        }
        tell = (log or logging.getLogger(__name__)).warning
        train, dev = (
            self._features_of(
                tell, cache_key(split=split, **parts), partial(_examples, data, split), encode
            )
            for split in ("train", "dev")
        )
        if key not in self._dev_examples:
            self._dev_examples[key] = _examples(data, "dev")
        return Materials(
            spec, data, location, tokenizer, head, train, dev, self._dev_examples[key]
        )

    def locate(self, source: ModelSource) -> str:
        """Return the hub name or folder of a model."""
        return str(shipped_folder()) if source.kind == "builtin" else location_of(source)

    def _features_of(
        self,
        tell: Callable[[str], None],
        key: str,
        read: Callable[[], Sequence[Any]],
        encode: Callable[[Sequence[Any]], Features],
    ) -> Features:
        if key not in self._features:
            self._features[key] = cached_features(
                self.cache / "features" / key, read, encode, tell=tell
            )
        return self._features[key]


def _examples(data: TaskData, split: str) -> list[Any]:
    with needed_by_all("The data"):
        return data.examples(split)


def tokenizer_fingerprint(tokenizer: Any) -> str:
    """Identify a tokenizer by its class, settings and vocabulary."""
    digest = hashlib.sha256(type(tokenizer).__name__.encode())
    digest.update(repr(sorted(tokenizer.init_kwargs.items(), key=str)).encode())
    for token, index in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]):
        digest.update(f"{index}\t{token}\n".encode())
    return digest.hexdigest()
