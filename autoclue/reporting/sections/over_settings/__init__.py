"""The score over the settings: over each one, and over two at once."""

from autoclue.reporting.sections.over_settings.pairs import PairsInfo, pairs_figure, pairs_info
from autoclue.reporting.sections.over_settings.slices import (
    SlicePoint,
    SlicesInfo,
    slices_figure,
    slices_info,
)

__all__ = [
    "PairsInfo",
    "SlicePoint",
    "SlicesInfo",
    "pairs_figure",
    "pairs_info",
    "slices_figure",
    "slices_info",
]
