"""How tables of outside curves are made of the pickle that holds them."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from benchmarks.search_quality.scratch_tables import (
    MOST_EVALUATIONS,
    PARAMETERS,
    load_scratch_tables,
)


def run(curve: list[float], *, source: str = "ru", **settings: float) -> dict[str, Any]:
    """Make a run as the dataset describes it."""
    config = {**dict.fromkeys(PARAMETERS, 1), "r": 0, **settings}
    return {
        "task": "scratch",
        "src": source,
        "trg": "en",
        "hyperparams": config,
        "perplexity_curve": curve,
    }


def written(folder: Path, rows: object) -> Path:
    """Write a pickle."""
    path = folder / "nmtlc.pkl"
    path.write_bytes(pickle.dumps(rows))
    return path


def test_a_table_has_each_configuration_once_with_the_sign_changed(tmp_path: Path) -> None:
    rows = [run([9.0, 7.0]), run([1.0]), run([8.0], num_layers=4), {"task": "finetune"}]

    (table,) = load_scratch_tables(written(tmp_path, rows))

    assert table.name == "ru-en"
    assert [curve.scores for curve in table.curves] == [(-9.0, -7.0), (-8.0,)]
    assert [config["num_layers"] for config in table.configs] == [1, 4]


def test_each_vocabulary_of_the_two_small_corpora_is_a_table(tmp_path: Path) -> None:
    rows = [run([9.0], source="so", bpe=size) for size in (1, 32)]

    tables = load_scratch_tables(written(tmp_path, rows))

    assert [table.name for table in tables] == ["so-en bpe 1", "so-en bpe 32"]
    assert "bpe" not in tables[0].configs[0]


def test_long_curves_are_thinned_evenly(tmp_path: Path) -> None:
    long = [1000.0 - n for n in range(2 * MOST_EVALUATIONS)]

    (table,) = load_scratch_tables(written(tmp_path, [run(long), run([5.0], bpe=2)]))

    assert table.curves[0].scores == tuple(-value for value in long[1::2])
    assert table.curves[1].scores == (-5.0,)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="which is not data"):
        load_scratch_tables(written(tmp_path, [run([1.0]), Path]))


@pytest.mark.parametrize("rows", [[{"task": "scratch"}], [{"task": "finetune"}], 7, [3]])
def test_another_pickle_is_refused(tmp_path: Path, rows: object) -> None:
    with pytest.raises(ValueError, match=r"is not nmtlc\.pkl of Este1le/hpo_nmt"):
        load_scratch_tables(written(tmp_path, rows))


def test_a_file_that_is_no_pickle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nmtlc.pkl").write_text("version https://git-lfs.example/spec\n")

    with pytest.raises(ValueError, match=r"is not nmtlc\.pkl of Este1le/hpo_nmt"):
        load_scratch_tables(tmp_path / "nmtlc.pkl")
