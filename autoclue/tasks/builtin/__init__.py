"""The built-in data: grammars that generate labelled text, in the publishers' own forms."""

from autoclue.tasks.builtin.files import (
    BUILTIN,
    MARK,
    BuiltinFiles,
    builtin_characters,
    builtin_files,
    builtin_name,
    builtin_size,
    has_builtin,
    is_generated,
    labels_name,
    make_builtin,
)
from autoclue.tasks.builtin.generators import (
    GENERATORS,
    SEED,
    Generated,
    generate,
    generated_characters,
)
from autoclue.tasks.builtin.sizes import DEFAULT_SIZE, SIZES, normal_size
from autoclue.tasks.builtin.write import write_builtin

__all__ = [
    "BUILTIN",
    "DEFAULT_SIZE",
    "GENERATORS",
    "MARK",
    "SEED",
    "SIZES",
    "BuiltinFiles",
    "Generated",
    "builtin_characters",
    "builtin_files",
    "builtin_name",
    "builtin_size",
    "generate",
    "generated_characters",
    "has_builtin",
    "is_generated",
    "labels_name",
    "make_builtin",
    "normal_size",
    "write_builtin",
]
