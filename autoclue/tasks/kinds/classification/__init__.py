"""Classification of one text or a pair of texts."""

from autoclue.tasks.kinds.classification.kind import UNLABELLED, Classification
from autoclue.tasks.kinds.classification.reader import TextExample, read_split
from autoclue.tasks.kinds.classification.spec import ClassificationSpec

__all__ = [
    "UNLABELLED",
    "Classification",
    "ClassificationSpec",
    "TextExample",
    "read_split",
]
