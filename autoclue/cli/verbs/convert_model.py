"""``autoclue convert-model``: write a model's folder in the form that autoclue itself writes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autoclue.cli.output import say
from autoclue.cli.paths import path_argument


def convert_model_command(
    source: Annotated[
        Path, typer.Argument(help="Folder of the model, in any form.", parser=path_argument)
    ],
    target: Annotated[
        Path, typer.Argument(help="New folder to write it to.", parser=path_argument)
    ],
) -> int:
    """Write a model of Hugging Face, TensorFlow or old PaddleNLP as autoclue's own are.

    That is config.json, model.safetensors, vocab.txt and tokenizer_config.json. No code of the
    source is run; names and shapes are checked, and what was written is read back and compared.
    With the extra torch or tensorflow installed, both models answer a few inputs and are compared.

    Example: `autoclue convert-model ./chinese_L-12_H-768_A-12 ./bert-base-chinese`
    """
    from autoclue.training.model import convert_model
    from autoclue.training.platform import apply_switches

    apply_switches(gpu=False)
    done = convert_model(source, target)
    say(
        f"{target}: {done.parameters} parameters of a {done.family} in the form of {done.layout}, "
        f"read back and equal ({'; '.join(done.notes)}); {done.compared}. Use it with --model "
        f"{target}."
    )
    return 0
