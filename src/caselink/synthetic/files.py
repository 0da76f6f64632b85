"""A county as files: what an agency would hand over, with a ``sources.toml`` that says how to read it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from caselink.synthetic.county import County
from caselink.synthetic.extracts import PROGRAM_FILES, ProgramFile
from caselink.synthetic.families import AS_OF


def write_county(county: County, directory: str | Path) -> Path:
    """Write ``iva.csv``, ``ivd.csv``, ``employment.csv``, ``truth.csv`` and ``sources.toml``; the folder is given back.

    The files appear together, under their names, when all are written; after a failure none is new. The folder is made
    if need be.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Callable[[Path], None]] = {
        f"{name}.csv": _csv_writer(extract) for name, extract in county.extracts.items()
    }
    writers["truth.csv"] = _csv_writer(county.truth)
    writers["sources.toml"] = _write_sources
    with tempfile.TemporaryDirectory(prefix=".county-", dir=folder) as unfinished:
        for name, write in writers.items():
            write(Path(unfinished) / name)
        for name in writers:
            (Path(unfinished) / name).replace(folder / name)
    return folder


def _csv_writer(table: pd.DataFrame) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        arrow = pa.Table.from_pandas(table, preserve_index=False)
        pyarrow.csv.write_csv(arrow, path, pyarrow.csv.WriteOptions(quoting_style="needed"))

    return write


def _write_sources(path: Path) -> None:
    path.write_text("\n".join(_source_text(file) for file in PROGRAM_FILES), encoding="utf-8", newline="\n")


def _source_text(file: ProgramFile) -> str:
    """The ``[[source]]`` table of one program."""
    lines = [
        "[[source]]",
        f'name = "{file.name}"',
        f'path = "{file.name}.csv"',
        f'record_id = "{file.record_id}"',
        "unduplicated = false",
        f"as_of = {AS_OF}",
        "[source.columns]",
        *(f"{standard} = {_toml(column)}" for standard, column in file.columns.items()),
    ]
    return "\n".join(lines) + "\n"


def _toml(column: str | tuple[str, ...]) -> str:
    if isinstance(column, str):
        return f'"{column}"'
    return "[" + ", ".join(f'"{part}"' for part in column) + "]"
