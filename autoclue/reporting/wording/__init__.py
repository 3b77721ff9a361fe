"""How the report writes things: scores in their unit, numbers, settings, text safe for Plotly."""

from autoclue.reporting.wording.commands import WITH_SET, training_command
from autoclue.reporting.wording.computing import computing_text
from autoclue.reporting.wording.scale import BINOMIAL, PERCENT, MetricScale, scale_of
from autoclue.reporting.wording.text import (
    duration,
    label,
    plural,
    rung_text,
    settings_text,
    share,
    shorten,
    value_text,
    wrapped,
)

__all__ = [
    "BINOMIAL",
    "PERCENT",
    "WITH_SET",
    "MetricScale",
    "computing_text",
    "duration",
    "label",
    "plural",
    "rung_text",
    "scale_of",
    "settings_text",
    "share",
    "shorten",
    "training_command",
    "value_text",
    "wrapped",
]
