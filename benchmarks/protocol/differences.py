"""Measure what each difference between the protocols changes, one at a time and all together.

    python -m benchmarks.protocol.differences --data ../shared/data --out differences

Of each task, the model that ships is trained by ``clue``, by ``clue`` with one defect mended, and
by ``sound``, with the same seeds each, on the first rows of the publisher's files. Two tasks have
generated text: ``chid``, which needs rows with several blanks, and ``cmrc2018``, of whose own text
runs so short learn next to nothing. A defect that can't show in a task, because nothing is left
over or nothing filled up, is left out there. What
``dropout`` reaches is compared at dropout 0, the other value of the published grid: at 0.1 the
model's own dropouts are the same.

Scores are lines of OUT/scores.jsonl; what stands there already isn't trained again, so that an
interrupted run goes on. It ends with the table.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from autoclue.models import default_baseline, resolve_model
from autoclue.records import Scalar
from autoclue.reporting.statistics import paired_difference, spread
from autoclue.tasks import (
    ChoiceSpec,
    TaskData,
    TaskSpec,
    load_task,
    open_data,
    write_builtin,
)
from autoclue.training import TrialConfig, build_config
from autoclue.training.data import Workspace
from autoclue.training.loop import Trial
from autoclue.training.platform import apply_switches
from autoclue.training.protocols import CLUE, MENDS, SOUND
from benchmarks.first_rows import first_rows

SEEDS: Final = (1, 2, 3)
NO_DROPOUT: Final = 0.0
USUAL_DROPOUT: Final = 0.1
AT_NO_DROPOUT: Final = frozenset({"dropout_everywhere"})
"""What shows without dropout alone."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a task a run sees.

    Attributes:
        train_rows: First rows to train on.
        dev_rows: First rows to score.
        settings: What differs from the task's recipe, to make runs short.
        is_generated: Whether they are rows of generated text instead of the publisher's.
        score: What is compared, the best of all evaluations; ``None`` takes the task's primary
            score.
    """

    train_rows: int
    dev_rows: int
    settings: Mapping[str, Scalar]
    is_generated: bool = False
    score: str | None = None


_SHORT_CLOZE: Final = MappingProxyType(
    {"batch_size": 8, "gradient_accumulation_steps": 4, "max_length_tokens": 40}
)

SIZES: Final[Mapping[str, Size]] = MappingProxyType(
    {
        "ocnli": Size(320, 240, {"epochs": 2, "batch_size": 8}),
        "csl": Size(300, 240, {"epochs": 2, "batch_size": 8, "max_length_tokens": 64}),
        "cmrc2018": Size(
            *(244, 120, {"epochs": 2, "batch_size": 8, "gradient_accumulation_steps": 2}),
            is_generated=True,
            score="f1",
        ),
        "c3": Size(81, 80, {"epochs": 2, "batch_size": 4, "max_length_tokens": 64}),
        "chid_fewclue": Size(82, 82, {"epochs": 2, **_SHORT_CLOZE}),
        "chid": Size(32, 40, {"epochs": 2, **_SHORT_CLOZE}, is_generated=True),
    }
)


@dataclass(frozen=True, slots=True)
class Run:
    """One training, without its score."""

    task: str
    protocol: str
    dropout: float
    seed: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A protocol against ``clue``, at the same dropout.

    Attributes:
        name: What is mended; ``sound`` for everything.
        protocol: The protocol's name.
        dropout: The setting of both.
    """

    name: str
    protocol: str
    dropout: float


COMPARISONS: Final = (
    *(
        Comparison(m, f"{CLUE.name}+{m}", NO_DROPOUT if m in AT_NO_DROPOUT else USUAL_DROPOUT)
        for m in MENDS
    ),
    Comparison(SOUND.name, SOUND.name, USUAL_DROPOUT),
)


