"""The options of what follows a training: predictions, scores, and the archive to hand in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, TypedDict

from pydantic import BeforeValidator, model_validator

from autoclue.option_fields import (
    DEVICES,
    OUTPUT,
    SETTINGS,
    WHAT,
    Options,
    PathInput,
    as_path,
    as_text,
    option,
)
from autoclue.options import DEFAULT_DATA, BuiltinSize, Data

DEFAULT_PREDICTIONS: Final = Path("autoclue-predictions")
DEFAULT_ARCHIVE: Final = Path("clue.zip")


def as_paths(value: object) -> object:
    """Read paths, one or several."""
    if isinstance(value, str | Path):
        value = [value]
    return tuple(map(as_path, value)) if isinstance(value, list | tuple) else value


_PATHS = BeforeValidator(as_paths, json_schema_input_type=Sequence[PathInput])

Model: TypeAlias = Annotated[
    Path | None,
    BeforeValidator(as_path, json_schema_input_type=PathInput | None),
    option(WHAT, "Folder of a fine-tuned model: 'best' of a study or training, or PaddleNLP's."),
]
Ensemble: TypeAlias = Annotated[
    tuple[Path, ...],
    _PATHS,
    option(WHAT, "More models of the task; the probabilities of all are averaged."),
]
OtherTask: TypeAlias = Annotated[
    str | None,
    BeforeValidator(as_text, json_schema_input_type=PathInput | None),
    option(WHAT, "A task or a task file; default: the one that the model was trained on."),
]
OtherData: TypeAlias = Annotated[
    str | None,
    BeforeValidator(as_text, json_schema_input_type=PathInput | None),
    option(WHAT, "Folder, 'download' or 'builtin'; default: where the training's rows came from."),
]
Length: TypeAlias = Annotated[
    int | None,
    option(SETTINGS, "Longest input, in tokens; default: that of the training.", ge=8),
]
Device: TypeAlias = Annotated[str, option(DEVICES, "auto, cpu, gpu or xpu.")]


class FineTunedOptions(Options):
    """Which model answers which task's rows."""

    model: Model = None
    ensemble: Ensemble = ()
    task: OtherTask = None
    data: OtherData = None
    builtin_size: BuiltinSize = None
    max_length_tokens: Length = None
    device: Device = "auto"

    @model_validator(mode="after")
    def _some_model(self) -> FineTunedOptions:
        if not self.folders:
            raise ValueError("Missing option '--model'")
        return self

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders of all models."""
        return (*(() if self.model is None else (self.model,)), *self.ensemble)


class PredictArguments(Options):
    """What ``predict`` takes."""

    models: FineTunedOptions
    split: Annotated[
        str | None, option(WHAT, "The split to predict; default: every test part that is there.")
    ] = None
    out: Annotated[
        Path,
        BeforeValidator(as_path, json_schema_input_type=PathInput),
        option(OUTPUT, "Folder for the prediction files."),
    ] = DEFAULT_PREDICTIONS
    probabilities: Annotated[
        bool, option(OUTPUT, "Write logits and probabilities too, as npz files.")
    ] = False


class EvaluateArguments(Options):
    """What ``evaluate`` takes."""

    models: FineTunedOptions
    split: Annotated[str, option(WHAT, "A split whose rows have their answers.")] = "dev"


class SubmitArguments(Options):
    """What ``submit`` takes."""

    folders: Annotated[
        tuple[Path, ...],
        _PATHS,
        option(WHAT, "Folders with prediction files.", is_argument=True),
    ]
    out: Annotated[
        Path,
        BeforeValidator(as_path, json_schema_input_type=PathInput),
        option(OUTPUT, "The archive."),
    ] = DEFAULT_ARCHIVE
    partial: Annotated[bool, option(OUTPUT, "Write the archive even where files are missing.")] = (
        False
    )
    benchmark: Annotated[
        Literal["1.0", "1.1"], option(WHAT, "Version of the benchmark: 1.0 or 1.1.")
    ] = "1.1"
    data: Data = DEFAULT_DATA
    builtin_size: BuiltinSize = None


class FineTunedKeywords(TypedDict, total=False):
    """``FineTunedOptions`` as keywords of a function."""

    model: PathInput | None
    ensemble: Sequence[PathInput]
    task: PathInput | None
    data: PathInput | None
    builtin_size: str | int | None
    max_length_tokens: int | None
    device: str


class PredictKeywords(FineTunedKeywords, total=False):
    """``PredictArguments`` as keywords of a function."""

    split: str | None
    out: PathInput
    probabilities: bool


class EvaluateKeywords(FineTunedKeywords, total=False):
    """``EvaluateArguments`` as keywords of a function."""

    split: str


class SubmitKeywords(TypedDict, total=False):
    """``SubmitArguments`` as keywords of a function."""

    folders: Sequence[PathInput]
    out: PathInput
    partial: bool
    benchmark: Literal["1.0", "1.1"]
    data: PathInput
    builtin_size: str | int | None
