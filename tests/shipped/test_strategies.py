"""The strategies that autoclue ships: they load by name, and give the rates they promise."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.layers import Encoder, find_depths, layer_rates
from autoclue.layers.registry import STRATEGIES, load_strategy
from autoclue.records import LayerRate

FILES = sorted(
    Path(str(entry))
    for entry in resources.files("autoclue.strategies").iterdir()
    if entry.name.endswith(".py") and entry.name != "__init__.py"
)
NAMES = [path.stem for path in FILES]
PARTS = (
    "self_attn.q_proj",
    "self_attn.k_proj",
    "self_attn.v_proj",
    "self_attn.out_proj",
    "linear1",
    "linear2",
    "norm1",
    "norm2",
)


@cache
def bert(num_layers: int) -> Encoder:
    """An encoder with the names of PaddleNLP's BERT classifier."""
    modules = [f"bert.encoder.layers.{n}.{part}" for n in range(num_layers) for part in PARTS]
    modules = ["bert.embeddings.layer_norm", *modules, "bert.pooler.dense", "classifier"]
    names = [f"{module}.{kind}" for module in modules for kind in ("weight", "bias")]
    tables = [f"bert.embeddings.{x}_embeddings.weight" for x in ("word", "position", "token_type")]
    return find_depths(dict.fromkeys([*tables, *names], 4))


def rates(
    name: str, num_layers: int, params: Mapping[str, object] | None = None, *, epoch: int = 1
) -> tuple[LayerRate, ...]:
    """The rates by depth, from the embeddings up."""
    encoder = bert(num_layers)
    plan = load_strategy(name, params or {}).plan(encoder, weight_decay=0.01, epoch=epoch)
    return layer_rates(encoder, plan)


