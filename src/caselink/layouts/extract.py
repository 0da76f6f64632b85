"""What a reader gives: the records of one source as they stand in the file, and the lines that are not among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.schema import REJECT_COLUMNS
from caselink.text_columns import to_pandas

REJECT_SCHEMA = pa.schema(
    zip(REJECT_COLUMNS, [pa.string(), pa.string(), pa.int64(), pa.string(), pa.string(), pa.bool_()], strict=True)
)


class RejectedLine(NamedTuple):
    """A line that was left out: its 1-based number in the file, the field at fault where one is, and why."""

    line: int
    field: str | None
    reason: str


class RawTable(NamedTuple):
    """What lies in a file or frame: text columns under its own names, and the line that each row stood on.

    ``numeric`` names the columns that held numbers, which have no leading zeros.
    """

    table: pa.Table
    lines: npt.NDArray[np.int64]
    rejected: list[RejectedLine]
    numeric: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """The records of one source.

    ``records`` has the columns source, record_id, the standard ones and the carried ones, all text with null where
    nothing stands, values untouched; its index is the 1-based line of the file (of a frame: the row). ``rejects``
    lists the lines left out, so that ``n_read`` is the number of both together. ``numeric`` names the columns that
    the source held as numbers: an SSN there has lost its leading zeros.
    """

    records: pd.DataFrame = field(repr=False)
    rejects: pd.DataFrame = field(repr=False)
    name: str
    path: str | None = None
    as_of: str | None = None
    unduplicated: bool = False
    sha256: str | None = None
    n_read: int
    numeric: frozenset[str] = frozenset()


def rejects_frame(rejected: Iterable[RejectedLine], *, source: str, file: str | None) -> pd.DataFrame:
    """REJECTS rows, in the order of the file.

    >>> rejects_frame([RejectedLine(7, None, "has 2 columns where the header has 3")], source="iva", file="iva.csv")
      source     file  line field                                reason  dropped
    0    iva  iva.csv     7  <NA>  has 2 columns where the header has 3     True
    """
    rows = sorted(rejected, key=lambda row: (row.line, row.field or "", row.reason))
    return to_pandas(
        pa.Table.from_arrays(
            [
                pa.array([source] * len(rows), pa.string()),
                pa.array([file] * len(rows), pa.string()),
                pa.array([row.line for row in rows], pa.int64()),
                pa.array([row.field for row in rows], pa.string()),
                pa.array([row.reason for row in rows], pa.string()),
                pa.array([True] * len(rows), pa.bool_()),
            ],
            schema=REJECT_SCHEMA,
        )
    )
