"""One study as a line of a comparison: scores, seeds, and what the difference rests on."""

from __future__ import annotations

from dataclasses import dataclass

from autoclue.records import StudyRecord, TrialRecord
from autoclue.reporting.sections import SummaryInfo, summary_info
from autoclue.reporting.statistics import dev_examples
from autoclue.reporting.wording import MetricScale

SEEDS = "other seeds"
TEST = "test part"
HELD_OUT = "held-out part"
DEV = "development set"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Winner against baseline, where it can be trusted most.

    Attributes:
        ground: What it rests on: other seeds before the test part, that before the held-out part
            of the development set, and the rest of that last.
        difference: Winner minus baseline there, in [-1, 1].
        distinguishable: Whether the two can be told apart; ``None`` where that isn't known.
    """

    ground: str
    difference: float
    distinguishable: bool | None


@dataclass(frozen=True, slots=True)
class Measured:
    """The winner's score on examples that other studies may be measured on too.

    Attributes:
        ground: Which examples.
        identity: Equal for two studies exactly where the examples are the same.
        score: In [0, 1].
        examples: How many there are, if known.
    """

    ground: str
    identity: str
    score: float
    examples: int | None


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study in a comparison. Scores are in [0, 1], and ``None`` where there is none.

    Attributes:
        study: Its name.
        task: Its task.
        strategy: Its strategy.
        model: Its model.
        synthetic: Whether autoclue generated the text.
        metric: How scores are written.
        trials: How many trials it has.
        baseline: The baseline's development score.
        winner: The winner's.
        winner_number: The winner's number.
        test_baseline: The baseline's score on the test part.
        test_winner: The winner's.
        seeds: With how many other seeds the best of them was trained again.
        seeds_baseline: The baseline's mean over them.
        seeds_winner: The mean of the best of them.
        seeds_deviation: The standard deviation of the best of them.
        judgement: Winner against baseline; ``None`` where they can't be compared, or are one.
        measured: The winner's score on each kind of examples, the most trustworthy first.
    """

    study: str
    task: str
    strategy: str
    model: str
    synthetic: bool
    metric: MetricScale
    trials: int
    baseline: float | None
    winner: float | None
    winner_number: int | None
    test_baseline: float | None
    test_winner: float | None
    seeds: int
    seeds_baseline: float | None
    seeds_winner: float | None
    seeds_deviation: float | None
    judgement: Judgement | None
    measured: tuple[Measured, ...]

    @property
    def baseline_won(self) -> bool:
        """Whether no trial has beaten the baseline."""
        return self.winner is not None and self.judgement is None and self.baseline == self.winner


def study_line(study: StudyRecord) -> StudyLine:
    """Sum a study up."""
    info = summary_info(study)
    winner, baseline = study.winner, study.baseline
    confirmed = info.confirmation
    best = None if confirmed is None else confirmed.row(confirmed.winner)
    rival = None if confirmed is None else confirmed.row(confirmed.baseline)
    return StudyLine(
        study=study.name,
        task=_text(study, "task"),
        strategy=_text(study, "strategy"),
        model=_text(study, "model"),
        synthetic=study.synthetic,
        metric=info.metric,
        trials=len(study.trials),
        baseline=None if baseline is None else baseline.best_score,
        winner=None if winner is None else winner.best_score,
        winner_number=None if winner is None else winner.number,
        test_baseline=_on_test(baseline),
        test_winner=_on_test(winner),
        seeds=0 if best is None else best.spread.n,
        seeds_baseline=None if rival is None else rival.spread.mean,
        seeds_winner=None if best is None else best.spread.mean,
        seeds_deviation=None if best is None else best.spread.deviation,
        judgement=_judgement(info),
        measured=_measured(study),
    )


def _text(study: StudyRecord, name: str) -> str:
    return str(study.settings.get(name, ""))


def _on_test(trial: TrialRecord | None) -> float | None:
    return None if trial is None or trial.test_score is None else trial.test_score.score


def _judgement(info: SummaryInfo) -> Judgement | None:
    """Compare winner and baseline on the best ground there is."""
    confirmed, tested, held = info.confirmation, info.test_score, info.holdout
    seeds = None if confirmed is None else confirmed.against_baseline
    if seeds is not None and seeds.mean is not None and seeds.distinguishable is not None:
        return Judgement(SEEDS, seeds.mean, seeds.distinguishable)
    if tested is not None and tested.difference is not None:
        return Judgement(TEST, tested.difference, tested.distinguishable)
    if held is not None and held.winner is not None and held.baseline is not None:
        difference = held.winner.holdout - held.baseline.holdout
        return Judgement(HELD_OUT, difference, held.distinguishable)
    if info.difference is None:
        return None
    return Judgement(DEV, info.difference, info.distinguishable)


def _measured(study: StudyRecord) -> tuple[Measured, ...]:
    winner = study.winner
    if winner is None or winner.best is None:
        return ()
    found = []
    tested = winner.test_score
    if tested is not None:
        found.append(Measured(TEST, tested.fingerprint, tested.score, tested.examples))
    data, share = study.settings.get("data_fingerprint"), study.settings.get("holdout")
    if data is None:
        return tuple(found)
    examples, held_out = dev_examples(study)
    identity = f"{data} {share}"
    if winner.best.holdout_score is not None:
        found.append(Measured(HELD_OUT, identity, winner.best.holdout_score, held_out))
    found.append(Measured(DEV, identity, winner.best.score, examples))
    return tuple(found)
