"""Which children have a parent elsewhere whom IV-D should know, and whom it knows: findings of group R ask this."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.findings.facts import (
    ABSENT,
    ADULTS,
    NO_DAY,
    NONE,
    OWN_CHILD,
    Facts,
    Ints,
    Mask,
    Program,
    Role,
    once,
)
from caselink.findings.people import birth_days, of_one_payee, years
from caselink.findings.stays import by_month, counted, joined, with_role

PARENT_YEARS = (12, 50)
"""Another adult of the unit who is not counted may be a child's parent if so many years older."""


@once
def support_children(facts: Facts) -> pd.DataFrame:
    """Stays of children in support cases: ``person, case, record, head, first, last``."""
    stays = joined(with_role(facts.of_program(Program.IVD), [Role.CHILD]), ["person", "case", "record"])
    return stays[["person", "case", "record", "head", "first", "last"]]


@once
def support_parents(facts: Facts) -> pd.DataFrame:
    """Absent parents of support cases, each once a case: ``case, absent, absent_record, putative, surname``."""
    stays = with_role(facts.of_program(Program.IVD), ABSENT).sort_values(["case", "person", "record"])
    rows = stays.drop_duplicates(["case", "person"])
    return pd.DataFrame(
        {
            "case": rows["case"].to_numpy(),
            "absent": rows["person"].to_numpy(),
            "absent_record": rows["record"].to_numpy(),
            "putative": rows["role"].to_numpy() == Role.PUTATIVE,
            "surname": facts.records["surname"].to_numpy()[rows["record"].to_numpy()],
        }
    )


@once
def alone_with_payee(facts: Facts) -> pd.DataFrame:
    """The last run of months of each counted child in a unit in which no other adult of the unit may be the parent.

    ``person, case, record, head, first, last, length`` and ``own`` (own child of the payee). ``length`` counts the
    months before the first one told of too, where the case was open then.
    """
    stays = joined(with_role(counted(facts.of_program(Program.IVA)), [Role.CHILD]), ["person", "case"])
    stays = stays[(stays["head"] >= 0).to_numpy()][["person", "case", "record", "head", "first", "last"]]
    stays = stays.assign(own=_own_child(facts, stays))
    monthly = by_month(stays)
    own = monthly["own"].to_numpy()
    monthly = monthly[~(own & with_other_parent(facts, monthly))]
    return _last_runs(facts, monthly)


def _own_child(facts: Facts, stays: pd.DataFrame) -> Mask:
    """Whether the payee is the child's parent: as the record says where it had no other payee, else by their role."""
    units = facts.of_program(Program.IVA)
    kin = facts.records["relationship"].to_numpy()[stays["record"].to_numpy()]
    one = np.unique(units["record"][of_one_payee(units)])
    told = np.isin(stays["record"].to_numpy(), one) & (kin >= 0)
    parents = units[((units["role"] == Role.HEAD) & (units["person"] == units["head"])).to_numpy()]
    return np.where(told, kin == OWN_CHILD, np.isin(stays["case"].to_numpy(), parents["case"].to_numpy()))


def with_other_parent(facts: Facts, monthly: pd.DataFrame) -> Mask:
    """Months of children in which another adult of the unit may be the other parent.

    That is one whose needs are counted, or who is of an age to be: parents are :data:`PARENT_YEARS` older. A last name
    does not tell: children of one couple have several often enough.
    """
    adults = with_role(facts.of_program(Program.IVA), ADULTS)
    adults = adults[(adults["person"] != adults["head"]).to_numpy()][
        ["case", "person", "record", "counted", "first", "last"]
    ]
    pairs = (
        monthly[["person", "case", "record", "head", "month"]].reset_index(drop=True).rename_axis("row").reset_index()
    )
    pairs = pairs[np.isin(pairs["case"].to_numpy(), adults["case"].to_numpy())].merge(
        adults, on="case", suffixes=("", "_a")
    )
    born = birth_days(facts)
    one, other = (born[pairs[name].to_numpy()] for name in ("person", "person_a"))
    unknown = (one == NO_DAY) | (other == NO_DAY)
    gap = years(np.where(unknown, 0, one) - np.where(unknown, 0, other))
    of_age = unknown | ((gap >= PARENT_YEARS[0]) & (gap <= PARENT_YEARS[1]))
    there = ((pairs["first"] <= pairs["month"]) & (pairs["last"] >= pairs["month"])).to_numpy()
    parent = there & (of_age | (pairs["counted"] == 1).to_numpy())
    return np.isin(np.arange(len(monthly)), pairs["row"][parent])


