"""What ``--plan`` prints: the runs by what they cost, and what a probe says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autoclue.reporting import duration
from autoclue.screen.devices import say_cards
from autoclue.screen.text import print_sentence, result_console

if TYPE_CHECKING:
    from autoclue.search.execution import Resources
    from autoclue.search.forecast import Estimate, EstimatedKind, RunKind

GIB = 2**30


def kind_rows(kinds: Sequence[RunKind]) -> list[dict[str, object]]:
    """Return a row for runs that cost the same, as values by name."""
    return [
        {
            "study": each.study,
            "task": each.config.task,
            "batch_size": each.config.batch_size,
            "max_length_tokens": each.config.max_length_tokens,
            "gradient_accumulation_steps": each.config.gradient_accumulation_steps,
            "runs": each.runs,
            "steps_each": each.steps,
            "evaluations_each": each.evaluations,
        }
        for each in kinds
    ]


def estimate_rows(estimate: Estimate) -> list[dict[str, object]]:
    """Return the same with what a probe says."""
    rows = kind_rows([each.kind for each in estimate.kinds])
    return [{**row, **_estimated(each)} for row, each in zip(rows, estimate.kinds, strict=True)]


def _estimated(each: EstimatedKind) -> dict[str, object]:
    peak = each.probed.peak_bytes
    return {
        "steps_each": each.steps,
        "evaluations_each": each.evaluations,
        "seconds_a_step": round(each.probed.step_s, 4),
        "seconds_an_evaluation": round(each.probed.evaluation_s, 2),
        "seconds_each": round(each.seconds_each, 1),
        "seconds": round(each.seconds, 1),
        "peak_gib": None if peak is None else round(peak / GIB, 2),
        "runs_a_card": each.fit_a_card,
        "accumulation_that_fits": each.other_accumulation,
    }


def estimate_totals(estimate: Estimate) -> dict[str, object]:
    """Return what all runs together will take."""
    peaks = [e.probed.peak_bytes for e in estimate.kinds if e.probed.peak_bytes is not None]
    return {
        "runs": sum(each.kind.runs for each in estimate.kinds),
        "steps": sum(each.kind.runs * each.steps for each in estimate.kinds),
        "evaluations": sum(each.kind.runs * each.evaluations for each in estimate.kinds),
        "hours": round(estimate.hours, 3),
        "gpu_hours": round(estimate.gpu_hours, 3),
        "at_once": estimate.parallel,
        "peak_gib": round(max(peaks) / GIB, 2) if peaks else None,
    }


def short_names(rows: Sequence[dict[str, object]], *, task: bool) -> list[dict[str, object]]:
    """Give the columns of a terminal's table short names, without the study's.

    Args:
        rows: Rows of ``kind_rows`` or ``estimate_rows``.
        task: Whether the task is a column.
    """
    names = {
        "batch_size": "batch",
        "max_length_tokens": "length",
        "gradient_accumulation_steps": "parts",
        "steps_each": "steps",
        "evaluations_each": "evals",
        "seconds_a_step": "s/step",
        "seconds_an_evaluation": "s/eval",
        "peak_gib": "GiB",
        "runs_a_card": "fit a card",
        "accumulation_that_fits": "fits in parts",
    }
    out = {"study", "seconds_each", "seconds"} | (set() if task else {"task"})
    found: list[dict[str, object]] = []
    for row in rows:
        shown: dict[str, object] = {
            names.get(n, n): _text(v) for n, v in row.items() if n not in out
        }
        if "seconds_each" in row:
            shown["each"] = duration(float(str(row["seconds_each"])))
            shown["all"] = duration(float(str(row["seconds"])))
        found.append(shown)
    empty = {name for name in found[0] if all(row[name] is None for row in found)} if found else ()
    return [{name: value for name, value in row.items() if name not in empty} for row in found]


def _text(value: object) -> str | None:
    return None if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def say_estimate(estimate: Estimate, resources: Resources) -> None:
    """Print in sentences what all runs will take, and what doesn't fit as it is asked."""
    console, told = result_console(), estimate_totals(estimate)
    print_sentence(
        console,
        f"{told['runs']} runs, {told['steps']:,} steps, {told['evaluations']:,} evaluations: "
        f"about {duration(estimate.hours * 3600)} with {resources.describe()}"
        + (f", {estimate.gpu_hours:.1f} GPU-hours" if resources.on_gpu else "")
        + (", if nothing is stopped early."),
    )
    if not resources.on_gpu:
        print_sentence(
            console,
            "The probe ran alone; runs side by side on one CPU take longer. Memory is measured on "
            "a GPU only.",
        )
    elif told["peak_gib"] is not None:
        least = min(e.fit_a_card for e in estimate.kinds if e.fit_a_card is not None)
        print_sentence(
            console,
            f"At most {told['peak_gib']} GiB of GPU memory a run; at least {least} of them fit a "
            "card at once"
            + (
                ", and the search measures whether it is faster."
                if resources.shares_cards
                else "."
            ),
        )
    say_cards(resources)
    for each in estimate.kinds:
        if each.other_accumulation is not None:
            print_sentence(console, _does_not_fit(each))


def _does_not_fit(each: EstimatedKind) -> str:
    config = each.kind.config
    return (
        f"{config.task} with batches of {config.batch_size} doesn't fit as it is asked; it does "
        f"with gradient_accumulation_steps={each.other_accumulation}, to which runs turn by "
        "themselves where memory runs out."
    )
