"""A trial is a value: every setting that determines it, validated, with a canonical identity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from autoclue.errors import UsageError
from autoclue.records import Scalar
from autoclue.tasks import Recipe
from autoclue.yaml_files import describe

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
Proportion = Annotated[float, Field(ge=0, le=1)]

SEARCHABLE = (
    "learning_rate",
    "batch_size",
    "dropout",
    "epochs",
    "max_length_tokens",
    "warmup_proportion",
    "weight_decay",
    "adam_epsilon",
    "max_grad_norm",
    "gradient_accumulation_steps",
    "schedule",
    "seed",
    "max_steps",
)
"""Names a search space may use beside the parameters of the strategy."""


class TrialConfig(BaseModel):
    """All that determines one fine-tuning run.

    Attributes:
        task: Registered task name or path of a task file.
        data: Folder in the publisher's files, ``download`` or ``builtin``.
        model: PaddleNLP hub name, local folder or ``builtin``.
        strategy: Registered strategy name or ``module:Class``.
        strategy_params: Parameters of the strategy.
        protocol: ``clue`` repeats the published recipe to the letter.
        learning_rate: Peak rate of the top block.
        batch_size: Examples in a step; a multiple of ``gradient_accumulation_steps``.
        dropout: Hidden and embedding dropout; 0.1 keeps what the checkpoint says, as published.
        epochs: How often the training set is gone through; ignored when ``max_steps`` is given.
        max_length_tokens: Longer inputs are truncated, the longer text of a pair first.
        warmup_proportion: Share of the schedule spent warming up.
        weight_decay: Decoupled, on everything but biases and norms.
        adam_epsilon: Adam's denominator term.
        max_grad_norm: Global norm to clip to, over the parameters that train.
        gradient_accumulation_steps: Micro-batches in a step.
        schedule: Shape of the learning rate over the steps.
        seed: Seeds the head's initialisation and dropout; the data order doesn't depend on it.
        max_steps: Length of the schedule in steps, instead of ``epochs``.
        eval_every_steps: Updates between evaluations of the development set.
        holdout: Share of the development set that is scored but never used to choose anything;
            0 chooses by all of it, as published.

    Examples:
        >>> from autoclue.training import TrialConfig
        >>> config = TrialConfig(
        ...     task="xnli",
        ...     model="builtin",
        ...     data="builtin",
        ...     learning_rate=1e-3,
        ...     batch_size=16,
        ...     epochs=3,
        ...     max_length_tokens=64,
        ... )
        >>> config.seed, config.micro_batch_size
        (42, 16)
        >>> config.key == config.model_copy(update={"seed": 7}).key
        False
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str
    data: str = "download"
    model: str
    strategy: str = "uniform"
    strategy_params: dict[str, bool | int | float | str | None] = Field(default_factory=dict)
    protocol: Literal["clue"] = "clue"
    learning_rate: Positive
    batch_size: Count
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    epochs: Count
    max_length_tokens: Annotated[int, Field(ge=8)]
    warmup_proportion: Proportion = 0.1
    weight_decay: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.01
    adam_epsilon: Positive = 1e-8
    max_grad_norm: Positive = 1.0
    gradient_accumulation_steps: Count = 1
    schedule: str = "linear"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 42
    max_steps: Count | None = None
    eval_every_steps: Count = 100
    holdout: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.0

    @model_validator(mode="after")
    def _batch_splits_evenly(self) -> TrialConfig:
        if self.batch_size % self.gradient_accumulation_steps != 0:
            raise ValueError(
                f"batch_size {self.batch_size} is not a multiple of gradient_accumulation_steps "
                f"{self.gradient_accumulation_steps}"
            )
        return self

    @property
    def micro_batch_size(self) -> int:
        """Examples that go through the network at once."""
        return self.batch_size // self.gradient_accumulation_steps

    @property
    def key(self) -> str:
        """The trial's identity: 16 hex digits of the SHA-256 of its canonical JSON.

        Settings at their default are left out, so that a new setting moves no identity.
        """
        values = self.model_dump(exclude_defaults=True)
        text = json.dumps(values, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def build_config(
    recipe: Recipe,
    *,
    task: str,
    model: str,
    data: str,
    strategy: str,
    settings: Mapping[str, Scalar],
) -> TrialConfig:
    """Fill the published recipe of a task with the settings that differ from it.

    Args:
        recipe: The task's recipe, which gives every value that ``settings`` leaves open.
        task: Registered task name or path of a task file.
        model: Hub name, folder or ``builtin``.
        data: Folder, ``download`` or ``builtin``.
        strategy: Name of the layer-wise strategy.
        settings: Trial settings by name; names outside ``SEARCHABLE`` and the fixed fields go to
            the strategy, which checks them itself.

    Raises:
        UsageError: A value is out of range; all of them are named.

    Examples:
        >>> from autoclue.tasks import load_task
        >>> from autoclue.training import build_config
        >>> config = build_config(
        ...     load_task("xnli").recipe,
        ...     task="xnli",
        ...     model="builtin",
        ...     data="builtin",
        ...     strategy="discriminative",
        ...     settings={"learning_rate": 1e-3, "factor": 1.1},
        ... )
        >>> config.epochs, config.strategy_params
        (2, {'factor': 1.1})
    """
    own = set(TrialConfig.model_fields) - {"task", "data", "model", "strategy", "strategy_params"}
    values: dict[str, object] = {k: v for k, v in recipe.model_dump().items() if k in own}
    values.update({k: v for k, v in settings.items() if k in own})
    strategy_params = {k: v for k, v in settings.items() if k not in own}
    try:
        return TrialConfig.model_validate(
            {
                "task": task,
                "data": data,
                "model": model,
                "strategy": strategy,
                "strategy_params": strategy_params,
                **values,
            }
        )
    except ValidationError as error:
        raise UsageError(f"These settings can't be used: {describe(error)}.") from error
