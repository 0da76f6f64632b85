"""Findings of group C about roles and ages: people in places of a case that do not go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from caselink.findings.facts import ABSENT, ADULTS, NO_DAY, NONE, OWN_CHILD, PAYEES, Facts, Mask, Program, Role
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.keys import one_key
from caselink.findings.people import birth_days, how_sure_one, month_of, more_than_name, of_one_payee, years
from caselink.findings.stays import by_month, counted, in_common, joined, of_families, with_role

LEAST_GENERATION = 12
"""Years between parent and child at least."""


@dataclass(frozen=True, slots=True)
class NobodyEligible:
    """C01: months in which a case has people and none whose needs are counted."""

    about: ClassVar[About] = About(
        id="C01",
        title="family without any eligible member",
        strength="A",
        needs=("memberships iv-a", "memberships.status iv-a"),
        tested=("child-only case: no adult is counted, a child is",),
        untested=("the extract was cut off",),
        verify="the case in the source extract",
        who="the data owner",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each case."""
        stays = facts.of_program(Program.IVA)[["case", "person", "head", "counted", "first", "last"]]
        none = (stays["counted"] == 0).to_numpy()
        stays = stays[np.isin(stays["case"].to_numpy(), stays["case"].to_numpy()[none])]
        monthly = by_month(stays)
        key = one_key(monthly["case"].to_numpy(), monthly["month"].to_numpy())
        some = np.isin(key, key[(monthly["counted"] == 1).to_numpy()])
        nobody = monthly[(monthly["counted"] == 0).to_numpy() & ~some]
        found = nobody.groupby("case", as_index=False).agg(
            first=("month", "min"), last=("month", "max"), head=("head", "first")
        )
        anybody = stays.sort_values(["case", "person"]).drop_duplicates("case").set_index("case")["person"]
        head = np.where(found["head"] >= 0, found["head"], anybody.reindex(found["case"]).to_numpy())
        reasons = [Reason("status", "nobody of the case is counted")]
        return make_leads(found["first"], found["last"], [Part("payee", head, found["case"])], reasons)


