"""The floors of docs/design.md: who may import whom, read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import caselink

PACKAGE = Path(caselink.__file__).parent
FLOORS = {
    "errors": 0,
    "schema": 0,
    "calendar_months": 0,
    "encoding": 0,
    "fingerprints": 0,
    "compiled": 0,
    "encoding_kernels": 0,
    "masking": 0,
    "notebook": 0,
    "purposes": 0,
    "spreadsheets": 0,
    "storage": 0,
    "text_columns": 0,
    "blocking": 1,
    "comparisons": 1,
    "evaluate": 1,
    "findings": 1,
    "identity": 1,
    "layouts": 1,
    "matchers": 1,
    "normalize": 1,
    "synthetic": 1,
    "engines": 2,
}
"""Every other module is on floor 3: what users meet."""

HEAVY = {
    "altair",
    "numba",
    "scipy",
    "sklearn",
    "rich",
    "typer",
    "jellyfish",
    "pyspark",
    "recordlinkage",
    "IPython",
    "jinja2",
}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def _part(module: str) -> str:
    """The module or package right below caselink that a dotted name is in."""
    return module.split(".")[1] if "." in module else ""


def _floor(part: str) -> int:
    return FLOORS.get(part, 3)


def _imports(file: Path) -> Iterator[str]:
    """Every module that the file imports, anywhere in it."""
    package = ["caselink", *file.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = (
                ".".join([*package[: len(package) + 1 - node.level], node.module or ""]) if node.level else node.module
            )
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _own_imports(file: Path) -> set[str]:
    """The parts of caselink that the file imports, its own left out."""
    own = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    parts = {_part(module) for module in _imports(file) if module.split(".")[0] == "caselink"}
    return {part for part in parts if part and part != own and ((PACKAGE / part).is_dir() or _is_module(part))}


def _is_module(part: str) -> bool:
    return (PACKAGE / f"{part}.py").is_file()


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_imports_go_down_only(file):
    """A module imports lower floors; on floor 3 also its neighbors, and packages of floor 1 never one another."""
    part = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    floor = _floor(part)
    for imported in _own_imports(file):
        allowed = _floor(imported) < floor or (floor in {0, 3} and _floor(imported) == floor)
        assert allowed, f"{part} (floor {floor}) imports {imported} (floor {_floor(imported)})"


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_spark_stays_in_its_engine(file):
    """Only engines/spark.py knows pyspark."""
    if file != PACKAGE / "engines" / "spark.py":
        assert not [module for module in _imports(file) if module.split(".")[0] == "pyspark"]


def test_import_stays_light():
    """``import caselink`` and looking at its names bring none of the packages that only some calls need."""
    names = "[getattr(caselink, name) for name in caselink.__all__]"
    code = f"import sys, caselink; {names}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_environment()
    )
    assert "caselink" in loaded.stdout.split()
    assert not HEAVY & set(loaded.stdout.split())


def test_files_stay_small():
    """No file is longer than what one can keep in mind."""
    long = [f"{file.name}: {len(file.read_text(encoding='utf-8').splitlines())}" for file in SOURCES]
    assert not [line for line in long if int(line.split(": ")[1]) > 400]


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
