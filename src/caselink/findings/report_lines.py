"""Findings that only the lines of a report show: a child twice on one (D03), families without people (C02, C08)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from caselink.findings.facts import NO_DAY, NONE, Facts, Ints, once
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.stays import by_month


@dataclass(frozen=True, slots=True)
class ChildTwiceOnLine:
    """D03: both blocks of a child's line hold one number and one birth date, and not two sexes."""

    about: ClassVar[About] = About(
        id="D03",
        title="same child twice on one line",
        strength="A",
        needs=("shared lines", "records.ssn", "records.birth_date"),
        tested=(
            "twins: they have different numbers, or none that is known",
            "two sexes",
        ),
        untested=("the block was copied in place of another child's",),
        verify="the line in the source extract",
        who="the data owner",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each two records and case."""
        pairs = facts.shared_lines
        equal = np.ones(len(pairs), bool)
        for name, none in (("ssn", NONE), ("born", NO_DAY)):
            values = facts.records[name].to_numpy()
            left, right = (values[pairs[side].to_numpy(np.int64)] for side in ("left", "right"))
            equal &= (left == right) & (left != none)
        sex = facts.records["sex"].to_numpy()
        left, right = (sex[pairs[side].to_numpy(np.int64)] for side in ("left", "right"))
        equal &= (left == right) | (left == NONE) | (right == NONE)
        keys = ["left", "right", "case"]
        found = pairs[equal].groupby(keys, as_index=False).agg(first=("month", "min"), last=("month", "max"))
        person = facts.records["person"].to_numpy()
        sides = [found[side].to_numpy(np.int64) for side in ("left", "right")]
        parts = [Part("child", person[side], found["case"], side) for side in sides]
        reasons = [Reason("line of the report", "one for both"), Reason("SSN and birth date", "equal")]
        return make_leads(found["first"], found["last"], parts, reasons)


def _reported(facts: Facts) -> pd.DataFrame:
    """Stays in the cases of sources that have lines of families, whether or not another source tells of them too."""
    source = facts.cases["source"].to_numpy()
    reporting = np.unique(source[facts.families["case"].to_numpy(np.int64)])
    return facts.stays[np.isin(source[facts.stays["case"].to_numpy(np.int64)], reporting)]


@once
def people_listed(facts: Facts) -> pd.DataFrame:
    """By case and month of a report how many are listed, and how many of them counted, at least and at most.

    ``listed_least, counted_least`` (somebody may be there twice: records of one person, or of one birth date),
    ``listed_most, counted_most`` (records).
    """
    monthly = by_month(_reported(facts)[["case", "record", "person", "counted", "first", "last"]])
    monthly["born"] = facts.records["born"].to_numpy()[monthly["record"].to_numpy(np.int64)]
    monthly["born"] = monthly.groupby(["case", "person"])["born"].transform("max")
    monthly["undated"] = np.where(monthly["born"] == NO_DAY, monthly["person"], NONE)
    sizes = {}
    for name, who in (("least", ["born", "undated"]), ("most", ["record"])):
        each = monthly.assign(counted=monthly["counted"] == 1).groupby(["case", "month", *who])["counted"].any()
        grouped = each.astype(np.int64).groupby(["case", "month"])
        sizes[f"listed_{name}"], sizes[f"counted_{name}"] = grouped.size(), grouped.sum()
    return pd.DataFrame(sizes).reset_index()


def _somebody(facts: Facts, case: Ints) -> Ints:
    """Who is in charge of each case, else the first person in it; :data:`NONE` where it never has one."""
    stays = _reported(facts).sort_values(["case", "person"]).drop_duplicates("case")
    first = pd.Series(stays["person"].to_numpy(), index=stays["case"].to_numpy()).reindex(case).fillna(NONE)
    head = facts.cases["head"].to_numpy()[case]
    return np.where(head >= 0, head, first.to_numpy(np.int64))


def _by_case(months: pd.DataFrame) -> pd.DataFrame:
    return months.groupby("case", as_index=False).agg(first=("month", "min"), last=("month", "max"))


@dataclass(frozen=True, slots=True)
class OrphanPeople:
    """C02: months in which a report lists people of a case and no family, or a family and nobody in it.

    A family of which nobody is listed in any month has no person to name, and is not among these.
    """

    about: ClassVar[About] = About(
        id="C02",
        title="people without their family's record, or the reverse",
        strength="A",
        needs=("families", "memberships iv-a"),
        tested=("a file without any record of families",),
        untested=("the extract was cut off",),
        verify="the case in the source extract",
        who="the data owner",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each case and each of the two."""
        both = people_listed(facts)[["case", "month"]].merge(
            facts.families[["case", "month"]], on=["case", "month"], how="outer", indicator=True
        )
        alone = [_by_case(both[(both["_merge"] == side).to_numpy()]) for side in ("left_only", "right_only")]
        found = pd.concat(alone, ignore_index=True)
        without_family = np.arange(len(found)) < len(alone[0])
        somebody = _somebody(facts, found["case"].to_numpy(np.int64))
        kept = somebody >= 0
        found, without_family = found[kept].reset_index(drop=True), without_family[kept]
        reasons = [
            Reason("family's record", "missing, and people of the case are listed", without_family),
            Reason("people's records", "missing, and the family is listed", ~without_family),
        ]
        parts = [Part("family", somebody[kept], found["case"])]
        return make_leads(found["first"], found["last"], parts, reasons)


@dataclass(frozen=True, slots=True)
class FamilySize:
    """C08: a family counts more or fewer members than are listed.

    Some programs count those whose needs are met, others all who are listed: what agrees with more of a source's
    families is its way.
    """

    about: ClassVar[About] = About(
        id="C08",
        title="family size disagrees with people listed",
        strength="C",
        needs=("families.size", "memberships iv-a", "memberships.status iv-a"),
        tested=("people who are no members, where the program counts members only", "somebody listed twice"),
        untested=("people who are no members, counted by one worker and not by others",),
        verify="the case in the source extract",
        who="the data owner",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each case."""
        told = facts.families[(facts.families["size"] >= 0).to_numpy()]
        said = told.merge(people_listed(facts), on=["case", "month"])
        fits = {way: said["size"].between(said[f"{way}_least"], said[f"{way}_most"]) for way in ("counted", "listed")}
        agreed = pd.DataFrame(fits).groupby(facts.cases["source"].to_numpy()[said["case"].to_numpy(np.int64)])
        of_source = agreed.transform("sum")
        members = (of_source["counted"] >= of_source["listed"]).to_numpy(bool)
        found = _by_case(said[~np.where(members, fits["counted"], fits["listed"])])
        parts = [Part("payee", _somebody(facts, found["case"].to_numpy(np.int64)), found["case"])]
        reasons = [Reason("number of family members", "not that of the people who are listed as members")]
        return make_leads(found["first"], found["last"], parts, reasons)
