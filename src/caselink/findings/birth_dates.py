"""Findings of group Q about birth dates: those that cannot be, and those that contradict one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from caselink.findings.facts import ADULTS, NO_DAY, Facts, Program, Role
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.numbers import by_record, record_months
from caselink.findings.people import TOLERANCE_DAYS, last_day, pairs_within, years


@dataclass(frozen=True, slots=True)
class ImplausibleBirth:
    """Q07: a filler; or in the first month to come, too long ago, of a child on assistance of 19, an adult under 12."""

    oldest: int = 120
    child_until: int = 19
    least_adult: int = 12
    about: ClassVar[About] = About(
        id="Q07",
        title="implausible birth date",
        strength="C",
        needs=("records.birth_date",),
        tested=(
            "teen parent: an adult's record of 12 to 17 years",
            "a child who became 19 in the case: the date is plausible (C06)",
        ),
        untested=("a code for an unknown date",),
        verify="birth record",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person and source."""
        records = facts.records
        born, role = records["born"].to_numpy(), records["role"].to_numpy()
        since = record_months(facts, np.arange(len(records)))["first"]
        age = years(np.where(born == NO_DAY, 0, last_day(since) - np.where(born == NO_DAY, 0, born)))
        known = (born != NO_DAY) & (since >= 0)
        program = records["program"].to_numpy()
        adult = np.isin(role, [int(one) for one in (*ADULTS, Role.ABSENT, Role.PUTATIVE)]) | (program == Program.JOBS)
        child = (role == Role.CHILD) & (program == Program.IVA)
        impossible = (records["bad_birth"] == 1).to_numpy() | (known & ((age < 0) | (age > self.oldest)))
        unlikely = known & ~impossible & ((adult & (age < self.least_adult)) | (child & (age >= self.child_until)))
        kept = impossible | unlikely
        leads = by_record(facts, records[kept], [])
        filler = impossible[leads.people.drop_duplicates("lead")["record"].to_numpy()]
        reasons = [
            Reason("birth date", "a filler, to come, or too long ago", filler),
            Reason("birth date and role", "a child who is grown up, or an adult who is a child", ~filler),
        ]
        each = leads.people.drop_duplicates(["lead", "record"])
        parts = [Part("holder", each["person"], each["case"], each["record"], each["lead"])]
        return make_leads(leads.first, leads.last, parts, reasons)


@dataclass(frozen=True, slots=True)
class ConflictingBirths:
    """Q08: whole birth dates of one person more than a year apart."""

    about: ClassVar[About] = About(
        id="Q08",
        title="conflicting birth dates",
        strength="C",
        needs=("records.birth_date",),
        tested=("within a year: month and day swapped, January 1, a wrong day",),
        untested=("two people whose records were taken for one",),
        verify="birth record",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person."""
        rows = facts.records
        rows = rows[((rows["born"] != NO_DAY) & (rows["program"] != Program.REGISTER)).to_numpy()]
        pairs = pairs_within(rows[["person", "born", "record"]], "person", "born")
        pairs = pairs[(pairs["born_b"] - pairs["born_a"] > TOLERANCE_DAYS).to_numpy()]
        records = np.unique(pairs[["record_a", "record_b"]].to_numpy().ravel())
        table = pd.DataFrame({"record": records, "person": facts.records["person"].to_numpy()[records]})
        table = table.assign(**record_months(facts, records))
        lead = table.groupby("person", sort=True).ngroup().to_numpy()
        each = table.groupby("person", as_index=False).agg(first=("first", "max"), last=("last", "max"))
        parts = [Part("holder", table["person"], table["case"], table["record"], lead)]
        reasons = [
            Reason("birth date", "more than a year apart"),
            Reason("identity", "one person by the links of the records"),
        ]
        return make_leads(each["first"], np.maximum(each["first"], each["last"]), parts, reasons)
