"""All scores of a metric that has several, by name."""

from __future__ import annotations

from collections.abc import Mapping

from autoclue.reporting.sections import SummaryInfo
from autoclue.reporting.wording import MetricScale


def named_scores_words(info: SummaryInfo) -> str | None:
    """Write every score of winner and baseline; ``None`` for a metric that has one score."""
    winner, baseline, tested = info.winner, info.baseline, info.test_score
    if winner is None or len(winner.scores) < 2:
        return None
    parts = [f"winner {_named(info.metric, winner.scores)}"]
    if baseline is not None and baseline.number != winner.number:
        parts.append(f"baseline {_named(info.metric, baseline.scores)}")
    if tested is not None and tested.winner is not None:
        parts.append(f"winner on the test part {_named(info.metric, tested.winner.scores)}")
    return f"Score by score: {'; '.join(parts)}."


def _named(scale: MetricScale, scores: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {scale.text(score)}" for name, score in scores.items())
