"""Checks for layouts: what every layout promises, asked of your own.

>>> check_layout("tanf")

A broken promise raises :class:`~caselink.testing.PluginError`, which says which one. Tables are drawn where none are
given.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd

from caselink.errors import PluginError
from caselink.layouts import Extract, Field, Layout, RecordLayout, read_extract, read_layout, read_tables, write_extract

N_ROWS = 60
_SEED = 20_260_930
_LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
_DATES = ("19850312", "19690704", "20150926", "20170228")


def check_layout(layout: str | PathLike[str] | Layout, tables: Mapping[str, pd.DataFrame] | None = None) -> None:
    """Raise :class:`PluginError` unless files of the layout are read as they are written.

    Asked for: every field of every record type comes back as it was; every line is accounted for; record ids are
    unique, tell no date and no number of the person, and do not depend on the order of the rows.

    ``tables`` has a frame for each record type, its columns named as the fields; drawn where it is None.
    """
    layout = read_layout(layout)
    tables = example_tables(layout) if tables is None else dict(tables)
    with tempfile.TemporaryDirectory() as folder:
        path = write_extract(layout, tables, Path(folder) / "in_order")
        _check_tables(layout, tables, path)
        if not any(record.person for record in layout.records):
            return
        extract = read_extract(path, layout=layout)
        _check_lines(extract)
        _check_ids(extract)
        shuffled = {name: table.sample(frac=1, random_state=_SEED) for name, table in tables.items()}
        _check_order(extract, read_extract(write_extract(layout, shuffled, Path(folder) / "else"), layout=layout))


def example_tables(layout: Layout, *, n_rows: int = N_ROWS) -> dict[str, pd.DataFrame]:
    """Draw tables of a layout, the same every time: each field as its kind and codes allow, some blank."""
    rng = np.random.default_rng(_SEED)
    envelope = {part.record for part in (layout.header, layout.trailer) if part}
    tables = {
        record.name: pd.DataFrame({one.name: _values(one, record, n_rows, rng) for one in _free(record)}, dtype=object)
        for record in layout.records
        if record.name not in envelope
    }
    if layout.header:
        tables[layout.header.record] = _header_row(layout)
    return tables


def _free(record: RecordLayout) -> list[Field]:
    """The fields that are not part of what the line starts with."""
    return [one for one in record.fields if not 0 < one.start <= len(record.start_of_line)]


def _header_row(layout: Layout) -> pd.DataFrame:
    header = layout.header
    assert header is not None  # noqa: S101 - asked for by example_tables
    allowed = {**header.require, **header.expect}
    row = {name: next((value for value in values if value), None) for name, values in allowed.items()}
    if header.year:
        row |= {header.year: "2026", header.quarter: "3"}
    return pd.DataFrame([row], dtype=object)


def _values(one: Field, record: RecordLayout, n_rows: int, rng: np.random.Generator) -> list[str | None]:
    length = one.length or 12
    needed = one.standard in ("record_id", "case_id") or (record.blocks and one.name in record.blocks.present)
    values = [_value(one, length, rng, row) for row in range(n_rows)]
    blank = rng.random(n_rows) < (0 if needed or one.kind == "month" else 0.2)
    return [None if missing else value for value, missing in zip(values, blank, strict=True)]


def _value(one: Field, length: int, rng: np.random.Generator, row: int) -> str:
    codes = [code for code in one.codes if 0 < len(code) <= length]
    if one.kind == "month":
        return "202607" if one.standard == "month" else f"2026{rng.integers(1, 13):02d}"[:length]
    if one.standard in ("record_id", "case_id"):
        return str(100 + row // 2)[:length] if one.kind != "number" else str(100 + row // 2).zfill(length)[-length:]
    if codes:
        return str(rng.choice(codes))
    if one.kind == "date" and length == 8:
        return str(rng.choice(_DATES))
    if one.kind in ("number", "date"):
        return "".join(map(str, rng.integers(1, 10, length)))
    return "".join(rng.choice(_LETTERS, rng.integers(1, length + 1)))


def _check_tables(layout: Layout, tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    for name, again in read_tables(path, layout=layout).items():
        table = tables.get(name, pd.DataFrame())
        if len(again) != len(table):
            raise PluginError(f"{layout.name}: of {len(table)} rows of {name!r} {len(again)} come back")
        for column in table.columns:
            written, read = table[column].fillna("").tolist(), again[column].astype(object).fillna("").tolist()
            if written != read:
                row = next(place for place, (a, b) in enumerate(zip(written, read, strict=True), start=1) if a != b)
                raise PluginError(f"{layout.name}: {name}.{column} of row {row} does not come back as it was")


def _check_lines(extract: Extract) -> None:
    used, dropped = sum(extract.n_lines.values()), int(extract.rejects["dropped"].sum())
    if extract.n_read != used + dropped:
        raise PluginError(f"{extract.layout}: of {extract.n_read} lines {used} are used and {dropped} dropped")


def _check_ids(extract: Extract) -> None:
    records = extract.records
    if not records["record_id"].is_unique:
        raise PluginError(f"{extract.layout}: a record id stands twice")
    for column in {"ssn", "birth_date"} & set(records.columns):
        pairs = records[["record_id", column]].dropna()
        if any(value in record_id for record_id, value in pairs.itertuples(index=False) if len(value) > 5):
            raise PluginError(f"{extract.layout}: a record id tells the person's {column}")


def _check_order(extract: Extract, other: Extract) -> None:
    columns = sorted(extract.records.columns)
    held = [
        table.records[columns].fillna("").sort_values("record_id").to_numpy().tolist() for table in (extract, other)
    ]
    if held[0] != held[1]:
        raise PluginError(f"{extract.layout}: the records depend on the order of the lines")
