from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.cli import main
from tests.models.layouts import write_layout


@pytest.mark.paddle
def test_conversion_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_layout(tmp_path / "google", "TensorFlow")
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["convert-model", str(source), str(tmp_path / "ours")])
    said = capsys.readouterr().out
    assert "39 parameters of a bert in the form of TensorFlow, read back and equal" in said
    assert "; outputs " in said
    assert f"Use it with --model {tmp_path / 'ours'}." in said


def test_source_that_is_no_folder_gets_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=r"^2$"):
        main(["convert-model", str(tmp_path / "none"), str(tmp_path / "ours")])
    assert "give the folder of a model" in capsys.readouterr().err
