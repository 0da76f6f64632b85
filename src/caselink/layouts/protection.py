"""Who is protected, of people whom a file has in several cases and months: one line that says so is enough."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from caselink.layouts.people import Marks, People, PersonRows, Rows
from caselink.schema import NOT_PROTECTED


def with_protection(table: pa.Table, rows: PersonRows, people: People, order: Rows) -> pa.Table:
    """Give records, each made of one row of its person, with ``protected`` as all cases of the person say.

    ``order`` numbers the person of each record.
    """
    if "protected" not in table.column_names:
        return table
    protects = _protects(rows.table.column("protected"))
    if not protects.any():
        return table
    shielded = np.zeros(len(people.last), bool)
    shielded[people.person[protects[people.rows]]] = True
    added = shielded[order] & ~protects[people.last[order]]
    column = pc.if_else(pa.array(added), pa.scalar("Y"), table.column("protected"))
    return table.set_column(table.column_names.index("protected"), "protected", column)


def _protects(flags: pa.ChunkedArray) -> Marks:
    clear = pc.is_in(pc.utf8_upper(pc.utf8_trim_whitespace(flags)), value_set=pa.array(NOT_PROTECTED))
    protects: Marks = pc.and_(pc.is_valid(flags), pc.invert(clear)).to_numpy()
    return protects
