"""What an option may be given as, and what becomes of it."""

from __future__ import annotations

import contextlib
import math
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypeAlias

from autoclue.outside import check_name, quoted

PathInput: TypeAlias = str | Path

MOST_DIGITS = 18
"""Of a whole number: more fit no column of a database."""

_EVERY = re.compile(r"\d+|\d*\.\d+|\d+\.")
_DURATION = re.compile(
    r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s?)?"
)
_UNITS = {"h": 3600, "m": 60, "s": 1}

LOG_KINDS: Final = {"tensorboard": "tensorboardX", "visualdl": "visualdl"}
"""Tools for which scalars can be written, and the Python package that writes them."""

AUTO: Final = "auto"
"""What ``--gpus-per-trial`` takes beside a number."""

PROTOCOL_NAMES: Final = ("clue", "sound")
"""The protocols that can be asked for; the first is the default."""


def seconds(value: object) -> object:
    """Read a duration such as ``90s``, ``45m``, ``2h`` or ``1h30m``; a bare number is seconds.

    Raises:
        ValueError: A text is no duration, or not above 0.
    """
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip().lower())
    parts = {} if match is None else {k: float(v) for k, v in match.groupdict().items() if v}
    found = float(sum(number * _UNITS[unit] for unit, number in parts.items()))
    if found <= 0:
        raise ValueError(
            f"{quoted(value)} is not a duration; write for example 90s, 45m, 2h or 1h30m"
        )
    return found


def every_as_text(value: object) -> object:
    """Read how often to evaluate: a whole number of steps, or epochs with a decimal point.

    Raises:
        ValueError: It is neither, or not above 0.
    """
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    text = str(value).strip()
    if _EVERY.fullmatch(text) is None or len(text) > MOST_DIGITS or float(text) <= 0:
        raise ValueError(
            f"{quoted(value)} is no interval; give a whole number of steps such as 50, or epochs "
            "with a decimal point such as 0.25 or 1.0"
        )
    return text


def every_settings(text: str | None) -> dict[str, int | float | None]:
    """Return the trial settings that an interval of evaluations means; none for ``None``."""
    if text is None:
        return {}
    if "." in text:
        return {"eval_every_epochs": float(text)}
    return {"eval_every_steps": int(text), "eval_every_epochs": None}


def log_kinds(value: object) -> object:
    """Read which tools get scalars: names with commas between them, each once.

    Raises:
        ValueError: A name is unknown, or the package of a tool isn't installed.
    """
    if not isinstance(value, str):
        return value
    names = list(dict.fromkeys(name.strip().lower() for name in value.split(",")))
    wrong = [name for name in names if name not in LOG_KINDS]
    if wrong:
        raise ValueError(f"log is {value!r}, but must be {' or '.join(LOG_KINDS)}, or both")
    missing = [LOG_KINDS[name] for name in names if find_spec(LOG_KINDS[name]) is None]
    if missing:
        raise ValueError(f"log is {value!r}, but {missing[0]} is not installed; install it first")
    return ",".join(names)


def as_path(value: object) -> object:
    """Read a path, ``~`` included."""
    if not isinstance(value, str | Path):
        return value
    check_name(str(value))
    return Path(value).expanduser()


def as_text(value: object) -> object:
    """Read a name that may be a path."""
    if isinstance(value, str | Path):
        check_name(str(value))
        return str(value)
    return value


def as_names(value: object) -> object:
    """Read one name or several, which may be paths; ``Path`` objects are names too."""
    given = [value] if isinstance(value, str | Path) else value
    found = tuple(given) if isinstance(given, list | tuple) else value
    return tuple(map(as_text, found)) if isinstance(found, tuple) else found


def as_listed_names(value: object) -> object:
    """Read names, several of which may stand in one text with commas between them."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(each, str) for each in texts):
        return as_names(value)
    return as_names([name.strip() for text in texts for name in text.split(",") if name.strip()])


def rows_as_text(value: object) -> object:
    """Read a number of rows, which is text where words are allowed beside it."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def share_or_auto(value: object) -> object:
    """Read a share of a GPU that is given as text; ``auto`` stays as it is.

    Raises:
        ValueError: It is neither.
    """
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if isinstance(value, str) and value.strip().lower() == AUTO:
        return AUTO
    number = as_number(value)
    if number is None:
        raise ValueError(f"gpus_per_trial is {quoted(value)}, but must be a number or {AUTO}")
    return number


def as_number(value: object) -> float | None:
    """Read a text that is a number; ``None`` for anything else."""
    with contextlib.suppress(ValueError):
        return float(value) if isinstance(value, str) else None
    return None


def one_card(value: float | str | None) -> float | str | None:
    """Refuse shares of a GPU that a trial can't have.

    Raises:
        ValueError: It is negative, no finite number, or above 1.
    """
    if value is None or isinstance(value, str):
        return value
    if not math.isfinite(value):
        raise ValueError(f"gpus_per_trial is {value:g}, but must be a finite number")
    if value < 0:
        raise ValueError(f"gpus_per_trial is {value:g}, but must be at least 0")
    if value <= 1:
        return value
    raise ValueError(
        f"gpus_per_trial is {value:g}, but it is a share of one GPU; give 1, a fraction such as "
        "0.5, 0 to train on the CPU, or auto, and cards_per_trial for several GPUs"
    )


def one_protocol(value: str) -> str:
    """Refuse what is no protocol.

    Raises:
        ValueError: It is none.
    """
    if value in PROTOCOL_NAMES:
        return value
    raise ValueError(f"protocol is {value!r}, but must be {' or '.join(PROTOCOL_NAMES)}")
