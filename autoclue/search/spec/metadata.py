"""What the ledger writes about a study itself, and the question that is read back from it."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from typing import Any

from autoclue import __version__
from autoclue.options import StudySpec
from autoclue.search.spec.plan import Plan
from autoclue.space import SearchSpace, space_from_mapping

PACKAGES = ("paddlepaddle", "paddlepaddle-gpu", "paddlenlp", "ray", "optuna", "plotly", "numpy")


def versions() -> dict[str, str]:
    """Give the versions of Python, autoclue and the packages that decide a result."""
    found = {"python": platform.python_version(), "autoclue": __version__}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def facts_of(plan: Plan, *, command: Sequence[str] | None) -> dict[str, object]:
    """Give everything the ledger writes about a study when it is made."""
    return {
        **question_facts(plan, command=command),
        "metric": plan.spec.metric,
        "synthetic": plan.data.synthetic,
        "spaces": [space_version(plan, number=1, since_trial=0)],
        "rungs": [] if plan.scheduler is None else list(plan.scheduler.rungs),
        "versions": versions(),
    }


def question_facts(plan: Plan, *, command: Sequence[str] | None) -> dict[str, object]:
    """Give what the ledger writes about a study's question, also when its space changes."""
    settings = dict(plan.settings)
    if command is not None:
        settings["command"] = list(command)
    return {
        "settings": settings,
        "question": plan.question.model_dump(mode="json"),
        "fingerprint": plan.fingerprint,
        "space": plan.space.to_mapping(),
    }


def space_version(plan: Plan, *, number: int, since_trial: int) -> dict[str, object]:
    """Describe a space for the list of those that a study has had."""
    return {
        "number": number,
        "since_trial": since_trial,
        "fingerprint": plan.space.fingerprint(),
        "space": plan.space.to_mapping(),
    }


def question_of(facts: Mapping[str, Any]) -> tuple[StudySpec, SearchSpace]:
    """Read back what a study asks, and its space as it stands.

    Args:
        facts: What the ledger holds about the study itself.

    Raises:
        UsageError: The space means nothing to this autoclue.
    """
    question = StudySpec.model_validate(facts["question"])
    return question, space_from_mapping(facts["space"], origin="the study's ledger")
