"""A synthetic county in the layouts that agencies exchange, with a ``sources.toml`` that reads them, and the truth.

The files are written by :func:`caselink.layouts.write_extract`. The truth is told of the records as they are read: in a
report without person numbers the reader makes the ids, so each record is followed back to the line that it came from.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from caselink.layouts import read_extract, read_layout, read_tables, write_extract
from caselink.storage import Writer
from caselink.synthetic.county import County
from caselink.synthetic.files import agency_csv, register_text, replace_county
from caselink.synthetic.layout_files.files_of_county import LAYOUTS, files_in_layouts
from caselink.synthetic.layout_files.held import FileOfLayout

_WITH_CASES = ("iva", "ivd")
_LEAD = ("finding", "kind", "look_alike", "source", "case_id", "part", "entity_id")
_KEYS = ("ssn", "birth_date", "sex")
"""What tells the two children of a line apart."""


def write_county_layouts(
    county: County,
    directory: str | Path,
    *,
    layouts: Sequence[str] = LAYOUTS,
    last_quarters: int | None = None,
    in_code: bool = True,
) -> Path:
    """Write the county's files in known layouts into a folder, which is given back, and made if need be.

    By default ``iva`` and ``ivd`` (state extracts with names, a row a month), ``referrals``, ``fcr`` (Federal Case
    Registry, last month), ``jobs`` (WIOA), ``hires`` (W-4 records), ``wages``, and for each quarter (or the
    ``last_quarters`` of them) ``tanf-2026Q3`` and ``tanf-2026Q3-closed``, sections 1 and 2 of the TANF Data Report;
    ``ssp`` and ``tribal`` can be named too. Of a county with a ``sample_share`` the federal reports hold the sampled
    cases only. ``in_code`` writes their SSNs in the substitution alphabet. Fields that the synthetic world knows
    nothing of are blank.

    ``sources.toml`` names them all, with ``cases-iva`` and ``cases-ivd`` beside the state extracts. ``truth.csv`` says
    who each record is, under the ids that the reader gives; ``truth-findings.csv`` and the other tables are those of
    :func:`write_county`, with what only a report can show added. The registers ``deaths`` and ``confinements`` are
    written as they are. All files appear, or none; ``county.json`` lists them, and what another county left in the
    folder is removed, as :func:`write_county` does.
    """
    files: dict[str, Writer | bytes] = {}
    truth: list[pd.DataFrame] = []
    sources: list[str] = []
    findings: list[pd.DataFrame] = []
    with tempfile.TemporaryDirectory() as elsewhere:
        for one in files_in_layouts(county, layouts, last_quarters=last_quarters, in_code=in_code):
            path = write_extract(one.layout, one.tables, Path(elsewhere) / one.file)
            files[one.file] = _copied(path)
            sources.append(_source_text(one))
            if one.truth:
                truth.append(true_records(one, path, county))
            if one.findings is not None:
                findings.append(one.findings)
        sources += [register_text(name) for name in county.registers]
        files["sources.toml"] = "\n".join(sources).encode()
        files["truth.csv"] = agency_csv(pd.concat(truth, ignore_index=True) if truth else county.truth.iloc[:0])
        tables = {**county.tables, "findings": _with_reports(county, findings)}
        files |= {f"cases-{name}.csv": agency_csv(county.cases[name]) for name in _WITH_CASES}
        files |= {f"{name}.csv": agency_csv(table) for name, table in county.registers.items()}
        files |= {f"truth-{name}.csv": agency_csv(table) for name, table in tables.items()}
        asked = {"layouts": sorted(layouts), "last_quarters": last_quarters, "in_code": in_code}
        return replace_county(county, directory, files, asked=asked)


def true_records(one: FileOfLayout, path: Path, county: County) -> pd.DataFrame:
    """Who each record of a written file is, as the reader names them: the columns of ``County.truth``."""
    records = read_extract(path, layout=one.layout, name=one.name).records
    lines = _lines(one, path)
    keys = [name for name in _KEYS if name in records.columns and lines["line"].duplicated().any()]
    held = records[["record_id", *keys]].reset_index(names="line")
    for table in (held, lines):
        table[keys] = table[keys].astype(object).fillna("")
        table["turn"] = table.sort_values(["line", *keys]).groupby(["line", *keys]).cumcount()
    found = held.merge(lines, on=["line", *keys, "turn"], how="left", validate="one_to_one")
    rows = found["truth_row"].to_numpy(np.int64)
    told = county.truth.take(rows).reset_index(drop=True).drop(columns=["source", "record_id"])
    told.insert(0, "source", one.name)
    told.insert(1, "record_id", found["record_id"].to_numpy(dtype=object))
    return told


def _lines(one: FileOfLayout, path: Path) -> pd.DataFrame:
    """The line, what is in the key fields as the reader gives it, and who it is, of every row of a person."""
    layout, parts = read_layout(one.layout), []
    for kind, table in read_tables(path, layout=layout).items():
        if kind in one.truth:
            fields = {f.standard: f for f in layout.record(kind).fields if f.standard in _KEYS}
            known = {name: table[f.name].astype(object).replace(dict(f.recode)) for name, f in fields.items()}
            parts.append(pd.DataFrame(known).assign(line=table.index.to_numpy(), truth_row=one.truth[kind]))
    return pd.concat(parts, ignore_index=True)


def _with_reports(county: County, findings: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The truth of findings with what the reports show: rows of one finding, file, case and part are one lead."""
    known = county.tables["findings"]
    rows = [table for table in findings if len(table)]
    if not rows:
        return known
    shown = pd.concat(rows, ignore_index=True)
    shown["entity_id"] = county.truth["entity_id"].take(shown["truth_row"].to_numpy(np.int64)).to_numpy(dtype=object)
    shown["month"] = shown["month"].str.slice(0, 4) + "-" + shown["month"].str.slice(4)
    each = shown.groupby(list(_LEAD), sort=True, dropna=False)["month"].agg(["min", "max"]).reset_index()
    each = each.rename(columns={"min": "first_month", "max": "last_month"}).assign(together="Y")
    each["lead"] = [f"r{number:09d}" for number in range(len(each))]
    return pd.concat([known.astype(object), each[list(known.columns)].astype(object)], ignore_index=True)


def _copied(path: Path) -> Writer:
    def write(file: BinaryIO) -> None:
        with path.open("rb") as source:
            while piece := source.read(1 << 24):
                file.write(piece)

    return write


def _source_text(one: FileOfLayout) -> str:
    lines = [
        "[[source]]",
        f'name = "{one.name}"',
        f'path = "{one.file}"',
        f'layout = "{one.layout}"',
        f'program = "{one.program}"',
        f"as_of = {one.as_of}",
        *([f'cases = "cases-{one.name}.csv"'] if one.name in _WITH_CASES else []),
    ]
    return "\n".join(lines) + "\n"


__all__ = ["LAYOUTS", "true_records", "write_county_layouts"]
