"""The same rows in every form of file give the same examples, and what is wrong is named."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.errors import DataError
from autoclue.tasks import ClassificationSpec, TextExample, read_split
from autoclue.tasks.formats.bounded import FREE_BYTES

Write = Callable[[Path], Path]
ROWS = [("很好吃", 1), ("太慢了,等了两个小时", 0), ('老板说"下次送饮料"', 1)]
WANTED = [TextExample(n, str(n), text, None, label) for n, (text, label) in enumerate(ROWS)]


def spec_of(**keys: object) -> ClassificationSpec:
    """A task of one text and the labels 0 and 1."""
    data: dict[str, object] = {
        "name": "mine",
        "files": {"train": "train", "dev": "dev"},
        "input": {"kind": "single", "text": "text"},
        "labels": ["0", "1"],
    }
    return ClassificationSpec.model_validate(data | keys)


def write_csv(path: Path, delimiter: str = ",") -> Path:
    cells = [f'{label}{delimiter}"{text.replace(chr(34), chr(34) * 2)}"' for text, label in ROWS]
    path.write_text("\n".join([f"label{delimiter}text", *cells]) + "\n", encoding="utf-8")
    return path


def write_json(path: Path, indent: int | None = None) -> Path:
    rows = [{"text": text, "label": label} for text, label in ROWS]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=indent), encoding="utf-8")
    return path


def write_wrapped(path: Path) -> Path:
    rows = [{"text": text, "label": float(label)} for text, label in ROWS]
    path.write_text(json.dumps({"version": 1, "data": rows}), encoding="utf-8")
    return path


def write_tsv(path: Path, delimiter: str = "\t") -> Path:
    lines = [f"{text}{delimiter}{label}\n" for text, label in ROWS]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def write_gzip(path: Path) -> Path:
    path.write_bytes(gzip.compress(write_tsv(path).read_bytes()))
    return path


def write_parquet(path: Path) -> Path:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    texts, labels = zip(*ROWS, strict=True)
    pq.write_table(pa.table({"text": texts, "label": [float(each) for each in labels]}), path)
    return path


def write_datasets(path: Path) -> Path:
    """Write what ``datasets.save_to_disk`` writes of a split, in two files."""
    pa = pytest.importorskip("pyarrow")
    path.mkdir()
    files = [f"data-{n:05}-of-00002.arrow" for n in range(2)]
    for name, rows in zip(files, (ROWS[:2], ROWS[2:]), strict=True):
        texts, labels = zip(*rows, strict=True)
        table = pa.table({"text": texts, "label": labels})
        with pa.ipc.new_stream(str(path / name), table.schema) as stream:
            stream.write_table(table)
    state = {"_data_files": [{"filename": name} for name in files]}
    (path / "state.json").write_text(json.dumps(state), encoding="utf-8")
    return path


def write_excel(path: Path) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("text", "label"), *ROWS):
        book.active.append(row)
    book.save(path)
    return path


COLUMNS = ["text", "label"]
FORMS: list[tuple[str, Write, dict[str, object]]] = [
    ("rows.csv", write_csv, {"format": "csv"}),
    ("rows.csv", write_csv, {"format": "csv", "header": True}),
    ("rows.csv", lambda p: write_csv(p, ";"), {"format": "csv", "delimiter": ";"}),
    ("rows.json", write_json, {"format": "json"}),
    ("rows.json", lambda p: write_json(p, 2), {"format": "json"}),
    ("rows.json", write_wrapped, {"format": "json"}),
    ("rows.tsv", write_tsv, {"format": "tsv", "columns": COLUMNS}),
    (
        "rows.txt",
        lambda p: write_tsv(p, "_!_"),
        {"format": "tsv", "columns": COLUMNS, "delimiter": "_!_"},
    ),
    ("rows.tsv.gz", write_gzip, {"format": "tsv", "columns": COLUMNS}),
    ("rows.parquet", write_parquet, {"format": "parquet"}),
    ("rows", write_datasets, {"format": "datasets"}),
    ("rows.xlsx", write_excel, {"format": "excel"}),
]


@pytest.mark.parametrize(("name", "write", "keys"), FORMS)
def test_every_form_gives_the_same_examples(
    tmp_path: Path, name: str, write: Write, keys: dict[str, object]
) -> None:
    path = write(tmp_path / name)
    assert read_split(spec_of(**keys), "train", path) == WANTED


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig", "UTF8"])
def test_a_text_file_may_be_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    path = write_csv(tmp_path / "rows.csv")
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    assert read_split(spec_of(format="csv", encoding=encoding), "train", path) == WANTED


def test_a_file_in_utf8_is_read_whatever_the_others_are_in(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "rows.csv")
    assert read_split(spec_of(format="csv", encoding="gb18030"), "train", path) == WANTED


def test_a_member_of_an_archive_is_a_file(tmp_path: Path) -> None:
    write_csv(tmp_path / "rows.csv")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.write(tmp_path / "rows.csv", "in/rows.csv")
        packed.writestr("readme.txt", "about")
    path = tmp_path / "all.zip" / "in" / "rows.csv"
    assert read_split(spec_of(format="csv"), "train", path) == WANTED
    with pytest.raises(DataError, match=r"holds 2 files .* name one, as in all\.zip/in/rows\.csv"):
        read_split(spec_of(format="csv"), "train", tmp_path / "all.zip")


def test_the_one_file_of_an_archive_needs_no_name(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "rows.zip", "w") as packed:
        packed.write(write_csv(tmp_path / "rows.csv"), "rows.csv")
    assert read_split(spec_of(format="csv"), "train", tmp_path / "rows.zip") == WANTED


TSV = {"format": "tsv", "columns": COLUMNS}


@pytest.mark.parametrize(
    ("content", "keys", "told"),
    [
        ('[{"text": "好", "label": 1}]', {"format": "jsonl"}, r"JSON array.*write format: json"),
        ('[\n{"text": "好",\n"label": 1}]', {"format": "jsonl"}, r"write format: json"),
        ('{\n"data": []}', {"format": "jsonl"}, r":1: .* one JSON document is format: json"),
        ('{"text": "好"}\n{"text": "坏"}', {"format": "json"}, r":2: .*format: jsonl"),
        ('"text"', {"format": "json"}, r"must hold a JSON array of objects, not text"),
        ("[3]", {"format": "json"}, r"rows, row 1: must be a JSON object, not a number"),
        (
            '1,"很好,吃"\n',
            {"format": "tsv", "columns": ["label", "text"], "delimiter": ","},
            r":1: has 3 columns, not 2 .*where cells stand in quotes, write format: csv",
        ),
        ('label,text\n1,"好\n0,坏\n', {"format": "csv"}, r":2: has a quote .* never closed"),
        ('label,text\n1,"好\n了"\n2,坏\n', {"format": "csv"}, r":4: label '2' is unknown"),
        ("label,txt\n1,好\n", {"format": "csv"}, r":1: the header lacks text; it has label, txt"),
        ("label,text\n1\n", {"format": "csv"}, r":2: has 1 columns, not 2"),
        ("", {"format": "csv"}, r":1: the header is missing"),
    ],
)
def test_what_is_wrong_is_named_with_the_way_out(
    tmp_path: Path, content: str, keys: dict[str, object], told: str
) -> None:
    path = tmp_path / "rows"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        read_split(spec_of(**keys), "train", path)


@pytest.mark.parametrize(
    ("content", "keys", "told"),
    [
        ("好吃\t1\n很慢\t0\n".encode("gbk"), TSV, r":1: is not UTF-8 .*encoding: gb18030"),
        ("好吃\t1\n".encode("utf-16"), TSV, r":1: is not UTF-8 .*encoding: utf-16"),
        (b"\xff\xff\t1\n", TSV | {"encoding": "gb18030"}, r":1: is neither UTF-8 nor gb18030"),
        (gzip.compress(b"\xff" * 9), TSV, r"packed with gzip; let its name end in \.gz"),
        (b"PAR1\xff\xff", TSV, r"Parquet file; write format: parquet"),
        (b"PK\x03\x04\xff", TSV, r"write format: excel"),
        (b"PAR1\xff", {"format": "parquet"}, r"is no Parquet file that can be read"),
    ],
)
def test_another_encoding_or_form_is_told_with_the_way_out(
    tmp_path: Path, content: bytes, keys: dict[str, object], told: str
) -> None:
    path = tmp_path / "rows"
    path.write_bytes(content)
    with pytest.raises(DataError, match=told):
        read_split(spec_of(**keys), "train", path)


def test_a_damaged_packed_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv.gz"
    path.write_bytes(gzip.compress(b"some text")[:-4])
    with pytest.raises(DataError, match=r"Can't unpack .*rows\.tsv\.gz"):
        read_split(spec_of(**TSV), "train", path)


def test_a_packed_file_without_a_name_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "rows.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("\0"), "nothing")
        archive.writestr("rows.tsv", "天\t1\n")
    assert len(read_split(spec_of(**TSV), "train", path)) == 1


@pytest.mark.parametrize("packed", ["rows.tsv.gz", "rows.zip"])
def test_a_few_bytes_that_stand_for_too_many_are_refused(tmp_path: Path, packed: str) -> None:
    path, many = tmp_path / packed, b"0" * (FREE_BYTES + 1)
    if packed.endswith(".gz"):
        path.write_bytes(gzip.compress(many))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("rows.tsv", many)
    with pytest.raises(DataError, match="unpacks to more than any data set of its size"):
        read_split(spec_of(**TSV), "train", path)


def write_far_cells(path: Path) -> None:
    """A sheet of a few kilobytes whose every row ends in its last possible column."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in range(1, 9):
        book.worksheets[0].cell(row, 16384, "x")
    book.save(path)


