"""Findings of group Q about SSNs: numbers that cannot be, that several people hold, or several that one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from caselink.findings.facts import (
    NO_DAY,
    NONE,
    Facts,
    Ints,
    Mask,
    Program,
    once,
)
from caselink.findings.finding import About, Leads, Part, Reason, make_leads, stack_leads
from caselink.findings.keys import has_several
from caselink.findings.people import born_apart, more_than_name, one_by_pair, pairs_within

UNUSED_BEFORE_2011 = ((734, 749), (773, 899))
"""SSN areas, both ends included, that nobody got before 25 June 2011."""
_DIGITS = 9


def by_record(facts: Facts, rows: pd.DataFrame, reasons: list[Reason]) -> Leads:
    """One lead for each person and source of some records, in the months of their stays."""
    records = rows.index.to_numpy()
    span = record_months(facts, records)
    table = pd.DataFrame(
        {"record": records, "person": rows["person"].to_numpy(), "source": rows["source"].to_numpy(), **span}
    )
    lead = table.groupby(["source", "person"], sort=True).ngroup().to_numpy()
    each = table.groupby(["source", "person"], as_index=False).agg(first=("first", "min"), last=("last", "max"))
    parts = [Part("holder", table["person"], table["case"], table["record"], lead)]
    return make_leads(each["first"], each["last"], parts, reasons)


def record_months(facts: Facts, records: Ints) -> dict[str, Ints]:
    """First and last month and last case of records; those of no case have the last month of all."""
    span = months_of_records(facts)
    known = span["last"][records] != NONE
    missing = {"first": facts.now, "last": facts.now, "case": NONE}
    return {name: np.where(known, span[name][records], value) for name, value in missing.items()}


@once
def months_of_records(facts: Facts) -> dict[str, Ints]:
    """By record ``first`` and ``last`` month, last ``case``, ``highest`` and ``lowest`` number of a case; or NONE."""
    record, case, first, last = (facts.stays[name].to_numpy(np.int64) for name in ("record", "case", "first", "last"))
    n_cases = int(case.max(initial=0)) + 1
    none = np.full(len(facts.records), NONE, np.int64)
    found = {name: none.copy() for name in ("first", "last", "case", "highest", "lowest")}
    latest = none.copy()
    np.maximum.at(latest, record, last * n_cases + case)
    np.maximum.at(found["highest"], record, case)
    known = latest >= 0
    found["last"][known], found["case"][known] = latest[known] // n_cases, latest[known] % n_cases
    for name, values in (("first", first), ("lowest", case)):
        found[name][known] = np.iinfo(np.int64).max
        np.minimum.at(found[name], record, values)
    return found


@once
def usable(facts: Facts) -> pd.DataFrame:
    """Records with a usable SSN, but those of registers of deaths and prisoners: ``record, person, ssn, born``."""
    records = facts.records
    kept = (records["ssn"] >= 0) & (records["program"] != Program.REGISTER)
    return records[["record", "person", "ssn", "born"]][kept.to_numpy()]


@dataclass(frozen=True, slots=True)
class InvalidNumber:
    """Q01: something stands where the SSN should, and it cannot be one."""

    about: ClassVar[About] = About(
        id="Q01",
        title="invalid SSN",
        strength="A",
        needs=("records.raw_ssn",),
        tested=("nothing was given: a newborn, or applied for", "a number for taxes"),
        untested=("a number of the agency's own making", "a file that was not decoded"),
        verify="application for a number, card, or verification by SSA",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person and source."""
        rows = facts.records[(facts.records["bad_ssn"] == 1).to_numpy()]
        return by_record(facts, rows, [Reason("SSN", "fails the test of structure, or is a filler")])


