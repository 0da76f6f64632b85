"""Findings of group D about cases: a person, child or household in two of one program at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.findings.duties import support_parents
from caselink.findings.facts import (
    FEMALE,
    NONE,
    Facts,
    Mask,
    Program,
    Role,
    once,
)
from caselink.findings.finding import About, Leads, Part, Reason, make_leads
from caselink.findings.people import how_sure_one, more_than_name, perhaps_one
from caselink.findings.stays import counted, joined, overlapping, several, with_role

LEAST_IN_COMMON = 2
"""So many people in two cases make them one household that applied twice (D09)."""


@once
def counted_twice(facts: Facts) -> pd.DataFrame:
    """Pairs of stays of one person whose needs are counted in two IV-A cases with a month in common."""
    stays = several(counted(facts.of_program(Program.IVA)), "person", "case")
    stays = joined(stays, ["person", "case", "record"])
    return overlapping(stays, stays, ["person"])


def _both(pairs: pd.DataFrame, part: str) -> list[Part]:
    return [Part(part, pairs["person"], pairs[f"case_{side}"], pairs[f"record_{side}"]) for side in "ab"]


def _heads(pairs: pd.DataFrame, part: str) -> list[Part]:
    return [Part(part, pairs[f"head_{side}"], pairs[f"case_{side}"]) for side in "ab"]


def _is_child_of_two(pairs: pd.DataFrame) -> Mask:
    roles = [(pairs[f"role_{side}"] == Role.CHILD).to_numpy() for side in "ab"]
    return roles[0] & roles[1] & (pairs["head_a"] != pairs["head_b"]).to_numpy()


@dataclass(frozen=True, slots=True)
class PersonInTwoUnits:
    """D04: needs counted in two assistance cases in a month that is no hand-over."""

    about: ClassVar[About] = About(
        id="D04",
        title="person in two IV-A cases",
        strength="B",
        needs=("memberships iv-a", "memberships.status iv-a"),
        tested=(
            "moved in the middle of the month",
            "the case was given another number",
            "listed in one of the cases and not counted there",
        ),
        untested=("a case is closing late", "a twin, or a relative of one name"),
        verify="dates of issuance, custody papers, an interview",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each two cases and stays."""
        pairs = counted_twice(facts)
        pairs = pairs[~pairs["handed_over"].to_numpy() & ~_is_child_of_two(pairs)].reset_index(drop=True)
        reasons = [
            Reason("status", "needs counted in both cases in one month"),
            Reason("identity", "two records are one person", pairs["record_a"] != pairs["record_b"]),
        ]
        return make_leads(pairs["first"], pairs["last"], [*_both(pairs, "member"), *_heads(pairs, "payee")], reasons)