def write_large_part(path: Path) -> None:
    write_excel(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/more.xml", b" " * (FREE_BYTES + 1))


def write_repeated_text(path: Path) -> None:
    """A column that holds one long text, and that it repeats."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.array(["x" * 10**6])
    rows = pa.DictionaryArray.from_arrays(pa.array([0] * 70, pa.int32()), text)
    pq.write_table(pa.table({"text": rows, "label": pa.array([0] * 70)}), path)


def write_repeated_list(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": pa.array([[["x" * 10**5] * 700]])}), path)


def write_many_rows(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pa.DictionaryArray.from_arrays(pa.array([0] * 50_001, pa.int32()), pa.array([""]))
    pq.write_table(pa.table({"text": rows, "label": pa.array([0] * 50_001)}), path)


@pytest.mark.parametrize(
    ("write", "name", "told"),
    [
        (write_far_cells, "rows.xlsx", "stands for more than 100,000 cells; it is not used. Save"),
        (write_large_part, "rows.xlsx", "unpacks to more than any data set of its size"),
        (write_repeated_text, "rows.parquet", "unpacks to more than any data set of its size"),
        (write_repeated_list, "rows.parquet", "unpacks to more than any data set of its size"),
        (write_many_rows, "rows.parquet", "stands for more than 100,000 cells"),
    ],
)
def test_a_small_file_that_stands_for_a_large_table_is_not_built(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Path], None],
    name: str,
    told: str,
) -> None:
    monkeypatch.setattr("autoclue.tasks.formats.bounded.MOST_CELLS", 100_000)
    write(tmp_path / name)
    form = "excel" if name.endswith("xlsx") else "parquet"
    with pytest.raises(DataError, match=told):
        read_split(spec_of(format=form), "train", tmp_path / name)


def test_a_numbers_list_that_repeats_is_refused_before_it_is_made_objects(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"text": pa.array([[0] * 9_000_000])}), path)
    with pytest.raises(DataError, match="unpacks to more than any data set of its size"):
        read_split(spec_of(format="parquet"), "train", path)


def test_whatever_a_library_raises_of_a_file_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprising(*_: object) -> None:
        raise MemoryError("malloc of size 9000000000000 failed")

    path = write_parquet(tmp_path / "rows.parquet")
    monkeypatch.setattr("pyarrow.parquet.ParquetFile", surprising)
    told = r"rows\.parquet can't be read as parquet: something in it is too large"
    with pytest.raises(DataError, match=told):
        read_split(spec_of(format="parquet"), "train", path)


def test_a_folder_of_several_splits_asks_for_one(tmp_path: Path) -> None:
    write_datasets(tmp_path / "train")
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train"]}', encoding="utf-8")
    with pytest.raises(DataError, match=r"holds several splits \(train\); name them one by one"):
        read_split(spec_of(format="datasets"), "train", tmp_path)


def test_a_folder_that_datasets_did_not_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no folder that datasets.save_to_disk wrote"):
        read_split(spec_of(format="datasets"), "train", tmp_path)


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write_excel(tmp_path / "rows.xlsx")
    with pytest.raises(DataError, match=r"has no sheet 'two'; it has Sheet"):
        read_split(spec_of(format="excel", sheet="two"), "train", path)


def test_a_bad_row_of_a_table_is_named_by_its_number(tmp_path: Path) -> None:
    path = write_json(tmp_path / "rows.json")
    with pytest.raises(DataError, match=r"rows\.json, row 2: label '0' is unknown"):
        read_split(spec_of(format="json", labels=["1", "2"]), "train", path)
