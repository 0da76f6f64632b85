"""CSV files of a layout: columns by the names that the layout gives them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from caselink.fingerprints import fingerprints
from caselink.layouts.cells import check_field
from caselink.layouts.column_names import check_header
from caselink.layouts.delimited import read_csv
from caselink.layouts.fixed_width import FileRows, Rows
from caselink.layouts.layout import Field, Layout
from caselink.layouts.rejects import Rejects
from caselink.text_columns import blank_to_null


def read_mapped(path: Path, layout: Layout, *, wanted: tuple[Field, ...], encoding: str) -> FileRows:
    """Read the wanted fields of a CSV file; a column that is ``optional`` may be absent, and is missing then."""
    surely = next((one.name for one in wanted if not one.optional), wanted[0].name)  # tells what separates columns
    raw = read_csv(path, encoding=encoding, record_id=surely, choose=_chooser(wanted, layout))
    rejects = Rejects(raw.rejected)
    columns = {one.name: _column(raw.table, one) for one in wanted}
    checked = {one.name: check_field(one, columns[one.name].combine_chunks(), raw.lines, rejects) for one in wanted}
    table = pa.table(checked)
    name = layout.records[0].name
    prints = fingerprints(table.columns)
    rows = Rows(table, raw.lines, np.zeros(len(raw.lines), np.int64), prints[0] ^ prints[1])
    n_read = len(raw.lines) + rejects.n_dropped
    return FileRows(rows={name: rows}, n_lines={name: len(raw.lines)}, n_read=n_read, rejects=rejects)


def _chooser(wanted: tuple[Field, ...], layout: Layout) -> Callable[[list[str]], list[str]]:
    """Give what picks the wanted columns from a header line, which may be a person's line by mistake."""

    def choose(header: list[str]) -> list[str]:
        names = [one.name for one in wanted]
        optional = {one.name for one in wanted if one.optional}
        check_header(header, names, optional=optional, needed_by=f"layout {layout.name!r}")
        return [name for name in names if name in header]

    return choose


def _column(table: pa.Table, one: Field) -> pa.ChunkedArray:
    if one.name not in table.column_names:
        return pa.chunked_array([pa.nulls(table.num_rows, pa.string())])
    return blank_to_null(pc.utf8_trim(table.column(one.name), characters=" "))
