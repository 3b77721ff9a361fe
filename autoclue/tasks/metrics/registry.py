"""Every metric that a task file can name; a new one is a file of its own and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autoclue.errors import unknown_name
from autoclue.tasks.metrics.accuracy import ACCURACY
from autoclue.tasks.metrics.balanced import MACRO_F1, MCC
from autoclue.tasks.metrics.cmrc2018 import CMRC2018
from autoclue.tasks.metrics.metric import Metric
from autoclue.tasks.metrics.multi_label import MULTI_LABEL, MULTI_LABEL_MACRO

ALL: Final = (ACCURACY, MACRO_F1, MCC, CMRC2018, MULTI_LABEL, MULTI_LABEL_MACRO)

METRICS: Final[Mapping[str, Metric]] = MappingProxyType({metric.name: metric for metric in ALL})
"""Metrics by name."""


def find_metric(name: str) -> Metric:
    """Look a metric up by its name.

    Raises:
        UsageError: No metric has this name.
    """
    try:
        return METRICS[name]
    except KeyError:
        raise unknown_name("metric", name, METRICS) from None
