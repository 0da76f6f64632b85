"""Writing files of a layout: the tables that :func:`read_tables` gives become the lines that it reads.

Whole columns are laid into a matrix of characters at once, so that a file of a million lines takes seconds.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from caselink.errors import InputError, SpecError
from caselink.layouts.fixed_width import FileRows, read_fixed
from caselink.layouts.fixed_writing import fixed_pieces
from caselink.layouts.layout import Layout, RecordLayout
from caselink.layouts.layout_file import read_layout
from caselink.layouts.mapped_csv import read_mapped
from caselink.layouts.opening import check_encoding
from caselink.text_columns import arrow_table, blank_to_null, to_pandas, to_text


def read_tables(
    path: str | PathLike[str], *, layout: str | PathLike[str] | Layout, encoding: str | None = None
) -> dict[str, pd.DataFrame]:
    """Read all fields of a file, one table a record type, as text under the fields' own names.

    Nothing is joined, collapsed or replaced; the index is the line. Where a line holds several persons, each has a row.
    """
    layout = read_layout(layout)
    path, encoding = Path(path), encoding or layout.encoding
    check_encoding(encoding)
    envelope = [part.record for part in (layout.header, layout.trailer) if part]
    wanted = {record.name: record.fields for record in layout.records if record.name not in envelope}
    if layout.kind == "fixed":
        held = read_fixed(path, layout, wanted=wanted, encoding=encoding)
    else:
        held = read_mapped(path, layout, wanted=layout.records[0].fields, encoding=encoding)
    return {name: _frame(held, name) for name in wanted}


def write_extract(
    layout: str | PathLike[str] | Layout,
    tables: Mapping[str, pd.DataFrame],
    path: str | PathLike[str],
    *,
    encoding: str | None = None,
    line_end: str = "\n",
) -> Path:
    """Write a file of the layout: ``tables`` has a frame for each record type, with columns named as its fields.

    A field without a column is blank, and so are missing values; the literal that a record type starts with, and the
    trailer's count, are written without being asked for. Numbers are filled up with zeros on the left. Rows that share
    what all persons of a line share, and follow each other, go into one line as far as it has room.
    Fields that are ``in_code`` are written in the code if the header's row says so. ``.gz`` is compressed.

    A value that does not fit is an :class:`InputError` that names record type, field and row.
    """
    layout = read_layout(layout)
    path = Path(path)
    encoding = encoding or layout.encoding
    check_encoding(encoding)
    unknown = sorted(set(tables) - {record.name for record in layout.records})
    if unknown:
        raise SpecError(f"layout {layout.name!r} has no record type(s) {unknown}")
    held = {name: _texts(table, layout.record(name)) for name, table in tables.items()}
    pieces = _csv(layout, held) if layout.kind == "csv" else fixed_pieces(layout, held, line_end)
    with gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb") as file:
        for piece in pieces:
            try:
                file.write(piece if encoding == "utf-8" else piece.decode().encode(encoding))
            except UnicodeEncodeError:
                raise InputError(f"would hold a character that {encoding} has not", file=str(path)) from None
    return path


def _frame(held: FileRows, name: str) -> pd.DataFrame:
    rows = held.rows[name]
    order = np.lexsort((rows.blocks, rows.lines))
    frame = to_pandas(rows.table.take(pa.array(order)))
    frame.index = pd.Index(rows.lines[order], name="line")
    return frame


def _texts(table: pd.DataFrame, record: RecordLayout) -> pa.Table:
    """The table's columns as text, null where blank."""
    names = [one.name for one in record.fields]
    unknown = sorted(str(column) for column in table.columns if column not in names)
    if unknown:
        raise SpecError(f"record type {record.name!r} has no field(s) {unknown}")
    held = arrow_table(table)
    return pa.table({name: blank_to_null(to_text(held.column(name), name)) for name in held.column_names})


def _csv(layout: Layout, held: Mapping[str, pa.Table]) -> Iterator[bytes]:
    from pyarrow import csv as arrow_csv

    record = layout.records[0]
    table = held.get(record.name, pa.table({}))
    written = [one for one in record.fields if one.name in table.column_names or not one.optional]
    blank = pa.nulls(table.num_rows, pa.string())
    columns = {one.name: table.column(one.name) if one.name in table.column_names else blank for one in written}
    sink = pa.BufferOutputStream()
    arrow_csv.write_csv(pa.table(columns), sink, arrow_csv.WriteOptions(quoting_style="needed"))
    yield sink.getvalue().to_pybytes()
