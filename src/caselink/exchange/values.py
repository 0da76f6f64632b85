"""Which program has the newer address, phone, name or employer of a person, and since when; never the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from caselink.calendar_months import month_numbers
from caselink.confidentiality import Sight
from caselink.encoding import encode_column
from caselink.exchange.rows import NAMES, SIDES, Texts, choose, make_rows, month_words
from caselink.findings.facts import NONE, Ints, Mask, Program
from caselink.leads.fact_base import FactBase
from caselink.result import Result
from caselink.schema import KEY_COLUMNS

_COLUMNS = {
    "address": ("street", "unit", "zip"),
    "phone": ("phone",),
    "name": ("first_name", "last_name"),
    "employer": ("employer",),
}


def value_rows(base: FactBase, result: Result, sight: Sight) -> tuple[dict[str, pd.DataFrame], int]:
    """One row a person and element: the month of what each program has (since when it has it, where a history tells).

    By element those of which somebody should act, and how many there are of each element in all. Only records that the
    purpose may see take part, of sources that do not bind it.
    """
    shown = sight.unbound("*") & np.isin(base.facts.records["program"].to_numpy(), list(SIDES.values()))
    served = np.zeros(len(base.numbers.person_ids), np.bool_)
    served[base.numbers.person[np.isin(base.facts.records["program"].to_numpy(), _SERVING)]] = True
    people = np.flatnonzero(served)
    told = _last_months(base, result)
    there = [one for one, columns in _COLUMNS.items() if any(name in result.records for name in columns)]
    parts = {}
    for one in there:
        parts[one] = _Latest.of(base, result, one, told, shown & _may_see(sight, one)).rows(base, one, people)
    return parts, len(people)


_SERVING = [int(program) for program in (Program.IVA, Program.IVD, Program.JOBS)]


def _may_see(sight: Sight, element: str) -> Mask:
    """Records whose value may be compared for the purpose.

    Of employers it is told that there is a report, not from where: of people who are free, for purposes that may know
    how to reach them, from sources and columns that do not bind it.
    """
    if element != "employer":
        return np.asarray(np.logical_and.reduce([sight.speaks(name) for name in _COLUMNS[element]]), np.bool_)
    return np.asarray(sight.unbound("employer") & ("phone" in sight.purpose.fields), np.bool_)


@dataclass(frozen=True, slots=True)
class _Latest:
    """By person and side the record that tells the latest value (NONE for none), and since when it has it.

    ``value``: by record, equal for one value however it is spelled. ``known``: whether the side has a record.
    """

    record: Ints = field(repr=False)
    since: Ints = field(repr=False)
    value: Ints = field(repr=False)
    known: Mask = field(repr=False)

    @classmethod
    def of(cls, base: FactBase, result: Result, element: str, told: Ints, may: Mask) -> _Latest:
        """Of several records of a program the one that told last (``told`` is when)."""
        value, since = _values(base, result, element), _since(base, result, _COLUMNS[element], told)
        place = base.numbers.person * len(SIDES) + base.facts.records["program"].to_numpy(np.int64) - 1
        rows = np.flatnonzero(may & (value >= 0))
        latest = (told[rows] + 1) * (since.max(initial=NONE) + 2) + since[rows] + 1
        found = np.full((len(base.numbers.person_ids), len(SIDES)), NONE, np.int64)
        np.maximum.at(found.ravel(), place[rows], latest * len(value) + rows)
        found = np.where(found >= 0, found % max(len(value), 1), NONE)
        known = np.zeros(found.shape, np.bool_)
        known.ravel()[place[may]] = True
        known &= (found >= 0).any(axis=0)  # a file without the column lacks nothing of its own
        return cls(found, np.where(found >= 0, since[found], NONE), value, known)

    def rows(self, base: FactBase, element: str, people: Ints) -> pd.DataFrame:
        """The rows of those of these persons for whom somebody should act."""
        record, since = self.record[people], self.since[people]
        there = record >= 0
        newest = np.where(there, since, -2).argmax(axis=1)
        first = np.arange(len(people)), newest
        differs: Mask = np.asarray(there & ~self._same(base, element, record, record[first]), np.bool_)
        tied: Mask = np.asarray((differs & (since == since[first][:, None])).any(axis=1), np.bool_)
        lacks = self.known[people] & ~there & np.any(there, axis=1, keepdims=True)
        older: Mask = np.asarray(differs | (tied[:, None] & there) | lacks, np.bool_)
        acts = np.flatnonzero(older[:, :2].any(axis=1))
        differ: Mask = np.asarray(differs[acts].any(axis=1), np.bool_)
        words = _in_words(there[acts], since[acts], newest[acts], differ, tied[acts], older[acts])
        return make_rows(element, people[acts], words)

    def _same(self, base: FactBase, element: str, record: Ints, newest: Ints) -> Mask:
        """Whether each side has what the newest has; names are compared as linking does."""
        left, right = record.ravel(), np.repeat(newest, record.shape[1])
        same: Mask = np.asarray(left == right, np.bool_)
        known = np.flatnonzero((left >= 0) & ~same)
        left, right = left[known], right[known]
        if element == "name":
            unlike = [base.facts.names(name, left, right) == 0 for name in _COLUMNS["name"]]
            same[known] = ~(unlike[0] | unlike[1])
        else:
            same[known] = self.value[left] == self.value[right]
        return same.reshape(record.shape)


def _in_words(there: Mask, since: Ints, newest: Ints, differ: Mask, tied: Mask, older: Mask) -> dict[str, Texts]:
    """What each side has, what follows, and who should act: on one of the first two sides it is older, or lacking."""
    named = np.array([NAMES[side] for side in SIDES], dtype=object)[newest]
    says = choose(
        (~differ, "lacking; " + named + " has one"),
        (tied, "differ; the months do not tell which is newer"),
        otherwise="newer with " + named,
    )
    who = choose((older[:, 0] & older[:, 1], "iv-a, iv-d"), (older[:, 0], "iv-a"), otherwise="iv-d")
    months = choose((since >= 0, month_words(since.ravel()).reshape(since.shape)), otherwise="known")
    return {**dict(zip(SIDES, choose((there, months)).T, strict=True)), "says": says, "who": who}


def _values(base: FactBase, result: Result, element: str) -> Ints:
    """By record a number for its value, :data:`NONE` where it has none.

    Addresses are one where house number and ZIP are, however the street is spelled; boxes to write to do not count.
    """
    if element == "address":
        place, house = (base.facts.records[name].to_numpy(np.int64) for name in ("place", "house"))
        number = np.where(house >= 0, house, place + house.max(initial=0) + 1)
        return np.where(place >= 0, number, NONE)
    if element == "name":
        name, last_name = (base.facts.records[name].to_numpy(np.int64) for name in ("name", "last_name"))
        greater: Ints = np.maximum(name, last_name)
        return greater
    (column,) = _COLUMNS[element]
    known = base.numbers.records.columns
    if column in known:
        return known[column].codes.astype(np.int64)
    codes: Ints = encode_column(result.records[column], column).codes[base.numbers.records.row].astype(np.int64)
    return codes


def _last_months(base: FactBase, result: Result) -> Ints:
    """By record the last month in which it was told."""
    told = np.full(len(base.numbers.person), NONE, np.int64)
    if "month" in result.records:
        told = month_numbers(result.records["month"])[base.numbers.records.row]
    for rows, month in ((base.facts.stays, "last"), (base.facts.reports, "month")):
        np.maximum.at(told, rows["record"].to_numpy(np.int64), rows[month].to_numpy(np.int64))
    return told


def _since(base: FactBase, result: Result, columns: Sequence[str], told: Ints) -> Ints:
    """By record the month since when it has its value: that in which it was told where no history tells."""
    since = told.copy()
    if result.history is not None:
        begun = _begun(result.history.versions, columns)
        record = base.numbers.positions(begun["source"], begun["record_id"])
        known = (record >= 0) & (begun["since"] >= 0).to_numpy()
        since[record[known]] = begun["since"].to_numpy(np.int64)[known]
    return since


def _begun(versions: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Since when each record has the values that it had last: ``source, record_id, since``.

    >>> told = {"source": "iva", "record_id": "7", "phone": ["1", "2", "2"], "zip": ["9", "9", "8"]}
    >>> months = ["2026-01", "2026-02", "2026-05"]
    >>> frame = pd.DataFrame({**told, "first_month": months, "last_month": months})
    >>> _begun(frame, ["phone"])["since"].tolist() == [12 * 2026 + 1]
    True
    """
    held = [name for name in columns if name in versions]
    rows = versions[versions[held].notna().any(axis=1).to_numpy(bool)]
    first, last = (month_numbers(rows[name]) for name in ("first_month", "last_month"))
    keys = list(KEY_COLUMNS)
    record = rows.groupby(keys, sort=False).ngroup().to_numpy()
    value = rows.groupby(held, sort=False, dropna=False).ngroup().to_numpy()
    order = np.lexsort((first, last, record))
    changed = np.ones(len(rows), np.bool_)
    changed[1:] = (record[order][1:] != record[order][:-1]) | (value[order][1:] != value[order][:-1])
    start = order[np.maximum.accumulate(np.where(changed, np.arange(len(rows)), 0))]
    found = rows.iloc[order][keys].assign(since=first[start])
    return found.drop_duplicates(keys, keep="last").reset_index(drop=True)