@dataclass(frozen=True, slots=True)
class ChildOfTwoPayees:
    """D05: a child whose needs are counted in two assistance cases of different payees."""

    about: ClassVar[About] = About(
        id="D05",
        title="child claimed on two IV-A cases",
        strength="B",
        needs=("memberships iv-a", "memberships.status iv-a"),
        tested=(
            "changed caretakers within the month",
            "joint custody, the other case lists the child as not counted",
            "payees who may be one person, though kept apart",
        ),
        untested=("foster placement", "joint custody that both cases count", "a twin"),
        verify="school or medical record, custody order",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each child and two cases."""
        pairs = counted_twice(facts)
        pairs = pairs[~pairs["handed_over"].to_numpy() & _is_child_of_two(pairs)]
        pairs = pairs[~perhaps_one(facts, pairs["head_a"], pairs["head_b"])].reset_index(drop=True)
        reasons = [
            Reason("status", "needs counted in both cases in one month"),
            Reason("payee", "two people"),
            Reason("identity", "two records are one child", pairs["record_a"] != pairs["record_b"]),
        ]
        return make_leads(pairs["first"], pairs["last"], [*_both(pairs, "child"), *_heads(pairs, "payee")], reasons)


@dataclass(frozen=True, slots=True)
class HouseholdTwice:
    """D09: most of the people of one case counted in another too, of a different payee of the same home."""

    about: ClassVar[About] = About(
        id="D09",
        title="same household applied twice",
        strength="B",
        needs=("memberships iv-a", "memberships.status iv-a"),
        tested=("the case went over to the other parent within the month", "one person in common only"),
        untested=("the case went over to a relative and the first closes late",),
        verify="both case histories",
        location=True,
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each two cases."""
        pairs = counted_twice(facts)
        pairs = pairs[~pairs["handed_over"].to_numpy() & (pairs["head_a"] != pairs["head_b"]).to_numpy()]
        pairs = pairs[_one_home(facts, pairs)].reset_index(drop=True)
        keys = ["case_a", "case_b"]
        pairs = pairs[(pairs.groupby(keys)["person"].transform("nunique") >= LEAST_IN_COMMON).to_numpy()]
        lead = pairs.groupby(keys, sort=True).ngroup().to_numpy()
        each = pairs.groupby(keys, sort=True).agg(
            first=("first", "min"), last=("last", "max"), head_a=("head_a", "first"), head_b=("head_b", "first")
        )
        each = each.reset_index()
        members = [
            Part("member", pairs["person"], pairs[f"case_{side}"], pairs[f"record_{side}"], lead) for side in "ab"
        ]
        reasons = [
            Reason("status", "needs of two or more people counted in both cases in one month"),
            Reason("payee", "two people"),
            Reason("address", "the payees live in one household or are on file at one address"),
        ]
        return make_leads(each["first"], each["last"], [*_heads(each, "payee"), *members], reasons)


def _one_home(facts: Facts, pairs: pd.DataFrame) -> Mask:
    """Whether both payees live in one household, or are on file at one house number of one ZIP."""
    month = pairs["last"].to_numpy()
    one, other = (facts.home_of(pairs[f"head_{side}"].to_numpy(), month) for side in "ab")
    known = facts.records[["person", "house"]]
    known = known[(known["house"] >= 0).to_numpy()].drop_duplicates()
    heads = pairs[["head_a", "head_b"]].drop_duplicates()
    here = heads.merge(known, left_on="head_a", right_on="person")
    both = here.merge(known, left_on=["head_b", "house"], right_on=["person", "house"], suffixes=("", "_b"))
    shared = pd.MultiIndex.from_frame(both[["head_a", "head_b"]])
    at_one = pd.MultiIndex.from_frame(pairs[["head_a", "head_b"]]).isin(shared)
    return np.asarray(((one >= 0) & (one == other)) | at_one)


def child_cases(facts: Facts) -> pd.DataFrame:
    """Stays of children in support cases, of those who are in several."""
    stays = with_role(facts.of_program(Program.IVD), [Role.CHILD])
    return joined(several(stays, "person", "case"), ["person", "case", "record"])


@dataclass(frozen=True, slots=True)
class SupportCaseTwice:
    """D06: custodian, absent parent and a child the same in two support cases that are open at once."""

    about: ClassVar[About] = About(
        id="D06",
        title="same IV-D case twice",
        strength="A",
        needs=("memberships iv-d",),
        tested=("the case was closed before it was opened again",),
        untested=("companion case of another state", "conversion to another system"),
        verify="both case histories",
        who="the child support worker",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each two cases, with all children that are in both."""
        stays = child_cases(facts)
        stays = stays[(stays["head"] >= 0).to_numpy()]
        pairs = overlapping(stays, stays, ["person"])
        pairs = pairs[~pairs["handed_over"].to_numpy() | _both_open(facts, pairs)]
        parents = support_parents(facts)
        pairs = pairs.merge(parents.add_suffix("_a"), on="case_a").merge(parents.add_suffix("_b"), on="case_b")
        custodian, absent = (how_sure_one(facts, pairs[f"{who}_a"], pairs[f"{who}_b"]) for who in ("head", "absent"))
        pairs = pairs.assign(sure=np.minimum(custodian, absent))[(custodian > 0) & (absent > 0)].reset_index(drop=True)
        keys = ["case_a", "case_b"]
        lead = pairs.groupby(keys, sort=True).ngroup().to_numpy()
        each = pairs.groupby(keys, sort=True).agg(first=("first", "min"), last=("last", "max"), sure=("sure", "max"))
        each = each.reset_index()
        parts = [
            Part(
                part, pairs[person], pairs[f"case_{side}"], NONE if record is None else pairs[f"{record}_{side}"], lead
            )
            for side in "ab"
            for part, person, record in (
                ("custodian", f"head_{side}", None),
                ("absent parent", f"absent_{side}", "absent_record"),
                ("child", "person", "record"),
            )
        ]
        reasons = [Reason("custodian, absent parent and child", "the same in two cases open in one month")]
        return make_leads(each["first"], each["last"], parts, reasons, each["sure"])


def _both_open(facts: Facts, pairs: pd.DataFrame) -> Mask:
    """Pairs of cases of which IV-D, which tells of closings, has closed neither: no hand-over, however late begun."""
    if "cases.closed iv-d" not in facts.evidence:
        return np.zeros(len(pairs), bool)
    closed = facts.cases["closed"].to_numpy()
    return np.asarray((closed[pairs["case_a"]] < 0) & (closed[pairs["case_b"]] < 0))


@dataclass(frozen=True, slots=True)
class TwoCustodians:
    """D07: a child in support cases of two custodians in a month that is no hand-over."""

    about: ClassVar[About] = About(
        id="D07",
        title="child active under two custodians",
        strength="B",
        needs=("memberships iv-d",),
        tested=(
            "custody changed within the month",
            "one custodian with a case against each parent",
            "custodians who may be one person, though kept apart",
            "two children of one name, who agree in no number, birth date or address",
        ),
        untested=("both parents applied", "the case of the custodian before is closing late"),
        verify="custody order; close or transfer one of the cases",
        who="the child support worker",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each child and two cases."""
        stays = child_cases(facts)
        pairs = overlapping(stays, stays, ["person"])
        known = ((pairs["head_a"] >= 0) & (pairs["head_b"] >= 0)).to_numpy()
        differ = (pairs["head_a"] != pairs["head_b"]).to_numpy()
        pairs = pairs[known & differ & ~pairs["handed_over"].to_numpy() & ~two_children(facts, pairs)]
        pairs = pairs[~perhaps_one(facts, pairs["head_a"], pairs["head_b"])].reset_index(drop=True)
        reasons = [
            Reason("role", "child in both cases in one month"),
            Reason("custodian", "two people"),
            Reason("identity", "two records are one child", pairs["record_a"] != pairs["record_b"]),
        ]
        return make_leads(pairs["first"], pairs["last"], [*_both(pairs, "child"), *_heads(pairs, "custodian")], reasons)


@dataclass(frozen=True, slots=True)
class TwoFathers:
    """D08: paternity established in two cases of one child, against two men."""

    about: ClassVar[About] = About(
        id="D08",
        title="two established fathers",
        strength="B",
        needs=("memberships iv-d", "cases.paternity iv-d"),
        tested=(
            "several putative fathers, of whom none is established",
            "a case against the mother",
            "fathers who may be one person, though kept apart",
            "two children of one name, who agree in no number, birth date or address",
        ),
        untested=("paternity was set aside and settled anew",),
        verify="the paternity record",
        who="the child support worker",
    )

    def find(self, facts: Facts) -> Leads:
        """One lead for each child and two cases."""
        stays = joined(child_cases(facts), ["person", "case"])
        settled = facts.cases["paternity"].to_numpy()[stays["case"].to_numpy()] == 1
        fathers = support_parents(facts)
        fathers = fathers[(fathers["sex"] != FEMALE).to_numpy()]
        lone = ~fathers["case"].duplicated(keep=False).to_numpy()
        fathers = fathers[lone | ~fathers["putative"].to_numpy(bool)]
        rows = stays[settled][["person", "case", "record", "first", "last"]].merge(fathers, on="case")
        pairs = rows.merge(rows, on="person", suffixes=("_a", "_b"))
        two = (pairs["absent_a"] != pairs["absent_b"]).to_numpy() & (pairs["case_a"] < pairs["case_b"]).to_numpy()
        pairs = pairs[two & ~perhaps_one(facts, pairs["absent_a"], pairs["absent_b"]) & ~two_children(facts, pairs)]
        pairs = pairs.drop_duplicates(["person", "case_a", "case_b"]).reset_index(drop=True)
        first, last = _either(pairs)
        men = [
            Part("father", pairs[f"absent_{side}"], pairs[f"case_{side}"], pairs[f"absent_record_{side}"])
            for side in "ab"
        ]
        reasons = [
            Reason("paternity", "established in both cases"),
            Reason("absent parent", "two people, neither the mother"),
        ]
        return make_leads(first, last, [*_both(pairs, "child"), *men], reasons)


def two_children(facts: Facts, pairs: pd.DataFrame) -> Mask:
    """Pairs of stays that rest on records with no more in common than a name."""
    one, other = (pairs[f"record_{side}"].to_numpy(np.int64) for side in "ab")
    return ~more_than_name(facts, one, other)


def _either(pairs: pd.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Months in common, or from the end of the one to the start of the other."""
    late = np.maximum(pairs["first_a"].to_numpy(np.int64), pairs["first_b"].to_numpy(np.int64))
    early = np.minimum(pairs["last_a"].to_numpy(np.int64), pairs["last_b"].to_numpy(np.int64))
    return np.minimum(late, early), np.maximum(late, early)
