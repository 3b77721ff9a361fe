"""Build the vocabulary and number the corpus's tokens, once before training.

    python -m tools.pretraining.prepare CORPUS.txt.xz OUT --general-until 150132

Writes vocab.txt, train.npz and held_out.npz into OUT.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tools.pretraining.corpus import documents, is_held_out, read_lines
from tools.pretraining.store import build_store
from tools.pretraining.vocabulary import build_vocabulary, read_vocabulary, write_vocabulary
from tools.pretraining.words import words


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Raw)
    parser.add_argument("corpus", type=Path, help="text, one paragraph a line")
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--size", type=int, default=7000, help="most entries of the vocabulary")
    parser.add_argument("--general-until", type=int, default=0, help="first line of other text")
    parser.add_argument("--general-weight", type=float, default=2.5)
    parser.add_argument("--held-out", type=float, default=0.005, help="share of documents")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)

    texts = list(documents(read_lines(given.corpus)))
    counts: Counter[str] = Counter()
    for text in texts:
        for line in text.lines:
            counts.update(words(line))
    vocabulary_file = given.out / "vocab.txt"
    write_vocabulary(vocabulary_file, build_vocabulary(counts, size=given.size))
    vocabulary = read_vocabulary(vocabulary_file)
    print(f"{len(texts)} documents, {len(counts)} words, {len(vocabulary)} entries", flush=True)

    held_out = [is_held_out(text, given.held_out) for text in texts]
    if all(held_out) or not any(held_out):
        parser.error(
            f"--held-out {given.held_out} keeps {sum(held_out)} of {len(texts)} documents for "
            "validation; give another share or more documents, so that both parts have some."
        )
    for name, wanted in (("held_out", True), ("train", False)):
        chosen = [text for text, held in zip(texts, held_out, strict=True) if held == wanted]
        store = build_store(
            chosen,
            vocabulary,
            general_until=given.general_until,
            general_weight=given.general_weight,
        )
        store.save(given.out / f"{name}.npz")
        unknown = (store.tokens == vocabulary["[UNK]"]).mean()
        print(
            f"{name}: {len(chosen)} documents, {len(store.tokens)} tokens, {unknown:.4%} unknown"
        )


class _Raw(argparse.RawDescriptionHelpFormatter, argparse.ArgumentDefaultsHelpFormatter):
    """Keeps the line ends of the description and shows defaults."""


if __name__ == "__main__":
    main()
