"""A county as files: what agencies would hand over, with a ``sources.toml`` that says how to read it, and the truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from caselink.errors import SpecError
from caselink.storage import Writer, as_csv, as_json, as_parquet, write_files
from caselink.synthetic.county import County
from caselink.synthetic.extracts import PROGRAM_FILES, ProgramFile
from caselink.synthetic.people.families import AS_OF

FileFormat = Literal["csv", "parquet"]
_WRITERS: dict[str, Callable[[pd.DataFrame], Writer]] = {"csv": as_csv, "parquet": as_parquet}


def write_county(
    county: County, directory: str | Path, *, file_format: FileFormat = "csv", monthly: bool = False
) -> Path:
    """Write the county's files into a folder, which is given back, and made if need be.

    ``iva``, ``ivd``, ``jobs`` and ``employment`` (each record once, as the program had it last) and ``sources.toml``,
    which says how to read them; ``memberships-<program>``, ``cases-<program>`` and ``referrals``; ``truth`` (who each
    record is), ``truth-<table>`` for the rest of the truth, and ``county.json``, what was asked for. With ``monthly``
    also ``<program>-<month>``, what each program handed over at the end of each month.

    The files appear together, under their names, when all are written; after a failure none is new.
    """
    if file_format not in _WRITERS:
        raise SpecError(f"file_format is one of {', '.join(_WRITERS)}, got {file_format!r}")
    write = _WRITERS[file_format]
    frames = {**county.extracts, "truth": county.truth, "referrals": county.referrals.drop(columns=_TRUTH_OF_REFERRALS)}
    frames |= {f"memberships-{name}": rosters for name, rosters in county.memberships.items()}
    frames |= {f"cases-{name}": cases for name, cases in county.cases.items()}
    frames |= {f"truth-{name}": table for name, table in county.tables.items()}
    frames["truth-referrals"] = county.referrals[["referral_id", *_TRUTH_OF_REFERRALS]]
    if monthly:
        months = [(name, month) for name in county.extracts for month in county.plan.calendar.text()]
        frames |= {f"{name}-{month}": county.monthly_extract(name, month) for name, month in months}
    files: dict[str, Writer | bytes] = {f"{name}.{file_format}": write(frame) for name, frame in frames.items()}
    files["sources.toml"] = "\n".join(_source_text(file, file_format) for file in PROGRAM_FILES).encode()
    files["county.json"] = as_json(_describe(county))
    return write_files(directory, files)


_TRUTH_OF_REFERRALS = ["child_id", "absent_id"]


def _describe(county: County) -> dict[str, Any]:
    plan = county.plan
    months = plan.calendar.text()
    return {
        "people": plan.n_people,
        "months": [months[0], months[-1]],
        "profile": plan.profile.name,
        "seed": plan.seed,
        "records": {name: len(extract) for name, extract in county.extracts.items()},
    }


def _source_text(file: ProgramFile, file_format: FileFormat) -> str:
    """The ``[[source]]`` table of one program."""
    lines = [
        "[[source]]",
        f'name = "{file.name}"',
        f'path = "{file.name}.{file_format}"',
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
