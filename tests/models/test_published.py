"""The published tables, each cell against the documents that they were taken from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from autoclue.models import (
    CLUE_VOCABULARY_SIZE,
    ClueModel,
    PublishedRow,
    PublishedTable,
    clue_models,
    default_baseline,
    find_clue_model,
    models,
    pair_hint,
    published_documents,
    published_scores,
    published_speeds,
    published_tables,
    resolve_model,
    small_recipe,
)

TASKS = (
    "afqmc",
    "tnews",
    "iflytek",
    "cmnli",
    "ocnli",
    "cluewsc2020",
    "csl",
    "cmrc2018",
    "chid",
    "c3",
)
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
Cells = Mapping[str, list[str]]


def document(number: int) -> str:
    """The text of a document, which is no part of the project."""
    found = sorted(SEEDS.glob(f"{number:03}_*.txt")) if SEEDS.is_dir() else []
    if not found:
        pytest.skip(f"the documents are not at {SEEDS}")
    return found[0].read_text(encoding="utf-8")


def mended(title: str) -> str:
    """A model's title as the catalog writes it: the documents misspell some."""
    plain = re.sub(r"<[^>]*>", "", title).replace("`", "").strip()
    plain = plain.replace("HLF/", "HFL/").replace("Mengzi-Bert", "Mengzi-BERT")
    return "ERNIE 3.0-Medium-zh" if plain == "ERNIE 3.0-Medium" else plain


def table_rows(text: str, columns: int) -> Iterator[list[str]]:
    """The last cells of every line of a text that has so many between bars."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        cells = cells if cells[-1] else cells[:-1]
        if len(cells) >= columns and re.match(r"[\d.]", cells[-1]):
            yield cells[-columns:]


def numbers(scores: Mapping[str, Mapping[str, float]]) -> dict[str, list[float]]:
    return {task: list(each.values()) for task, each in scores.items()}


def read_scores(cells: list[str]) -> dict[str, list[float]]:
    """Scores by task from ten cells; an empty one is left out."""
    found = dict(zip(TASKS, cells, strict=True))
    return {task: [float(x) for x in cell.split("/")] for task, cell in found.items() if cell}


def read_best(cells: list[str]) -> dict[str, tuple[float, int]]:
    pairs = [re.split("[,，]", cell) for cell in cells]
    return {t: (float(a), int(b)) for t, (a, b) in zip(TASKS, pairs, strict=True)}


def zero_dropout(text: str, task: str) -> set[str]:
    """The models that a document's closing note lists with a dropout of 0 on a task."""
    note = re.search(r"其中，?,?\s*`?(ERNIE 3.0-Base.*?为 0\.0。)", text, re.DOTALL)
    assert note is not None
    before = note.group(1).partition(f"在 {task}")[0].rpartition("为 0.0")[2]
    names = before.replace("\n", "").strip("，,").split("、")
    return {mended(name) for name in names}


def test_all_models_have_the_scores_and_best_settings_of_the_document() -> None:
    text = document(2)
    scores = {mended(row[0]): row[1:] for row in table_rows(text, 12)}
    best = {mended(row[0]): row[1:] for row in table_rows(text, 11) if "e-5" in row[-1]}
    dropout = {task: zero_dropout(text, task.upper()) for task in ("cluewsc2020", "iflytek")}
    assert set(scores) == set(best) == {card.title for card in models()}
    for card in models():
        average, *cells = scores[card.title]
        assert card.average_percent == float(average)
        assert numbers(card.scores_percent) == read_scores(cells)
        assert {t: b[:2] for t, b in card.best.items()} == read_best(best[card.title])
        zero = {task for task, titles in dropout.items() if card.title in titles}
        assert {t for t, b in card.best.items() if b.dropout == 0.0} == zero


def table(name: str) -> PublishedTable:
    return next(each for each in published_tables() if each.name == name)


