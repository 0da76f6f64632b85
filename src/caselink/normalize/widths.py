"""Widths of names: a program keeps so many characters of a name, and what does not fit is lost.

A width is declared, or found in the data: where names are cut, the values of the greatest length are many, while the
lengths of names that are not cut thin out. A name that fills its field may go on; compared with a longer one from
elsewhere, only what both programs could hold can differ.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from caselink.normalize.values import Column, Status, distinct_values

MEASURED = ("first_name", "middle_name", "last_name", "full_name", "other_last_names", "street", "city", "email")
"""Columns of text without a form of its own, whose widths :func:`caselink.profile` tells."""

CUT = {"first_name": "cut_first_name", "last_name": "cut_last_name"}
"""Columns of names, and where a name goes that may be cut off."""

_DISTINCT = 20
_AS_THE_LENGTH_BEFORE = 0.6
_BEYOND = 0.02


def found_width(values: pa.Array | pa.ChunkedArray) -> int | None:
    """Give the length at which the distinct values of a column pile up, None where they do not.

    At least 20 are of that length, hardly any is longer, and they are not much fewer than those one character shorter.

    >>> names = ["A" * length + chr(65 + which) for length in range(3, 30) for which in range(25 - length // 2)]
    >>> found_width(pa.array(names)), found_width(pa.array([name[:12] for name in names]))
    (None, 12)
    """
    distinct = distinct_values(pc.utf8_trim_whitespace(values)).dictionary
    lengths = pc.utf8_length(distinct.drop_null()).to_numpy(zero_copy_only=False)
    counts = np.bincount(lengths, minlength=2)
    beyond = counts[::-1].cumsum()[::-1] - counts
    piles = (counts >= _DISTINCT) & (beyond <= _BEYOND * counts)
    piles[1:] &= counts[1:] >= _AS_THE_LENGTH_BEFORE * counts[:-1]
    longest = np.flatnonzero(piles)
    return int(longest[0]) if len(longest) else None


def cut_names(raw: pa.ChunkedArray, name: Column, width: int) -> Column:
    """Give the names whose field is filled to its last character; a suffix or a comma there says that all is there."""
    texts = pc.utf8_trim_whitespace(raw.combine_chunks())
    full = pc.fill_null(pc.greater_equal(pc.utf8_length(texts), width), fill_value=False)
    ends_alike = pc.equal(
        pc.utf8_upper(pc.utf8_slice_codeunits(texts, -1, 2**31 - 1)),
        pc.utf8_slice_codeunits(name.values, -1, 2**31 - 1),
    )
    rows = pc.and_(full, pc.fill_null(ends_alike, fill_value=False))
    held = pc.if_else(rows, name.values, pa.scalar(None, pa.string()))
    status = np.where(held.is_valid().to_numpy(zero_copy_only=False), Status.KEPT, Status.MISSING)
    return Column(held, status.astype(np.uint8), pa.nulls(0, pa.string()))
