"""A trial is a value: every setting that determines it, validated, with a canonical identity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from autoclue.errors import UsageError
from autoclue.records import Scalar
from autoclue.tasks import Count, Recipe, TrainingSettings
from autoclue.training.changes import CHANGEABLE, SettingsChange, change_problem
from autoclue.training.protocols import CLUE, PROTOCOLS, SOUND_MAX_GRAD_NORM, find_protocol
from autoclue.training.recipe import Timetable, filled_up, make_timetable
from autoclue.yaml_files import describe

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

SHARED: Final = (
    *("task", "data", "model", "strategy", "protocol", "holdout", "keep_head"),
    *("cards", "batch_per", "precision", "recompute"),
)
"""Settings that a trial has in common with the trainings whose weights it goes on from."""

NOT_EARLIER: Final = ("changes", "until_step", "earlier", "carry")
"""Settings that such a training doesn't have."""

BatchPer = Literal["step", "card"]
"""What a batch size counts: the rows of a step, or those of each card in a step."""

Precision = Literal["fp32", "bf16", "fp16"]
"""Which floating-point numbers a network computes in while it trains."""

Carry = Literal["weights", "optimizer"]
"""What a trial takes over from the training before it: its weights, or its moments too."""


class TrialConfig(TrainingSettings):
    """All that determines one fine-tuning run.

    Attributes:
        task: Registered task name or path of a task file.
        data: Folder in the publisher's files, ``download`` or ``builtin``.
        model: PaddleNLP hub name, local folder or ``builtin``.
        strategy: Registered strategy name or ``module:Class``.
        strategy_params: Parameters of the strategy.
        protocol: How it is trained where that is no setting; ``clue`` repeats the published recipe
            to the letter, ``sound`` mends its defects.
        schedule: Shape of the learning rate over the steps.
        max_steps: Length of the schedule in steps, instead of ``epochs``.
        holdout: Share of the development set that is scored but never used to choose anything;
            0 chooses by all of it, as published.
        keep_head: Whether the head of the model's folder is kept; it is new otherwise.
        cards: Cards that train it together, each with a process of its own; CPU cores where there
            is no card.
        batch_per: What ``batch_size`` counts. ``step``: the rows of a step, which the cards share
            out, in the order of one card. ``card``: the rows of each card, as the published
            scripts count them under ``paddle.distributed.launch``, with their order and fill-up.
        precision: What the network computes in while it trains; its weights and its evaluations
            are of 32 bits in any case.
        recompute: Whether a layer's activations are computed anew for its gradient, not kept.
        changes: Settings that change on the way, by step, ascending.
        until_step: The step after which it ends, short of its schedule; ``None`` for the whole.
        earlier: The trainings that it goes on from, one after the other, the first of them from
            the pretrained weights: of each the settings that aren't those of ``SHARED``. Each has
            a schedule of its own and hands on what it has at its last evaluation.
        carry: What each of them hands on.

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

    task: str
    data: str = "download"
    model: str
    strategy: str = "uniform"
    strategy_params: dict[str, bool | int | float | str | None] = Field(default_factory=dict)
    protocol: str = CLUE.name
    schedule: str = "linear"
    max_steps: Count | None = None
    holdout: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] = 0.0
    keep_head: bool = False
    cards: Count = 1
    batch_per: BatchPer = "step"
    precision: Precision = "fp32"
    recompute: bool = False
    changes: tuple[SettingsChange, ...] = ()
    until_step: Count | None = None
    carry: Carry = "weights"
    earlier: tuple[dict[str, Any], ...] = ()

    @field_validator("earlier")
    @classmethod
    def _earlier_ones_can_be_trained(
        cls, value: tuple[dict[str, Any], ...], info: ValidationInfo
    ) -> tuple[dict[str, Any], ...]:
        """Write each of them in one way: what is at its default is left out."""
        shared = {name: info.data[name] for name in SHARED if name in info.data}
        if len(shared) < len(SHARED):
            return value  # one of them is refused already
        for each in value:
            wrong = sorted(set(each).intersection((*SHARED, *NOT_EARLIER)))
            if wrong:
                raise ValueError(f"{wrong[0]} can't stand in a training that a trial goes on from")
        found = (cls.model_validate({**shared, **each}) for each in value)
        hidden = {*SHARED, *NOT_EARLIER}
        return tuple(each.model_dump(exclude_defaults=True, exclude=hidden) for each in found)

    @model_validator(mode="after")
    def _changes_can_be_made(self) -> TrialConfig:
        names = set(TrialConfig.model_fields) - {"strategy_params"}
        problem = change_problem(
            self.changes, self.strategy_params, until=self.until_step, fixed=names
        )
        if problem is not None:
            raise ValueError(problem)
        if self.carry != "weights" and not self.earlier:
            raise ValueError("carry says what a trial takes over, and it goes on from none")
        return self

    @model_validator(mode="after")
    def _is_what_its_protocol_says(self) -> TrialConfig:
        published = self.protocol.partition("+")[0] == CLUE.name
        if self.batch_per == "card" and not published:
            raise ValueError(
                "batch_per card is how the published scripts count, which protocol clue alone "
                "repeats; use batch_per step, or protocol clue"
            )
        if published and (self.precision != "fp32" or self.recompute):
            name = "recompute" if self.recompute else f"precision {self.precision}"
            raise ValueError(
                f"{name} is nothing that the published scripts do, which protocol clue repeats; "
                "leave it out, or use protocol sound"
            )
        return self

    @model_serializer(mode="wrap")
    def _without_what_is_empty(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what most trials don't have, so that they are written as they always were."""
        found: dict[str, Any] = dump(self)
        empty: tuple[tuple[str, object], ...] = (
            ("changes", ()),
            ("changes", []),
            ("until_step", None),
            ("carry", "weights"),
            ("earlier", ()),
            ("earlier", []),
            ("cards", 1),
            *([("batch_per", "step")] if self.cards == 1 else []),
            ("precision", "fp32"),
            ("recompute", False),
        )
        for name, nothing in empty:
            if name in found and found[name] == nothing:
                del found[name]
        return found

    @field_validator("protocol")
    @classmethod
    def _protocol_exists(cls, value: str) -> str:
        try:
            return find_protocol(value).name
        except UsageError as error:
            known = ", ".join(PROTOCOLS)
            raise ValueError(f"no protocol is called {value!r}; there is {known}") from error

    def at(self, step: int) -> TrialConfig:
        """Return the settings by which it trains after so many steps, without changes."""
        settings: dict[str, Scalar] = {}
        for change in self.changes:
            if change.at_step <= step:
                settings.update(change.settings)
        return self._with(settings).model_copy(update={"changes": (), "until_step": None})

    def prefix(self, step: int) -> TrialConfig:
        """Return what trains alike up to a step, and tells nothing of what comes after it."""
        before = tuple(change for change in self.changes if change.at_step < step)
        return self.model_copy(update={"changes": before, "until_step": None})

    def changed(self, step: int, settings: Mapping[str, Scalar]) -> TrialConfig:
        """Return the same with other settings from a step on; equal ones are no change.

        Args:
            step: The step after which they change, behind all changes so far.
            settings: The new values, by name.

        Raises:
            UsageError: One of them can't change on the way, or is out of its range.
        """
        now = self.at(step)
        known: dict[str, Scalar] = {**now.model_dump(), **now.strategy_params}
        new = {name: value for name, value in settings.items() if known.get(name) != value}
        if not new:
            return self
        changes = [*self.changes, SettingsChange(at_step=step, settings=new)]
        values = {**self.model_dump(), "changes": [each.model_dump() for each in changes]}
        try:
            return TrialConfig.model_validate(values)
        except ValidationError as error:
            raise UsageError(f"These settings can't be used: {describe(error)}.") from error

    @property
    def parent(self) -> TrialConfig | None:
        """The training whose weights it goes on from; ``None`` for the pretrained ones."""
        if not self.earlier:
            return None
        *before, last = self.earlier
        carry = self.carry if before else "weights"
        shared = self.model_dump(include=set(SHARED))
        return TrialConfig.model_validate({**shared, **last, "earlier": before, "carry": carry})

    def going_on_from(self, parent: TrialConfig, *, carry: Carry = "weights") -> TrialConfig:
        """Return the same settings on top of what another training has come to.

        Args:
            parent: The other one; it has the settings of ``SHARED`` in common with this one.
            carry: What is taken over.
        """
        hidden = {*SHARED, *NOT_EARLIER}
        last = parent.model_dump(exclude_defaults=True, exclude=hidden)
        earlier = [*parent.earlier, last]
        return TrialConfig.model_validate(
            {**self.model_dump(), "earlier": earlier, "carry": carry}
        )

    def with_seed(self, seed: int) -> TrialConfig:
        """Return the same with another seed, in all that it goes on from too."""
        earlier = [{**each, "seed": seed} for each in self.earlier]
        return TrialConfig.model_validate({**self.model_dump(), "seed": seed, "earlier": earlier})

    def _with(self, settings: Mapping[str, Scalar]) -> TrialConfig:
        own = {name: value for name, value in settings.items() if name in CHANGEABLE}
        params = {name: value for name, value in settings.items() if name not in CHANGEABLE}
        strategy_params = {**self.strategy_params, **params}
        return self.model_copy(update={**own, "strategy_params": strategy_params})

    @property
    def micro_batch_size(self) -> int:
        """Examples that go through the network at once."""
        return self.batch_size // self.gradient_accumulation_steps

    @property
    def counts_each_card(self) -> bool:
        """Whether its batch size counts the rows of each of several cards."""
        return self.batch_per == "card" and self.cards > 1

    @property
    def rows_at_once(self) -> int:
        """Examples of a micro-batch, those of all cards together."""
        return self.micro_batch_size * (self.cards if self.counts_each_card else 1)

    def with_half_micro_batch(self) -> TrialConfig:
        """Return the same with half as many examples at once, and as many a step as before."""
        halves = 2 * self.gradient_accumulation_steps
        settings = self.model_dump()
        return TrialConfig.model_validate({**settings, "gradient_accumulation_steps": halves})

    def timetable(self, examples: int) -> Timetable:
        """Lay out the trial's steps.

        Args:
            examples: Features of the training set.

        Raises:
            UsageError: One epoch makes no step at all.
        """
        times = self.cards if self.counts_each_card else 1
        return make_timetable(
            examples=filled_up(examples, times),
            batch_size=self.batch_size * times,
            accumulation=self.gradient_accumulation_steps,
            epochs=self.epochs,
            max_steps=self.max_steps,
            eval_every_steps=self.eval_every_steps,
            eval_every_epochs=self.eval_every_epochs,
            whole_steps=self.whole_steps,
            exact_length=find_protocol(self.protocol).mends.exact_length,
            until_step=self.until_step,
        )

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
    if "eval_every_steps" in settings and "eval_every_epochs" not in settings:
        values["eval_every_epochs"] = None
    if "gradient_accumulation_steps" not in settings:
        batch_size = values["batch_size"]
        if isinstance(batch_size, int):
            values["gradient_accumulation_steps"] = recipe.accumulation(batch_size)
    strategy_params = {k: v for k, v in settings.items() if k not in own}
    try:
        config = TrialConfig.model_validate(
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
    forgotten = config.max_grad_norm is None and "max_grad_norm" not in settings
    if forgotten and find_protocol(config.protocol).mends.clip_everywhere:
        return config.model_copy(update={"max_grad_norm": SOUND_MAX_GRAD_NORM})
    return config
