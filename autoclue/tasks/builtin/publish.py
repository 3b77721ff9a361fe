"""Write generated rows the way each task's publisher does.

Test rows of the CLUE tasks carry no label, as published; their labels go into a file of the form
in which predictions are submitted. XNLI, LCQMC and INEWS publish test rows like any others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from autoclue.tasks.builtin.draw import Sample

Publish = Callable[[str, Sequence[Sample]], bytes]
"""Gives the content of a split's file."""
TestLabels = Callable[[Sequence[Sample]], bytes]
"""Gives the content of the file with the labels of test rows."""
TEST: Final = "test"
DEV: Final = "dev"
UNDECIDED: Final = "-"
"""What stands in place of a label where the annotators found no majority."""
Fields = Mapping[str, object]


def xnli(split: str, samples: Sequence[Sample]) -> bytes:
    """Three columns below their names."""
    rows = [(*sample.texts, sample.label) for sample in samples]
    return _lines("\t".join(row) for row in [("text_a", "text_b", "label"), *rows])


def lcqmc(split: str, samples: Sequence[Sample]) -> bytes:
    """Three columns without a header."""
    return _lines("\t".join((*sample.texts, sample.label)) for sample in samples)


def inews(split: str, samples: Sequence[Sample]) -> bytes:
    """Four fields a line; the first line is left out by the publisher's readers."""
    rows = [(s.label, *(str(value) for value in s.fields.values())) for s in samples]
    return _lines("_!_".join(row) for row in [("label", "id", "title", "content"), *rows])


def afqmc(split: str, samples: Sequence[Sample]) -> bytes:
    """Both texts, then the label."""
    return _json(_numbered(split, samples, lambda _, s: {**s.fields, "label": s.label}))


def cmnli(split: str, samples: Sequence[Sample]) -> bytes:
    """Both texts, then the label; the development set keeps rows without a majority."""

    def row(_: int, sample: Sample) -> Fields:
        label = UNDECIDED if split == DEV and sample.fields["undecided"] else sample.label
        return {**_without(sample.fields, ("undecided",)), "label": label}

    return _json(_numbered(split, samples, row))


def tnews(split: str, samples: Sequence[Sample]) -> bytes:
    """The label and its description first."""
    return _json(
        _numbered(
            split, samples, lambda _, s: {"label": s.label, **s.fields}, drop=("label_desc",)
        )
    )


def iflytek(split: str, samples: Sequence[Sample]) -> bytes:
    """The label and its description first."""
    return _json(
        _numbered(split, samples, lambda _, s: {"label": s.label, **s.fields}, drop=("label_des",))
    )


def csl(split: str, samples: Sequence[Sample]) -> bytes:
    """Every row is numbered, the label last."""
    rows = (
        {"id": number, **sample.fields, "label": sample.label}
        for number, sample in enumerate(samples)
    )
    return _json(_without(row, ("label",)) if split == TEST else row for row in rows)


def cluewsc2020(split: str, samples: Sequence[Sample]) -> bytes:
    """The spans, a number, the label, the text."""

    def row(number: int, sample: Sample) -> Fields:
        target, text = sample.fields["target"], sample.fields["text"]
        return {"target": target, "idx": number, "label": sample.label, "text": text}

    return _json(_numbered(split, samples, row, drop=("idx",)))


def ocnli(split: str, samples: Sequence[Sample]) -> bytes:
    """All that is known of a row, also where there is no majority; annotators in dev only."""
    rows = [_ocnli_row(split, number, sample) for number, sample in enumerate(samples)]
    kept = ("sentence1", "sentence2", "id")
    return _json({name: row[name] for name in kept} if split == TEST else row for row in rows)


def test_labels(samples: Sequence[Sample]) -> bytes:
    """The labels of a test file without any, by the numbers of its rows."""
    return _json({"id": number, "label": s.label} for number, s in enumerate(samples))


def _ocnli_row(split: str, number: int, sample: Sample) -> Fields:
    """Return a row of OCNLI with its label."""
    said = sample.fields["annotators"]
    known = said if split == DEV and isinstance(said, list) else [None] * 5
    return {
        "level": sample.fields["level"],
        "sentence1": sample.fields["sentence1"],
        "sentence2": sample.fields["sentence2"],
        "label": UNDECIDED if sample.fields["undecided"] else sample.label,
        **{f"label{index}": each for index, each in enumerate(known)},
        "genre": "synthetic",
        "prem_id": f"synthetic_{number}",
        "id": number,
    }


def _numbered(
    split: str,
    samples: Sequence[Sample],
    row: Callable[[int, Sample], Fields],
    *,
    drop: tuple[str, ...] = (),
) -> Iterable[Fields]:
    """Return the rows; those of a test file get a number in place of whatever tells the label."""
    rows = (row(number, sample) for number, sample in enumerate(samples))
    if split != TEST:
        return rows
    return ({"id": n, **_without(row, ("label", *drop))} for n, row in enumerate(rows))


def _without(row: Fields, names: tuple[str, ...]) -> Fields:
    return {name: value for name, value in row.items() if name not in names}


def _json(rows: Iterable[Fields]) -> bytes:
    return _lines(json.dumps(row, ensure_ascii=False) for row in rows)


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