@dataclass(frozen=True, slots=True)
class SharedNumber:
    """Q02: one usable SSN held by people whose first names and birth dates both differ."""

    about: ClassVar[About] = About(
        id="Q02",
        title="SSN held by several people",
        strength="B",
        needs=("records.ssn", "records.first_name", "records.birth_date"),
        tested=("twins on one number: one birth date", "namesakes on one number: one first name"),
        untested=("a parent's or spouse's number on a child", "a typing error", "a victim of identity theft"),
        verify="verification of the number, documents",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each number."""
        held = usable(facts)
        held = held[_held_by_several(held)]
        pairs = held[["ssn", "person"]].drop_duplicates()
        pairs = pairs.merge(pairs, on="ssn", suffixes=("_a", "_b"))
        pairs = pairs[(pairs["person_a"] < pairs["person_b"]).to_numpy()].reset_index(drop=True)
        differ = ~_share(facts, pairs, "name", NONE) & ~_share(facts, pairs, "born", NO_DAY)
        wanted = np.unique(pairs["ssn"][differ])
        rows = held[np.isin(held["ssn"].to_numpy(), wanted)]
        span = record_months(facts, rows["record"].to_numpy())
        rows = rows.assign(**span)
        lead = np.searchsorted(wanted, rows["ssn"].to_numpy())
        each = rows.groupby(lead).agg(first=("first", "max"), last=("last", "max"))
        parts = [Part("holder", rows["person"], rows["case"], rows["record"], lead)]
        reasons = [Reason("SSN", "equal"), Reason("first name and birth date", "both differ")]
        return make_leads(each["first"], np.maximum(each["first"], each["last"]), parts, reasons)


def _held_by_several(held: pd.DataFrame) -> Mask:
    return has_several(held["ssn"].to_numpy(), held["person"].to_numpy())


def _share(facts: Facts, pairs: pd.DataFrame, column: str, none: int) -> Mask:
    """Pairs of persons of whom some records agree in a column; or of one of whom it is not known."""
    people = pairs[["person_a", "person_b"]]
    held = (facts.records[column] != none).to_numpy() & np.isin(facts.records["person"], people.to_numpy().ravel())
    known = facts.records[["person", column]][held].drop_duplicates()
    both = people.reset_index().merge(known, left_on="person_a", right_on="person")
    both = both.merge(known, left_on=["person_b", column], right_on=["person", column], suffixes=("", "_other"))
    unknown = ~np.isin(people["person_a"], known["person"]) | ~np.isin(people["person_b"], known["person"])
    return np.asarray(np.isin(np.arange(len(pairs)), both["index"]) | unknown)


def _several_numbers(facts: Facts, *, near: bool) -> Leads:
    pairs = _numbers_of_one(facts)
    pairs = pairs[is_near(pairs["ssn_a"].to_numpy(), pairs["ssn_b"].to_numpy()) == near].reset_index(drop=True)
    pairs = pairs[~_born_apart(facts, pairs)]
    if near:
        pairs = pairs[facts.names("first_name", pairs["record_a"].to_numpy(), pairs["record_b"].to_numpy()) != 0]
    else:
        pairs = pairs[more_than_name(facts, pairs["record_a"], pairs["record_b"]) | _one_name(facts, pairs)]
    records = np.unique(pairs[["record_a", "record_b"]].to_numpy().ravel())
    table = pd.DataFrame({"record": records, "person": facts.records["person"].to_numpy()[records]})
    table = table.assign(**record_months(facts, records))
    lead = table.groupby("person", sort=True).ngroup().to_numpy()
    each = table.groupby("person", as_index=False).agg(first=("first", "max"), last=("last", "max"))
    reasons = [
        Reason(
            "SSN", "one digit, or one swap of neighbors, apart" if near else "two numbers, further than a slip apart"
        ),
        Reason("identity", "one person by the links of the records"),
    ]
    parts = [Part("holder", table["person"], table["case"], table["record"], lead)]
    return make_leads(each["first"], np.maximum(each["first"], each["last"]), parts, reasons)


def _one_name(facts: Facts, pairs: pd.DataFrame) -> Mask:
    """Pairs of records that agree in first and last name to the letter."""
    equal = []
    for column in ("name", "last_name"):
        one, other = (facts.records[column].to_numpy()[pairs[f"record_{side}"].to_numpy()] for side in "ab")
        equal.append((one == other) & (one >= 0))
    return np.asarray(equal[0] & equal[1])


@once
def _numbers_of_one(facts: Facts) -> pd.DataFrame:
    """Each two records of one person that have two numbers."""
    return pairs_within(usable(facts)[["person", "ssn", "record"]], "person", "ssn")


def _born_apart(facts: Facts, pairs: pd.DataFrame) -> Mask:
    """Pairs of numbers whose records have birth dates, all more than a year apart: rather two people."""
    records = usable(facts)
    kept = (records["born"] != NO_DAY).to_numpy() & np.isin(records["person"].to_numpy(), pairs["person"].to_numpy())
    dated = records[["person", "ssn", "born"]][kept].drop_duplicates()
    both = pairs[["person", "ssn_a", "ssn_b"]].drop_duplicates()
    both = both.merge(dated, left_on=["person", "ssn_a"], right_on=["person", "ssn"])
    both = both.merge(dated, left_on=["person", "ssn_b"], right_on=["person", "ssn"], suffixes=("", "_other"))
    both["apart"] = born_apart(both["born"].to_numpy(), both["born_other"].to_numpy())
    every = both.groupby(["person", "ssn_a", "ssn_b"])["apart"].all()
    found = every.reindex(pd.MultiIndex.from_frame(pairs[["person", "ssn_a", "ssn_b"]]))
    return np.asarray(found.to_numpy(dtype=object) == True)  # noqa: E712  (missing is not apart)


@dataclass(frozen=True, slots=True)
class SeveralNumbers:
    """Q03: one person under two usable SSNs that are further than a slip of the keyboard apart."""

    about: ClassVar[About] = About(
        id="Q03",
        title="person with several SSNs",
        strength="B",
        needs=("records.ssn",),
        tested=(
            "a typing error (Q04)",
            "a number for taxes",
            "parent and child, or others, of one name: their birth dates differ as well",
            "people of names that are only alike, with no birth date or address in common",
        ),
        untested=("a lawful second number", "two people whose records were taken for one"),
        verify="check protection first; then what SSA says of several numbers",
        protection=True,
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person."""
        return stack_leads([_several_numbers(facts, near=False), _numbers_kept_apart(facts)])


def _numbers_kept_apart(facts: Facts) -> Leads:
    """One lead for each two persons of two numbers of whom two records are one person by themselves."""
    pairs = one_by_pair(facts)
    ssn, person = facts.records["ssn"].to_numpy(), facts.records["person"].to_numpy()
    left, right = (pairs[side].to_numpy() for side in ("left", "right"))
    two = (ssn[left] >= 0) & (ssn[right] >= 0) & (ssn[left] != ssn[right])
    two &= ~is_near(np.maximum(ssn[left], 0), np.maximum(ssn[right], 0))
    two &= np.isin(left, usable(facts)["record"]) & np.isin(right, usable(facts)["record"])
    people = np.sort(np.stack([person[left], person[right]]), axis=0)
    pairs = pairs.assign(one=people[0], other=people[1])[two].sort_values(["one", "other", "sure", "left", "right"])
    pairs = pairs.drop_duplicates(["one", "other"], keep="last")
    spans = {side: record_months(facts, pairs[side].to_numpy()) for side in ("left", "right")}
    parts = [Part("holder", person[pairs[side]], span["case"], pairs[side].to_numpy()) for side, span in spans.items()]
    first = np.maximum(spans["left"]["first"], spans["right"]["first"])
    last = np.maximum(spans["left"]["last"], spans["right"]["last"])
    reasons = [
        Reason("SSN", "two numbers, further than a slip apart"),
        Reason("identity", "two records are one person, though the others of both were kept apart"),
    ]
    return make_leads(first, np.maximum(first, last), parts, reasons, pairs["sure"].to_numpy())


@dataclass(frozen=True, slots=True)
class TypingError:
    """Q04: one person under two SSNs that are one digit, or one swap of neighbors, apart."""

    about: ClassVar[About] = About(
        id="Q04",
        title="probable SSN typing error",
        strength="C",
        needs=("records.ssn",),
        tested=("twins, whose numbers are neighbors: their first names differ",),
        verify="correct at the source",
        who="the data owner",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person."""
        return _several_numbers(facts, near=True)


def is_near(one: Ints, other: Ints) -> Mask:
    """Whether two nine-digit numbers differ by one digit, or by a swap of two neighbors.

    >>> is_near(np.array([123456789, 123456789, 1]), np.array([123456780, 132456789, 20])).tolist()
    [True, True, False]
    """
    powers = 10 ** np.arange(_DIGITS, dtype=np.int64)
    a, b = one[:, None] // powers % 10, other[:, None] // powers % 10
    differ = a != b
    count = differ.sum(axis=1)
    swapped = (a[:, 1:] == b[:, :-1]) & (a[:, :-1] == b[:, 1:]) & differ[:, 1:] & differ[:, :-1]
    return np.asarray((count == 1) | ((count == 2) & swapped.any(axis=1)))


@dataclass(frozen=True, slots=True)
class UnusualNumber:
    """Q05: an SSN of an area not in use before June 2011, on somebody born in ``born_until`` or before."""

    born_until: int = 2005
    about: ClassVar[About] = About(
        id="Q05",
        title="SSN unusual for age",
        strength="C",
        needs=("records.ssn", "records.birth_date"),
        untested=("the number was given late in life",),
        verify="documents",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person and source."""
        rows = facts.records[(facts.records["ssn"] >= 0).to_numpy()]
        area = rows["ssn"].to_numpy() // 1_000_000
        unused = np.any([(area >= low) & (area <= high) for low, high in UNUSED_BEFORE_2011], axis=0)
        year = rows["birth_year"].to_numpy()
        old = (year > 0) & (year <= self.born_until) & (rows["born"] != NO_DAY).to_numpy()
        reasons = [
            Reason("SSN and birth year", "an area that was not in use when people of that age got their numbers")
        ]
        return by_record(facts, rows[unused & old], reasons)