def _last_runs(facts: Facts, monthly: pd.DataFrame) -> pd.DataFrame:
    rows = monthly.drop_duplicates(["person", "case", "month"]).sort_values(["person", "case", "month"])
    month = rows["month"].to_numpy(np.int64)
    key = rows[["person", "case"]].to_numpy(np.int64)
    breaks = np.ones(len(rows), bool)
    breaks[1:] = (key[1:] != key[:-1]).any(axis=1) | (month[1:] != month[:-1] + 1)
    start = np.flatnonzero(breaks)
    end = np.append(start[1:], len(rows)) - 1 if len(rows) else start
    runs = rows.take(start)[["person", "case", "record", "head", "own"]].reset_index(drop=True)
    runs["first"], runs["last"] = month[start], month[end]
    opened = facts.cases["opened"].to_numpy()[runs["case"].to_numpy()]
    before = np.where((runs["first"] == facts.began) & (opened >= 0), np.maximum(facts.began - opened, 0), 0)
    runs["length"] = runs["last"] - runs["first"] + 1 + before
    return runs.drop_duplicates(["person", "case"], keep="last").reset_index(drop=True)


@once
def known_parents(facts: Facts) -> pd.DataFrame:
    """Parents whom IV-D knows of each child, each once: ``person, absent``."""
    rows = support_children(facts)[["person", "case"]].merge(support_parents(facts)[["case", "absent"]], on="case")
    return rows[["person", "absent"]].drop_duplicates()


def count_parents(runs: pd.DataFrame, known: pd.DataFrame) -> Ints:
    """How many parents but the payee IV-D knows of the child of each run."""
    both = runs[["person", "head"]].reset_index().merge(known, on="person")
    both = both[(both["absent"] != both["head"]).to_numpy()]
    return np.bincount(both["index"].to_numpy(), minlength=len(runs)).astype(np.int64)


def referred(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children of whom a referral has been received."""
    got = facts.referrals[(facts.referrals["received"] >= 0).to_numpy()]
    return np.isin(runs["person"].to_numpy(), got["child"].to_numpy())


def perhaps_known(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children who may be a child of a support case whose record was kept apart from theirs."""
    children = support_children(facts)["person"].to_numpy()
    near = near_persons(facts)
    maybe = near["one"][np.isin(near["other"].to_numpy(), children)]
    return np.isin(runs["person"].to_numpy(), maybe)


def perhaps_counted(facts: Facts, person: Ints) -> Mask:
    """Persons who may be a counted child of an assistance case whose record was kept apart from theirs."""
    children = with_role(counted(facts.of_program(Program.IVA)), [Role.CHILD])["person"].to_numpy()
    near = near_persons(facts)
    return np.isin(person, near["one"][np.isin(near["other"].to_numpy(), children)])


@once
def near_persons(facts: Facts) -> pd.DataFrame:
    """Persons of whom two records may be one person's, both ways: ``one, other``."""
    person = facts.records["person"].to_numpy()
    left, right = (person[facts.near[side].to_numpy(np.int64)] for side in ("left", "right"))
    both = pd.DataFrame({"one": np.append(left, right), "other": np.append(right, left)})
    return both.drop_duplicates()


def parent_died(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children of whose unit or support case another adult is, or was, who is reported dead."""
    dead = facts.stays[np.isin(facts.stays["person"].to_numpy(), facts.deaths["person"].to_numpy())]
    dead = dead[(dead["role"] != Role.CHILD).to_numpy()][["case", "person"]].drop_duplicates()
    dead = dead.merge(facts.deaths[["person", "month"]], on="person").rename(columns={"person": "adult"})
    children = with_role(facts.stays, [Role.CHILD])[["case", "person"]].drop_duplicates()
    both = runs.reset_index()[["index", "person", "head", "last"]].merge(children.merge(dead, on="case"), on="person")
    gone = ((both["adult"] != both["head"]) & (both["month"] <= both["last"])).to_numpy()
    return np.isin(np.arange(len(runs)), both["index"][gone])


def with_another_payee(facts: Facts, runs: pd.DataFrame) -> Mask:
    """Children whom another unit counts too (D05), or whose payee is absent parent of their support case just then."""
    stays = with_role(counted(facts.of_program(Program.IVA)), [Role.CHILD])[["person", "case", "head", "first", "last"]]
    units = runs.reset_index()[["index", "person", "head", "first", "last"]].merge(
        stays, on="person", suffixes=("", "_u")
    )
    units = units[(units["head"] != units["head_u"]).to_numpy()]
    children = support_children(facts).merge(support_parents(facts)[["case", "absent"]], on="case")
    cases = runs.reset_index()[["index", "person", "head", "first", "last"]].merge(
        children[["person", "absent", "first", "last"]], on="person", suffixes=("", "_u")
    )
    cases = cases[(cases["head"] == cases["absent"]).to_numpy()]
    both = pd.concat([units, cases])
    then = ((both["first_u"] <= both["last"]) & (both["last_u"] >= both["last"])).to_numpy()
    return np.isin(np.arange(len(runs)), both["index"][then])


def held_good_cause(facts: Facts, case: Ints) -> Mask:
    """Cases with good cause claimed or granted."""
    return np.isin(np.append(facts.cases["good_cause"].to_numpy(), NONE)[case], (1, 2))
