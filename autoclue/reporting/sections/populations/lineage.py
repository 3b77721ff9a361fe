"""Who went on from whom in a population, with which settings, and why at each boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autoclue.records import CONTROL, Boundary, Fate, Scalar, StudyRecord, TrialRecord
from autoclue.reporting.drawing import FAINT_INK, STATES, WINNER
from autoclue.reporting.sections.confirmation import confirmation_info
from autoclue.reporting.statistics import PairedDifference, paired_difference
from autoclue.reporting.wording import MetricScale, label, plural, scale_of, value_text

if TYPE_CHECKING:
    import plotly.graph_objects as go

NOT_ONE = "This study has no population whose members go on from each other."
IN_ROUNDS = "Its members go on from each other in rounds, which stand above."
ROW_PX = 30
MOST_TICKS = 4
"""On the axis of a setting, whose drawing is some 100 pixels high."""


@dataclass(frozen=True, slots=True)
class MemberPart:
    """A member between two boundaries.

    Attributes:
        place: The member's place.
        trial: Number of the trial.
        begin: Step at which it begins.
        end: Step of its last evaluation.
        parent: Place of the member from whose state it goes on; its own, or ``None`` at the start.
        state: Where the trial stands.
        score: Its score at its end.
        settings: The searched settings that hold in it.
    """

    place: int
    trial: int
    begin: int
    end: int
    parent: int | None
    state: str
    score: float | None
    settings: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class PopulationInfo:
    """A population, from boundary to boundary.

    Attributes:
        metric: How scores are written.
        members: How many there are, those of a control left out.
        parts: In order of their trials.
        boundaries: What became of each member.
        reasons: A sentence for each member at each boundary that took over, or failed, or would
            have taken over but for the wobble of scores.
        recipe: Number of the trial with the highest score at the end: its settings over the whole
            schedule are its recipe.
        lineage: Trials from which the recipe's trial comes, itself included.
        constant: Number of the best trial whose settings have never changed.
        against_constant: Recipe less constant member, both trained again from scratch with other
            seeds; ``None`` before that.
        missing: Why there is nothing to draw, or ``None``.
        note: What else to know, or ``None``.
        rounds: How many rounds have gone on from each other, where members do so in rounds; 0 for
            members that are compared at boundaries.
    """

    metric: MetricScale
    members: int
    parts: tuple[MemberPart, ...]
    boundaries: tuple[Boundary, ...]
    reasons: tuple[str, ...]
    recipe: int | None
    lineage: tuple[int, ...]
    constant: int | None
    against_constant: PairedDifference | None
    missing: str | None
    note: str | None = None
    rounds: int = 0

    @property
    def compared(self) -> int:
        """At how many boundaries the main members were compared."""
        return sum(each.population != CONTROL for each in self.boundaries)

    @property
    def exchanges(self) -> int:
        """How often a member has taken over another's state."""
        return sum(f.donor is not None for each in self.boundaries for f in each.fates)


def population_info(study: StudyRecord) -> PopulationInfo:
    """Collect the members' parts, what became of them, and what their recipe is worth."""
    scale, trials = scale_of(study), {t.number: t for t in study.trials}
    parts = tuple(_part(t, trials) for t in study.trials if t.segment is not None)
    constant = study.constant_member
    recipe = next((t for t in [study.winner] if t is not None and t.segment is not None), None)
    if study.goes_on_in_rounds and constant is not None:
        return PopulationInfo(
            metric=scale,
            members=len(study.rounds[0]),
            parts=(),
            boundaries=(),
            reasons=(),
            recipe=None if recipe is None else recipe.number,
            lineage=() if recipe is None else _lineage(recipe, trials),
            constant=constant.number,
            against_constant=_against(study, recipe, constant),
            missing=IN_ROUNDS,
            rounds=len(study.rounds),
        )
    if not study.boundaries or constant is None:
        return PopulationInfo(scale, 0, (), (), (), None, (), None, None, NOT_ONE)
    main = next(each for each in study.boundaries if each.population != CONTROL)
    reasons = [
        _reason(each, fate)
        for each in sorted(study.boundaries, key=lambda b: (b.at_step, b.population))
        for fate in each.fates
        if fate.donor is not None or fate.score is None or "wobble" in fate.reason
    ]
    return PopulationInfo(
        metric=scale,
        members=len(main.fates),
        parts=parts,
        boundaries=study.boundaries,
        reasons=tuple(reasons),
        recipe=None if recipe is None else recipe.number,
        lineage=() if recipe is None else _lineage(recipe, trials),
        constant=constant.number,
        against_constant=_against(study, recipe, constant),
        missing=None,
        note=" ".join(f"{reason}." for reason in reasons) or None,
    )


def _part(trial: TrialRecord, trials: Mapping[int, TrialRecord]) -> MemberPart:
    segment = trial.segment
    assert segment is not None
    parent = None if segment.parent is None else trials[segment.parent].segment
    return MemberPart(
        place=segment.place,
        trial=trial.number,
        begin=segment.from_step,
        end=max([segment.from_step, *(e.step for e in trial.evaluations)]),
        parent=None if parent is None else parent.place,
        state=trial.state.value,
        score=trial.evaluations[-1].score if trial.evaluations else None,
        settings=dict(trial.params),
    )


