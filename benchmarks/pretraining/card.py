"""Print the parts of a model card that come from files: the sources and the loss curve.

python -m benchmarks.pretraining.card RUN --sources SOURCES.tsv
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

CURVE_POINTS = 12


def source_table(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Write the sources as a Markdown table.

    Args:
        rows: With the columns source, repo, commit and licence.
    """
    yield "| source | repository | commit | licence |"
    yield "|---|---|---|---|"
    for row in rows:
        commit = row["commit"][:12]
        yield f"| {row['source']} | {row['repo']} | {commit} | {row['licence']} |"


def curve_table(lines: Sequence[Mapping[str, float]]) -> Iterator[str]:
    """Write the validations of a log as a Markdown table, evenly thinned, the last included."""
    found = [line for line in lines if "held_out_token_loss" in line]
    steps = max(1, len(found) - 1)
    count = min(CURVE_POINTS, len(found))
    chosen = sorted({round(i * steps / max(1, count - 1)) for i in range(count)})
    yield "| updates | million tokens | held-out loss, nats | tokens right | relations right |"
    yield "|---|---|---|---|---|"
    for index in chosen:
        line = found[min(index, len(found) - 1)]
        yield (
            f"| {line['updates']:,} | {line['tokens'] / 1e6:.1f} "
            f"| {line['held_out_token_loss']:.3f} | {line['held_out_token_accuracy']:.1%} "
            f"| {line['held_out_relation_accuracy']:.1%} |"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="what train.py wrote")
    parser.add_argument("--sources", type=Path, required=True, help="the corpus's sources")
    given = parser.parse_args(arguments)
    with given.sources.open(encoding="utf-8", newline="") as file:
        print("\n".join(source_table(csv.DictReader(file, delimiter="\t"))))
    log = (given.folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    print("\n" + "\n".join(curve_table([json.loads(line) for line in log])))


if __name__ == "__main__":
    main()
