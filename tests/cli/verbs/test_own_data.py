"""From files as people have them to a search: task new, data check and tune, nothing edited."""

from __future__ import annotations

import gzip
import json
import random
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Cli = Callable[..., CompletedProcess[str]]
Rows = list[tuple[str, str]]
Write = Callable[[Path, Rows], Path]
SHOPS = ("面馆", "书店", "理发店", "花店", "公园", "旅馆")
GOOD, BAD = ("很好", "舒服", "推荐", "喜欢"), ("很差", "失望", "难吃", "后悔")


def made_rows(count: int = 200) -> Rows:
    """Make reviews of our own, one in two of them bad."""
    rng = random.Random(5)
    return [
        (
            f"{rng.choice(SHOPS)}{number}号，{rng.choice(BAD if number % 2 else GOOD)}",
            str(number % 2),
        )
        for number in range(count)
    ]


def write_csv(folder: Path, rows: Rows) -> Path:
    cells = [f'{label},"{text}, ""真的"""' for text, label in rows]
    (folder / "waimai.csv").write_text("\n".join(["label,review", *cells]), encoding="utf-8")
    return folder / "waimai.csv"


def write_gbk(folder: Path, rows: Rows) -> Path:
    text = "".join(f"{text}\t{label}\n" for text, label in rows)
    (folder / "old.txt").write_bytes(text.encode("gbk"))
    return folder / "old.txt"


def write_toutiao(folder: Path, rows: Rows) -> Path:
    lines = [f"{n}_!_10{label}_!_news_!_{text}\n" for n, (text, label) in enumerate(rows)]
    (folder / "toutiao.txt").write_text("".join(lines), encoding="utf-8")
    return folder / "toutiao.txt"


def write_jsonl(folder: Path, rows: Rows) -> Path:
    for name, part in (("train.json", rows[:150]), ("dev.json", rows[150:])):
        lines = [json.dumps({"sentence": t, "label": float(n)}) + "\n" for t, n in part]
        (folder / name).write_text("".join(lines), encoding="utf-8")
    return folder


def write_array(folder: Path, rows: Rows) -> Path:
    found = [{"query": text, "label": f"类{label}"} for text, label in rows]
    text = json.dumps(found, ensure_ascii=False, indent=2)
    (folder / "KUAKE.json").write_text(text, encoding="utf-8-sig")
    return folder / "KUAKE.json"


def write_pairs(folder: Path, rows: Rows) -> Path:
    lines = [f"{text}\t{other}\t{label}\n" for (text, label), (other, _) in pairwise(rows)]
    text = "text_a\ttext_b\tlabel\n" + "".join(lines)
    (folder / "pairs.tsv.gz").write_bytes(gzip.compress(text.encode()))
    return folder / "pairs.tsv.gz"


def write_zip(folder: Path, rows: Rows) -> Path:
    lines = [f"{label},{text}\n" for text, label in rows]
    with zipfile.ZipFile(folder / "weibo.csv.zip", "w") as packed:
        packed.writestr("weibo.csv", "".join(["label,review\n", *lines]))
    return folder / "weibo.csv.zip"


def write_parquet(folder: Path, rows: Rows) -> Path:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    texts, labels = zip(*rows, strict=True)
    for name in ("train", "validation", "test"):
        table = pa.table({"text": [f"{name}{t}" for t in texts], "label": list(map(int, labels))})
        pq.write_table(table, folder / f"{name}-00000-of-00001.parquet")
    return folder


def write_excel(folder: Path, rows: Rows) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("编号", "评论", "情感"), *((n, t, int(v)) for n, (t, v) in enumerate(rows))):
        book.active.append(row)
    book.save(folder / "评论.xlsx")
    return folder / "评论.xlsx"


def write_datasets(folder: Path, rows: Rows) -> Path:
    pa = pytest.importorskip("pyarrow")
    names = {"label": {"names": ["good", "bad"], "_type": "ClassLabel"}}
    told = {b"huggingface": json.dumps({"info": {"features": names}}).encode()}
    for split, part in (("train", rows[:150]), ("validation", rows[150:])):
        (folder / "saved" / split).mkdir(parents=True)
        texts, labels = zip(*part, strict=True)
        table = pa.table({"text": texts, "label": list(map(int, labels))})
        table = table.replace_schema_metadata(told)
        with pa.ipc.new_stream(str(folder / "saved" / split / "d.arrow"), table.schema) as stream:
            stream.write_table(table)
        state = json.dumps({"_data_files": [{"filename": "d.arrow"}]})
        (folder / "saved" / split / "state.json").write_text(state, encoding="utf-8")
    return folder / "saved"


FORMS: dict[str, Write] = {
    "csv": write_csv,
    "gbk": write_gbk,
    "toutiao": write_toutiao,
    "jsonl": write_jsonl,
    "array": write_array,
    "pairs": write_pairs,
    "zip": write_zip,
    "parquet": write_parquet,
    "excel": write_excel,
    "datasets": write_datasets,
}


