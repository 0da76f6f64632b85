"""Findings of group R about referrals: what one of IV-A and IV-D should have told the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from caselink.findings.duties import (
    alone_with_payee,
    count_parents,
    held_good_cause,
    known_parents,
    parent_at_home,
    parent_died,
    perhaps_known,
    referred,
    support_children,
    support_parents,
    with_another_payee,
    with_other_parent,
)
from caselink.findings.facts import NONE, OWN_CHILD, Facts, Ints, Mask, Program, Role
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.stays import numbered, with_role

_NEEDS = (
    "memberships iv-a",
    "memberships.status iv-a",
    "memberships iv-d",
    "records.relationship",
    "cases.opened iv-a",
)
_GOOD_CAUSE = ("cases.good_cause iv-a", "cases.good_cause iv-d")


def _of_units(runs: pd.DataFrame, reasons: list[Reason]) -> Leads:
    """One lead for each unit, with all children concerned."""
    runs = runs.reset_index(drop=True)
    lead = runs.groupby("case", sort=True).ngroup().to_numpy()
    each = runs.groupby("case", as_index=False).agg(
        first=("first", "min"), last=("last", "max"), head=("head", "first")
    )
    parts = [
        Part("child", runs["person"], runs["case"], runs["record"], lead),
        Part("payee", each["head"], each["case"]),
    ]
    return make_leads(each["first"], each["last"], parts, reasons)


@dataclass(frozen=True, slots=True)
class MissedReferral:
    """R01: a counted child with one parent, and IV-D knows no case and has got no referral.

    ``allowed_months``: so many months, the first one counted, a referral may be on its way.
    """

    allowed_months: int = 2
    about: ClassVar[About] = About(
        id="R01",
        title="missed referral",
        strength="B",
        needs=_NEEDS,
        tested=(
            "another adult in the unit, who may be the other parent",
            "good cause claimed or granted",
            "a referral inside the allowed time, or received",
            "the other parent is reported dead, as far as the unit knew that parent",
            "a child of IV-D that may be this one, but was kept apart",
            "brothers and sisters of one last name in a case of the payee (R08)",
            "a child whom another unit counts (D05), or whose payee is its absent parent with IV-D",
            "a child who is 19 or older (C06)",
        ),
        untested=("a family-violence waiver", "tribal case, or another state's", "both parents live in the home"),
        tested_with={
            "good cause claimed or granted": _GOOD_CAUSE,
            "a referral inside the allowed time, or received": ("referrals.received",),
            "the other parent is reported dead, as far as the unit knew that parent": ("deaths",),
        },
        verify="look in both systems; the good-cause file first",
        absence_in=("iv-d",),
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each unit."""
        runs = alone_with_payee(facts)
        unknown = count_parents(runs, known_parents(facts)) == 0
        unknown &= ~referred(facts, runs) & ~held_good_cause(facts, runs["case"].to_numpy())
        late = (runs["length"] > self.allowed_months).to_numpy()
        rows = runs[unknown & late].reset_index(drop=True)
        innocent = perhaps_known(facts, rows) | parent_died(facts, rows) | _brothers_known(facts, rows)
        innocent |= with_another_payee(facts, rows)
        reasons = [
            Reason("status and role", "a child whose needs are counted, with a payee and no other parent in the unit"),
            Reason("support case", "none for the child against a parent"),
            Reason(
                "referral",
                "none received" if "referrals" in facts.evidence else "not looked at: no referrals were given",
            ),
        ]
        return _of_units(rows[~innocent], reasons)


