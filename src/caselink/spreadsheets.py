"""Cells that a spreadsheet would run: text that begins like a formula gets an apostrophe on its way into a CSV.

An id, a case number or a column's name comes from somebody else's file, and ``=HYPERLINK(...)`` in one of them is run
by whoever opens our CSV with a spreadsheet. With an apostrophe before it, it is text. Numbers are no text and stay as
they are, and Parquet, which no spreadsheet runs, keeps the true values. Our own files are read with the apostrophe
taken off again, so that ids come back as they were; of other text only an apostrophe before a formula is taken.
"""

from __future__ import annotations

import re

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

GUARD = "'"
_BLANKS = r"\x00-\x20\x7f-\xa0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
_SIGNS = r"=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
"""As typed, full-width and small."""
RISKY = rf"^'*(?:[{_BLANKS}]*[{_SIGNS}]|[\t\r\n])"
"""How a text begins that a spreadsheet may run, or one that is guarded already; for Python and for JavaScript."""

_risky = re.compile(RISKY)
_RISKY_IN_ARROW = re.sub(r"\\u([0-9a-f]{4})", r"\\x{\1}", RISKY)


def guard(text: str) -> str:
    """The text as it may stand in a cell.

    >>> guard("=1+1"), guard(" @SUM(A1)"), guard("A-7"), guard("'quoted"), guard("'=1+1")
    ("'=1+1", "' @SUM(A1)", 'A-7', "'quoted", "''=1+1")
    """
    return GUARD + text if _risky.match(text) else text


def unguard(text: str) -> str:
    """What :func:`guard` was given; any text that it does not write stays as it is.

    >>> unguard("'=1+1"), unguard("'quoted"), unguard("A-7")
    ('=1+1', "'quoted", 'A-7')
    """
    bare = text.removeprefix(GUARD)
    return bare if _risky.match(bare) else text


def guard_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Each text of a column as it may stand in a cell; columns of anything else come back as they are.

    >>> guard_column(pa.chunked_array([["7", "-7", None]])).to_pylist()
    ['7', "'-7", None]
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    risky = pc.match_substring_regex(column, _RISKY_IN_ARROW)
    if not pc.any(risky).as_py():
        return column
    mark, between = (pa.scalar(text, column.type) for text in (GUARD, ""))
    return pc.if_else(risky, pc.binary_join_element_wise(mark, column, between), column)


def unguard_table(table: pd.DataFrame) -> pd.DataFrame:
    """A table that was read from a CSV of ours, its texts as they were before they were guarded.

    >>> unguard_table(pd.DataFrame({"id": ["'=7", "'7"], "n": [1, 2]}))["id"].tolist()
    ['=7', "'7"]
    """
    found = table.copy()
    for name in map(str, table.columns):
        if pd.api.types.is_numeric_dtype(found[name].dtype):
            continue
        guarded = found[name].str.startswith(GUARD, na=False).to_numpy(bool)
        if guarded.any():
            found.loc[guarded, name] = [unguard(text) for text in found.loc[guarded, name]]
    return found