def paddlehub(blocks: int, factor: float) -> tuple[LayerRate, ...]:
    """The rates of a 24-layer BERT with PaddleHub's groups."""
    return rates(
        "discriminative", 24, {"factor": factor, "blocks": blocks, "grouping": "paddlehub"}
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_registered_by_its_name(name: str) -> None:
    assert name in STRATEGIES.names()
    assert load_strategy(name, {}).name == name


@pytest.mark.parametrize("name", NAMES)
def test_every_strategy_plans_with_its_defaults(name: str) -> None:
    assert len(rates(name, 12)) == 14


@pytest.mark.parametrize("name", NAMES)
def test_every_strategy_and_parameter_is_described(name: str) -> None:
    docs = [STRATEGIES.doc(name), *(p.doc for p in STRATEGIES.parameters(name).values())]
    assert [doc for doc in docs if len(doc) < 20 or not doc.endswith(".")] == []


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_a_strategy_imports_only_the_standard_library_pydantic_and_the_layers(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    froms = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    plain = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    allowed = {
        *("__future__", "collections.abc", "typing", "math", "pydantic", "pydantic.dataclasses"),
        *("autoclue.errors", "autoclue.layers"),
    }
    assert froms | plain <= allowed


@pytest.mark.parametrize(
    ("dataset", "blocks", "factor", "lowest"),
    [
        ("TNEWS", 16, 1.11736168682, 0.2115),
        ("LCQMC", 14, 1.1048263018713724, 0.2736),
        ("XNLI", 17, 1.09782046325, 0.2246),
        ("INEWS", 15, 1.109245663801446, 0.2342),
    ],
)
def test_autofinetunes_published_rows_keep_their_lowest_rate(
    dataset: str, blocks: int, factor: float, lowest: float
) -> None:
    # ChineseGLUE-AutoFinetune's table of results; the rates by PaddleHub 1.4's formula
    embeddings = paddlehub(blocks, factor)[0]
    assert embeddings.lr_scale_low == embeddings.lr_scale_high
    assert round(embeddings.lr_scale_low, 4) == lowest


@pytest.mark.parametrize(
    ("depth", "low", "high"),
    [
        (25, 1.0, 1.0),
        (24, 1.0, 1.0),
        (13, 0.47, 0.52),
        (7, 0.33, 0.36),
        (1, 0.22, 0.25),
    ],
)
def test_autofinetunes_xnli_row_layer_by_layer(depth: int, low: float, high: float) -> None:
    rate = paddlehub(17, 1.09782046325)[depth]
    assert (round(rate.lr_scale_low, 2), round(rate.lr_scale_high, 2)) == (low, high)


def test_sixteen_requested_blocks_become_fifteen() -> None:
    encoder = bert(24)
    plan = load_strategy(
        "discriminative", {"factor": 1.1, "blocks": 16, "grouping": "paddlehub"}
    ).plan(encoder, weight_decay=0.01, epoch=1)
    assert {group.block for group in plan.groups} == set(range(15))
    assert paddlehub(15, 1.1) == paddlehub(16, 1.1)


def test_paddlehubs_grouping_asks_for_sixteen_blocks_by_default() -> None:
    unsaid = rates("discriminative", 24, {"factor": 1.1, "grouping": "paddlehub"})
    assert unsaid == paddlehub(16, 1.1)


def test_frozen_blocks_count_the_blocks_that_paddlehub_makes() -> None:
    params = {"factor": 1.1, "blocks": 16, "grouping": "paddlehub"}
    top = rates("discriminative", 24, {**params, "frozen_blocks": 14})
    assert [rate.label for rate in top if rate.trains] == ["layer 23", "layer 24", "head"]
    with pytest.raises(UsageError, match=r"frozen_blocks is 15.*has 15 blocks.*choose 0 to 14"):
        rates("discriminative", 24, {**params, "frozen_blocks": 15})


def test_discriminative_divides_the_rate_by_the_factor_at_each_depth() -> None:
    scales = [rate.lr_scale_low for rate in rates("discriminative", 2, {"factor": 2.0})]
    assert scales == [0.125, 0.25, 0.5, 1.0]


def test_discriminative_shares_a_rate_within_a_block() -> None:
    # 14 depths in 4 blocks: floor(4 c / 14) gives runs of 4, 3, 4 and 3 from the top
    scales = [
        rate.lr_scale_low for rate in rates("discriminative", 12, {"factor": 2.0, "blocks": 4})
    ]
    assert scales == [*[0.125] * 3, *[0.25] * 4, *[0.5] * 3, *[1.0] * 4]


def test_discriminative_freezes_the_lowest_blocks() -> None:
    frozen = rates("discriminative", 4, {"factor": 1.2, "blocks": 3, "frozen_blocks": 2})
    assert [rate.trains for rate in frozen] == [False, False, False, False, True, True]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"blocks": 7}, "blocks is 7, but this model has 6 depths"),
        ({"frozen_blocks": 6}, r"frozen_blocks is 6.*has 6 blocks.*choose 0 to 5"),
        ({"blocks": 2, "frozen_blocks": 2}, r"frozen_blocks is 2.*choose 0 to 1"),
        ({"blocks": 30, "grouping": "paddlehub"}, "blocks is 30.*29 of PaddleHub's"),
    ],
)
def test_discriminative_names_the_models_own_count(
    params: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        rates("discriminative", 4, params)


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("discriminative", {"factor": 0.99}, "factor is 0.99; it must be at least 1"),
        ("discriminative", {"blocks": 0}, "blocks is 0; it must be at least 1"),
        ("discriminative", {"grouping": "depth"}, "grouping is 'depth'"),
        ("layerwise_decay", {"decay": 0.0}, "decay is 0.0; it must be above 0 and at most 1"),
        ("layerwise_decay", {"decay": 1.1}, "decay is 1.1; it must be above 0 and at most 1"),
        ("gradual_unfreezing", {"blocks": 0}, "blocks is 0; it must be at least 1"),
    ],
)
def test_a_parameter_out_of_range_is_an_error(
    name: str, params: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        load_strategy(name, params)


def test_a_factor_too_steep_for_the_model_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"multiplier 0\.0; .* choose a milder factor"):
        rates("discriminative", 24, {"factor": 1e30})


def test_layerwise_decay_takes_one_power_a_depth() -> None:
    scales = [rate.lr_scale_low for rate in rates("layerwise_decay", 12, {"decay": 0.9})]
    assert scales == pytest.approx([0.9 ** (13 - depth) for depth in range(14)])


def test_gradual_unfreezing_lets_one_more_depth_train_each_epoch() -> None:
    trained = [
        sum(rate.trains for rate in rates("gradual_unfreezing", 4, epoch=epoch))
        for epoch in range(1, 9)
    ]
    assert trained == [1, 2, 3, 4, 5, 6, 6, 6]


def test_gradual_unfreezing_lets_one_more_block_train_each_epoch() -> None:
    trained = [
        sum(rate.trains for rate in rates("gradual_unfreezing", 4, {"blocks": 3}, epoch=epoch))
        for epoch in range(1, 5)
    ]
    assert trained == [2, 4, 6, 6]


def test_gradual_unfreezing_refuses_an_epoch_before_the_first() -> None:
    with pytest.raises(UsageError, match="epoch is 0; epochs count from 1"):
        rates("gradual_unfreezing", 4, epoch=0)
