"""Stretches of months: rows that say the same in months that overlap or follow one another become one row.

A table of stretches stands for a set of months a row of values. Its rows are in the order of their content, so two
tables that say the same are the same table, however the months came together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.fingerprints import Words, fingerprints, starts_of
from caselink.schema import KEY_COLUMNS

Months = npt.NDArray[np.int64]
NO_MONTH = -12
"""Where no month is known: before all others, and next to none of them."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """Rows of ``table`` (text columns) and the months, counted from year 0, from ``first`` to ``last`` of each."""

    table: pa.Table = field(repr=False)
    first: Months = field(repr=False)
    last: Months = field(repr=False)

    def __len__(self) -> int:
        return len(self.first)

    def with_columns(self, names: Sequence[str]) -> Stretches:
        """The same rows with exactly these columns, all missing where there was none."""
        nothing = pa.nulls(len(self), pa.string())
        held = self.table.column_names
        columns = {name: self.table.column(name) if name in held else pa.chunked_array([nothing]) for name in names}
        return Stretches(pa.table(columns), self.first, self.last)

    def taken(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Stretches:
        """Some of the rows."""
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return Stretches(self.table.take(pa.array(places)), self.first[places], self.last[places])


def put_together(parts: Sequence[Stretches], columns: Sequence[str]) -> Stretches:
    """All rows of all parts with these columns, what says the same in one row, ordered by key, months and content.

    >>> one = pa.table({"source": ["iva", "iva"], "record_id": ["7", "8"], "case_id": ["A", "B"]})
    >>> parts = [Stretches(one, np.array([4, 6]), np.array([5, 6])), Stretches(one, np.array([3, 3]), np.array([3, 3]))]
    >>> both = put_together(parts, one.column_names)
    >>> list(zip(both.table.column("record_id").to_pylist(), both.first.tolist(), both.last.tolist()))
    [('7', 3, 5), ('8', 3, 3), ('8', 6, 6)]
    """
    alike = [part.with_columns(columns) for part in parts]
    table = pa.concat_tables([part.table for part in alike]).combine_chunks()
    first, last = (np.concatenate([getattr(part, side) for part in alike]) for side in ("first", "last"))
    prints = fingerprints([table.column(name) for name in columns])
    groups = _backwards_apart(prints, first, last)
    order = np.lexsort((last, first, groups[1], groups[0]))
    until, begins = _joined(starts_of(groups[:, order]), first[order], last[order])
    rows = order[begins]
    merged = Stretches(table.take(pa.array(rows)), first[rows], until)
    ends = {"first": pa.array(merged.first), "last": pa.array(until)}
    content = {"one": pa.array(prints[0, rows]), "two": pa.array(prints[1, rows])}
    keyed = pa.table({name: merged.table.column(name) for name in KEY_COLUMNS} | ends | content)
    places = pc.sort_indices(keyed, sort_keys=[(name, "ascending") for name in keyed.column_names])
    return merged.taken(np.asarray(places, np.int64))


def _backwards_apart(prints: Words, first: Months, last: Months) -> Words:
    """Fingerprints by which rows are joined: a stretch that ends before it begins stays as it was told."""
    backwards = np.flatnonzero(first > last)
    groups = prints.copy()
    groups[0, backwards] ^= ((first[backwards] << 32) ^ last[backwards]).astype(np.uint64)
    return groups


def _joined(starts: npt.NDArray[np.bool_], first: Months, last: Months) -> tuple[Months, Months]:
    """Where the joined stretches end, and the row with which each begins; rows are ordered by group and month."""
    if not len(first):
        return last, np.zeros(0, np.int64)
    low, high = min(first.min(), last.min()), last.max()
    group = np.cumsum(starts) * (int(high - low) + 1)
    until = np.maximum.accumulate(group + last - low) - group + low
    fresh = starts.copy()
    fresh[1:] |= first[1:] > until[:-1] + 1
    begins = np.flatnonzero(fresh)
    return until[np.append(begins[1:] - 1, len(first) - 1)], begins
