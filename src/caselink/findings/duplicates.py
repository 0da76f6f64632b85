"""Findings of group D about persons and lines: one of them twice inside one program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from caselink.findings.facts import (
    NO_DAY,
    NONE,
    Facts,
    Mask,
    Program,
    once,
)
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.keys import has_several, one_key
from caselink.findings.numbers import months_of_records
from caselink.findings.stays import joined, overlapping

_NAMING = (("name", NONE), ("last_name", NONE), ("ssn", NONE), ("born", NO_DAY), ("line", NONE))
_PROGRAMS = (Program.IVA, Program.IVD, Program.JOBS)


@once
def lines_twice(facts: Facts) -> pd.DataFrame:
    """Pairs of records of one case and month that are one person, or that agree in what names a person.

    ``exact`` says whether all that they say of the person is equal, ``named`` whether what names a person is.
    """
    stays = joined(_perhaps_twice(facts), ["case", "record"])
    pairs = overlapping(stays, stays, ["case"], differ="record")
    one, other = (facts.records.take(pairs[f"record_{side}"].to_numpy()) for side in "ab")
    equal = {
        name: (one[name].to_numpy() == other[name].to_numpy()) & (one[name] != none).to_numpy()
        for name, none in _NAMING
    }
    unnamed = (one["name"].to_numpy() < 0) | (other["name"].to_numpy() < 0)
    same_name = equal["name"] & equal["last_name"]
    named = equal["born"] & (same_name | (equal["ssn"] & unnamed))
    same_person = (pairs["person_a"] == pairs["person_b"]).to_numpy()
    told: pd.DataFrame = pairs.assign(exact=equal["line"], named=named)[same_person | named]
    return told.reset_index(drop=True)


def _perhaps_twice(facts: Facts) -> pd.DataFrame:
    """Stays in IV-A cases that know their person, or the birth date, under another record too."""
    stays = facts.of_program(Program.IVA)
    case, record, person = (stays[name].to_numpy() for name in ("case", "record", "person"))
    born = facts.records["born"].to_numpy()[record]
    twice = has_several(one_key(case, person), record)
    dated = np.flatnonzero(born != NO_DAY)
    twice[dated] |= has_several(one_key(case[dated], born[dated]), record[dated])
    return stays[["person", "case", "record", "first", "last", "begins"]][twice]


def _leads_of_lines(pairs: pd.DataFrame, reasons: list[Reason]) -> Leads:
    parts = [Part("person", pairs[f"person_{side}"], pairs["case"], pairs[f"record_{side}"]) for side in "ab"]
    return make_leads(pairs["first"], pairs["last"], parts, reasons)


@dataclass(frozen=True, slots=True)
class ExactDuplicate:
    """D01: two lines for one case and month that are equal in all that they say of the person."""

    about: ClassVar[About] = About(
        id="D01",
        title="exact duplicate record",
        strength="A",
        needs=("memberships iv-a",),
        untested=("the month was submitted again", "two extracts were put into one file"),
        verify="the lines in the source extract",
        who="the data owner",
    )

    def find(self, facts: Facts) -> Leads:
        """Pairs of lines of one case and month."""
        pairs = lines_twice(facts)
        return _leads_of_lines(
            pairs[pairs["exact"].to_numpy()].reset_index(drop=True),
            [Reason("case and month", "equal"), Reason("name, birth date, SSN and sex", "equal")],
        )


@dataclass(frozen=True, slots=True)
class PartialDuplicate:
    """D02: two lines for one person in one case and month that are not equal."""

    about: ClassVar[About] = About(
        id="D02",
        title="partial duplicate",
        strength="A",
        needs=("memberships iv-a",),
        tested=("twins: they have different first names", "the same line again (D01)"),
        untested=("people who are not members may be listed more than once",),
        verify="the lines in the source extract",
        who="the data owner",
    )

    def find(self, facts: Facts) -> Leads:
        """Pairs of lines of one case and month."""
        pairs = lines_twice(facts)
        pairs = pairs[~pairs["exact"].to_numpy()].reset_index(drop=True)
        named = pairs["named"].to_numpy(bool)
        return _leads_of_lines(
            pairs,
            [
                Reason("case and month", "equal"),
                Reason("identity", "one person by the links of the records", ~named),
                Reason("name and birth date, or SSN and birth date", "equal", named),
            ],
        )


@dataclass(frozen=True, slots=True)
class DuplicatePerson:
    """D10: one person under two numbers of one program, not both in one case and month."""

    about: ClassVar[About] = About(
        id="D10",
        title="duplicate person record",
        strength="B",
        needs=("records.first_name",),
        tested=("twins, parent and child of one name, namesakes: kept apart when records were linked",),
        untested=("relatives of one name and about one age",),
        verify="both records side by side before they are merged",
        who="the staff who merge records",
    )

    def find(self, facts: Facts) -> Leads:
        """Pairs of records."""
        columns = ["record", "source", "person", "program"]
        record, source, person, program = (facts.records[name].to_numpy() for name in columns)
        numbered = facts.records["numbered"].to_numpy() != 0
        again = np.flatnonzero(np.isin(program, [int(one) for one in _PROGRAMS]) & numbered)
        again = again[has_several(one_key(source[again], person[again]), record[again])]
        rows = facts.records[columns].take(again)
        pairs = rows.merge(rows, on=["source", "person", "program"], suffixes=("_a", "_b"))
        pairs = pairs[(pairs["record_a"] < pairs["record_b"]).to_numpy()].reset_index(drop=True)
        pairs = pairs[~_in_one_case(facts, pairs)].reset_index(drop=True)
        span = months_of_records(facts)
        sides = [pairs[f"record_{side}"].to_numpy() for side in "ab"]
        first, last = (np.maximum(*(span[name][side] for side in sides)) for name in ("first", "last"))
        first, last = (np.where(first == NONE, facts.now, one) for one in (first, last))
        parts = [Part("person", pairs["person"], span["highest"][side], side) for side in sides]
        return make_leads(
            first,
            np.maximum(first, last),
            parts,
            [Reason("identity", "two numbers of one program are one person")],
        )


def _in_one_case(facts: Facts, pairs: pd.DataFrame) -> Mask:
    """Pairs of records that are in one case in one month: D01 and D02 tell of these."""
    columns = ["person", "case", "record", "first", "last", "begins"]
    concerned = np.isin(facts.stays["record"].to_numpy(), pairs[["record_a", "record_b"]].to_numpy().ravel())
    stays = joined(facts.stays[columns][concerned], ["case", "record"])
    both = overlapping(stays, stays, ["case", "person"], differ="record")
    known = both["record_a"].to_numpy() * len(facts.records) + both["record_b"].to_numpy()
    return np.isin(pairs["record_a"].to_numpy() * len(facts.records) + pairs["record_b"].to_numpy(), known)
