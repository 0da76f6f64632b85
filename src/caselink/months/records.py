"""One row a record, made of all that was said of it over the months: the latest value of each column.

What changes in life changes in the records: an address goes with its month and is taken whole. A name or a number that
a record had before is not lost: it goes among the other names and numbers, which comparing looks at too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.fingerprints import fingerprints, starts_of
from caselink.months.stretches import Months, Stretches
from caselink.normalize.records import with_shared_numbers
from caselink.schema import FURTHER_COLUMNS, KEY_COLUMNS, NOT_PROTECTED, STANDARD_COLUMNS
from caselink.text_columns import TEXT, to_pandas

Rows = npt.NDArray[np.int64]
_ADDRESS = ("street", "unit", "city", "state", "zip", "county")
_FORMER = {"first_name": "other_first_names", "last_name": "other_last_names", "ssn": "other_ssns"}


def one_row_each(versions: Stretches, memberships: Stretches) -> pd.DataFrame:
    """RECORDS of what was said: one row for each source and record id, in their order."""
    said = _Said.of(versions)
    columns = {name: versions.table.column(name).take(pa.array(said.latest)) for name in KEY_COLUMNS}
    columns |= _latest_values(said)
    columns |= _former_values(said, columns)
    columns |= _last_case(columns, memberships)
    seen = {"month": month_texts(versions.last[said.latest]), "first_seen": month_texts(said.earliest())}
    columns |= {name: texts for name, texts in seen.items() if texts.null_count < len(texts) or not len(texts)}
    named = (*KEY_COLUMNS, *STANDARD_COLUMNS, *FURTHER_COLUMNS, "first_seen")
    order = [name for name in named if name in columns]
    table = pa.table({name: columns[name] for name in [*order, *(name for name in columns if name not in order)]})
    return to_pandas(with_shared_numbers(table))


def month_texts(months: Months) -> pa.Array:
    """Months counted from year 0 as ``YYYY-MM``; below 0 is missing."""
    distinct, place = np.unique(months, return_inverse=True)
    texts = [f"{month // 12:04d}-{month % 12 + 1:02d}" if month >= 0 else None for month in distinct]
    return pa.array(texts, pa.string()).take(pa.array(place))


@dataclass(frozen=True, slots=True)
class _Said:
    """Versions with the rows of each record together, the newest last.

    ``order`` are the rows, ``begins`` where each record begins in it, ``latest`` the newest row of each record.
    """

    versions: Stretches
    order: Rows = field(repr=False)
    begins: Rows = field(repr=False)
    latest: Rows = field(repr=False)

    @classmethod
    def of(cls, versions: Stretches) -> Self:
        """Of two rows with the same last month that of which more is known is newer, then that which began later."""
        table = versions.table
        starts = starts_of(fingerprints([table.column(name) for name in KEY_COLUMNS]))
        record = np.cumsum(starts) - 1
        known = sum((_known(table.column(name)).astype(np.int64) for name in table.column_names), np.zeros(len(starts)))
        order = np.lexsort((np.arange(len(record)), versions.first, known, versions.last, record)).astype(np.int64)
        begins = np.flatnonzero(starts)
        ends = np.append(begins[1:], len(record)) - 1
        return cls(versions, order, begins, order[ends] if len(record) else order)

    def newest(self, known: npt.NDArray[np.bool_]) -> Rows:
        """For each record its newest row of those ``known``, -1 for none."""
        if not len(self.order):
            return self.order
        places = np.where(known[self.order], np.arange(len(self.order)), -1)
        newest = np.maximum.reduceat(places, self.begins)
        return np.where(newest >= 0, self.order[newest], -1)

    def earliest(self) -> Months:
        """The first month of each record."""
        first = self.versions.first
        return np.minimum.reduceat(first[self.order], self.begins) if len(first) else first

    def several(self) -> Rows:
        """Rows of records that have several."""
        sizes = np.diff(np.append(self.begins, len(self.order)))
        return self.order[np.repeat(sizes > 1, sizes)]


def _latest_values(said: _Said) -> dict[str, pa.ChunkedArray]:
    """Of each column the latest value known; of an address all columns of the latest row that has one."""
    table = said.versions.table
    values: dict[str, pa.ChunkedArray] = {}
    address = [name for name in _ADDRESS if name in table.column_names]
    placed = np.zeros(len(said.order), np.bool_)
    for name in address:
        placed |= _known(table.column(name))
    for name in table.column_names:
        if name in KEY_COLUMNS:
            continue
        column = table.column(name)
        rows = said.newest(placed if name in address else _known(column))
        if name == "protected":
            rows = _flag_rows(said, column)
        values[name] = column.take(pa.array(rows, mask=rows < 0))
    return values


def _flag_rows(said: _Said, column: pa.ChunkedArray) -> Rows:
    """The row that says whether each record is protected: the last that does not say no, else the latest."""
    known = _known(column)
    free = pc.is_in(pc.utf8_upper(pc.utf8_trim_whitespace(column)), pa.array(NOT_PROTECTED)).to_numpy()
    protects = said.newest(known & ~free)
    return np.where(protects >= 0, protects, said.latest)


def _former_values(said: _Said, columns: dict[str, pa.ChunkedArray]) -> dict[str, pa.ChunkedArray]:
    """The sets of other names and numbers with those that a record had before."""
    rows = said.several()
    record = np.searchsorted(said.begins, np.argsort(said.order)[rows], side="right") - 1
    found: dict[str, pa.ChunkedArray] = {}
    for name, others in _FORMER.items():
        told = [one for one in (name, others) if one in said.versions.table.column_names]
        parts = [_each_of_set(said.versions.table.column(one), rows, record) for one in told]
        if not parts:
            continue
        now = columns[name].combine_chunks() if name in columns else pa.nulls(len(said.begins), pa.string())
        sets = _sets(pd.concat(parts, ignore_index=True), now)
        held = columns[others].combine_chunks() if others in columns else pa.nulls(len(now), pa.string())
        if len(sets) or others in columns:
            found[others] = _replaced(held, np.unique(record), sets)
    return found


def _each_of_set(column: pa.ChunkedArray, rows: Rows, record: Rows) -> pd.DataFrame:
    """Each value of a set (or single value) with the record that it is of."""
    values = column.take(pa.array(rows)).combine_chunks()
    distinct = pd.DataFrame({"record": record, "value": pd.Series(values, dtype=TEXT)}).dropna().drop_duplicates()
    texts = [text.split("|") for text in distinct["value"]]
    sizes = [len(one) for one in texts]
    flat = [one for text in texts for one in text]
    return pd.DataFrame(
        {"record": np.repeat(distinct["record"].to_numpy(), sizes), "value": pd.Series(flat, dtype=TEXT)}
    )


def _sets(told: pd.DataFrame, now: pa.Array) -> pd.Series:
    """By record, what was told but is not what it has now: sorted, ``|`` between the values."""
    current = pd.Series(now.take(pa.array(told["record"].to_numpy())), dtype=TEXT)
    former = told[(told["value"] != current).fillna(True).to_numpy(bool)].drop_duplicates()  # noqa: FBT003
    return former.sort_values(["record", "value"]).groupby("record")["value"].agg("|".join)


def _replaced(held: pa.Array, records: Rows, sets: pd.Series) -> pa.ChunkedArray:
    """The column with the sets of some records; of those without a set, nothing."""
    place = np.arange(len(held))
    place[records] = -1
    place[sets.index.to_numpy(np.int64)] = len(held) + np.arange(len(sets))
    both = pa.concat_arrays([held, pa.array(sets.tolist(), pa.string())])
    return pa.chunked_array([both.take(pa.array(place, mask=place < 0))])


def _last_case(columns: dict[str, pa.ChunkedArray], memberships: Stretches) -> dict[str, pa.ChunkedArray]:
    """Case and role of each record in the last month in which it was in a case; of several cases that begun last."""
    told = [name for name in ("case_id", "role") if name in memberships.table.column_names]
    if not len(memberships):
        return {}
    table = memberships.table.select([*KEY_COLUMNS, *told]).append_column("row", pa.array(np.arange(len(memberships))))
    frame = to_pandas(table).assign(first=memberships.first, last=memberships.last)
    frame = frame.sort_values([*KEY_COLUMNS, "last", "first", "row"]).drop_duplicates(list(KEY_COLUMNS), keep="last")
    keys = pd.DataFrame({name: pd.Series(columns[name], dtype=TEXT) for name in KEY_COLUMNS})
    rows = keys.merge(frame[[*KEY_COLUMNS, "row"]], how="left", on=list(KEY_COLUMNS))["row"]
    places = pa.array(rows.fillna(-1).to_numpy(np.int64), mask=rows.isna().to_numpy())
    taken = {name: memberships.table.column(name).take(places) for name in told}
    return {name: column for name, column in taken.items() if column.null_count < len(column)}


def _known(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    known: npt.NDArray[np.bool_] = column.is_valid().to_numpy()
    return known
