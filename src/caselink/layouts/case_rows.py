"""What a file says of a case is given to everyone in it: the county of a family's line is its members' county."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from caselink.fingerprints import Words, fingerprints, starts_of
from caselink.layouts.people import Marks, PersonRows, Rows
from caselink.layouts.rejects import Rejects

Columns = Mapping[str, pa.ChunkedArray]


def give_to_members(persons: Columns, cases: PersonRows, rejects: Rejects, name: str) -> dict[str, pa.ChunkedArray]:
    """Give the persons' columns filled up from the lines of their case, and of their month where both tell one.

    Of two lines for one case (and month) one is used, the same whatever their order; the other is rejected. ``name`` is
    that of the record type.
    """
    keys = [key for key in ("case_id", "month") if key in persons and key in cases.table.column_names]
    columns = dict(persons)
    if not keys or not len(cases):
        return columns
    prints = fingerprints([cases.table.column(key) for key in keys])
    used = _first_of_each(prints, cases)
    _note_others(cases, used, prints, rejects, name)
    found = _find(fingerprints([persons[key] for key in keys]), prints[:, used])
    rows = pa.array(np.where(found >= 0, used[found], 0), mask=found < 0)
    for target in cases.table.column_names:
        if target not in keys:
            given = cases.table.column(target).combine_chunks().take(rows)
            given = given if isinstance(given, pa.ChunkedArray) else pa.chunked_array([given])
            columns[target] = pc.coalesce(columns[target], given) if target in columns else given
    return columns


def _first_of_each(prints: Words, cases: PersonRows) -> Rows:
    """One row of each case, sorted by the case's fingerprint."""
    order = np.lexsort((cases.lines, cases.prints, prints[1], prints[0]))
    return order[starts_of(prints[:, order])]


def _note_others(cases: PersonRows, used: Rows, prints: Words, rejects: Rejects, name: str) -> None:
    others: Marks = np.ones(len(cases), bool)
    others[used] = False
    if not others.any():
        return
    rest = np.flatnonzero(others)
    same = cases.prints[rest] == cases.prints[used[_find(prints[:, rest], prints[:, used])]]
    rejects.add(cases.lines[rest[same]], "exact duplicate line")
    rejects.add(cases.lines[rest[~same]], f"another {name} line of the same case is used")


def _find(wanted: Words, held: Words) -> Rows:
    """The place of each fingerprint among those held, which are sorted by both halves and different; -1 for none."""
    found = np.full(wanted.shape[1], -1, np.int64)
    rows, at = np.arange(wanted.shape[1]), np.searchsorted(held[0], wanted[0])
    while len(rows):  # once round, but for first halves that agree by chance and stand next to each other
        near = (at < held.shape[1]) & (held[0, np.minimum(at, held.shape[1] - 1)] == wanted[0, rows])
        rows, at = rows[near], at[near]
        hit = held[1, at] == wanted[1, rows]
        found[rows[hit]] = at[hit]
        rows, at = rows[~hit], at[~hit] + 1
    return found
