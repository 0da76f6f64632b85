"""Rows of a file become records: a person's months, or a person's cases, are one record with several memberships.

Everything here is of the rows' content: in whatever order the lines come, the same people come out under the same ids.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.fingerprints import Words, fingerprints, starts_of
from caselink.layouts.layout import PersonRule
from caselink.layouts.rejects import Rejects
from caselink.layouts.targets import joined

Rows = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

_MONTH_BITS = np.uint64(8)


@dataclass(frozen=True, slots=True)
class PersonRows:
    """Rows under the standard names, from all record types of a file that hold persons.

    ``lines`` and ``blocks`` say where each stood, ``prints`` is a fingerprint of its line.
    """

    table: pa.Table
    lines: Rows
    blocks: Rows
    prints: Words

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class People:
    """``rows`` are the rows used, by person and month; ``person`` numbers the person of each.

    ``last`` is one row for each person, the one that the record is made of, and ``record_ids`` has their ids.
    """

    rows: Rows
    person: Rows
    last: Rows
    record_ids: pa.ChunkedArray


def collapse(rows: PersonRows, rule: PersonRule, rejects: Rejects, *, id_field: str) -> People:
    """Find the rows of each person, and give people a record id where the file has none.

    ``id_field`` is the name of the field without which there can be no id. A line that stands in the file again is used
    once. The record's values are those of the latest month (of several rows there, of the fullest).
    """
    has_ids = "record_id" in rows.table.column_names
    within = () if has_ids else rule.within
    key = ("record_id",) if has_ids else tuple(dict.fromkeys((*within, *rule.key)))
    used = _with_ids(rows, ("record_id",) if has_ids else within, rejects, id_field)
    prints = fingerprints([rows.table.column(name) for name in key])
    months = month_ranks(rows.table)
    if len(used) < len(rows):
        prints, months = prints[:, used], months[used]
    order, starts = _order(prints, months)
    group = np.cumsum(starts) - 1
    order, person = _settle_ties(rows, used[order], group, months[order], rejects, apart=bool(within))
    last = order[np.flatnonzero(np.append(person[1:] != person[:-1], np.ones(min(len(person), 1), bool)))]
    ids = rows.table.column("record_id").take(pa.array(last)) if has_ids else _made_ids(rows.table, within, last)
    return People(order, person, last, ids)


def note_left_out(rows: PersonRows, out: Marks, reason: str, rejects: Rejects, *, field: str | None = None) -> None:
    """Note rows that are left out: a line is dropped when all its persons are."""
    lines = np.unique(rows.lines[out])
    partly = np.isin(lines, rows.lines[~out]) if len(lines) else np.zeros(0, bool)
    rejects.add(lines[~partly], reason, field=field)
    rejects.add(lines[partly], reason, field=field, dropped=False)


def _with_ids(rows: PersonRows, needed: tuple[str, ...], rejects: Rejects, id_field: str) -> Rows:
    """The rows that have what a record id needs."""
    lacking = np.zeros(len(rows), bool)
    for name in needed:
        lacking |= pc.is_null(rows.table.column(name)).to_numpy()
    if lacking.any():
        note_left_out(rows, lacking, "is blank, and no record id can be made without it", rejects, field=id_field)
    return np.flatnonzero(~lacking)


def month_ranks(table: pa.Table) -> npt.NDArray[np.uint64]:
    """The month of each row as a small number in the order of months, 0 for none."""
    if "month" not in table.column_names:
        return np.zeros(table.num_rows, np.uint64)
    chunks = table.column("month").dictionary_encode().unify_dictionaries().chunks
    months = chunks[0].dictionary.to_pylist() if chunks else []
    ranks = np.argsort(np.argsort(np.array(months, dtype=str), kind="stable"), kind="stable") + 1
    indices = [chunk.indices.fill_null(len(months)).to_numpy(zero_copy_only=False) for chunk in chunks]
    places = np.concatenate([np.zeros(0, np.int64), *indices]).astype(np.int64)
    found: npt.NDArray[np.uint64] = np.append(ranks, 0).astype(np.uint64)[places]
    return found


def _order(prints: Words, months: npt.NDArray[np.uint64]) -> tuple[Rows, Marks]:
    """Rows of one fingerprint together, and in the order of months; and where each fingerprint starts."""
    if int(months.max(initial=0)) >> int(_MONTH_BITS) == 0:  # one sort of one number does
        order = np.argsort((prints[0] >> _MONTH_BITS << _MONTH_BITS) | months)
        first, second = prints[0][order], prints[1][order]
        starts = np.ones(len(order), bool)
        starts[1:] = first[1:] >> _MONTH_BITS != first[:-1] >> _MONTH_BITS
        if not ((second[1:] != second[:-1]) & ~starts[1:]).any():
            return order, starts
    order = np.lexsort((months, prints[1], prints[0]))
    return order, starts_of(prints[:, order])


def _settle_ties(
    rows: PersonRows, order: Rows, group: Rows, months: npt.NDArray[np.uint64], rejects: Rejects, *, apart: bool
) -> tuple[Rows, Rows]:
    """Drop lines that are there again; where ``apart``, make two rows of a group in one month two persons.

    ``order`` has the rows by group and month, ``group`` and ``months`` are theirs. Give the rows that stay, by person
    and month, and the number of each one's person.
    """
    ties = np.flatnonzero((group[1:] == group[:-1]) & (months[1:] == months[:-1]))
    if not len(ties):
        return order, group
    places = np.union1d(ties, ties + 1)
    order = order.copy()
    sorting = _by_content(rows, order[places], group[places], months[places])
    order[places] = order[places][sorting]
    again, turn = _turns(rows, order[places], group[places], months[places])
    turns, kept = np.zeros(len(order), np.int64), np.ones(len(order), bool)
    kept[places], turns[places] = ~again, turn if apart else 0
    if again.any():
        left_out = np.zeros(len(rows), bool)
        left_out[order[~kept]] = True
        note_left_out(rows, left_out, "exact duplicate line", rejects)
    order, group, turns, months = order[kept], group[kept], turns[kept], months[kept]
    if turns.any():
        by_person = np.lexsort((months, turns, group))
        order, group, turns = order[by_person], group[by_person], turns[by_person]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (group[1:] != group[:-1]) | (turns[1:] != turns[:-1])
    return order, np.cumsum(fresh) - 1


def _by_content(rows: PersonRows, at: Rows, group: Rows, months: npt.NDArray[np.uint64]) -> Rows:
    """Sort rows of a group and month by what they hold: the fullest last; lines that are the same stay together."""
    table = rows.table.take(pa.array(at))
    columns = [table.column(name) for name in table.column_names if name != "month"]
    content = fingerprints(columns)
    filled = sum(column.is_valid().to_numpy().astype(np.int64) for column in columns)
    keys = (rows.lines[at], rows.blocks[at], rows.prints[at], content[1], content[0], filled, months, group)
    return np.lexsort(keys)


def _turns(rows: PersonRows, at: Rows, group: Rows, months: npt.NDArray[np.uint64]) -> tuple[Marks, Rows]:
    """Which rows are there again, and which turn in its group and month each other row has, from 0."""
    prints, blocks, lines = rows.prints[at], rows.blocks[at], rows.lines[at]
    follows = np.zeros(len(at), bool)
    follows[1:] = (group[1:] == group[:-1]) & (months[1:] == months[:-1])
    again = follows.copy()
    again[1:] &= (prints[1:] == prints[:-1]) & (blocks[1:] == blocks[:-1]) & (lines[1:] != lines[:-1])
    first = np.maximum.accumulate(np.where(follows, 0, np.arange(len(at))))
    counted = np.cumsum(~again)
    return again, counted - counted[first]


def _made_ids(table: pa.Table, within: tuple[str, ...], last: Rows) -> pa.ChunkedArray:
    """Ids of people whose file has none: the case and a running number in it, in the order of fingerprints."""
    if not within:
        return pa.chunked_array([[f"{number:07d}" for number in range(1, len(last) + 1)]], pa.string())
    case = joined([table.column(name).take(pa.array(last)) for name in within], "-")
    prints = fingerprints([case])
    order = np.argsort(prints[0], kind="stable")
    first, second = prints[0][order], prints[1][order]
    start = np.ones(len(order), bool)
    start[1:] = first[1:] != first[:-1]
    if ((second[1:] != second[:-1]) & ~start[1:]).any():  # by a rare chance, one first half for two cases
        order = np.lexsort((prints[1], prints[0]))
        start = starts_of(prints[:, order])
    place = np.arange(len(order))
    number = np.empty(len(order), np.int64)
    number[order] = place - np.maximum.accumulate(np.where(start, place, 0))
    texts = pa.array([f"{one + 1:02d}" for one in range(int(number.max(initial=0)) + 1)], pa.string())
    return pc.binary_join_element_wise(case, pa.chunked_array([texts.take(pa.array(number))]), "-")