@pytest.mark.usefixtures("_scripted")
@pytest.mark.parametrize("form", FORMS)
def test_ten_forms_go_from_a_file_to_a_search(cli: Cli, tmp_path: Path, form: str) -> None:
    data = FORMS[form](tmp_path, made_rows())
    made = cli("task", "new", str(data), "--out", "mine.yaml")
    assert made.returncode == 0, made.stderr
    assert "wrote  mine.yaml" in made.stdout

    checked = cli("data", "check", "--task", "mine.yaml", "--json")
    assert checked.returncode == 0, checked.stderr
    parts = {part["split"]: part for part in json.loads(checked.stdout)["facts"]["splits"]}
    assert sum(part["rows"] for part in parts.values()) >= 199
    assert len(parts["train"]["labels"]) == 2

    given = "tune --task mine.yaml --model builtin --folder studies --trials 2"
    done = cli(*given.split(), "--set", "learning_rate=1e-4..1e-3:log")
    assert done.returncode == 0, done.stderr
    assert "The search ended after 2 of 2 trials" in done.stdout


def test_a_check_lists_all_bad_rows_and_leaves_with_2(cli: Cli, tmp_path: Path) -> None:
    rows = [*made_rows(), ("", "1"), ("好", "7")]
    text = "".join(f"{text}\t{label}\n" for text, label in rows)
    (tmp_path / "all.tsv").write_text(text, encoding="utf-8")
    task = (
        "name: mine\nformat: tsv\ncolumns: [text, label]\nfiles: {train: all.tsv}\n"
        "split: {dev: 0.2}\ninput: {kind: single, text: text}\nlabels: [0, 1]\n"
    )
    (tmp_path / "mine.yaml").write_text(task, encoding="utf-8")
    done = cli("data", "check", "--task", "mine.yaml")
    assert done.returncode == 2
    assert "bad rows  2 stop every command:" in done.stdout
    assert "all.tsv:201: field 'text' is empty" in done.stdout
    assert "all.tsv:202: label '7' is unknown; the labels are 0, 1" in done.stdout

    (tmp_path / "mine.yaml").write_text(f"{task}on_bad_row: skip\n", encoding="utf-8")
    done = cli("data", "check", "--task", "mine.yaml")
    assert done.returncode == 0
    assert "2 rows can't be read and are left out: " in done.stdout
    assert "chance  0.5000, always 0: what guessing scores on dev" in done.stdout


@pytest.mark.paddle
def test_a_check_sees_with_the_eyes_of_a_model(cli: Cli) -> None:
    given = "data check --task ocnli --data builtin:tiny --model builtin --json"
    done = cli(*given.split())
    assert done.returncode == 0, done.stderr
    train = json.loads(done.stdout)["tokens"][0]
    assert (train["split"], train["rows"], train["cut"], train["unknown"]) == ("train", 158, 0, 0)
    assert train["tokens"][0] < train["tokens"][2]


@pytest.mark.usefixtures("_scripted")
def test_changed_data_is_told_and_gets_a_study_of_its_own(cli: Cli, tmp_path: Path) -> None:
    rows = made_rows()
    cli("task", "new", str(write_gbk(tmp_path, rows)), "--out", "mine.yaml")
    given = "tune --task mine.yaml --model builtin --folder studies --trials 1"
    assert cli(*given.split()).returncode == 0
    write_gbk(tmp_path, [("另一家面馆，很好", "0"), *rows])
    done = cli(*given.split())
    assert done.returncode == 0, done.stderr
    assert "new  a study of its own: " in done.stderr
    assert "the content of the data files has changed" in done.stderr
    assert " since old-discriminative-builtin-" in done.stderr


@pytest.mark.usefixtures("_scripted")
@pytest.mark.parametrize("kind", ["elsewhere", "damaged"])
def test_a_study_beside_it_is_neither_followed_nor_in_the_way(
    cli: Cli, tmp_path: Path, kind: str
) -> None:
    rows = made_rows()
    cli("task", "new", str(write_gbk(tmp_path, rows)), "--out", "mine.yaml")
    given = "tune --task mine.yaml --model builtin --folder studies --trials 1"
    assert cli(*given.split()).returncode == 0
    (study,) = (tmp_path / "studies").iterdir()
    if kind == "elsewhere":
        (study / "ledger.db").rename(tmp_path / "other.db")
        told = {"name": study.name, "storage": f"sqlite:///{tmp_path / 'other.db'}"}
        (study / "study.json").write_text(json.dumps(told), encoding="utf-8")
    else:
        (study / "ledger.db").write_bytes(b"no ledger" * 1000)
    write_gbk(tmp_path, [("另一家面馆，很好", "0"), *rows])
    done = cli(*given.split())
    assert done.returncode == 0, done.stderr
    assert "a study of its own" not in done.stderr


@pytest.mark.usefixtures("_scripted")
def test_an_edited_task_file_is_refused_with_what_changed(cli: Cli, tmp_path: Path) -> None:
    cli("task", "new", str(write_gbk(tmp_path, made_rows())), "--out", "mine.yaml")
    given = "tune --task mine.yaml --model builtin --folder studies --trials 1"
    assert cli(*given.split()).returncode == 0
    task = tmp_path / "mine.yaml"
    task.write_text(task.read_text(encoding="utf-8").replace("seed: 42", "seed: 1"), "utf-8")
    done = cli(*given.split())
    assert done.returncode == 2
    assert "the task's file has changed: split.seed was left out and is 1" in done.stderr
    assert "Put back what has changed to go on with it, or give the new one another" in done.stderr
