"""A record id names one record of its source: lines without one, and lines that use one again, are rejected."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.layouts.extract import RejectedLine
from caselink.text_columns import rows_sharing

MISSING = "no record id"
REPEATED = "exact duplicate line"
TAKEN = "record_id already used"


def check_record_ids(
    records: pa.Table, lines: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], list[RejectedLine]]:
    """Which rows stay, and the rejected others.

    Of rows with one id the first in the order of their content stays, whatever their order in the file.

    >>> table = pa.table({"record_id": ["7", "7", None, "8"], "city": ["B", "A", "C", "D"]})
    >>> keep, rejected = check_record_ids(table, np.array([2, 3, 4, 5]))
    >>> keep.tolist(), [(row.line, row.reason) for row in rejected]
    ([False, True, False, True], [(4, 'no record id'), (2, 'record_id already used')])
    """
    ids = records.column("record_id")
    missing = pc.is_null(ids).to_numpy()
    keep = ~missing
    rejected = [RejectedLine(int(line), "record_id", MISSING) for line in lines[missing]]
    rows = _repeated(ids)
    content = records.take(pa.array(rows)).to_pydict()
    columns = [["" if value is None else value for value in content[name]] for name in content]
    ranked = sorted(zip(content["record_id"], zip(*columns, strict=True), lines[rows].tolist(), rows, strict=True))
    for _, group in groupby(ranked, key=lambda row: row[0]):
        (_, first, _, _), *others = group
        for _, row, line, place in others:
            keep[place] = False
            rejected.append(RejectedLine(line, "record_id", REPEATED if row == first else TAKEN))
    return keep, rejected


def _repeated(ids: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Rows whose id stands in another row as well."""
    rows = rows_sharing([ids])
    codes = ids.take(pa.array(rows)).combine_chunks().dictionary_encode()
    places = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    counts = np.append(np.bincount(places[places >= 0], minlength=len(codes.dictionary)), 0)
    repeated: npt.NDArray[np.int64] = rows[counts[places] > 1]
    return repeated
