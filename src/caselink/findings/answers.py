"""Findings from what others answer: a number that is not verified (Q06), cases in other states (D11, R10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from caselink.findings.facts import NO_DAY, NONE, Facts, Mask, Program
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.stays import counted, joined


@dataclass(frozen=True, slots=True)
class NotVerified:
    """Q06: the federal answer does not verify name and number of a person, and no other answer about them does."""

    about: ClassVar[About] = About(
        id="Q06",
        title="name and SSN not verified",
        strength="C",
        needs=("records.ssn_verified", "records.ssn"),
        tested=("verified in another answer, or found by further facts of the person",),
        untested=("a name changed by marriage", "a double surname, of which one part was sent", "a nickname"),
        verify="the name on the card, and a second source",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person and number."""
        records = facts.records[((facts.records["verified"] >= 0) & (facts.records["ssn"] >= 0)).to_numpy()]
        best = records.groupby(["person", "ssn"])["verified"].transform("max").to_numpy()
        found = records[best == 0].sort_values(["person", "ssn", "record"]).drop_duplicates(["person", "ssn"])
        months = np.full(len(found), facts.now)
        parts = [Part("holder", found["person"], NONE, found["record"])]
        return make_leads(months, months, parts, [Reason("name and SSN", "not verified by the federal answer")])


@dataclass(frozen=True, slots=True)
class ActiveElsewhere:
    """D11: counted here in a month in which another state has the person too, from before; one number, one birth date.

    A month that is the last there and the first here is a move.
    """

    about: ClassVar[About] = About(
        id="D11",
        title="assistance in two states in one month",
        strength="B",
        needs=("elsewhere iv-a", "memberships iv-a", "memberships.status iv-a", "records.ssn", "records.birth_date"),
        tested=(
            "moved within the month",
            "the other state's assistance began later than here",
            "SSN or birth date differs",
        ),
        untested=("moved, and the other state closes late", "a family at the border", "the other state's data are old"),
        verify="the other state's closure and a proof of residence; notice first",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person, case here and stretch there."""
        there = facts.elsewhere[
            ((facts.elsewhere["program"] == Program.IVA) & (facts.elsewhere["first"] >= 0)).to_numpy()
        ]
        here = joined(counted(facts.of_program(Program.IVA)), ["person", "case", "record"])
        pairs = here[["person", "case", "record", "first", "last"]].merge(
            there[["person", "record", "first", "last"]], on="person", suffixes=("", "_there")
        )
        begun, other, last, until = (
            pairs[name].to_numpy(np.int64) for name in ("first", "first_there", "last", "last_there")
        )
        last = np.minimum(last, until)
        kept = (begun <= last) & (other < begun) & (until > begun) & _same_values(facts, pairs)
        rows, first, last = pairs[kept].reset_index(drop=True), begun[kept], last[kept]
        parts = [
            Part("member", rows["person"], rows["case"], rows["record"]),
            Part("elsewhere", rows["person"], NONE, rows["record_there"]),
        ]
        reasons = [
            Reason("assistance", "counted here, and active in another state in the same month"),
            Reason("SSN and birth date", "equal"),
        ]
        return make_leads(first, last, parts, reasons)


def _same_values(facts: Facts, pairs: pd.DataFrame) -> Mask:
    """Pairs of records of which SSN and birth date are known and equal."""
    same: Mask = np.ones(len(pairs), bool)
    for name, none in (("ssn", NONE), ("born", NO_DAY)):
        values = facts.records[name].to_numpy()
        one, other = (values[pairs[side].to_numpy(np.int64)] for side in ("record", "record_there"))
        same &= (one == other) & (one != none)
    return same


@dataclass(frozen=True, slots=True)
class CaseElsewhere:
    """R10: the federal registry found a support case of the person in another state. Information: it is usual."""

    about: ClassVar[About] = About(
        id="R10",
        title="possible support case in another state",
        strength="C",
        needs=("elsewhere iv-d", "memberships iv-d"),
        tested=("an answer to a query of our own",),
        untested=("a case that both states work on already",),
        verify="a quick look-up with the other state",
        who="the child support worker",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person and case here."""
        there = facts.elsewhere[(facts.elsewhere["program"] == Program.IVD).to_numpy()]
        there = there.sort_values(["person", "record"]).drop_duplicates("person")
        here = joined(facts.of_program(Program.IVD), ["person", "case"])
        rows = here[["person", "case", "record", "first", "last"]].merge(
            there[["person", "record"]], on="person", suffixes=("", "_there")
        )
        rows = rows.sort_values(["person", "case", "last"]).drop_duplicates(["person", "case"], keep="last")
        parts = [
            Part("person", rows["person"], rows["case"], rows["record"]),
            Part("elsewhere", rows["person"], NONE, rows["record_there"]),
        ]
        reasons = [Reason("support case", "found by the federal registry in another state")]
        return make_leads(rows["first"], rows["last"], parts, reasons)
