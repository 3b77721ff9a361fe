"""What a comparison of studies lets one say, and what it doesn't."""

from __future__ import annotations

from collections.abc import Sequence

from autoclue.reporting.across.study_line import DEV, Measured, StudyLine
from autoclue.reporting.statistics import (
    STANDARD_ERRORS,
    distinguishable,
    error_of_difference,
    standard_error,
)
from autoclue.reporting.wording import MetricScale

GROUNDS = {
    "other seeds": "over other seeds",
    "test part": "on the test part",
    "held-out part": "on the held-out part",
    DEV: "on the development set that chose them",
}


def comparison_sentences(lines: Sequence[StudyLine]) -> list[str]:
    """Say of each study whether its winner beats the baseline, and which winners lead a task.

    Args:
        lines: The studies, in the order in which they are shown.
    """
    said = [sentence for line in lines if (sentence := _within(line)) is not None]
    for task in dict.fromkeys(line.task for line in lines):
        said += _among([line for line in lines if line.task == task])
    if any(line.synthetic for line in lines):
        said.append("Scores on text that autoclue generated say nothing about real text.")
    return said


def _within(line: StudyLine) -> str | None:
    """Say how a study's winner stands against its own baseline."""
    judged = line.judgement
    if judged is None:
        return f"{line.study}: nothing has beaten the baseline." if line.baseline_won else None
    gap, where = line.metric.gap(judged.difference), GROUNDS[judged.ground]
    if judged.distinguishable is None:
        return f"{line.study}: winner and baseline differ by {gap} {where}; how sure is not known."
    if not judged.distinguishable:
        return f"{line.study}: winner and baseline can't be told apart {where} ({gap})."
    verb = "beats" if judged.difference > 0 else "does worse than"
    return f"{line.study}: the winner {verb} the baseline {where} ({gap})."


def _among(lines: Sequence[StudyLine]) -> list[str]:
    """Say which of the studies of a task leads, and which can't be told apart from it."""
    able = [line for line in lines if line.measured]
    if len(able) < 2:
        return []
    ground = _common_ground(able)
    if ground is None:
        return [
            f"{able[0].task}: the studies were not measured on the same examples, so their "
            "scores aren't compared."
        ]
    found = {line.study: _on(line, ground) for line in able}
    first = max(able, key=lambda line: found[line.study].score)
    scale, best = first.metric, found[first.study]
    close = [
        f"{line.study} ({scale.text(found[line.study].score)})"
        for line in able
        if line is not first and not _apart(scale, best, found[line.study])
    ]
    head = f"{first.task}: {first.study} is the best {GROUNDS[ground]} ({scale.text(best.score)})"
    if not close:
        return [f"{head}, by more than {STANDARD_ERRORS:g} standard errors."]
    return [f"{head}, and can't be told apart from {', '.join(close)}."]


def _common_ground(lines: Sequence[StudyLine]) -> str | None:
    """Choose the most trustworthy examples that all were measured on; ``None`` without any."""
    for ground in [each.ground for each in lines[0].measured]:
        identities = {m.identity for line in lines for m in line.measured if m.ground == ground}
        everywhere = all(any(m.ground == ground for m in line.measured) for line in lines)
        if everywhere and len(identities) == 1 and len({line.metric for line in lines}) == 1:
            return ground
    return None


def _on(line: StudyLine, ground: str) -> Measured:
    return next(each for each in line.measured if each.ground == ground)


def _apart(scale: MetricScale, first: Measured, second: Measured) -> bool:
    """Return whether two scores differ by more than sampling error explains."""
    errors = (standard_error(scale, each.score, each.examples) for each in (first, second))
    return distinguishable(first.score - second.score, error_of_difference(*errors)) is True
