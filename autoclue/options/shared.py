"""The options that several commands have, and what stands where one isn't given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from autoclue.option_fields import (
    BUDGET,
    DEVICES,
    OUTPUT,
    PROTOCOL_NAMES,
    SEARCH,
    WHAT,
    PathInput,
    as_path,
    as_text,
    every_as_text,
    one_protocol,
    option,
    rows_as_text,
)
from autoclue.outside import quoted
from autoclue.registry import ChoiceInput, as_choice
from autoclue.space import Scalar, SettingsInput, read_settings


def address_as_text(value: object) -> object:
    """Write a folder as text; an address is one already."""
    return str(value) if isinstance(value, Path) else value


FOLDER = BeforeValidator(as_path, json_schema_input_type=PathInput)
NAME = BeforeValidator(as_text, json_schema_input_type=PathInput)
COLUMN = BeforeValidator(as_text, json_schema_input_type=PathInput | None)
ADDRESS = BeforeValidator(address_as_text, json_schema_input_type=PathInput | None)
SETTINGS = BeforeValidator(read_settings, json_schema_input_type=SettingsInput)
CHOICE = BeforeValidator(as_choice, json_schema_input_type=ChoiceInput)
ROWS = BeforeValidator(rows_as_text, json_schema_input_type=str | int)

SCHEDULERS: Final = "adaptive, asha, median, hyperband"
CONFIRM: Final = "Train so many of the best, and the baseline, again with other seeds."
SEEDS: Final = "Training seeds for each configuration that is confirmed; default: 5."

PUBLISHED: Final = "published"
NO_START: Final = "none"
"""What ``--start-from`` takes beside the name of a study."""

DEFAULT_MODEL: Final = "ernie-3.0-base-zh"
DEFAULT_DATA: Final = "download"
DEFAULT_PROTOCOL: Final = PROTOCOL_NAMES[0]
DEFAULT_FOLDER: Final = Path("autoclue-studies")
DEFAULT_TRIALS: Final = 32
DEFAULT_POPULATION: Final = 5
DEFAULT_MEMBERS: Final = 8
"""Of a population whose members go on from each other."""
DEFAULT_ROUNDS: Final = 10
DEFAULT_CONFIRM: Final = 3
DEFAULT_SEEDS: Final = 5

FULL_TRAIL: Final = "full-trail"
POPULATION_BASED: Final = "population-based"
EVALUATORS: Final = (FULL_TRAIL, POPULATION_BASED)
"""How a population's members are trained; the first is the default."""
DEFAULT_EPOCHS_PER_ROUND: Final = 1
BATCHES_PER: Final = ("step", "card")
"""What a batch size counts where several cards train a trial."""
PRECISIONS: Final = ("fp32", "bf16", "fp16")
"""What a network computes in while it trains; the first is the default."""
DEFAULT_PRECISION: Final = PRECISIONS[0]
CARRIES: Final = ("weights", "optimizer")
"""What a member takes over from the one that it goes on from; the first is the default."""


def one_of(name: str, choices: tuple[str, ...]) -> AfterValidator:
    """Return a check of a value that is one of some, or nothing; case and hyphens don't count."""

    def check(value: str | None) -> str | None:
        if value is None:
            return None
        for choice in choices:
            if value.lower() in (choice, choice.replace("-", "")):
                return choice
        raise ValueError(f"{name} is {value!r}, but must be {' or '.join(choices)}")

    return AfterValidator(check)


