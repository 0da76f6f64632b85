"""Findings of group R about what both programs have on file: status, good cause, protection, children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.findings.duties import (
    grown,
    held_good_cause,
    perhaps_counted,
    support_children,
    support_parents,
)
from caselink.findings.facts import CURRENT, NONE, Facts, Ints, Mask, Program, Role
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.keys import has_several
from caselink.findings.numbers import months_of_records
from caselink.findings.people import birth_days, last_day, perhaps_one
from caselink.findings.stays import by_month, counted, joined, with_role

NEWBORN_DAYS = 180


def payee_records(facts: Facts, program: Program) -> pd.DataFrame:
    """A record of the person in charge of each case: ``case, record``."""
    stays = facts.of_program(program)
    own = stays[(stays["person"] == stays["head"]).to_numpy()].sort_values(["case", "last", "record"])
    return own.drop_duplicates("case", keep="last")[["case", "record"]]


def open_cases(facts: Facts, program: Program) -> pd.DataFrame:
    """Cases of a program that are open in the last month, with ``case``."""
    cases = facts.cases.assign(case=np.arange(len(facts.cases)))
    cases = cases[(cases["program"] == program).to_numpy()]
    closed = cases["closed"].to_numpy()
    return cases[((closed < 0) | (closed > facts.now)) & (cases["opened"] <= facts.now).to_numpy()]


@dataclass(frozen=True, slots=True)
class StatusDiffers:
    """R04: IV-D has a case as current assistance or not, against what was so in all of the last ``settled_months``."""

    settled_months: int = 4
    about: ClassVar[About] = About(
        id="R04",
        title="assistance status differs",
        strength="A",
        needs=("memberships iv-a", "memberships.status iv-a", "memberships iv-d", "cases.assistance iv-d"),
        tested=(
            "a change within the last months: a matter of timing",
            "a child of IV-A that may be one of the case, but was kept apart",
        ),
        untested=("medical assistance only, which counts as never", "foster care"),
        verify="program history",
        who="the child support worker",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each support case."""
        children = support_children(facts)
        children = children[(children["last"] == facts.now).to_numpy()]
        n = min(self.settled_months, facts.now - facts.began + 1)
        months = _months_aided(facts, children["person"].to_numpy(), n)
        each = children.assign(some=np.asarray(months.any(axis=0)), now=months[-1]).reset_index(drop=True)
        by_case = each.groupby("case", as_index=False).agg(some=("some", "any"), head=("head", "first"))
        always = _always(each["case"].to_numpy(), months, by_case["case"].to_numpy())
        status = facts.cases["assistance"].to_numpy()[by_case["case"].to_numpy()]
        missing_there = (status != NONE) & (status != CURRENT) & always
        missing_here = (status == CURRENT) & ~by_case["some"].to_numpy(bool) & ("all cases iv-a" in facts.evidence)
        maybe = each["case"][perhaps_counted(facts, each["person"].to_numpy())]
        missing_here &= ~np.isin(by_case["case"].to_numpy(), maybe)
        rows = by_case[missing_there | missing_here].reset_index(drop=True)
        kept = missing_there | missing_here
        of_case = each[["case", "person", "record"]].merge(rows[["case"]].rename_axis("lead").reset_index(), on="case")
        records = payee_records(facts, Program.IVD).set_index("case")["record"].reindex(rows["case"]).fillna(NONE)
        reasons = [
            Reason(
                "assistance",
                "a child of the case is counted with IV-A, and IV-D does not have it as current",
                missing_there[kept],
            ),
            Reason("assistance", "IV-D has it as current, and no child of the case is with IV-A", missing_here[kept]),
        ]
        parts = [
            Part("custodian", rows["head"], rows["case"], records.to_numpy(np.int64)),
            Part("child", of_case["person"], of_case["case"], of_case["record"], of_case["lead"]),
        ]
        first = np.full(len(rows), facts.now - n + 1)
        return make_leads(first, np.full(len(rows), facts.now), parts, reasons)


def _months_aided(facts: Facts, person: Ints, n: int) -> npt.NDArray[np.bool_]:
    """For each of the last ``n`` months and each person whether they are counted as a child."""
    aided = by_month(with_role(counted(facts.of_program(Program.IVA)), [Role.CHILD])[["person", "first", "last"]])
    return np.stack(
        [
            np.isin(person, aided["person"][(aided["month"] == facts.now - back).to_numpy()])
            for back in range(n - 1, -1, -1)
        ]
    )


