"""What a reader gives: the records of one source as they stand in the file, and the lines that are not among them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
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
class ProgramFile:
    """What a file beside an extract holds, of one ``kind``: ``n_read`` lines are its rows and the lines dropped."""

    table: pd.DataFrame = field(repr=False)
    rejects: pd.DataFrame = field(repr=False)
    kind: str
    path: str
    sha256: str
    n_read: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """The records of one source, and where they come from.

    ``records`` has the columns source, record_id, the standard ones and the carried ones, all text with null where
    nothing stands, values untouched; its index is the 1-based line of the file (of a frame: the row). ``rejects``
    lists the lines left out (``dropped``), and the fields of other lines that could not be used. ``numeric`` names
    the columns that the source held as numbers: an SSN there has lost its leading zeros.

    ``memberships`` has a row for each record in a case in a month (see :mod:`caselink.schema`), and None where the
    source tells no case; where two people may stand on one line, its index is the line. ``families`` has a row for
    each line of a family in a report, and is None where there can be none; ``referrals`` a row for each referral that
    the file holds, and None where it holds none; ``cases`` what a file beside it says of the cases. ``beside`` are the
    files that were read beside it.

    ``n_read`` lines that are not blank are those of ``n_lines`` (``persons``, ``cases``: lines that hold them;
    ``other``: header, trailer, and what is not used) and the lines dropped. With a layout a line may hold two persons,
    and a person may have several lines; without, each line of ``persons`` is one record.

    ``default_sex`` tells for a role the sex that the source writes where it knows none, ``widths`` how many characters
    it holds of a column, where the layout says so.

    ``path``, ``as_of``, ``sha256``, ``layout`` and ``tainted`` are the provenance: the last says ``federal tax`` or
    ``new hire`` where all of the data bind whoever reads them, and ``taints`` says it of each column.
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
    memberships: pd.DataFrame | None = field(default=None, repr=False)
    families: pd.DataFrame | None = field(default=None, repr=False)
    referrals: pd.DataFrame | None = field(default=None, repr=False)
    cases: pd.DataFrame | None = field(default=None, repr=False)
    beside: tuple[ProgramFile, ...] = ()
    n_lines: Mapping[str, int] = field(default_factory=dict)
    tainted: str = ""
    layout: str | None = None
    default_sex: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)
    taints: Mapping[str, str] = field(default_factory=dict)


def sha256_of(file: str) -> str:
    """Give the SHA-256 of a file's bytes, as they lie there."""
    with Path(file).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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