def _brothers_known(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Whose payee is custodian of a case, in the last month, against a parent or with a child of their last name.

    A child's last name that is the payee's own says nothing of the other parent.
    """
    surname = facts.records["surname"].to_numpy()
    children = support_children(facts)
    others = children.assign(surname=surname[children["record"].to_numpy()], kin=1)
    fathers = children.merge(support_parents(facts)[["case", "surname"]], on="case").assign(kin=0)
    known = pd.concat([others, fathers])[["head", "surname", "first", "last", "kin"]].drop_duplicates()
    payee = np.isin(facts.records["person"].to_numpy(), runs["head"].to_numpy())
    names = facts.records[["person", "surname"]][payee].drop_duplicates()
    mine = runs.assign(surname=surname[runs["record"].to_numpy()])[["head", "surname", "last"]].reset_index()
    own = pd.MultiIndex.from_frame(mine[["head", "surname"]]).isin(pd.MultiIndex.from_frame(names))
    both = mine.assign(own=own).merge(known, on=["head", "surname"], suffixes=("", "_d"))
    both = both[((both["kin"] == 0) | ~both["own"]).to_numpy()]
    open_then = ((both["first"] <= both["last"]) & (both["last_d"] >= both["last"])).to_numpy()
    return np.isin(np.arange(len(runs)), both["index"].to_numpy()[open_then])


@dataclass(frozen=True, slots=True)
class SecondParent:
    """R03: a child with a payee who is no parent, and only one absent parent known to IV-D."""

    allowed_months: int = 2
    about: ClassVar[About] = About(
        id="R03",
        title="second parent not referred",
        strength="B",
        needs=_NEEDS,
        tested=(
            "good cause claimed or granted",
            "a referral inside the allowed time",
            "a parent reported dead",
            "the custodian is the parent to IV-D, and IV-A has another relationship (C07)",
            "somebody at the child's address who may be the other parent",
        ),
        untested=("the other parent is dead, unknown, or has no rights left", "the other parent lives in the home"),
        tested_with={
            "good cause claimed or granted": _GOOD_CAUSE,
            "a referral inside the allowed time": ("referrals.received",),
            "a parent reported dead": ("deaths",),
        },
        verify="case record",
        absence_in=("iv-d",),
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each unit."""
        runs = alone_with_payee(facts)
        runs = runs[~runs["own"].to_numpy(bool) & (runs["length"] > self.allowed_months).to_numpy()]
        with_case = np.isin(_child_and_payee(runs), _child_and_payee(support_children(facts)))
        runs = numbered(runs[with_case & ~held_good_cause(facts, runs["case"].to_numpy())])
        one = _one_known(facts, runs) & ~_own_to_support(facts, runs) & ~with_another_payee(facts, runs)
        one &= ~parent_died(facts, runs) & ~_second_referred(facts, runs)
        one &= ~with_other_parent(facts, runs) & ~parent_at_home(facts, runs)
        reasons = [
            Reason("relationship", "the payee is not the parent"),
            Reason("support case", "against one parent only"),
        ]
        return _of_units(runs[one], reasons)


def _one_known(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children of whom IV-D knows one parent but the payee; men who are, or were, only perhaps the father are one."""
    known = support_children(facts)[["person", "case"]].merge(support_parents(facts), on="case")
    perhaps = with_role(facts.of_program(Program.IVD), [Role.PUTATIVE])
    men = pd.MultiIndex.from_frame(perhaps[["case", "person"]])
    putative = np.asarray(pd.MultiIndex.from_frame(known[["case", "absent"]]).isin(men))
    known = known.assign(who=np.where(putative, NONE, known["absent"].to_numpy()))
    return np.asarray(count_parents(runs, known[["person", "absent", "who"]]) == 1)


def _own_to_support(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children who are the custodian's own to IV-D, whatever IV-A says of the same adult (C07)."""
    children = support_children(facts)
    kin = facts.records["relationship"].to_numpy()[children["record"].to_numpy()]
    return np.isin(_child_and_payee(runs), _child_and_payee(children[kin == OWN_CHILD]))


def _child_and_payee(rows: pd.DataFrame) -> Ints:
    """One number for a child and a payee."""
    child, payee = (rows[name].to_numpy(np.int64) for name in ("person", "head"))
    return np.asarray(child * 2**31 + payee)


def _second_referred(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children of whom a referral came in that led to no case yet: it may be about the other parent."""
    got = facts.referrals
    waiting = got[((got["received"] >= 0) & (got["support_case"] < 0)).to_numpy()]
    return np.isin(runs["person"].to_numpy(), waiting["child"].to_numpy())


@dataclass(frozen=True, slots=True)
class LateOpening:
    """R02: a referral received, and no case for the child by the end of the next month.

    The rule is 20 calendar days (45 CFR 303.2(b)); by the month, ``allowed_months`` with that of receipt.
    """

    allowed_months: int = 2
    about: ClassVar[About] = About(
        id="R02",
        title="late case opening",
        strength="A",
        needs=("referrals", "referrals.received", "memberships iv-d"),
        tested=("the case was there already", "received less than 20 days ago"),
        untested=("a referral that was deactivated",),
        verify="work status of the referral",
        who="the child support worker",
        absence_in=("iv-d",),
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each unit and month of receipt."""
        got = facts.referrals[((facts.referrals["received"] >= 0) & (facts.referrals["child"] >= 0)).to_numpy()]
        until = np.where(got["worked"] >= 0, got["worked"] - 1, facts.now)
        got = got.assign(until=until)[(until - got["received"] >= self.allowed_months).to_numpy()]
        got = got.reset_index(drop=True)
        got = got[~_case_open(facts, got, self.allowed_months)].reset_index(drop=True)
        keys = ["case", "received"]
        lead = got.groupby(keys, sort=True).ngroup().to_numpy()
        each = got.groupby(keys, as_index=False).agg(until=("until", "max"))
        first = each["received"] + self.allowed_months
        parts = [Part("child", got["child"], got["case"], NONE, lead)]
        reasons = [
            Reason("referral", "received, and more than 20 days went by"),
            Reason("support case", "none for the child and the payee in that time"),
        ]
        return make_leads(first, np.maximum(first, each["until"]), parts, reasons)


def _case_open(facts: Facts, got: pd.DataFrame, allowed: int) -> Mask:
    """Referrals whose case has the child in the allowed time.

    Where a referral names no case, one of child and payee counts that no other referral of unit and child names:
    of two parents each has a referral of its own.
    """
    children = support_children(facts)
    head = np.append(facts.cases["head"].to_numpy(), NONE)[got["case"].to_numpy()]
    rows = got.assign(head=head, by=got["received"] + allowed - 1).reset_index()
    both = rows.merge(
        children.rename(columns={"case": "in_case", "head": "custodian"}), left_on="child", right_on="person"
    )
    named = (both["support_case"] >= 0).to_numpy()
    told = facts.referrals[(facts.referrals["support_case"] >= 0).to_numpy()][["child", "case", "support_case"]]
    of_another = pd.MultiIndex.from_frame(both[["child", "case", "in_case"]]).isin(pd.MultiIndex.from_frame(told))
    both["custodian"] = both["custodian"].mask(np.asarray(of_another) & ~named, NONE - 1)
    fits = np.where(named, both["support_case"] == both["in_case"], both["head"] == both["custodian"])
    fits &= ((both["first"] <= both["by"]) & (both["last"] >= both["received"])).to_numpy()
    return np.isin(np.arange(len(got)), both["index"][fits])
