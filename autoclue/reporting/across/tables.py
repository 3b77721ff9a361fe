r"""A comparison of studies as a table: Markdown, CSV or LaTeX.

In Markdown and LaTeX scores are in the unit in which people read them; CSV holds them in [0, 1].
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from autoclue.reporting.across.study_line import StudyLine

HEADINGS = (
    *("study", "task", "strategy", "model", "trials", "baseline", "winner", "difference"),
    *("test baseline", "test winner", "seeds", "baseline over seeds", "best over seeds", "judged"),
)
TEXT = 4
"""How many of the columns hold names; the others hold numbers, and the last one words."""

_LATEX = {
    "\\": r"\textbackslash{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def write_table(lines: Sequence[StudyLine], form: str) -> str:
    """Write a comparison.

    Args:
        lines: The studies, in the order of the table.
        form: One of ``FORMS``.
    """
    return FORMS[form](lines)


def comparison_cells(line: StudyLine) -> dict[str, str]:
    """Return a study's cells by their column, in the order of the table."""
    return dict(zip(HEADINGS, _cells(line), strict=True))


def _cells(line: StudyLine) -> list[str]:
    text = line.metric.text

    def score(value: float | None) -> str:
        return "" if value is None else text(value)

    gap = None
    if line.winner is not None and line.baseline is not None:
        gap = line.winner - line.baseline
    return [
        *(line.study, line.task, line.strategy, line.model, str(line.trials)),
        *(score(line.baseline), score(line.winner)),
        "" if gap is None else line.metric.difference(gap),
        *(score(line.test_baseline), score(line.test_winner)),
        *(str(line.seeds) if line.seeds else "", score(line.seeds_baseline), _mean(line)),
        _judged(line),
    ]


def _mean(line: StudyLine) -> str:
    if line.seeds_winner is None:
        return ""
    mean = line.metric.text(line.seeds_winner)
    if line.seeds_deviation is None:
        return mean
    return f"{mean} ± {line.metric.size(line.seeds_deviation).removesuffix(line.metric.points)}"


def _judged(line: StudyLine) -> str:
    """Write in a few words whether the winner can be told apart from the baseline."""
    found = line.judgement
    if found is None:
        return "baseline won" if line.baseline_won else ""
    word = {True: "better", False: "not told apart", None: "not known"}[found.distinguishable]
    if found.distinguishable and found.difference < 0:
        word = "worse"
    return f"{word} ({found.ground})"


def _markdown(lines: Sequence[StudyLine]) -> str:
    rows = [[cell.replace("|", r"\|") for cell in _cells(line)] for line in lines]
    rule = ["---" if i < TEXT else "---:" for i in range(len(HEADINGS) - 1)] + ["---"]
    return "".join(f"| {' | '.join(row)} |\n" for row in [HEADINGS, rule, *rows])


def _csv(lines: Sequence[StudyLine]) -> str:
    out = io.StringIO()
    rows = [_plain(line) for line in lines]
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _plain(line: StudyLine) -> dict[str, object]:
    found = line.judgement
    return {
        "study": line.study,
        "task": line.task,
        "strategy": line.strategy,
        "model": line.model,
        "synthetic": line.synthetic,
        "metric": line.metric.name,
        "trials": line.trials,
        "baseline": line.baseline,
        "winner": line.winner,
        "winner_number": line.winner_number,
        "test_baseline": line.test_baseline,
        "test_winner": line.test_winner,
        "seeds": line.seeds,
        "seeds_baseline": line.seeds_baseline,
        "seeds_winner": line.seeds_winner,
        "seeds_deviation": line.seeds_deviation,
        "judged_on": None if found is None else found.ground,
        "judged_difference": None if found is None else found.difference,
        "distinguishable": None if found is None else found.distinguishable,
    }


def _latex(lines: Sequence[StudyLine]) -> str:
    """Write a ``tabular`` for the package booktabs."""
    columns = "l" * TEXT + "r" * (len(HEADINGS) - TEXT - 1) + "l"
    rows = [[_escaped(cell) for cell in row] for row in [HEADINGS, *map(_cells, lines)]]
    head, *body = [f"{' & '.join(row)} \\\\\n" for row in rows]
    begin = f"\\begin{{tabular}}{{{columns}}}\n\\toprule\n{head}\\midrule\n"
    return f"{begin}{''.join(body)}\\bottomrule\n\\end{{tabular}}\n"


def _escaped(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text).replace("±", r"$\pm$")


FORMS: Mapping[str, Callable[[Sequence[StudyLine]], str]] = {
    "markdown": _markdown,
    "csv": _csv,
    "latex": _latex,
}
"""How a comparison can be written."""
