"""The figures of studies that were killed: one run's, and several runs' added up."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.crashes.compare import Findings
from benchmarks.crashes.killed_study import Outcome
from benchmarks.crashes.kills import Victim

ZEROS = (
    "evaluations_lost",
    "configurations_asked_twice",
    "trials_left_running",
    "trials_that_differ",
    "models_that_differ",
    "confirmations_that_are_wrong",
)
"""What must be zero."""

Figures = dict[str, Any]
"""Figures by name: numbers, lists, and the kills by victim; as JSON holds them."""


@dataclass(frozen=True, slots=True)
class Study:
    """One study that was killed.

    Attributes:
        name: Its name.
        outcome: What happened to it.
        findings: What is wrong with it.
    """

    name: str
    outcome: Outcome
    findings: Findings


def figures(studies: Sequence[Study]) -> Figures:
    """Add up what was found in the studies of one run."""
    by_victim: Counter[str] = sum((s.outcome.kills for s in studies), Counter())
    found = [study.findings for study in studies]
    return {
        "studies": len(studies),
        "starts": sum(study.outcome.starts for study in studies),
        "kills": by_victim.total(),
        "kills_by_victim": {each.value: by_victim[each.value] for each in Victim},
        "evaluations_lost": sum(len(study.outcome.lost) for study in studies),
        "configurations_asked_twice": sum(f.asked_twice for f in found),
        "trials_left_running": sum(f.left_running for f in found),
        "trials_that_differ": sum(len(f.differing) for f in found),
        "trials_interrupted": sum(f.interrupted for f in found),
        "trials_continued_from_a_checkpoint": sum(f.continued for f in found),
        "confirmations_that_are_wrong": sum(f.confirmation_wrong for f in found),
        "models_that_differ": sum(f.model_differs for f in found),
        "files_left_over": sum(len(f.leftovers) for f in found),
        "odd_exit_codes": [code for study in studies for code in study.outcome.odd_codes],
        "odd_lines": [line for study in studies for line in study.outcome.odd_lines],
        "ends_after_ray_died_s": [s for study in studies for s in study.outcome.ends_s],
        "clean_ends_s": [s for study in studies for s in study.outcome.clean_ends_s],
    }


def add_up(runs: Sequence[Mapping[str, Any]]) -> Figures:
    """Add up the figures of several runs: numbers, lists end to end, kills victim by victim."""
    total: Figures = {}
    for run in runs:
        for name, value in run.items():
            if isinstance(value, Mapping):
                total[name] = add_up([total.get(name, {}), value])
            else:
                total[name] = total[name] + value if name in total else value
    return total


def all_zero(found: Mapping[str, Any]) -> bool:
    """Return whether nothing was lost, asked twice, left running or different."""
    return all(found[name] == 0 for name in ZEROS)


def table(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield each figure as a line, without details; of seconds the median and the largest."""
    for name, value in found.items():
        if name != "details":
            yield f"{name.replace('_', ' '):<36} {_shown(name, value)}"


def _shown(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{each} {count}" for each, count in value.items())
    if isinstance(value, float):
        return f"{value:.1f}"
    if not isinstance(value, list):
        return str(value)
    if value and name.endswith("_s"):
        return f"{statistics.median(value):.1f} median, {max(value):.1f} longest"
    return "; ".join(map(str, value)) or "none"