@dataclass(frozen=True, slots=True)
class ParentAndAbsent:
    """C03: one person both absent parent and custodian, or child, of a support case."""

    about: ClassVar[About] = About(
        id="C03",
        title="same person as parent and absent parent of one child",
        strength="A",
        needs=("memberships iv-d",),
        tested=("father and son of one name: two birth dates, or two records that were kept apart",),
        untested=("two people whose records were taken for one",),
        verify="documents of both roles",
        who="the child support worker",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person and case."""
        stays = facts.of_program(Program.IVD)
        keys = ["case", "person", "record"]
        absent = joined(with_role(stays, ABSENT), keys)
        others = joined(with_role(stays, (*PAYEES, Role.CHILD)), keys)[[*keys, "role", "first", "last"]]
        pairs = in_common(absent, others, ["case"], "_other")
        same = (pairs["person"] == pairs["person_other"]).to_numpy()
        sure = how_sure_one(facts, pairs["person"], pairs["person_other"])
        value = _one_by_value(facts, pairs)
        pairs = pairs.assign(same=same, value=value, sure=np.where(value & (sure == 0), 1.0, sure))
        told = more_than_name(facts, pairs["record"], pairs["record_other"]) | (pairs["role_other"] != Role.CHILD)
        pairs = pairs[(((sure > 0) & told) | value) & ~_generation_apart(facts, pairs)]
        pairs = pairs.sort_values(["case", "person", "same", "sure"]).drop_duplicates(["case", "person"], keep="last")
        pairs = pairs.reset_index(drop=True)
        same, value = (pairs[name].to_numpy(bool) for name in ("same", "value"))
        parts = [
            Part("person", pairs["person"], pairs["case"], pairs["record"]),
            Part("person", pairs["person_other"], pairs["case"], pairs["record_other"]),
        ]
        reasons = [
            Reason("role", "absent parent, and custodian or child, of one case"),
            Reason("identity", "two records are one person", same & (pairs["record"] != pairs["record_other"])),
            Reason(
                "SSN, full name and birth date", "two of them equal, though the records were kept apart", value & ~same
            ),
            Reason(
                "identity",
                "two records are one person, though the others of both were kept apart",
                ~value & ~same,
            ),
        ]
        return make_leads(pairs["first"], pairs["last"], parts, reasons, pairs["sure"])


def _generation_apart(facts: Facts, pairs: pd.DataFrame) -> Mask:
    """Records whose birth dates are that of a parent and a child: two people, whatever their names."""
    born = facts.records["born"].to_numpy()
    one, other = born[pairs["record"].to_numpy(np.int64)], born[pairs["record_other"].to_numpy(np.int64)]
    known = (one != NO_DAY) & (other != NO_DAY)
    return np.asarray(known & (np.abs(years(np.where(known, one - other, 0))) >= LEAST_GENERATION))


def _one_by_value(facts: Facts, pairs: pd.DataFrame) -> Mask:
    """Records that agree in two of SSN, birth date and full name."""
    one, other = pairs["record"].to_numpy(np.int64), pairs["record_other"].to_numpy(np.int64)
    equal = {}
    for name, none in (("born", NO_DAY), ("ssn", NONE)):
        values = facts.records[name].to_numpy()
        equal[name] = (values[one] == values[other]) & (values[one] != none)
    some = np.flatnonzero(equal["born"] | equal["ssn"])
    alike = np.ones(len(pairs), bool)
    for column in ("first_name", "last_name"):
        alike[some] &= facts.names(column, one[some], other[some]) == 1
    return np.asarray((equal["born"] & equal["ssn"]) | ((equal["born"] | equal["ssn"]) & alike))


@dataclass(frozen=True, slots=True)
class AbsentParentInHome:
    """C04: the absent parent of a child's support case is an adult of the child's assistance case in that month."""

    about: ClassVar[About] = About(
        id="C04",
        title="absent parent listed in the child's IV-A home",
        strength="B",
        needs=("memberships iv-a", "memberships iv-d"),
        tested=(
            "listed as a parent who lives elsewhere",
            "only an address in common: it may be from before the parting, and mail",
        ),
        untested=("the family lives together again", "a parent in danger: check protection first"),
        verify="an interview of the recipient alone; never contact the absent parent first",
        location=True,
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each absent parent, support case and unit."""
        keys, kept = ["person", "case", "record"], ["person", "case", "record", "first", "last"]
        support, units = facts.of_program(Program.IVD), facts.of_program(Program.IVA)
        absent = joined(with_role(support, ABSENT), keys)[kept]
        children = joined(with_role(support, [Role.CHILD]), keys)[kept].rename(
            columns={"person": "child", "record": "child_record"}
        )
        aided = joined(with_role(units, [Role.CHILD]), keys)[kept].rename(
            columns={"person": "child", "case": "unit", "record": "unit_child"}
        )
        listed = joined(with_role(units[(units["resides"] != 0).to_numpy()], ADULTS), keys)[kept].rename(
            columns={"case": "unit", "record": "unit_record"}
        )
        pairs = in_common(absent, children, ["case"], "_c")
        pairs = in_common(pairs, aided, ["child"], "_a")
        pairs = in_common(pairs, listed, ["person", "unit"], "_l")
        pairs = pairs[(pairs["person"] != pairs["child"]).to_numpy()]
        pairs = pairs.sort_values(["person", "case", "unit", "first", "child"])
        pairs = pairs.drop_duplicates(["person", "case", "unit"]).reset_index(drop=True)
        parts = [
            Part("absent parent", pairs["person"], pairs["case"], pairs["record"]),
            Part("absent parent", pairs["person"], pairs["unit"], pairs["unit_record"]),
            Part("child", pairs["child"], pairs["case"], pairs["child_record"]),
            Part("child", pairs["child"], pairs["unit"], pairs["unit_child"]),
        ]
        reasons = [Reason("role", "absent parent to IV-D and an adult of the child's case to IV-A, in one month")]
        return make_leads(pairs["first"], pairs["last"], parts, reasons)


@dataclass(frozen=True, slots=True)
class AgeGap:
    """C05: parent and child of one case less than ``least`` or more than ``most`` years apart, by dates on file."""

    least: int = LEAST_GENERATION
    most: int = 60
    about: ClassVar[About] = About(
        id="C05",
        title="implausible age gap between parent and child",
        strength="C",
        needs=("records.birth_date", "records.relationship"),
        tested=("adults of the case who are not said to be the child's parent", "birth dates that stand for unknown"),
        untested=("adoption, step-parent coded as parent", "grandparent coded as parent", "a date keyed wrong"),
        verify="birth record",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each parent and child of a case."""
        born, kin = facts.records["born"].to_numpy(), facts.records["relationship"].to_numpy()
        stays = facts.stays[["person", "case", "record", "role", "head", "first", "last"]]
        sure = of_one_payee(stays)
        stays = stays.assign(born=born[stays["record"]], kin=np.where(sure, kin[stays["record"]], NONE))
        stays = stays[(stays["born"] != NO_DAY).to_numpy() & of_families(stays)]
        children = stays[(stays["role"] == Role.CHILD).to_numpy()]
        parents = with_role(stays, (Role.HEAD, Role.ABSENT))
        pairs = in_common(parents, children, ["case"], "_child")
        said = (pairs["kin_child"] == OWN_CHILD).to_numpy() | (pairs["role"] == Role.ABSENT).to_numpy()
        gap = years((pairs["born_child"] - pairs["born"]).to_numpy(np.int64))
        pairs = pairs[said & ((gap < self.least) | (gap > self.most))]
        pairs = pairs.drop_duplicates(["case", "person", "person_child"]).reset_index(drop=True)
        parts = [
            Part("parent", pairs["person"], pairs["case"], pairs["record"]),
            Part("child", pairs["person_child"], pairs["case"], pairs["record_child"]),
        ]
        reasons = [
            Reason("birth dates", f"less than {self.least} or more than {self.most} years apart"),
            Reason("role", "parent and child of one case"),
        ]
        return make_leads(pairs["first"], pairs["last"], parts, reasons)


@dataclass(frozen=True, slots=True)
class GrownChild:
    """C06: counted as a child in a month after that of the birthday of ``until_age`` years."""

    until_age: int = 19
    unlikely_age: int = 24
    about: ClassVar[About] = About(
        id="C06",
        title="adult still carried as a child",
        strength="A",
        needs=("memberships iv-a", "memberships.status iv-a", "records.birth_date"),
        tested=(
            "18 and in school",
            "the month of the 19th birthday",
            "a birth date that other records contradict",
            "24 years or older: the date is more likely wrong (Q07)",
        ),
        untested=("rules for people with a disability",),
        verify="eligibility record",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each child and case."""
        children = joined(with_role(counted(facts.of_program(Program.IVA)), [Role.CHILD]), ["person", "case", "record"])
        most = month_of(birth_days(facts)[children["person"].to_numpy()])
        own = month_of(facts.records["born"].to_numpy()[children["record"].to_numpy()])
        birthday = np.where((own >= 0) & (most >= 0), np.maximum(own, most), NONE)
        grown = birthday + 12 * self.until_age
        last = children["last"].to_numpy()
        late = (birthday >= 0) & (last > grown) & (last < birthday + 12 * self.unlikely_age)
        rows = children[late].reset_index(drop=True)
        first = np.maximum(rows["first"].to_numpy(), grown[late] + 1)
        reasons = [Reason("birth date and role", f"counted as a child after the birthday of {self.until_age} years")]
        return make_leads(first, rows["last"], [Part("child", rows["person"], rows["case"], rows["record"])], reasons)


@dataclass(frozen=True, slots=True)
class KinConflict:
    """C07: own child of the adult in charge to one program and not to the other, where that is one adult."""

    about: ClassVar[About] = About(
        id="C07",
        title="relationship conflict between programs",
        strength="C",
        needs=("memberships iv-a", "memberships iv-d", "records.relationship"),
        tested=(
            "another adult is in charge in the other program",
            "the child was in the charge of several adults: the relationship may be that to another",
        ),
        untested=("habits of coding", "adoption"),
        verify="case record",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each child and two cases."""
        kin = facts.records["relationship"].to_numpy()
        stays = facts.stays[["person", "case", "record", "role", "program", "head", "first", "last"]]
        stays = stays.assign(kin=kin[stays["record"]])
        stays = stays[((stays["role"] == Role.CHILD) & (stays["kin"] >= 0) & (stays["head"] >= 0)).to_numpy()]
        stays = joined(stays[of_one_payee(stays)], ["person", "case", "record"])
        one, other = (stays[(stays["program"] == program).to_numpy()] for program in (Program.IVA, Program.IVD))
        pairs = one.merge(other, on=["person", "head"], suffixes=("", "_d"))
        own = [(pairs[name] == OWN_CHILD).to_numpy() for name in ("kin", "kin_d")]
        pairs = pairs[own[0] != own[1]].drop_duplicates(["person", "case", "case_d"])
        pairs = pairs.reset_index(drop=True)
        first = np.maximum(pairs["first"], pairs["first_d"])
        parts = [
            Part("child", pairs["person"], pairs["case"], pairs["record"]),
            Part("child", pairs["person"], pairs["case_d"], pairs["record_d"]),
        ]
        reasons = [
            Reason("relationship", "own child to one program, another relative to the other"),
            Reason("adult in charge", "one person in both"),
        ]
        last = np.maximum(first, np.minimum(pairs["last"], pairs["last_d"]))
        return make_leads(first, last, parts, reasons)
