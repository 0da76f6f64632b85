"""From records and memberships to sightings: who was seen in which case, at which address, in which months."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from caselink.calendar_months import month_numbers, unreadable_months
from caselink.encoding import EncodedRecords, encode, encode_column, to_arrow
from caselink.families.places import Places
from caselink.identity.family_roles import ABSENT, read_roles
from caselink.schema import KEY_COLUMNS, PERSONS_COLUMNS, check_table

Ints = npt.NDArray[np.int64]
_READ = ("street", "unit", "city", "zip", "last_name", "birth_date", "case_id", "role", "month", "resides")
_TEXT = pd.ArrowDtype(pa.string())
_MONTH_LENGTH = len("2026-01")
_MISDATED = 0.005  # births that may be written with a date to come


@dataclass(frozen=True, slots=True)
class SightingTable:
    """Sightings as :mod:`caselink.identity.rosters` describes them, and the texts that their numbers stand for.

    ``records`` in canonical order; ``person`` is the number of each record's person, ``person_ids`` their ids.
    ``cases`` holds the texts of the case numbers. ``notices`` counts rows of rosters that could not be used.
    """

    rows: pd.DataFrame = field(repr=False)
    records: EncodedRecords
    person: Ints = field(repr=False)
    person_ids: npt.NDArray[Any] = field(repr=False)
    cases: list[str] = field(repr=False)
    places: Places
    dated: bool
    notices: dict[str, int]


def read_sightings(
    records: pd.DataFrame, persons: pd.DataFrame, memberships: pd.DataFrame | None = None
) -> SightingTable:
    """Make the sightings of ``records``, whose persons are known.

    ``memberships`` (``source, record_id, case_id``; if there: ``role``, ``resides``, and ``month`` or ``first_month``
    and ``last_month``) say who was in which case; a record that is not among them counts with its own columns of
    these names, if it has any. Months that are not known are taken for the last one known, and so is an end such as
    9999-12.
    """
    check_table(persons, PERSONS_COLUMNS, needed_by="households")
    encoded = encode(records, [column for column in _READ if column in records])
    person, ids = _persons(encoded, persons)
    told, notices = _told_rows(encoded, memberships) if memberships is not None else (None, {})
    named = np.zeros(len(encoded), np.bool_)
    if told is not None:
        named[told["record"]] = True
    own = _own_rows(encoded, np.flatnonzero(~named))
    told = own if told is None else pd.concat([told, own], ignore_index=True)
    rows, cases, dated, backwards = _number(told)
    notices["memberships whose months run backwards"] = backwards
    rows = rows.assign(person=person[rows["record"]], source=encoded.source[rows["record"]].astype(np.int64))
    surname, born = _surnames(encoded), _births(encoded, person)
    if not dated:
        rows["first"] = rows["last"] = _last_birth(born)
    places = Places.of(encoded, person, surname)
    rows = rows.assign(place=places.number[rows["record"]], surname=surname[rows["record"]], born=born[rows["person"]])
    rows["lives"] = np.where((rows["lives"] < 0) & (rows["role"] == ABSENT), 0, rows["lives"])
    order = np.lexsort([rows[name] for name in ("last", "first", "role", "case", "record")])
    return SightingTable(rows.iloc[order].reset_index(drop=True), encoded, person, ids, cases, places, dated, notices)


def _persons(encoded: EncodedRecords, persons: pd.DataFrame) -> tuple[Ints, npt.NDArray[Any]]:
    """A number for each record's person, in canonical order; a record without person is a person of its own."""
    position = encoded.positions(persons["source"], persons["record_id"])
    ids = np.full(len(encoded), None, dtype=object)
    known = position >= 0
    ids[position[known]] = persons["person_id"].to_numpy(dtype=object)[known]
    codes, values = pd.factorize(ids)
    lone = np.flatnonzero(codes < 0)
    codes = codes.astype(np.int64)
    codes[lone] = len(values) + np.arange(len(lone))
    return codes, np.concatenate([np.asarray(values, dtype=object), np.full(len(lone), None, dtype=object)])


def _own_rows(encoded: EncodedRecords, record: Ints) -> pd.DataFrame:
    """One row for each of these records, from their own columns."""
    rows = pd.DataFrame({"record": record})
    for name, column in (("case_id", "case_id"), ("role", "role"), ("resides", "resides"), ("first_month", "month")):
        rows[name] = pd.Series(_own_texts(encoded, column, record), dtype=_TEXT)
    rows["last_month"] = rows["first_month"]
    return rows


def _own_texts(encoded: EncodedRecords, name: str, record: Ints) -> pa.Array:
    if name not in encoded.columns:
        return pa.nulls(len(record), pa.string())
    codes = encoded.columns[name].codes[record]
    held = encoded.columns[name].values  # noqa: PD011  (a Column)
    return held.take(pa.array(codes, mask=codes < 0)).cast(pa.string())