Task: TypeAlias = Annotated[
    str, NAME, option(WHAT, "A task ('autoclue ls tasks') or a task file of yours.")
]
Model: TypeAlias = Annotated[
    str,
    NAME,
    option(
        WHAT,
        "PaddleNLP hub name ('autoclue ls models'), model folder, or 'builtin'.",
        env="AUTOCLUE_MODEL",
    ),
]
KeepHead: TypeAlias = Annotated[
    bool, option(WHAT, "Keep the head of a model folder that was fine-tuned for these labels.")
]
Data: TypeAlias = Annotated[
    str,
    NAME,
    option(
        WHAT, "Folder in the publisher's files, 'download', or 'builtin'.", env="AUTOCLUE_DATA"
    ),
]
BuiltinSize: TypeAlias = Annotated[
    str | None,
    BeforeValidator(rows_as_text, json_schema_input_type=str | int | None),
    option(WHAT, "With --data builtin: tiny, small, medium, or rows to train on; default: small."),
]
SEARCHES_COUNT_BY: Final = "step"
"""What a batch size counts in a search on several cards: the rows of a step, as on one."""
CardsPerTrial: TypeAlias = Annotated[
    int,
    option(
        DEVICES,
        "GPUs that train a trial together, a process each; CPU cores where there is no GPU.",
        ge=1,
    ),
]
BatchPer: TypeAlias = Annotated[
    str | None,
    BeforeValidator(as_text, json_schema_input_type=str | None),
    one_of("batch_per", BATCHES_PER),
    option(
        DEVICES,
        "With several cards, what a batch size counts: the rows of a step, or of each card, as "
        "the published scripts do. Default: step, and card in train by protocol clue.",
        metavar="step|card",
    ),
]
Precision: TypeAlias = Annotated[
    str,
    one_of("precision", PRECISIONS),
    option(
        DEVICES,
        "fp32, bf16 or fp16: what a network computes in while it trains; the two of 16 bits with "
        "protocol sound alone.",
    ),
]
Recompute: TypeAlias = Annotated[
    bool,
    option(
        DEVICES,
        "Compute activations anew for gradients in place of keeping them: less memory, more time; "
        "with protocol sound alone.",
    ),
]
Strategy: TypeAlias = Annotated[
    str, CHOICE, option(WHAT, "How rates differ by layer ('autoclue ls strategies').")
]
MaxSteps: TypeAlias = Annotated[
    int | None, option(BUDGET, "Steps of each trial, instead of the recipe's epochs.", ge=1)
]
EvalEvery: TypeAlias = Annotated[
    str | None,
    BeforeValidator(every_as_text, json_schema_input_type=str | int | float | None),
    option(BUDGET, "Steps between evaluations, or epochs such as 0.25; default: the recipe's."),
]
Holdout: TypeAlias = Annotated[
    float,
    option(
        SEARCH,
        "Share of the development set that chooses nothing and is reported beside the rest.",
        ge=0,
        lt=1,
        allow_inf_nan=False,
    ),
]
Protocol: TypeAlias = Annotated[
    str,
    AfterValidator(one_protocol),
    option(WHAT, "clue repeats the published recipe to the letter; sound mends its defects."),
]
Predict: TypeAlias = Annotated[
    bool, option(OUTPUT, "At the end, score the best model and write its prediction files.")
]
FollowStorage: TypeAlias = Annotated[
    bool,
    option(OUTPUT, "Read ledgers outside of their study's folder too, where its study.json says."),
]
Folder: TypeAlias = Annotated[
    Path, FOLDER, option(OUTPUT, "Folder of all studies.", env="AUTOCLUE_FOLDER")
]


BoundariesInput: TypeAlias = str | float | Sequence[float] | None


def as_boundaries(value: object) -> object:
    """Read shares of a schedule, given as text or as numbers, into text.

    Raises:
        ValueError: One is no number between 0 and 1.
    """
    if value is None:
        return None
    parts = list(value) if isinstance(value, list | tuple) else str(value).split(",")
    shares = []
    for part in parts:
        try:
            share = float(part)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValueError(
                f"boundaries must be numbers such as 0.4,0.6,0.8, not {quoted(part)}"
            ) from error
        if not 0 < share < 1:
            raise ValueError(
                f"boundaries must be shares of the schedule, between 0 and 1, not {share:g}"
            )
        shares.append(f"{share:g}")
    return ",".join(shares)


Artifacts: TypeAlias = Annotated[
    str | None,
    ADDRESS,
    option(
        OUTPUT,
        "Where states and models of trials go: a folder, s3://BUCKET/PATH or gs://...; machines "
        "of a cluster fetch data and models from there. Default: the study.",
    ),
]


def card_settings(
    cards: int, batch_per: str | None, protocol: str, *, precision: str, recompute: bool
) -> dict[str, Scalar]:
    """Return the settings of a trial that these options make, as far as they aren't the default.

    Args:
        cards: Cards of a trial.
        batch_per: What a batch size counts; ``None`` leaves it to the protocol.
        protocol: How trials are trained where that is no setting.
        precision: What the network computes in.
        recompute: Whether activations are computed anew.
    """
    found: dict[str, Scalar] = {}
    if cards > 1:
        usual = "card" if protocol == "clue" else "step"
        found = {"cards": cards, "batch_per": usual if batch_per is None else batch_per}
    if precision != DEFAULT_PRECISION:
        found["precision"] = precision
    if recompute:
        found["recompute"] = recompute
    return found
