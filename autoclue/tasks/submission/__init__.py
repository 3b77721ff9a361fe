"""Prediction files and the archive that is handed in: names, forms, checks."""

from autoclue.tasks.submission.archive import Gathered, gather, write_archive
from autoclue.tasks.submission.check import check_file
from autoclue.tasks.submission.files import (
    BENCHMARK_FILES,
    PredictionFile,
    prediction_file,
    prediction_files,
)
from autoclue.tasks.submission.forms import (
    FORMS,
    Form,
    FormError,
    Spelled,
    as_written,
    find_form,
)
from autoclue.tasks.submission.writing import check_folder_for, write_files

__all__ = [
    "BENCHMARK_FILES",
    "FORMS",
    "Form",
    "FormError",
    "Gathered",
    "PredictionFile",
    "Spelled",
    "as_written",
    "check_file",
    "check_folder_for",
    "find_form",
    "gather",
    "prediction_file",
    "prediction_files",
    "write_archive",
    "write_files",
]
