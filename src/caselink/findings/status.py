"""Findings of group C about what happened to people: dead, in jail, or said to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from caselink.findings.facts import ABSENT, DEAD, JAILED, NONE, Facts, Program
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.stays import counted, joined, with_role


@dataclass(frozen=True, slots=True)
class AbsenceReason:
    """C09: the reason why a parent is absent contradicts other sources."""

    about: ClassVar[About] = About(
        id="C09",
        title="absence reason contradicts data",
        strength="C",
        needs=("memberships iv-d", "records.absence"),
        tested=("was in jail, and is out again", "a death that a source confirms"),
        tested_with={"was in jail, and is out again": ("confinements",), "a death that a source confirms": ("deaths",)},
        untested=(
            "a reason that nobody updated",
            "another person's report under this number",
            "died after the months that the report is about",
        ),
        verify="the records of the case",
        who="the child support worker",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each absent parent and case."""
        stays = joined(with_role(facts.of_program(Program.IVD), ABSENT), ["person", "case", "record"])
        absence = facts.records["absence"].to_numpy()[stays["record"].to_numpy()]
        person = stays["person"].to_numpy()
        latest = facts.reports.sort_values(["person", "month", "record"]).drop_duplicates("person", keep="last")
        latest = latest.set_index("person")[["month", "record"]].reindex(person, fill_value=NONE)
        since = latest["month"].to_numpy() >= np.maximum(stays["first"].to_numpy(), 0)
        at_work = since & ~np.isin(person, facts.deaths["person"])
        never_inside = ~np.isin(person, facts.confinements["person"]) & ("confinements" in facts.evidence)
        dead, jailed = (absence == DEAD) & at_work, (absence == JAILED) & never_inside
        report = latest["record"].to_numpy(np.int64)[dead]
        rows, dead, jailed = stays[dead | jailed], dead[dead | jailed], jailed[dead | jailed]
        reasons = [
            Reason("absence reason", "said to be dead, and an employer reported the person", dead),
            Reason("absence reason", "said to be in jail, and no prison record", jailed),
        ]
        parts = [
            Part("absent parent", rows["person"], rows["case"], rows["record"]),
            Part("employee", rows["person"][dead], record=report, lead=np.flatnonzero(dead)),
        ]
        return make_leads(rows["first"], rows["last"], parts, reasons)


@dataclass(frozen=True, slots=True)
class DeadOnCase:
    """C11: in a case in a month after that of the reported death."""

    about: ClassVar[About] = About(
        id="C11",
        title="dead person on a case",
        strength="B",
        needs=("deaths",),
        tested=("the month of death itself",),
        untested=("the report of the death was withdrawn or corrected", "a wrong SSN"),
        verify="death certificate, or contact; a second source",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person and case."""
        stays = facts.stays[np.isin(facts.stays["person"].to_numpy(), facts.deaths["person"].to_numpy())]
        stays = stays[np.isin(stays["program"].to_numpy(), [int(Program.IVA), int(Program.IVD)])]
        stays = joined(stays, ["person", "case", "record"])
        deaths = facts.deaths.sort_values(["month", "record"]).drop_duplicates("person", keep="last")
        rows = stays.merge(deaths, on="person", suffixes=("", "_death"))
        late = ((rows["last"] > rows["month"]) & (rows["month"] >= 0)).to_numpy()
        rows = rows[late].reset_index(drop=True)
        parts = [
            Part("person", rows["person"], rows["case"], rows["record"]),
            Part("person", rows["person"], record=rows["record_death"]),
        ]
        reasons = [Reason("death", "reported for a month before; still in the case")]
        return make_leads(np.maximum(rows["first"], rows["month"] + 1), rows["last"], parts, reasons)


@dataclass(frozen=True, slots=True)
class JailedInHome:
    """C12: needs counted in a month that was spent in jail from its beginning to its end."""

    about: ClassVar[About] = About(
        id="C12",
        title="incarcerated person counted in the home",
        strength="B",
        needs=("memberships iv-a", "memberships.status iv-a", "confinements"),
        tested=("jailed or released within the month",),
        untested=("a date of release that was not entered", "the prisoner gave another person's name or number"),
        verify="confirmation by the facility",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person and case."""
        stays = counted(facts.of_program(Program.IVA))
        stays = stays[np.isin(stays["person"].to_numpy(), facts.confinements["person"].to_numpy())]
        stays = joined(stays, ["person", "case", "record"])
        rows = stays.merge(facts.confinements, on="person", suffixes=("", "_jail"))
        first = np.maximum(rows["first"].to_numpy(np.int64), rows["first_jail"].to_numpy(np.int64) + 1)
        last = np.minimum(rows["last"].to_numpy(np.int64), rows["last_jail"].to_numpy(np.int64))
        kept = (first <= last) & (rows["first_jail"] >= 0).to_numpy()
        rows, first, last = rows[kept].reset_index(drop=True), first[kept], last[kept]
        parts = [
            Part("person", rows["person"], rows["case"], rows["record"]),
            Part("person", rows["person"], record=rows["record_jail"]),
        ]
        return make_leads(first, last, parts, [Reason("confinement", "the whole month, and counted in the case")])
