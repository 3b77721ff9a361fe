"""Classification of one text or a pair of texts."""

from autoclue.tasks.kinds.classification.kind import UNLABELLED, Classification
from autoclue.tasks.kinds.classification.labels import with_label_file
from autoclue.tasks.kinds.classification.reader import (
    MultiLabelExample,
    TextExample,
    labels_in,
    read_multi_label,
    read_rows,
    read_split,
)
from autoclue.tasks.kinds.classification.spec import (
    ClassificationSpec,
    MultiLabelSpec,
    TextTaskSpec,
)

__all__ = [
    "UNLABELLED",
    "Classification",
    "ClassificationSpec",
    "MultiLabelExample",
    "MultiLabelSpec",
    "TextExample",
    "TextTaskSpec",
    "labels_in",
    "read_multi_label",
    "read_rows",
    "read_split",
    "with_label_file",
]