def _always(case: Ints, months: npt.NDArray[np.bool_], wanted: Ints) -> Mask:
    """Cases of which in each of the months some child is counted."""
    frame = pd.DataFrame(months.T).groupby(case).any()
    return np.asarray(frame.reindex(wanted).all(axis=1).to_numpy(bool))


@dataclass(frozen=True, slots=True)
class GoodCauseInOne:
    """R06: good cause held by IV-A in the last month, and by no open support case of the payee."""

    about: ClassVar[About] = About(
        id="R06",
        title="good cause in one system only",
        strength="A",
        needs=("cases.good_cause iv-a", "memberships iv-a", "memberships iv-d", "cases iv-d"),
        tested=("one of the payee's open support cases holds it",),
        untested=("told within the last days",),
        verify="at once: stop locating and enforcing until it is checked",
        who="the child support worker",
        protection=True,
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each assistance case."""
        units, support = open_cases(facts, Program.IVA), open_cases(facts, Program.IVD)
        claims = units[held_good_cause(facts, units["case"].to_numpy()) & (units["head"] >= 0).to_numpy()]
        pairs = claims[["case", "head"]].merge(support[["case", "head"]], on="head", suffixes=("", "_d"))
        held = held_good_cause(facts, pairs["case_d"].to_numpy())
        pairs = pairs[~pairs.assign(held=held).groupby("case")["held"].transform("any").to_numpy(bool)]
        here, there = (payee_records(facts, program) for program in (Program.IVA, Program.IVD))
        pairs = pairs.merge(here, on="case").merge(there.add_suffix("_d"), on="case_d").reset_index(drop=True)
        lead = pairs.groupby("case", sort=True).ngroup().to_numpy()
        now = np.full(pairs["case"].nunique(), facts.now)
        parts = [
            Part("payee", pairs["head"], pairs["case"], pairs["record"], lead),
            Part("custodian", pairs["head"], pairs["case_d"], pairs["record_d"], lead),
        ]
        return make_leads(now, now, parts, [Reason("good cause", "claimed or granted with IV-A, not held by IV-D")])


@dataclass(frozen=True, slots=True)
class FlagInOne:
    """R07: a person protected in one of IV-A and IV-D, and known to the other without protection."""

    about: ClassVar[About] = About(
        id="R07",
        title="protection flag in one system only",
        strength="A",
        needs=("records.protected", "records iv-a", "records iv-d"),
        tested=("both have it",),
        untested=("the programs have different standards",),
        verify="tell the data owner; protect in both meanwhile",
        who="the data owner",
        protection=True,
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each person."""
        records = facts.records[["person", "program", "protected", "record"]]
        said = records[(records["protected"] >= 0).to_numpy()]
        said = said[has_several(said["person"].to_numpy(), said["protected"].to_numpy())]
        sides = []
        for program in (Program.IVA, Program.IVD):
            rows = said[(said["program"] == program).to_numpy()].sort_values(["person", "protected", "record"])
            sides.append(rows.drop_duplicates("person", keep="last").set_index("person")[["protected", "record"]])
        both = sides[0].merge(sides[1], left_index=True, right_index=True, suffixes=("_a", "_d"))
        both = both[(both["protected_a"] != both["protected_d"]).to_numpy()].reset_index()
        span, held = months_of_records(facts), [both[f"record_{side}"].to_numpy() for side in "ad"]
        first = np.maximum(*(np.where(span["first"][one] == NONE, facts.now, span["first"][one]) for one in held))
        parts = [Part("person", both["person"], span["lowest"][one], one) for one in held]
        return make_leads(first, first, parts, [Reason("protection", "told by one program, denied by the other")])


@dataclass(frozen=True, slots=True)
class ChildrenDiffer:
    """R08: a child of the payee's unit is not in the payee's open case against the parent whose child it is.

    That it is that parent's child is told by the case itself (the child was in it), by a referral, by another case
    against the same parent, or else by the last name of that parent.
    """

    settled_months: int = 4
    about: ClassVar[About] = About(
        id="R08",
        title="children differ",
        strength="B",
        needs=("memberships iv-a", "memberships.status iv-a", "memberships iv-d", "records.birth_date"),
        tested=(
            "half-sibling: another parent is known, or the last name is another",
            "newborn: under six months old",
            "emancipated: 19 or older (C06)",
            "a child in the case that may be this one, but was kept apart",
        ),
        untested=("emancipated before, or adopted",),
        verify="case record",
        who="the child support worker",
        absence_in=("iv-d",),
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each child and support case."""
        since = facts.now - min(self.settled_months, facts.now - facts.began + 1) + 1
        pairs = self._not_in_it(facts, since)
        pairs = pairs[~perhaps_inside(facts, pairs)].reset_index(drop=True)
        own, how = _own_parent(facts, pairs)
        newborn = last_day(np.array([facts.now]))[0] - birth_days(facts)[pairs["person"].to_numpy()] < (
            NEWBORN_DAYS + 31 * self.settled_months
        )
        kept = own & ~newborn & ~grown(facts, pairs["person"].to_numpy(), np.full(len(pairs), facts.now))
        rows, how = pairs[kept].reset_index(drop=True), how[kept]
        payees = payee_records(facts, Program.IVD).set_index("case")["record"].reindex(rows["case_d"]).fillna(NONE)
        parts = [
            Part("child", rows["person"], rows["case"], rows["record"]),
            Part("custodian", rows["head"], rows["case_d"], payees.to_numpy(np.int64)),
            Part("absent parent", rows["absent"], rows["case_d"], rows["absent_record"]),
        ]
        reasons = [
            Reason("children", "counted with the payee, not in the payee's support case"),
            *(Reason("parent", says, how == number) for number, says in enumerate(_HOW)),
        ]
        last = np.full(len(rows), facts.now)
        return make_leads(np.full(len(rows), since), last, parts, reasons)

    def _not_in_it(self, facts: Facts, since: int) -> pd.DataFrame:
        """Counted children, and open cases of their payees in which they are not."""
        aided = joined(with_role(counted(facts.of_program(Program.IVA)), [Role.CHILD]), ["person", "case"])
        settled = ((aided["last"] == facts.now) & (aided["first"] <= since) & (aided["head"] >= 0)).to_numpy()
        aided = aided[settled][["person", "case", "record", "head"]]
        children = support_children(facts)
        cases = children[((children["last"] == facts.now) & (children["first"] <= since)).to_numpy()]
        cases = cases[["case", "head"]].drop_duplicates("case")
        cases = cases.merge(support_parents(facts), on="case")
        pairs = aided.merge(cases, on="head", suffixes=("", "_d"))
        inside = children[(children["last"] >= since).to_numpy()]
        in_it = pd.MultiIndex.from_frame(pairs[["person", "case_d"]]).isin(
            pd.MultiIndex.from_frame(inside[["person", "case"]])
        )
        return pairs[~np.asarray(in_it) & (pairs["absent"] != pairs["person"]).to_numpy()].reset_index(drop=True)


_HOW = (
    "the child was in that case before",
    "a referral of the child led to that case",
    "the child has, or had, another case against that parent",
    "the child has the last name of that parent, and no case against another",
)


def _own_parent(facts: Facts, pairs: pd.DataFrame) -> tuple[Mask, Ints]:
    """Whether the absent parent of each pair is the child's, and how that is known (a place in ``_HOW``)."""
    children, sent = support_children(facts), facts.referrals
    parents = children[["person", "case"]].merge(support_parents(facts)[["case", "absent", "putative"]], on="case")
    before = _in(pairs[["person", "case_d"]], children[["person", "case"]])
    by_referral = _in(pairs[["person", "case_d"]], sent[["child", "support_case"]])
    elsewhere = _in(pairs[["person", "absent"]], parents[["person", "absent"]])
    others = np.isin(pairs["person"].to_numpy(), parents["person"].to_numpy())
    surname = facts.records["surname"].to_numpy()[pairs["record"].to_numpy()]
    free = ~others & (surname >= 0) & ~pairs["putative"].to_numpy(bool)
    named = free & (surname == pairs["surname"].to_numpy())
    ways = np.stack([before, by_referral, elsewhere, named])
    return np.asarray(ways.any(axis=0)), ways.argmax(axis=0).astype(np.int64)


def perhaps_inside(facts: Facts, pairs: pd.DataFrame) -> Mask:
    """Children of whom a child in that case may be a record that was kept apart: not a brother or a sister."""
    children = support_children(facts)[["case", "person"]].drop_duplicates()
    maybe = pairs.reset_index(drop=True).rename_axis("row").reset_index()[["row", "person", "case_d"]]
    both = maybe.merge(children.add_suffix("_in"), left_on="case_d", right_on="case_in")
    both = both[perhaps_one(facts, both["person"], both["person_in"])]
    return np.isin(np.arange(len(pairs)), both["row"])


def _in(rows: pd.DataFrame, known: pd.DataFrame) -> Mask:
    return np.asarray(pd.MultiIndex.from_frame(rows).isin(pd.MultiIndex.from_frame(known)))