def main() -> None:
    """Train what is missing and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="publisher's files")
    parser.add_argument("--tasks", nargs="+", choices=SIZES, default=list(SIZES))
    names = [comparison.name for comparison in COMPARISONS]
    parser.add_argument("--differences", nargs="+", choices=names, default=names)
    parser.add_argument("--seeds", nargs="+", type=int, choices=SEEDS, default=list(SEEDS))
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    apply_switches(gpu=False)
    path, workspace = given.out / "scores.jsonl", Workspace(cache=given.out / "cache")
    applying = {}
    for task in given.tasks:
        spec = load_task(task)
        data = rows_of(spec, given.data, given.out / "data")
        applying[task] = applying_to(spec, data, workspace) & set(given.differences)
        for run in runs(task, applying[task]):
            if run.seed in given.seeds and run not in read_scores(path):
                score, steps = train(run, data, workspace)
                note(path, run, score, steps)
    print("\n".join(table(read_scores(path), applying)))


def rows_of(spec: TaskSpec, source: Path, out: Path) -> Path:
    """Write the first rows of a task, as many as ``SIZES`` has.

    Args:
        spec: The task.
        source: Folder in the publisher's files.
        out: Gets a folder of the task.

    Returns:
        ``out``.
    """
    size = SIZES[spec.name]
    if size.is_generated:
        source = out / "generated"
        write_builtin(spec, source, size="small", force=True)
    return first_rows(spec, source, out, {"train": size.train_rows, "dev": size.dev_rows})


def config_of(run: Run, spec: TaskSpec, data: Path) -> TrialConfig:
    """Make a run's complete settings: the task's recipe, as short as ``SIZES`` has it."""
    shipped = default_baseline(resolve_model("builtin"), epochs=spec.recipe.epochs)
    return build_config(
        spec.recipe,
        task=run.task,
        model="builtin",
        data=str(data),
        strategy="uniform",
        settings={
            **shipped.settings,
            **SIZES[run.task].settings,
            **{"protocol": run.protocol, "dropout": run.dropout, "seed": run.seed},
        },
    )


def train(run: Run, data: Path, workspace: Workspace) -> tuple[float, int]:
    """Train once.

    Returns:
        The best development score, and the steps.
    """
    trial = Trial(config_of(run, load_task(run.task), data), workspace)
    while trial.advance() is not None:
        pass
    name = SIZES[run.task].score
    scores = [e.score if name is None else e.scores[name] for e in trial.history]
    return max(scores), trial.step


def applying_to(spec: TaskSpec, data: Path, workspace: Workspace) -> frozenset[str]:
    """Return the names of the comparisons in which anything could differ.

    Args:
        spec: The task.
        data: Where its rows are.
        workspace: Tokenizes them.
    """
    run = Run(spec.name, CLUE.name, USUAL_DROPOUT, SEEDS[0])
    config = config_of(run, spec, data)
    needed = workspace.materials(config)
    timetable = config.timetable(len(needed.train))
    several = spec.kind == "cloze" and has_rows_with_several(
        [blank.group for blank in needed.dev_examples]
    )
    told = {
        "dropout_everywhere": True,
        "drop_leftovers": timetable.micro_batches % timetable.accumulation > 0,
        "exact_length": timetable.total_steps != timetable.steps,
        "seeded_order": True,
        "clip_everywhere": config.max_grad_norm is None,
        "mask_fillers": _has_fillers(spec, open_data(spec, str(data))),
        "best_assignment": several,
        "one_evaluation_batch": spec.kind == "span_extraction" or several,
    }
    always = {comparison.name for comparison in COMPARISONS} - set(MENDS)
    return frozenset({name for name, applies in told.items() if applies} | always)


def has_rows_with_several(groups: Sequence[int]) -> bool:
    """Return whether a row has several blanks.

    Args:
        groups: The row of each blank.
    """
    return max(Counter(groups).values(), default=0) > 1


def _has_fillers(spec: TaskSpec, data: TaskData) -> bool:
    if spec.kind != "multiple_choice":
        return False
    most = ChoiceSpec.of(spec).choices
    return any(len(question.choices) < most for question in data.examples("train"))


def runs(task: str, applying: frozenset[str]) -> Iterator[Run]:
    """Yield every run of a task, seed by seed, so that all comparisons grow alike."""
    wanted = [comparison for comparison in COMPARISONS if comparison.name in applying]
    pairs = [(CLUE.name, c.dropout) for c in wanted] + [(c.protocol, c.dropout) for c in wanted]
    for seed in SEEDS:
        for protocol, dropout in dict.fromkeys(pairs):
            yield Run(task, protocol, dropout, seed)


def note(path: Path, run: Run, score: float, steps: int) -> None:
    """Add a score to the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({**asdict(run), "score": score, "steps": steps})
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    print(line, flush=True)


def read_scores(path: Path) -> dict[Run, float]:
    """Read the scores so far; a line that was cut off is none."""
    found: dict[Run, float] = {}
    if not path.is_file():
        return found
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.endswith("}"):
            told = json.loads(line)
            score, _ = told.pop("score"), told.pop("steps")
            found[Run(**told)] = score
    return found


def table(scores: Mapping[Run, float], applying: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Write what each comparison changes, in points, as a Markdown table.

    Args:
        scores: All scores, each in [0, 1].
        applying: The comparisons that apply, by task.
    """
    yield "| | " + " | ".join(applying) + " |"
    yield "|---" * (len(applying) + 1) + "|"
    for name, dropout in (("`clue`", USUAL_DROPOUT), ("`clue` at dropout 0", NO_DROPOUT)):
        cells = [_mean(_by_seed(scores, task, CLUE.name, dropout)) for task in applying]
        yield f"| {name} | {' | '.join(cells)} |"
    for comparison in COMPARISONS:
        cells = [
            _cell(scores, task, comparison) if comparison.name in applies else "-"
            for task, applies in applying.items()
        ]
        yield f"| `{comparison.name}` | {' | '.join(cells)} |"


def _by_seed(
    scores: Mapping[Run, float], task: str, protocol: str, dropout: float
) -> dict[int, float]:
    wanted = {seed: Run(task, protocol, dropout, seed) for seed in SEEDS}
    return {seed: 100 * scores[run] for seed, run in wanted.items() if run in scores}


def _mean(by_seed: Mapping[int, float]) -> str:
    found = spread(list(by_seed.values()))
    if found.mean is None or found.deviation is None:
        return "?"
    return f"{found.mean:.1f} ± {found.deviation:.1f}"


def _cell(scores: Mapping[Run, float], task: str, comparison: Comparison) -> str:
    """Write a paired difference in points, and whether it can be told from noise."""
    mended = _by_seed(scores, task, comparison.protocol, comparison.dropout)
    published = _by_seed(scores, task, CLUE.name, comparison.dropout)
    found = paired_difference(mended, published)
    if found.mean is None or found.deviation is None:
        return "?"
    if found.mean == found.deviation == 0:
        return "no score differs"
    shown = f"{found.mean:+.1f} ± {found.deviation:.1f}"
    return f"**{shown}**" if found.distinguishable else f"can't be told apart ({shown})"


if __name__ == "__main__":
    main()
