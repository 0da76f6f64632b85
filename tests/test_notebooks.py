"""Every notebook runs from top to bottom, as a reader would run it, and shows what it promises to show."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
OPTIONAL = "recordlinkage"  # cells with this tag need the package of that name, which pins pandas below 3
SECONDS = 300  # a machine that has compiled nothing yet; a cell takes a few seconds otherwise

STRICT = """
import warnings
warnings.simplefilter("error")
import caselink
warnings.simplefilter("default", caselink.CaselinkWarning)  # they tell the reader something
import altair
def shown(chart):
    return {"text/plain": f"chart of {sum(map(len, chart['datasets'].values()))} rows"}
altair.renderers.register("rows", shown)
altair.renderers.enable("rows")
"""
AT_EASE = "warnings.resetwarnings()"  # the kernel's own, when it shuts down


def _read(name: str) -> NotebookNode:
    return nbformat.read(FOLDER / name, as_version=4)  # type: ignore[no-untyped-call]


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _draws(cell: NotebookNode) -> bool:
    """Whether the last statement of a cell is a chart."""
    last = [line for line in cell.source.splitlines() if not line.startswith((" ", ")", "}", "]"))][-1]
    return last.startswith(("alt.", "base.", "curve.")) or "_chart(" in last


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Notebooks as they are after a run; each is run once."""
    done: dict[str, NotebookNode] = {}

    def run(name: str) -> NotebookNode:
        if name not in done:
            done[name] = _execute(_read(name), tmp_path_factory.mktemp("notebook"))
        return done[name]

    return run


def _execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    if importlib.util.find_spec(OPTIONAL) is None:
        notebook.cells = [cell for cell in notebook.cells if OPTIONAL not in cell.metadata.get("tags", [])]
    before, after = map(nbformat.v4.new_code_cell, (STRICT, AT_EASE))
    notebook.cells = [before, *notebook.cells, after]
    source = str(FOLDER.parent / "src")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([source, os.environ.get("PYTHONPATH", "")])}
    client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": folder}})
    return client.execute(env=environment)


def test_there_are_three():
    """The notebooks that the README names are there."""
    assert [name[:3] for name in NOTEBOOKS] == ["01_", "02_", "03_"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_runs_without_error(executed, name):
    """No cell fails, and no warning but caselink's own is given: it would be an error."""
    outputs = [output for cell in _code(executed(name)) for output in cell.outputs]
    assert outputs
    assert not [output for output in outputs if output.output_type == "error"]
    said = "".join(output.text for output in outputs if output.get("name") == "stderr")
    assert "Traceback" not in said
    assert said.count("Warning: ") == said.count("CaselinkWarning: ")


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_charts_are_drawn(executed, name):
    """Every cell that ends in a chart shows one, with data in it."""
    cells = [cell for cell in _code(executed(name)) if _draws(cell)]
    assert len(cells) >= 4
    for cell in cells:
        shown = " ".join(output["data"]["text/plain"] for output in cell.outputs if "data" in output)
        assert re.fullmatch(r"chart of [1-9]\d* rows", shown), cell.source


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_stored_without_outputs(name):
    """No output and no count of runs is stored: what a reader sees comes from his own run."""
    notebook = _read(name)
    nbformat.validate(notebook)
    assert not [cell for cell in _code(notebook) if cell.outputs or cell.execution_count is not None]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_opens_with_its_question(name):
    """The first cell is text: a title that asks, and a paragraph that says what is asked."""
    first = _read(name).cells[0]
    assert first.cell_type == "markdown"
    title, *_ = first.source.splitlines()
    assert title.startswith("# ")
    assert title.endswith("?")
    assert "?**" in first.source


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_names_only_notebooks_that_are_there(name):
    """Where a notebook sends the reader to another, that one exists."""
    text = "\n".join(cell.source for cell in _read(name).cells if cell.cell_type == "markdown")
    assert set(re.findall(r"\d\d_\w+\.ipynb", text)) <= set(NOTEBOOKS)
