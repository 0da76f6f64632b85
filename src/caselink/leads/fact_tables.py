"""From a result and the programs' tables to the facts that rules read: texts and ids become numbers, once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from caselink.encoding import Column, EncodedRecords, encode_column
from caselink.findings import facts as held
from caselink.findings.facts import NO_DAY, NONE, PROGRAM_NAMES, Ints, Mask, Program, Role
from caselink.findings.stays import in_order, joined
from caselink.identity import family_roles as family
from caselink.leads.case_keys import case_texts
from caselink.schema import NOT_PROTECTED, PERSON_COLUMNS

UNUSED_VALUES = ("ssn", "birth_date")
"""Fields of which something that could not be used is evidence itself (findings Q01 and Q07)."""
_ROLES = {
    family.HEAD: Role.HEAD,
    family.CARETAKER: Role.CARETAKER,
    family.SPOUSE: Role.ADULT,
    family.ADULT: Role.ADULT,
    family.CHILD: Role.CHILD,
    family.DEPENDENT: Role.CHILD,
    family.ABSENT: Role.ABSENT,
}
_PUTATIVE = re.compile(r"^PF$|PUTATIVE|ALLEGED", re.IGNORECASE)
_DAY = re.compile(r"(?!0000)(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_MONTH = re.compile(r"(\d{4})-?(\d\d)(?:-?\d\d)?(?:[T ].*)?")
_HOUSE = r"^(?P<house>[0-9]{1,6})\b"
_QUARTER = re.compile(r"(\d{4})-?Q?([1-4])", re.IGNORECASE)
_ASSISTANCE = {"never": held.NEVER, "former": held.FORMER, "current": held.CURRENT}
_GOOD_CAUSE = {"PD": held.PENDING, "GC": held.GRANTED}
_OWN_CHILD = frozenset({"CH", "CHILD", "SON", "DAUGHTER"})
_GRANDCHILD = frozenset({"GC", "GRANDCHILD", "GRANDSON", "GRANDDAUGHTER"})
_ABSENCES = {"DC": held.DEAD, "DECEASED": held.DEAD, "IC": held.JAILED, "INCARCERATED": held.JAILED}
_SEXES = {"M": held.MALE, "F": held.FEMALE}
_YES_NO = {"Y": 1, "N": 0}
_COUNTED = {"eligible": 1, "closed": NONE}
_VERIFIED = {**_YES_NO, "U": 0, **dict.fromkeys("VCEPRS", 1)}
_CLOSURES = {
    "employment": held.CLOSED_FOR_JOB,
    "time limit": held.CLOSED_FOR_TIME,
    "support sanction": held.CLOSED_FOR_SUPPORT,
}
_HIRES = frozenset({"new hire", "w4", "hire", "w-4"})


@dataclass(frozen=True)
class Numbers:
    """Who each record is, by its canonical position, and which number each case has."""

    records: EncodedRecords
    person: Ints = field(repr=False)
    person_ids: npt.NDArray[np.object_] = field(repr=False)
    case_source: npt.NDArray[np.object_] = field(repr=False)
    case_ids: npt.NDArray[np.object_] = field(repr=False)
    case_keys: pa.LargeStringArray = field(repr=False)

    def cases(self, source: pd.Series[Any] | str, case_id: pd.Series[Any]) -> Ints:
        """The number of each case, :data:`NONE` for one that is not known."""
        found = pc.index_in(case_texts(source, case_id), self.case_keys)
        return np.asarray(pc.fill_null(found, NONE).to_numpy(zero_copy_only=False), np.int64)

    def positions(self, source: pd.Series[Any], record_id: pd.Series[Any]) -> Ints:
        """The position of each record, :data:`NONE` for one that is not there."""
        known = source.notna().to_numpy(bool) & record_id.notna().to_numpy(bool)
        place = np.full(len(source), NONE, np.int64)
        place[known] = self.records.positions(source[known], record_id[known])
        return place


def program_of(sources: Sequence[str], programs: Mapping[str, str], registers: Collection[str] = ()) -> Ints:
    """The program of each source; one that is told nowhere is :attr:`Program.OTHER`."""
    told = [Program.REGISTER if one in registers else PROGRAM_NAMES.get(programs.get(one, "")) for one in sources]
    return np.array([Program.OTHER if one is None else one for one in told], np.int64)


def record_table(frame: pd.DataFrame, encoded: EncodedRecords, person: Ints, program: Ints) -> pd.DataFrame:
    """The table of records, in canonical order; ``program`` is that of each source."""
    columns = _Columns(frame, encoded.row, dict(encoded.columns))
    first, last = columns.coded("first_name"), columns.coded("last_name")
    ssn = _whole_numbers(columns.coded("ssn"))
    taxpayer = columns.coded("taxpayer_id").codes >= 0
    table = pd.DataFrame(
        {
            "record": np.arange(len(encoded)),
            "source": encoded.source.astype(np.int64),
            "program": program[encoded.source],
            "person": person,
            "ssn": ssn,
            "born": columns.numbers("birth_date", day_number, missing=NO_DAY),
            "birth_year": columns.numbers("birth_date", _year),
            "name": first.codes.astype(np.int64),
            "last_name": last.codes.astype(np.int64),
            "surname": _surnames(last),
            "sex": columns.numbers("sex", lambda text: _SEXES.get(text, NONE)),
            "place": columns.places(),
            "house": columns.houses(),
            "protected": columns.numbers("protected", _protected),
            "role": _roles(columns.coded("role")),
            "relationship": columns.numbers("relationship", _relationship),
            "absence": columns.numbers("absence", _absence),
            "verified": columns.numbers("ssn_verified", lambda text: _VERIFIED.get(text.strip().upper(), NONE)),
            "bad_ssn": (columns.given("raw_ssn") & (ssn < 0) & ~taxpayer).astype(np.int64),
            "bad_birth": (columns.given("raw_birth_date") & ~columns.given("birth_date")).astype(np.int64),
        },
        copy=False,
    )
    table["line"] = _lines(frame, encoded, table)
    return table


def _lines(frame: pd.DataFrame, encoded: EncodedRecords, table: pd.DataFrame) -> Ints:
    """A number for all that a record says of its person, the same for records that are equal in it.

    Only records of IV-A that share their person, or name and birth date, with another have one.
    """
    keys = ["source", "person", "name", "last_name", "born"]
    rows = table.loc[(table["program"] == Program.IVA).to_numpy(), keys]
    alike = [rows.duplicated(some, keep=False).to_numpy() for some in (keys[:2], [keys[0], *keys[2:]])]
    candidates = rows.index.to_numpy()[alike[0] | alike[1]]
    said = [name for name in map(str, frame.columns) if name in PERSON_COLUMNS or name.startswith("raw_")]
    rows = frame[["source", *said]].iloc[encoded.row[candidates]].astype("string").fillna("")
    line = np.full(len(table), NONE, np.int64)
    line[candidates] = rows.groupby(["source", *said], sort=False).ngroup().to_numpy(np.int64)
    return line


def _relationship(text: str) -> int:
    """Whether a child is said to be the own child, or a grandchild, of the adult in charge."""
    word = text.strip().upper()
    if word in _OWN_CHILD:
        return held.OWN_CHILD
    return held.GRANDCHILD if word in _GRANDCHILD else held.OTHER_KIN


def _absence(text: str) -> int:
    """Why a parent is absent: dead, in jail, or another reason (0)."""
    return _ABSENCES.get(text.strip().upper(), held.OTHER_REASON)


@dataclass(frozen=True)
class _Columns:
    """Columns of a frame as numbers, in the order of ``row``; a column that is not there is missing everywhere.

    ``known`` are those that are encoded already, in that order.
    """

    frame: pd.DataFrame
    row: Ints
    known: dict[str, Column] = field(default_factory=dict)

    def coded(self, name: str) -> Column:
        if name not in self.known:
            if name not in self.frame:
                return Column(np.full(len(self.row), NONE, np.int32), pa.array([], pa.large_string()))
            column = encode_column(self.frame[name], name)
            self.known[name] = Column(column.codes[self.row], column.values)
        return self.known[name]

    def given(self, name: str) -> Mask:
        """Where something stands."""
        if name not in self.frame:
            return np.zeros(len(self.row), bool)
        return np.asarray(self.frame[name].notna().to_numpy(bool)[self.row])

    def numbers(self, name: str, read: Callable[[str], int], *, missing: int = NONE) -> Ints:
        return coded_numbers(self.coded(name), read, missing=missing)

    def places(self) -> Ints:
        """One number for one street, unit and ZIP as written; boxes to write to have none."""
        street, unit, area = (self.coded(name).codes.astype(np.int64) for name in ("street", "unit", "zip"))
        boxes = pc.match_substring_regex(self.coded("street").values, r"^(P ?O )?BOX\b")
        box = np.append(boxes.to_numpy(zero_copy_only=False), False)[street]
        key = (street * (unit.max(initial=0) + 2) + unit + 1) * (area.max(initial=0) + 2) + area + 1
        return np.where((street >= 0) & ~box.astype(bool), key, NONE)

    def houses(self) -> Ints:
        """One number for one house number and ZIP, however the street is spelled and whatever the unit."""
        street = self.coded("street")
        found = pc.struct_field(pc.extract_regex(street.values, _HOUSE), "house")
        house = _whole_numbers(Column(street.codes, found))
        area = self.coded("zip").codes.astype(np.int64)
        return np.where((house >= 0) & (area >= 0), house * (area.max(initial=0) + 1) + area, NONE)


def coded_numbers(column: Column, read: Callable[[str], int], *, missing: int = NONE) -> Ints:
    """Each distinct text read once."""
    values = [read(text) for text in column.values.to_pylist()]  # noqa: PD011  (a Column)
    return np.array([*values, missing], np.int64)[column.codes]


def _whole_numbers(column: Column) -> Ints:
    """Texts of digits as numbers, :data:`NONE` for any other."""
    digits = pc.match_substring_regex(column.values, "^[0-9]{1,18}$")
    read = pc.if_else(digits, column.values, pa.scalar(None, pa.large_string())).cast(pa.int64())
    values = pc.fill_null(read, NONE).to_numpy(zero_copy_only=False)
    return np.append(values, NONE).astype(np.int64)[column.codes]


def _surnames(column: Column) -> Ints:
    """A number for the first word of a last name."""
    words = pd.factorize(np.array([text.split(" ")[0] for text in column.values.to_pylist()], dtype=object))[0]  # noqa: PD011
    return np.append(words, NONE).astype(np.int64)[column.codes]


def _protected(text: str) -> int:
    """1 for anything but a clear no; a blank says nothing."""
    return int(text.strip().upper() not in NOT_PROTECTED) if text.strip() else NONE


def day_number(text: str) -> int:
    """Days since 1970 of a whole date that there is, :data:`NO_DAY` of any other text.

    >>> day_number("1970-01-02"), day_number("1985-02-31") == day_number("1985-00-00") == NO_DAY
    (1, True)
    """
    found = _DAY.fullmatch(text.strip())
    try:
        return int(np.datetime64("-".join(found.groups()), "D").astype(np.int64)) if found else int(NO_DAY)
    except ValueError:  # no such day
        return int(NO_DAY)


def _year(text: str) -> int:
    return (int(text[:4]) or NONE) if text[:4].isdecimal() else NONE


def _roles(column: Column) -> Ints:
    texts = column.values.to_pylist()  # noqa: PD011  (a Column)
    codes = [_ROLES.get(int(code), Role.MEMBER) for code in family.read_roles(texts)]
    marked = [Role.PUTATIVE if _PUTATIVE.search(text) else code for text, code in zip(texts, codes, strict=True)]
    return np.array([*marked, Role.MEMBER], np.int64)[column.codes]


def stay_table(members: pd.DataFrame, numbers: Numbers, records: pd.DataFrame) -> pd.DataFrame:
    """Stays in cases, a row for each stretch of months in which the program says the same."""
    record = numbers.positions(members["source"], members["record_id"])
    case = numbers.cases(members["source"], members["case_id"])
    first, last = (months(members, name) for name in ("first_month", "last_month"))
    kept = (record >= 0) & (case >= 0) & (first >= 0) & (last >= first)
    columns = _Columns(members, np.flatnonzero(kept))
    told = {"record": record, "case": case, "first": first, "last": last}
    rows: dict[str, npt.NDArray[Any]] = {name: values[kept] for name, values in told.items()}
    rows |= {name: records[name].to_numpy()[rows["record"]] for name in ("person", "program")}
    rows["role"] = _roles(columns.coded("role"))
    rows["counted"] = columns.numbers("status", lambda text: _COUNTED.get(text.strip().lower(), 0))
    rows["resides"] = columns.numbers("resides", lambda text: _YES_NO.get(text.upper(), NONE))
    rows["employed"] = columns.numbers("employed", lambda text: _YES_NO.get(text.upper(), NONE))
    rows |= _within(records["source"].to_numpy()[rows["record"]], rows["first"], rows["last"])
    said = ["case", "record", "role", "counted", "resides", "employed"]
    whole = joined(pd.DataFrame(rows, copy=False), said)
    whole = in_order(whole, ["person", "case", "record"]).reset_index(drop=True)
    whole["head"] = heads(whole)[whole["case"].to_numpy()]
    return whole


def _within(source: Ints, first: Ints, last: Ints) -> dict[str, Mask]:
    """Which stays begin after the first month that their source tells of, and which end before its last."""
    begun = np.full(int(source.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    until = np.full(len(begun), NONE, np.int64)
    np.minimum.at(begun, source, first)
    np.maximum.at(until, source, last)
    return {"begins": first > begun[source], "ends": last < until[source]}


def heads(stays: pd.DataFrame) -> Ints:
    """By case: who is in charge of it in the most months (of equals the first), :data:`NONE` where nobody is."""
    chosen = np.full(int(stays["case"].max()) + 2 if len(stays) else 1, NONE, np.int64)
    payees = stays[["case", "person", "first", "last"]][np.isin(stays["role"], [int(role) for role in held.PAYEES])]
    case, person, first, last = (payees[name].to_numpy(np.int64) for name in payees)
    n_people = int(person.max(initial=0)) + 1
    each, place = np.unique(case * n_people + person, return_inverse=True)
    months = np.bincount(place, weights=last - first + 1)
    order = np.lexsort([-each, months, each // n_people])  # the last one of a case is the one to take
    chosen[each[order] // n_people] = each[order] % n_people
    return chosen


def case_table(
    told: pd.DataFrame | None, numbers: Numbers, stays: pd.DataFrame, programs: Mapping[str, str]
) -> pd.DataFrame:
    """One row a case, in the order of their numbers."""
    n = len(numbers.case_ids)
    place, sources = pd.factorize(numbers.case_source, sort=True)
    program = program_of(list(sources), programs)[place]
    table = pd.DataFrame({name: np.full(n, NONE, np.int64) for name in held.CASES})
    table["source"], table["program"], table["good_cause"] = place, program, 0
    in_charge = np.full(n, NONE, np.int64)
    in_charge[stays["case"].to_numpy()] = stays["head"].to_numpy()
    table["head"] = in_charge
    if told is None:
        return table
    case = numbers.cases(told["source"], told["case_id"])
    kept = case >= 0
    columns = _Columns(told, np.flatnonzero(kept))
    facts = {name: months(told, name)[kept] for name in ("opened", "closed", "reopened", "uncooperative")}
    facts["closure_reason"] = columns.numbers(
        "closure_reason", lambda text: _CLOSURES.get(text.strip().lower(), held.OTHER_CLOSURE)
    )
    facts["months_counted"] = columns.numbers("months_counted", _amount)
    facts["paternity"] = columns.numbers("paternity", lambda text: _YES_NO.get(text.upper(), NONE))
    facts["good_cause"] = columns.numbers(
        "good_cause", lambda text: _GOOD_CAUSE.get(text.upper(), held.OTHER_CAUSE), missing=0
    )
    facts["assistance"] = columns.numbers("assistance", lambda text: _ASSISTANCE.get(text.lower(), NONE))
    for name, values in facts.items():
        column = table[name].to_numpy(copy=True)
        column[case[kept]] = values
        table[name] = column
    return table


def referral_table(
    told: pd.DataFrame | None, numbers: Numbers, person: Ints, sources: Mapping[Program, str]
) -> pd.DataFrame:
    """One row a referral: cases, child and absent parent (persons), and months."""
    if told is None:
        return held.no_rows("referrals")
    iva, ivd = sources.get(Program.IVA, ""), sources.get(Program.IVD, "")
    people = {}
    for name, column in (("child", "child_record_id"), ("absent", "absent_record_id")):
        if column in told:
            record = numbers.positions(pd.Series([iva] * len(told), index=told.index), told[column])
            people[name] = np.where(record >= 0, person[record], NONE)
        else:
            people[name] = np.full(len(told), NONE, np.int64)
    nothing = pd.Series([None] * len(told), dtype="string", index=told.index)
    return pd.DataFrame(
        {
            "case": numbers.cases(iva, told["iva_case_id"]),
            "support_case": numbers.cases(ivd, told.get("ivd_case_id", nothing)),
            **people,
            **{name: months(told, name) for name in ("sent", "received", "worked")},
        }
    )


def report_table(told: pd.DataFrame | None, numbers: Numbers, person: Ints) -> pd.DataFrame:
    """One row a report whose record is there: month of hire, or the last month of the quarter."""
    if told is None:
        return held.no_rows("reports")
    record = numbers.positions(told["source"], told["record_id"])
    kept = np.flatnonzero(record >= 0)
    columns = _Columns(told, kept)
    hire = columns.numbers("kind", lambda text: int(text.strip().lower() in _HIRES)) == 1
    date = columns.numbers("date", _month)
    quarter = columns.numbers("date", _quarter_end)
    return pd.DataFrame(
        {
            "record": record[kept],
            "person": person[record[kept]],
            "kind": np.where(hire, held.HIRE, held.WAGES),
            "month": np.where(hire, date, quarter),
            "received": columns.numbers("received", _month),
            "amount": columns.numbers("amount", _amount),
        }
    )


def months(table: pd.DataFrame, name: str) -> Ints:
    """A column of months or dates as numbers; ``first_month`` and ``last_month`` may both stand in ``month``."""
    column = name if name in table or name not in ("first_month", "last_month") else "month"
    if column not in table:
        return np.full(len(table), NONE, np.int64)
    return coded_numbers(encode_column(table[column], column), _month)


def _month(text: str) -> int:
    found = _MONTH.fullmatch(text.strip())
    if found is None or not 1 <= int(found[2]) <= 12:
        return NONE
    return int(found[1]) * 12 + int(found[2]) - 1


def _quarter_end(text: str) -> int:
    """The last month of a quarter, told as 2026Q2 or by any date in it."""
    found = _QUARTER.fullmatch(text.strip())
    if found:
        return int(found[1]) * 12 + int(found[2]) * 3 - 1
    month = _month(text)
    return month if month < 0 else month // 3 * 3 + 2


def _amount(text: str) -> int:
    try:
        return int(float(text))
    except (ValueError, OverflowError):  # no number, or an infinite one
        return NONE
