"""The parts of a task's file: how a row becomes text, the recipe, the download."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

STRICT = ConfigDict(frozen=True, extra="forbid")

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=64)]
Text = Annotated[str, Field(min_length=1)]
Md5 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Count = Annotated[int, Field(strict=True, gt=0)]
Positive = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0, lt=1, allow_inf_nan=False)]
MaxLength = Annotated[int, Field(strict=True, ge=8)]

Settings = TypeVar("Settings", bound="TrainingSettings")


class SingleInput(BaseModel):
    """One text, as it stands in a field.

    Attributes:
        kind: ``single``.
        text: The field that holds the text.
    """

    model_config = STRICT

    kind: Literal["single"]
    text: Text

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a row needs."""
        return (self.text,)


class PairInput(BaseModel):
    """Two texts, each as it stands in its field.

    Attributes:
        kind: ``pair``.
        text: The field that holds the first text.
        text_pair: The field that holds the second text.
    """

    model_config = STRICT

    kind: Literal["pair"]
    text: Text
    text_pair: Text

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a row needs."""
        return (self.text, self.text_pair)


class WscInput(BaseModel):
    """One text in which the noun is marked ``_so_`` and the pronoun ``[so]``.

    Attributes:
        kind: ``wsc``.
        text: The field that holds the text.
        target: The field that holds ``span1_text``, ``span1_index`` (the noun) and
            ``span2_text``, ``span2_index`` (the pronoun); indices count characters from 0.
    """

    model_config = STRICT

    kind: Literal["wsc"]
    text: Text
    target: Text

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a row needs."""
        return (self.text, self.target)


class CslInput(BaseModel):
    """Keywords, joined by one space, as the first text; the abstract as the second.

    Attributes:
        kind: ``csl``.
        keywords: The field that holds the list of keywords.
        text: The field that holds the abstract.
    """

    model_config = STRICT

    kind: Literal["csl"]
    keywords: Text
    text: Text

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a row needs."""
        return (self.keywords, self.text)


class Split(BaseModel):
    """How parts are cut off the training rows, where there is no file for them.

    Attributes:
        dev: Share of the rows for the development part.
        test: Share of the rows for the test part; 0 for none.
        seed: Fixes which rows; another seed is another question.
        stratify: Whether every part gets its share of each label.
    """

    model_config = STRICT

    dev: Share = 0.0
    test: Share = 0.0
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 42
    stratify: bool = True

    @property
    def shares(self) -> dict[str, float]:
        """The share of each part that is cut off, by its split."""
        return {name: s for name, s in (("dev", self.dev), ("test", self.test)) if s > 0}


TaskInput = Annotated[SingleInput | PairInput | WscInput | CslInput, Field(discriminator="kind")]


class TrainingSettings(BaseModel):
    """What a task's recipe and a trial's settings have in common, with its bounds.

    Attributes:
        learning_rate: Peak rate of the top block.
        batch_size: Features in a step, over all of its micro-batches; a multiple of
            ``gradient_accumulation_steps``.
        dropout: Share of hidden units and embeddings dropped; 0.1 keeps what the checkpoint says,
            as published. By protocol ``sound`` the share dropped everywhere, 0.1 included.
        epochs: How often the training set is gone through; ignored when ``max_steps`` is given.
        max_length_tokens: Longest input, special tokens included; longer ones are truncated, the
            longer text of a pair first.
        warmup_proportion: Share of the schedule in which the rate rises from 0.
        weight_decay: Decoupled decay of everything but biases and norms.
        adam_epsilon: Adam's denominator term.
        max_grad_norm: Global norm to which gradients are clipped, over the parameters that
            train; ``null`` clips nothing.
        gradient_accumulation_steps: Micro-batches in a step.
        seed: Seeds the head's first weights and dropout; by protocol ``sound`` the order of the
            data too, which doesn't depend on it by ``clue``.
        eval_every_steps: Steps between evaluations of the development set.
        eval_every_epochs: Epochs between evaluations instead, such as 1 or 0.25; the end of the
            schedule is evaluated too.
        whole_steps: Whether the length of the schedule is rounded down to whole steps.
    """

    model_config = STRICT

    learning_rate: Positive
    batch_size: Count
    dropout: Annotated[float, Field(strict=True, ge=0, lt=1)] = 0.1
    epochs: Count
    max_length_tokens: MaxLength
    warmup_proportion: Annotated[float, Field(strict=True, ge=0, le=1)] = 0.1
    weight_decay: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] = 0.01
    adam_epsilon: Positive = 1e-8
    max_grad_norm: Positive | None = 1.0
    gradient_accumulation_steps: Count = 1
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 42
    eval_every_steps: Count = 100
    eval_every_epochs: Positive | None = None
    whole_steps: bool = False

    @model_validator(mode="after")
    def _batch_divides(self: Settings) -> Settings:
        parts = self.gradient_accumulation_steps
        if self.batch_size % parts != 0:
            raise ValueError(
                f"batch_size {self.batch_size} is not a multiple of gradient_accumulation_steps "
                f"{parts}, so it can't be cut into {parts} equal parts"
            )
        return self


class Recipe(TrainingSettings):
    """The published way to fine-tune on a task; its defaults are those of the CLUE suite.

    Attributes:
        micro_batch_size: Features of a micro-batch, whatever the batch size, instead of the number
            of micro-batches.
    """

    learning_rate: Positive = 3e-5
    batch_size: Count = 32
    epochs: Count = 3
    max_length_tokens: MaxLength = 128
    micro_batch_size: Count | None = None

    @model_validator(mode="after")
    def _micro_batches_divide(self) -> Recipe:
        size = self.micro_batch_size
        if size is None:
            return self
        if self.gradient_accumulation_steps > 1:
            raise ValueError("give micro_batch_size or gradient_accumulation_steps, not both")
        if self.batch_size % size != 0:
            raise ValueError(
                f"batch_size {self.batch_size} is not a multiple of micro_batch_size {size}"
            )
        return self

    def accumulation(self, batch_size: int) -> int:
        """Return the micro-batches into which a batch of this size is cut.

        Args:
            batch_size: Features in a step. Of one that ``micro_batch_size`` doesn't divide, the
                settings of a trial refuse the answer.
        """
        if self.micro_batch_size is None:
            return self.gradient_accumulation_steps
        return max(1, math.ceil(batch_size / self.micro_batch_size))

    def compact(self) -> dict[str, object]:
        """Return the recipe as JSON values, without keys at their default that few tasks state."""
        unused = {
            name
            for name in ("micro_batch_size", "eval_every_epochs", "whole_steps")
            if getattr(self, name) == type(self).model_fields[name].default
        }
        return self.model_dump(exclude=unused)


class Download(BaseModel):
    """Where a task's archive lies and how to know that it is the right one.

    Attributes:
        url: Address of a zip or tar archive.
        md5: Checksum of the archive; ``null``, written out, where nobody published one.
        members_md5: Checksum of the file of a split, by split.
    """

    model_config = STRICT

    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+/\S+$")]
    md5: Md5 | None
    members_md5: Mapping[str, Md5] = Field(default_factory=dict)
