from __future__ import annotations

import importlib

import pytest

from autoclue.models import ModelCard, PublishedSettings, find_model, models

CLASSIFICATION = {"afqmc", "tnews", "iflytek", "cmnli", "ocnli", "cluewsc2020", "csl"}
READING = {"cmrc2018", "chid", "c3"}
# Published averages that are not the mean of their row; everything else is, to rounding.
OFF = {"ernie-2.0-large-zh", "ernie-3.0-micro-zh"}


def card(name: str) -> ModelCard:
    found = find_model(name)
    assert found is not None
    return found


def mean_of(model: ModelCard) -> float:
    return sum(model.primary_percent(task) for task in model.scores_percent) / 10


def test_catalog_holds_the_29_models_of_the_table_once_each() -> None:
    assert len(models()) == len({c.name for c in models()}) == len({c.title for c in models()})
    assert len(models()) == 29


@pytest.mark.parametrize("model", models(), ids=lambda c: c.name)
def test_card_is_complete(model: ModelCard) -> None:
    assert set(model.scores_percent) == CLASSIFICATION | READING
    names = {task: tuple(scores) for task, scores in model.scores_percent.items()}
    accurate = CLASSIFICATION | READING - {"cmrc2018"}
    assert names == dict.fromkeys(accurate, ("accuracy",)) | {"cmrc2018": ("em", "f1")}
    assert set(model.best) == CLASSIFICATION | READING
    dropouts = {task: best.dropout for task, best in model.best.items()}
    assert {t for t, d in dropouts.items() if d != 0.1} <= {"iflytek", "cluewsc2020"}


@pytest.mark.parametrize("model", [c for c in models() if c.name not in OFF], ids=lambda c: c.name)
def test_published_average_is_the_mean_of_the_ten_scores(model: ModelCard) -> None:
    assert abs(mean_of(model) - model.average_percent) <= 0.0051


def test_exactly_the_noted_averages_are_off() -> None:
    off = {c.name for c in models() if abs(mean_of(c) - c.average_percent) > 0.0051}
    assert off == OFF


def test_base_model_matches_the_printed_result_of_the_grid_tool() -> None:
    # The README prints what its extraction script says for ernie-3.0-base-zh, dropout included.
    assert card("ernie-3.0-base-zh").best == {
        "afqmc": PublishedSettings(3e-05, 16, 0.1),
        "tnews": PublishedSettings(3e-05, 32, 0.1),
        "iflytek": PublishedSettings(5e-05, 32, 0.0),
        "cmnli": PublishedSettings(3e-05, 32, 0.1),
        "ocnli": PublishedSettings(2e-05, 64, 0.1),
        "cluewsc2020": PublishedSettings(2e-05, 16, 0.0),
        "csl": PublishedSettings(2e-05, 32, 0.1),
        "cmrc2018": PublishedSettings(2e-05, 24, 0.1),
        "chid": PublishedSettings(3e-05, 24, 0.1),
        "c3": PublishedSettings(3e-05, 32, 0.1),
    }


def test_tables_traps_are_read_right() -> None:
    assert card("ernie-1.0-base-zh").best["cmnli"] == PublishedSettings(5e-5, 32)
    assert card("uer/chinese-roberta-small").primary_percent("iflytek") == 57.552
    assert card("hfl/rbt6").average_percent == 70.06
    assert card("ernie-2.0-large-zh").primary_percent("c3") == 78.12
    assert card("roformer_v2_chinese_char_small").hidden_size == 384


def test_dropout_is_zero_for_as_many_models_as_the_notes_list() -> None:
    zero = {t: sum(c.best[t].dropout == 0.0 for c in models()) for t in CLASSIFICATION}
    assert zero == dict.fromkeys(CLASSIFICATION, 0) | {"cluewsc2020": 14, "iflytek": 18}


def test_unknown_model_is_not_found() -> None:
    assert find_model("ernie-9.0-huge-zh") is None


def paddlenlp_size(family: str, name: str) -> tuple[int, int] | None:
    """Look up layers and width in the configurations that PaddleNLP ships for a model family."""
    module = importlib.import_module(f"paddlenlp.transformers.{family}.configuration")
    (table,) = (
        vars(module)[n] for n in dir(module) if n.endswith("PRETRAINED_INIT_CONFIGURATION")
    )
    config = table.get(name)
    return None if config is None else (config["num_hidden_layers"], config["hidden_size"])


@pytest.mark.paddle
def test_names_families_and_sizes_are_paddlenlps_own() -> None:
    pytest.importorskip("paddle", reason="paddlepaddle is not installed")
    ours = {(c.family, c.name): (c.layers, c.hidden_size) for c in models()}
    theirs = {key: paddlenlp_size(*key) for key in ours}
    # Langboat's is a community model: PaddleNLP finds it on its server, not in its own tables.
    assert theirs == ours | {("bert", "Langboat/mengzi-bert-base"): None}