def nine_rows(text: str) -> dict[str, list[str]]:
    """The rows of the older document's table, which is HTML."""
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL):
        cells = [mended(c) for c in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        if len(cells) >= 12 and cells[-1] != "C3":
            found[cells[-12]] = cells[-11:]
    return found


OLDER_NAMES = {
    "RoBERTa-wwm-ext-large": "hfl/roberta-wwm-ext-large",
    "ERNIE 3.0-Base-zh": "ernie-3.0-base-zh",
    "ERNIE-Gram-zh": "ernie-gram-zh",
    "Mengzi-BERT-Base": "Langboat/mengzi-bert-base",
    "ERNIE-1.0": "ernie-1.0-base-zh",
    "RoBERTa-wwm-ext": "hfl/roberta-wwm-ext",
    "BERT-Base-Chinese": "bert-base-chinese",
    "ERNIE 3.0-Medium-zh": "ernie-3.0-medium-zh",
    "RBT6, Chinese": "hfl/rbt6",
}


def older_row(name: str) -> PublishedRow:
    """A model's row of the older table: its own, or the catalog's where the two agree."""
    older = table("nine")
    if name in older.agrees:
        card = next(card for card in models() if card.name == name)
        return PublishedRow(
            title=card.title,
            score_percent=card.average_percent,
            scores_percent=card.scores_percent,
            best=card.best,
        )
    return next(row for row in older.rows if row.name == name)


@pytest.mark.parametrize("title", OLDER_NAMES)
def test_older_table_agrees_with_the_catalog_but_for_its_own_rows(title: str) -> None:
    text = document(1)
    best = {
        mended(r[0]).replace("Bert-Base-C", "BERT-Base-C"): r[1:] for r in table_rows(text, 11)
    }
    average, *cells = nine_rows(text)[title]
    row = older_row(OLDER_NAMES[title])
    assert row.score_percent == float(average)
    assert numbers(row.scores_percent) == read_scores(cells)
    assert {t: b[:2] for t, b in row.best.items()} == read_best(best[title])
    zero = {t for t in ("iflytek", "cluewsc2020") if is_zero(text, t, title)}
    assert {t for t, b in row.best.items() if b.dropout == 0.0} == zero


def is_zero(text: str, task: str, title: str) -> bool:
    return title.removesuffix("-zh") in {
        name.removesuffix("-zh") for name in zero_dropout(text, task.upper())
    }


def test_first_table_is_the_documents() -> None:
    rows = [line.strip().strip("|").split("|") for line in document(0).splitlines() if "|" in line]
    found = {cells[0].strip(): [c.strip() for c in cells[1:]] for cells in rows[-2:]}
    assert {r.title: numbers(r.scores_percent) for r in table("first").rows} == {
        title: read_scores(cells) for title, cells in found.items()
    }


def test_autofinetunes_rows_are_the_documents() -> None:
    found = {row[0].lower(): [float(x) for x in row[1:]] for row in table_rows(document(3), 5)}
    (row,) = table("autofinetune").rows
    ours = {
        task: [each.learning_rate, each.blocks, each.factor, row.scores_percent[task]["accuracy"]]
        for task, each in row.layer_wise.items()
    }
    assert ours == found
    assert set(row.scores_percent) == set(found)


def plain(cell: str) -> str:
    return re.sub(r"<[^>]*>|\*\*|\(&#\d+;[\d.%]*\)|%", "", cell).strip()


def small_tables(text: str) -> list[list[list[str]]]:
    """The tables of the models' own document that hold figures, cell by cell."""
    blocks = re.split(r"\n\s*\n", text)
    tables = [[line for line in block.splitlines() if "|" in line] for block in blocks]
    rows = [[[plain(c) for c in line.strip().strip("|").split("|")] for line in t] for t in tables]
    return [each[2:] for each in rows if each and each[0][-1] in ("CMNLI", "AFQMC", "训练速度")]


def test_clue_models_tables_are_the_documents() -> None:
    small, large, pair, _ = small_tables(document(4))
    tasks = ("afqmc", "tnews", "iflytek", "cmnli")
    for name, theirs in {"small": small, "large": large, "pair": pair}.items():
        ours = [
            [r.title, f"{r.score_percent:.2f}", r.parameters]
            + [
                f"{r.scores_percent[task]['accuracy']:.2f}"
                for task in tasks
                if task in r.scores_percent
            ]
            for r in table(name).rows
        ]
        assert ours == [cells[:7] if cells[-1] else cells[:-1] for cells in theirs]


def test_speeds_are_the_documents() -> None:
    *_, speeds = small_tables(document(4))
    ours = [
        [
            *(s.title, s.vocabulary, str(s.vocabulary_size), s.parameters, s.device),
            f"1k steps/{s.seconds_per_1k_steps}s",
        ]
        for s in published_speeds()
    ]
    assert ours == [cells[:6] for cells in speeds]


def test_clue_models_names_sizes_and_recipe_are_the_documents() -> None:
    text = document(4)
    for model in clue_models():
        assert re.search(rf"\| \*\*{model.title}\*\* +\| \[`{model.name}`\]", text)
        size = rf"`{model.title}`\*\* <br/>.*?\| ?{model.parameters} ?\| ?{model.size} ?\|"
        assert re.search(size, text)
        assert model.pair == ("pair" in model.title)
    assert str(CLUE_VOCABULARY_SIZE) in text
    assert "{1e4, 4e-4 1e-5} 默认:1e-4" in text
    assert "训练轮次：5-8" in text
    assert small_recipe().learning_rates == (1e-4, 4e-4, 1e-5)
    assert (small_recipe().learning_rate, small_recipe().epochs) == (1e-4, (5, 8))


def test_every_score_has_a_known_document() -> None:
    assert {score.document for score in published_scores()} == set(published_documents())
    assert len(published_scores()) == 29 * 10 + 10 + 7 + 3 + 4 + 12 + 12 + 4


@pytest.mark.parametrize("model", clue_models(), ids=lambda model: model.title)
def test_clue_models_have_a_baseline_of_their_size(model: ClueModel) -> None:
    name = model.name
    baseline = default_baseline(resolve_model(name), epochs=3)
    assert baseline.small == ("tiny" in name)
    assert baseline.settings == ({"learning_rate": 1e-4, "epochs": 5} if baseline.small else {})


def test_each_kind_of_clue_model_has_one_of_the_other_kind() -> None:
    for model in clue_models():
        other = find_clue_model(model.other)
        assert other is not None
        assert other.pair != model.pair


@pytest.mark.parametrize(
    ("name", "pairs", "words"),
    [
        ("clue/roberta_chinese_pair_tiny", False, "take clue/roberta_chinese_clue_tiny"),
        ("clue/roberta_chinese_pair_tiny", True, None),
        ("RoBERTa-large-clue", True, "recommends clue/roberta_chinese_pair_large"),
        ("clue/roberta_chinese_clue_large", False, None),
        ("ernie-3.0-base-zh", True, None),
    ],
)
def test_hint_names_the_model_of_the_other_kind(name: str, pairs: bool, words: str | None) -> None:
    hint = pair_hint(name, pairs=pairs)
    assert hint is None if words is None else words in str(hint)