def _lineage(trial: TrialRecord, trials: Mapping[int, TrialRecord]) -> tuple[int, ...]:
    found = [trial.number]
    while (segment := trial.segment) is not None and segment.parent is not None:
        trial = trials[segment.parent]
        found.append(trial.number)
    return tuple(reversed(found))


def _against(
    study: StudyRecord, recipe: TrialRecord | None, constant: TrialRecord
) -> PairedDifference | None:
    if study.confirmation is None or recipe is None:
        return None
    info = confirmation_info(study)
    rows = info.row(recipe.number), info.row(constant.number)
    if rows[0] is None or rows[1] is None or recipe.number == constant.number:
        return None
    return paired_difference(rows[0].scores, rows[1].scores)


def _reason(boundary: Boundary, fate: Fate) -> str:
    head = f"Step {boundary.at_step}, member {fate.place}: {fate.reason}"
    if fate.donor is None:
        return head
    changed = ", ".join(
        f"{label(c.name)} {value_text(c.before)} to {value_text(c.after)} ({c.how})"
        for c in fate.changes
    )
    return f"{head}; it goes on from there with {changed}"


def population_figure(info: PopulationInfo) -> go.Figure:
    """Draw the family tree above, and each member's settings over its schedule below."""
    from autoclue.reporting.drawing.plotly_adapter import axis, draw, empty

    if info.missing is not None:
        return empty(info.missing)
    names = list(dict.fromkeys(name for part in info.parts for name in part.settings))
    tree = 0.45 if names else 1.0
    each = (1.0 - tree) / max(1, len(names))
    layout: dict[str, object] = {"showlegend": False}
    traces = _tree(info)
    for row, name in enumerate(names):
        top = 1.0 - tree - row * each
        layout[f"yaxis{row + 2}"] = {
            **axis(label(name), type=_scale(info, name), nticks=MOST_TICKS),
            "domain": [max(0.0, top - each + 0.03), max(0.02, top - 0.05)],
        }
        traces += _settings(info, name, axis_number=row + 2)
    members = max(part.place for part in info.parts) + 1
    return draw(
        traces,
        height_px=200 + ROW_PX * members + 150 * len(names),
        x=axis("step", anchor=f"y{len(names) + 1}" if names else "y", rangemode="tozero"),
        y={**axis("member", dtick=1, autorange="reversed"), "domain": [1.0 - tree, 1.0]},
        layout=layout,
    )


def _scale(info: PopulationInfo, name: str) -> str:
    """Return the kind of axis for a setting: a log scale for rates."""
    values = [part.settings.get(name) for part in info.parts]
    numbers = [v for v in values if isinstance(v, float) and v > 0]
    if len(numbers) != len(values):
        return "category" if any(isinstance(v, str) for v in values) else "linear"
    return "log" if max(numbers) < 0.1 else "linear"


def _tree(info: PopulationInfo) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    traces: list[object] = []
    for part in info.parts:
        own = part.trial in info.lineage
        color = WINNER.color if own else STATES[part.state].color
        begin = part.place if part.parent is None else part.parent
        traces.append(
            go.Scatter(
                x=[part.begin, part.begin, part.end],
                y=[begin, part.place, part.place],
                mode="lines+markers",
                line={"color": color, "width": 3 if own else 1.5},
                marker={"size": [0, 0, 8], "symbol": STATES[part.state].symbol, "color": color},
                hovertext=[_hover(info, part)] * 3,
                hoverinfo="text",
            )
        )
    return traces


def _settings(info: PopulationInfo, name: str, *, axis_number: int) -> list[object]:
    from autoclue.reporting.drawing.plotly_adapter import go

    parts = sorted(info.parts, key=lambda part: part.trial in info.lineage)
    return [
        go.Scatter(
            x=[part.begin, part.end],
            y=[part.settings.get(name)] * 2,
            mode="lines",
            yaxis=f"y{axis_number}",
            line={
                "color": WINNER.color if part.trial in info.lineage else FAINT_INK,
                "width": 3 if part.trial in info.lineage else 1,
            },
            hovertext=[_hover(info, part)] * 2,
            hoverinfo="text",
        )
        for part in parts
    ]


def _hover(info: PopulationInfo, part: MemberPart) -> str:
    score = "no score" if part.score is None else info.metric.text(part.score)
    settings = "<br>".join(_lines(part.settings))
    return f"<b>member {part.place}, trial {part.trial}</b>, {score}<br>{settings}"


def _lines(settings: Mapping[str, Scalar]) -> Sequence[str]:
    return [f"{label(name)} {value_text(value)}" for name, value in settings.items()]


def chosen_words(info: PopulationInfo) -> str:
    """Write how often a member's score has been chosen by: "at 3 boundaries among 8 members"."""
    boundaries = "1 boundary" if info.compared == 1 else f"{info.compared} boundaries"
    return f"{boundaries} among {plural(info.members, 'member')}"
