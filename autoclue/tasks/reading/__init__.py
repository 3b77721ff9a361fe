"""Reading tasks: their rows and metric (CMRC2018, C3, CHID, and tasks of one's own)."""

from autoclue.tasks.reading.c3 import CHOICES, read_c3
from autoclue.tasks.reading.chid import (
    BLANK,
    CANDIDATES,
    FEWCLUE_CANDIDATES,
    read_chid,
    read_chid_fewclue,
)
from autoclue.tasks.reading.cmrc2018 import read_cmrc2018
from autoclue.tasks.reading.cmrc2018_metric import compute as score_answers
from autoclue.tasks.reading.examples import (
    BadRow,
    BlankExample,
    ChoiceExample,
    Reading,
    Remark,
    SpanExample,
    flaw_words,
)
from autoclue.tasks.reading.own import (
    MAX_CHOICES,
    MIN_CHOICES,
    ChoiceFields,
    SpanFields,
    read_own_choices,
    read_own_spans,
)
from autoclue.tasks.reading.separate import with_answers, with_choices

__all__ = [
    "BLANK",
    "CANDIDATES",
    "CHOICES",
    "FEWCLUE_CANDIDATES",
    "MAX_CHOICES",
    "MIN_CHOICES",
    "BadRow",
    "BlankExample",
    "ChoiceExample",
    "ChoiceFields",
    "Reading",
    "Remark",
    "SpanExample",
    "SpanFields",
    "flaw_words",
    "read_c3",
    "read_chid",
    "read_chid_fewclue",
    "read_cmrc2018",
    "read_own_choices",
    "read_own_spans",
    "score_answers",
    "with_answers",
    "with_choices",
]
