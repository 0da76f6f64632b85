"""Every notebook runs from top to bottom, as a reader would run it, and shows what it promises to show."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

import caselink

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
OPTIONAL = "recordlinkage"  # cells with this tag need the package of that name, which pins pandas below 3
SECONDS = 300  # a machine that has compiled nothing yet; a cell takes a few seconds otherwise

PUBLIC = {
    "caselink",
    "caselink.charts",
    "caselink.interop.candidate_pairs",
    "caselink.interop.recordlinkage",
    "caselink.report",
    "caselink.synthetic",
}
SHOWN = {
    "01_link_two_programs.ipynb": "read_source profile normalize count_pairs candidate_pairs compare_pairs fit resolve "
    "levels_chart weights_chart explain waterfall_chart sentences why_not estimate evaluate report save load",
    "02_households_and_findings.ipynb": "link_files explain_household protect golden_records find explain_finding view "
    "dismiss with_memberships reconcile count_people plan_review estimate_from_review next_to_review review "
    "read_decisions fit_resolve changes",
    "03_measure_and_tune.ipynb": "read_sources blocking_recall evaluate losses weights_chart precision_recall_chart "
    "threshold_table roc_curve calibration_chart RuleMatcher SklearnMatcher candidate_pairs estimate estimates_chart "
    "load_febrl4 documented_example persons_to_multiindex",
}

STRICT = """
import json, warnings
warnings.simplefilter("error")
import caselink
warnings.simplefilter("default", caselink.CaselinkWarning)  # they tell the reader something
import altair
def shown(chart):
    tips = "" if '"tooltip"' in json.dumps(chart) else " without tooltips"
    return {"text/plain": f"chart of {sum(map(len, chart['datasets'].values()))} rows{tips}"}
altair.renderers.register("rows", shown)
altair.renderers.enable("rows")
"""
AT_EASE = "warnings.resetwarnings()"  # the kernel's own, when it shuts down


def _read(name: str) -> NotebookNode:
    return nbformat.read(FOLDER / name, as_version=4)  # type: ignore[no-untyped-call]


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _draws(cell: NotebookNode) -> bool:
    """Whether a cell makes a chart: then it shows it."""
    return re.search(r"\bmark_|_chart\(|\.chart\(", cell.source) is not None


def _tree(name: str) -> ast.Module:
    return ast.parse("\n".join(cell.source for cell in _code(_read(name))))


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
    """Every cell that makes a chart shows one, with data in it and with tooltips."""
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
def test_takes_public_names(name):
    """What a reader copies works on: names that caselink promises, and modules that say they are for users."""
    for node in ast.walk(_tree(name)):
        if isinstance(node, ast.ImportFrom | ast.Import):
            modules = [node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            assert {one for one in modules if one.startswith("caselink")} <= PUBLIC
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cl":
            assert node.attr in caselink.__all__


@pytest.mark.parametrize(("name", "shown"), SHOWN.items())
def test_shows_what_it_is_for(name, shown):
    """Each stage and each output that a notebook is there to show is called in it."""
    calls = [node.func for node in ast.walk(_tree(name)) if isinstance(node, ast.Call)]
    called = {func.attr for func in calls if isinstance(func, ast.Attribute)}
    called |= {func.id for func in calls if isinstance(func, ast.Name)}
    assert set(shown.split()) <= called


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
