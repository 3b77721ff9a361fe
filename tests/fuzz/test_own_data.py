"""Files of a user's own in every form: drafted, checked and read."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import strategies as st

from autoclue.tasks import new_task
from autoclue.training.data import check_data
from tests.fuzz.budget import fuzz, refused_or_read
from tests.fuzz.inputs import as_json, changed, replaced, seeds, texts, values

ROWS = [{"text": f"天地人{n}", "label": str(n % 2), "id": n} for n in range(8)]
TABLE = "text\tlabel\tid\n" + "".join(f"{r['text']}\t{r['label']}\t{r['id']}\n" for r in ROWS)


def _sheet() -> bytes:
    book = openpyxl.Workbook()
    for row in [list(ROWS[0]), *(list(each.values()) for each in ROWS)]:
        book.worksheets[0].append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _parquet() -> bytes:
    made = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), made)
    return made.getvalue()


def _zip(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("train.tsv", content)
    return made.getvalue()


LINES = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in ROWS)
WHOLE = {
    "train.tsv": TABLE.encode(),
    "train.csv": TABLE.replace("\t", ",").encode("gb18030"),
    "train.txt": TABLE.replace("\t", "_!_").encode("utf-16"),
    "train.jsonl": LINES.encode(),
    "train.json": json.dumps(ROWS).encode(),
    "train.xlsx": _sheet(),
    "train.parquet": _parquet(),
    "train.tsv.gz": gzip.compress(TABLE.encode()),
    "train.zip": _zip(TABLE.encode()),
}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one, with a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _content(name: str, path: list[int], value: object, number: int) -> bytes:
    whole = WHOLE[name]
    if number % 2 == 0:
        return changed(whole, number)
    if name == "train.json":
        return as_json(replaced(ROWS, path, value)).encode()
    if name == "train.jsonl":
        return f"{as_json(replaced(ROWS[0], path, value))}\n{LINES}".encode()
    odd = str(value)[:99].encode("utf-8", "surrogatepass")
    return (
        whole.replace("天地人3".encode(), odd) if name == "train.tsv" else changed(whole, number)
    )


def test_own_data(work: Path) -> None:
    task = work / "task.yaml"

    def target(told: tuple[str, list[int], object, int]) -> None:
        name, path, value, number = told
        data = work / name
        data.write_bytes(_content(name, path, value, number))
        task.unlink(missing_ok=True)
        refused_or_read(lambda: new_task(str(data), out=str(task), label="label"))
        if task.is_file():
            refused_or_read(lambda: check_data(str(task), data="download"))
        data.unlink()

    paths = st.lists(st.integers(0, 9), max_size=2)
    inputs = st.tuples(st.sampled_from(sorted(WHOLE)), paths, values | texts, seeds)
    fuzz(inputs, target, share=2)
