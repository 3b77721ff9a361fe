"""Print the parts of a model card that come from files: the sources and the loss curve.

python -m tools.pretraining.card RUN --sources SOURCES.tsv
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from safetensors.numpy import load_file

from tools.pretraining.stream import LENGTHS

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


def model_card(
    folder: Path,
    log: Sequence[Mapping[str, float]],
    sources: Iterable[Mapping[str, str]],
    transfer: str,
) -> str:
    """Fill the card's template.

    Args:
        folder: The converted model.
        log: Lines of the training log.
        sources: As ``source_table`` takes them.
        transfer: What fine-tuning showed, in Markdown.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    weights = load_file(folder / "model.safetensors")
    template = Path(__file__).with_name("model_card.md").read_text(encoding="utf-8")
    return template.format(
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        heads=config["num_attention_heads"],
        entries=f"{config['vocab_size']:,}",
        parameters=f"{sum(array.size for array in weights.values()) / 1e6:.1f}",
        positions=config["max_position_embeddings"],
        trained_positions=max(LENGTHS),
        updates=f"{log[-1]['updates']:,}",
        update_tokens=f"{log[-1]['tokens'] / log[-1]['updates']:,.0f}",
        tokens=f"{log[-1]['tokens'] / 1e6:.1f}",
        minutes=f"{log[-1]['trained_s'] / 60:.0f}",
        curve="\n".join(curve_table(log)),
        sources="\n".join(source_table(sources)),
        transfer=transfer,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write MODEL_CARD.md."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="what train.py wrote")
    parser.add_argument("model", type=Path, help="what convert.py wrote")
    parser.add_argument("--sources", type=Path, required=True, help="the corpus's sources")
    parser.add_argument("--transfer", type=Path, required=True, help="Markdown, see transfer.py")
    given = parser.parse_args(arguments)
    with given.sources.open(encoding="utf-8", newline="") as file:
        sources = list(csv.DictReader(file, delimiter="\t"))
    log = (given.folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    transfer = given.transfer.read_text(encoding="utf-8").strip()
    card = model_card(given.model, [json.loads(line) for line in log], sources, transfer)
    (given.model / "MODEL_CARD.md").write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()
