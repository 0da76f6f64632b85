"""A county as files: what an agency would hand over, with a ``sources.toml`` that says how to read it."""

from __future__ import annotations

from pathlib import Path

from caselink.storage import Writer, as_csv, write_files
from caselink.synthetic.county import County
from caselink.synthetic.extracts import PROGRAM_FILES, ProgramFile
from caselink.synthetic.families import AS_OF


def write_county(county: County, directory: str | Path) -> Path:
    """Write ``iva.csv``, ``ivd.csv``, ``employment.csv``, ``truth.csv`` and ``sources.toml``; the folder is given back.

    The files appear together, under their names, when all are written; after a failure none is new. The folder is made
    if need be.
    """
    files: dict[str, Writer | bytes] = {f"{name}.csv": as_csv(extract) for name, extract in county.extracts.items()}
    files["truth.csv"] = as_csv(county.truth)
    files["sources.toml"] = "\n".join(_source_text(file) for file in PROGRAM_FILES).encode()
    return write_files(directory, files)


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
