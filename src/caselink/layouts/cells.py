"""Values cut out of lines: a matrix of characters, one row a line, becomes a column of text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.fingerprints import Words, fingerprint_cells
from caselink.layouts.header import WrittenInCode
from caselink.layouts.layout import Field
from caselink.layouts.lines import BLANK, Characters
from caselink.layouts.rejects import Rejects

_ZERO = 48


def text_of(cells: Characters) -> pa.Array:
    """Give each row as text without the blanks around it, null where there is nothing else.

    >>> text_of(np.frombuffer(b"ANA  BO     ", np.uint8).reshape(3, 4)).to_pylist()
    ['ANA', 'BO', None]
    """
    rows, width = cells.shape
    cells = np.ascontiguousarray(cells)
    if cells.itemsize > 1 or (rows and int(cells.max()) > 127):
        return _null_where_empty(pc.utf8_trim(_from_code_points(cells), characters=" "))
    offsets = np.arange(0, rows * width + 1, width, dtype=np.int32)
    texts = pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(cells))
    if (cells[:, 0] != BLANK).all() and (cells[:, -1] != BLANK).all():
        return texts
    return _null_where_empty(pc.ascii_trim(texts, characters=" "))


def line_prints(cells: Characters) -> Words:
    """Give a fingerprint of each row; the same characters have the same, whatever the size of the array's items."""
    if cells.itemsize == 1:
        return fingerprint_cells(cells)
    prints = fingerprint_cells((cells & 0xFF).astype(np.uint8))
    high = (cells >> 8).astype(np.uint16)
    wide = np.flatnonzero(high.any(axis=1))
    prints[wide] ^= fingerprint_cells(high[wide].view(np.uint8))
    return prints


def nothing(cells: Characters) -> npt.NDArray[np.bool_]:
    """Which rows hold blanks and zeros only."""
    empty = np.zeros(len(cells), bool)
    rows = np.arange(len(cells))
    for place in range(cells.shape[1]):  # few rows start with blanks or zeros, so that few are looked at to their end
        if not len(rows):
            return empty
        character = cells[rows, place]
        rows = rows[(character == BLANK) | (character == _ZERO)]
    empty[rows] = True
    return empty


def decoded(cells: Characters, code: WrittenInCode) -> tuple[Characters, npt.NDArray[np.bool_]]:
    """Give the characters that are meant, and which rows hold one that the code has not (blank rows do not)."""
    table = np.zeros(256, np.uint8)
    table[np.frombuffer(code.written.encode(), np.uint8)] = np.frombuffer(code.means.encode(), np.uint8)
    table[BLANK] = BLANK
    meant = table[np.minimum(cells, 255).astype(np.uint8)]
    return meant, (meant == 0).any(axis=1)


def check_field(
    field: Field, texts: pa.Array, lines: npt.NDArray[np.int64], rejects: Rejects, *, hint: str = ""
) -> pa.Array:
    """Make missing, and note, what cannot be a value of the field's kind."""
    if field.kind != "number":
        return texts
    bad = pc.invert(pc.fill_null(pc.ascii_is_decimal(texts), fill_value=True)).to_numpy(zero_copy_only=False)
    return without(texts, bad, field, lines, rejects, f"holds something else than digits{hint}")


def without(
    texts: pa.Array,
    bad: npt.NDArray[np.bool_],
    field: Field,
    lines: npt.NDArray[np.int64],
    rejects: Rejects,
    reason: str,
) -> pa.Array:
    """Make rows missing, and note why."""
    if not bad.any():
        return texts
    rejects.add(lines[bad], reason, field=field.name, dropped=False)
    return pc.if_else(pa.array(~bad), texts, pa.scalar(None, pa.string()))


def _from_code_points(cells: Characters) -> pa.Array:
    rows, width = cells.shape
    wide = np.ascontiguousarray(cells, np.uint32)
    return pa.array(wide.view(f"<U{width}").reshape(rows), pa.string())


def _null_where_empty(texts: pa.Array) -> pa.Array:
    empty = pc.equal(texts, "")
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts) if pc.any(empty).as_py() else texts