def _told_rows(encoded: EncodedRecords, memberships: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """The memberships of records that are there; and how many name one that is not."""
    check_table(memberships, [*KEY_COLUMNS, "case_id"], needed_by="households")
    position = encoded.positions(memberships["source"], memberships["record_id"])
    there = pa.array(np.flatnonzero(position >= 0))
    rows = pd.DataFrame({"record": position[position >= 0]})
    first = "first_month" if "first_month" in memberships else "month"
    last = "last_month" if "last_month" in memberships else first
    columns = {"case_id": "case_id", "role": "role", "resides": "resides", "first_month": first, "last_month": last}
    for name, column in columns.items():
        absent = pa.nulls(len(memberships), pa.large_string())
        held = to_arrow(memberships[column], column) if column in memberships else absent
        rows[name] = pd.Series(held.take(there).cast(pa.string()), dtype=_TEXT)
    odd = unreadable_months(rows["first_month"]) | unreadable_months(rows["last_month"])
    return rows, {
        "memberships that name a record that is not there": len(memberships) - len(there),
        "memberships with a month that is not written as YYYY-MM": int(odd.sum()),
    }


def _number(told: pd.DataFrame) -> tuple[pd.DataFrame, list[str], bool, int]:
    """Rows of texts as rows of numbers; the texts of the cases; whether any month is known; rows that run backwards."""
    rows = pd.DataFrame({"record": told["record"].to_numpy(np.int64)})
    cases = encode_column(told["case_id"], "case_id")
    texts = cases.values.to_pylist()  # noqa: PD011  (a Column)
    rank = np.append(np.argsort(np.argsort(np.array(texts, dtype=object))), -1).astype(np.int64)
    rows["case"] = rank[cases.codes]
    for name, column in (("first", "first_month"), ("last", "last_month")):
        rows[name] = month_numbers(told[column])
    roles = encode_column(told["role"], "role")
    rows["role"] = read_roles([*roles.values.to_pylist(), None])[roles.codes]  # noqa: PD011  (a Column)
    rows["lives"] = told["resides"].map({"Y": 1, "N": 0}).fillna(-1).to_numpy(np.int64)
    dated = bool((rows[["first", "last"]] >= 0).to_numpy().any())
    latest = int(max(rows["first"].max(), rows["last"].max(), 0)) if len(rows) else 0
    rows["last"] = np.where(rows["last"] < 0, latest, rows["last"])
    rows["first"] = np.where(rows["first"] < 0, rows["last"], rows["first"])
    backwards = (rows["first"] > rows["last"]).to_numpy()
    rows.loc[backwards, ["case", "lives"]] = -1
    rows.loc[backwards, "first"] = rows.loc[backwards, "last"]
    return rows, sorted(texts), dated, int(backwards.sum())


def _surnames(encoded: EncodedRecords) -> Ints:
    """A number for the first word of each record's last name."""
    if "last_name" not in encoded.columns:
        return np.full(len(encoded), -1, np.int64)
    column = encoded.columns["last_name"]
    words = [text.split(" ")[0] for text in column.values.to_pylist()]  # noqa: PD011  (a Column)
    numbers = np.append(pd.factorize(np.array(words, dtype=object), sort=True)[0], -1).astype(np.int64)
    return numbers[column.codes]


def _births(encoded: EncodedRecords, person: Ints) -> Ints:
    """The month in which each person was born, as most of their records have it; -1 where none has."""
    births = np.full(int(person.max(initial=-1)) + 1, -1, np.int64)
    if "birth_date" not in encoded.columns:
        return births
    column = encoded.columns["birth_date"]
    months = np.append(
        [_birth_month(text) for text in column.values.to_pylist()],  # noqa: PD011  (a Column)
        -1,
    ).astype(np.int64)[column.codes]
    known = pd.DataFrame({"person": person, "born": months})
    counts = known[known["born"] >= 0].groupby(["person", "born"]).size().rename("n").reset_index()
    counts = counts.sort_values(["person", "n", "born"], ascending=[True, False, True]).drop_duplicates("person")
    births[counts["person"].to_numpy()] = counts["born"].to_numpy()
    return births


def _last_birth(born: Ints) -> int:
    """When records without any month may be from, so that ages are known: when the youngest were born, few left out."""
    known = born[born >= 0]
    return int(np.quantile(known, 1 - _MISDATED)) if len(known) else 0


def _birth_month(text: str) -> int:
    year, month = text[:4], text[5:_MONTH_LENGTH]
    if not year.isdecimal() or int(year) == 0:
        return -1
    return int(year) * 12 + (int(month) - 1 if month.isdecimal() and 1 <= int(month) <= 12 else 6)
