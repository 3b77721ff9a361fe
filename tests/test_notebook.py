"""The notebook of the docs runs from its first cell to its last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="nbformat comes with the extra 'dev'")
nbclient = pytest.importorskip("nbclient", reason="nbclient comes with the extra 'dev'")

NOTEBOOK = Path(__file__).parents[1] / "docs" / "tutorial.ipynb"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook with the outputs of its cells, run by a kernel in an empty folder."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    folder = str(tmp_path_factory.mktemp("notebook"))
    client = nbclient.NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": folder}}
    )
    return client.execute()


def outputs(notebook: Any, beginning: str) -> list[Any]:
    """What the cell gave that begins so."""
    (cell,) = [each for each in notebook.cells if each.source.startswith(beginning)]
    return list(cell.outputs)


def test_the_notebook_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert [cell for cell in notebook.cells if cell.get("outputs")] == []


@pytest.mark.ray
@pytest.mark.paddle
@pytest.mark.slow
def test_the_search_is_shown_as_a_table(ran: Any) -> None:
    shown = outputs(ran, "result = autoclue.tune(")[-1].data["text/html"]
    assert "<b>tutorial</b>" in shown
    assert "<table" in shown


@pytest.mark.ray
@pytest.mark.paddle
@pytest.mark.slow
@pytest.mark.parametrize("name", ["curves", "labels"])
def test_figures_are_drawn(name: str, ran: Any) -> None:
    (drawn,) = outputs(ran, f'result.figure("{name}")')
    assert "application/vnd.plotly.v1+json" in drawn.data


@pytest.mark.ray
@pytest.mark.paddle
@pytest.mark.slow
def test_the_last_cell_names_a_model_that_is_there(ran: Any) -> None:
    (told,) = outputs(ran, "print(result.model)")
    assert (Path(told.text.strip()) / "autoclue.json").is_file()
