"""Planting findings of group C: people in roles and homes that do not go together."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.findings.enrolled import ABSENT_ROLES, ELIGIBLE
from caselink.synthetic.findings.leads import PLANTED, Part, lead_table
from caselink.synthetic.findings.planted_duplicates import add_stays
from caselink.synthetic.findings.sites import Site
from caselink.synthetic.findings.true_roles import GROWN
from caselink.synthetic.history import NEVER

OLDEST_CHILD = 23
"""Years up to which a grown-up brother or sister is carried as a child (C06)."""
MONTHS_AFTER = 3
"""For how long at most the dead and the jailed are still in a unit (C11, C12)."""


def plant_roles(site: Site) -> Iterable[pd.DataFrame]:
    """Everything of group C."""
    return [
        _still_in_unit(site, "C11"),
        _still_in_unit(site, "C12"),
        _grown_child(site),
        _nobody_eligible(site),
        _absent_and_custodian(site),
        _absent_in_unit(site),
        _other_relationship(site),
        _said_to_be_dead(site),
    ]


def _nobody_eligible(site: Site) -> pd.DataFrame:
    """C01: a whole unit is coded as not in the unit."""
    units = site.units[(site.units["head"] >= 0).to_numpy()]
    cases = units.groupby(["case", "head"], sort=True).agg({"first": "min", "last": "max"}).reset_index()
    chosen = site.pick("C01", cases, ["head"])
    rows = np.flatnonzero(np.isin(site.changes["iva"].memberships["case"], chosen["case"]))
    site.changes.change("iva", "memberships", rows, status="not in unit")
    payee = Part("payee", "iva", chosen["head"], chosen["case"])
    return lead_table("C01", (chosen["first"], chosen["last"]), [payee], kind=PLANTED)


def _absent_stays(site: Site) -> pd.DataFrame:
    """Absent parents' stays in support cases, those of mothers and determined fathers."""
    cases = site.cases
    long = cases["last"] - cases["first"] + 1 >= site.least_months
    return cases[(long & (cases["role"] == "NP") & (cases["head"] >= 0)).to_numpy()].reset_index(drop=True)


def _absent_and_custodian(site: Site) -> pd.DataFrame:
    """C03: custody went to the absent parent, who becomes custodian of the case and stays absent parent."""
    stays = _absent_stays(site)
    start = site.start("C03", stays["first"].to_numpy(), stays["last"].to_numpy())
    chosen = site.pick("C03", stays.assign(start=start), ["person", "head"])
    again = chosen.drop(columns="copy_of").assign(role="CP")
    site.changes.add_records(
        "ivd", again.assign(status="active", first_month=chosen["start"], last_month=chosen["last"])
    )
    person = Part("person", "ivd", chosen["person"], chosen["case"])
    return lead_table("C03", (chosen["start"], chosen["last"]), [person], kind=PLANTED)


def children_in_both(site: Site, roles: tuple[str, ...] = ABSENT_ROLES) -> pd.DataFrame:
    """Absent parents with a child of their case who is in a unit, in the months in which all of this is so.

    Columns ``person`` (the absent parent), ``head``, ``case``, ``child``, ``unit``, ``payee``, ``first`` and ``last``.
    """
    absent = site.cases[site.cases["role"].isin(roles).to_numpy()][["person", "case", "head", "first", "last"]]
    children = site.cases[(site.cases["role"] == "CH").to_numpy()]
    aided = site.units[((site.units["role"] == "CHILD") & (site.units["status"] == ELIGIBLE)).to_numpy()]
    pairs = absent.merge(children[["person", "case", "first", "last"]], on="case", suffixes=("", "_d"))
    pairs = pairs.rename(columns={"person_d": "child"})
    aided = aided[["person", "case", "head", "first", "last", "record"]]
    aided = aided.rename(columns={"person": "child", "case": "unit", "head": "payee"})
    pairs = pairs.merge(aided, on="child", suffixes=("", "_a"))
    pairs["first"] = pairs[["first", "first_d", "first_a"]].max(axis=1)
    pairs["last"] = pairs[["last", "last_d", "last_a"]].min(axis=1)
    long = (pairs["last"] - pairs["first"] + 1 >= site.least_months) & (pairs["head"] >= 0) & (pairs["payee"] >= 0)
    return pairs[long.to_numpy()].reset_index(drop=True)


def _absent_in_unit(site: Site) -> pd.DataFrame:
    """C04: the absent parent is listed as an adult in the child's unit."""
    pairs = children_in_both(site)
    pairs = pairs[~site.knows["iva"][pairs["person"].to_numpy(np.int64)]].reset_index(drop=True)
    pairs["start"] = site.start("C04", pairs["first"].to_numpy(), pairs["last"].to_numpy())
    chosen = site.pick("C04", pairs, ["person", "head", "payee"])
    add_stays(site, chosen.assign(case=chosen["unit"], role="ADULT", status=ELIGIBLE))
    parts = [
        Part("absent parent", "ivd", chosen["person"], chosen["case"]),
        Part("absent parent", "iva", chosen["person"], chosen["unit"]),
        Part("child", "iva", chosen["child"], chosen["unit"]),
    ]
    return lead_table("C04", (chosen["start"], chosen["last"]), parts, kind=PLANTED)


def _grown_child(site: Site) -> pd.DataFrame:
    """C06: a grown-up brother or sister at home is put into the unit as a child."""
    heads = site.eligible("HEAD", "CARETAKER", "CHILD")
    heads = heads.drop_duplicates("case").assign(person=lambda rows: rows["head"])
    people, last_month = site.history.people, site.n_months - 1
    grown = np.flatnonzero((people["mother"].to_numpy() >= 0) & ~site.knows["iva"])
    ages = site.age(grown, np.zeros(len(grown), np.int64))
    grown = grown[(ages >= GROWN) & (site.age(grown, np.full(len(grown), last_month)) <= OLDEST_CHILD)]
    kin = [
        pd.DataFrame({"child": grown, "head": people[tie].to_numpy(np.int64)[grown]}) for tie in ("mother", "father")
    ]
    pairs = pd.concat(kin).merge(heads[["head", "case", "first", "last"]], on="head").reset_index(drop=True)
    pairs["start"] = site.start("C06", pairs["first"].to_numpy(), pairs["last"].to_numpy())
    start = pairs["start"].to_numpy(np.int64)
    home = site.home(pairs["child"].to_numpy(np.int64), start)
    pairs = pairs[(home >= 0) & (home == site.home(pairs["head"].to_numpy(np.int64), start))].reset_index(drop=True)
    chosen = site.pick("C06", pairs, ["child", "head"])
    kin_code = np.full(len(chosen), "CH", dtype=object)
    add_stays(site, chosen.assign(person=chosen["child"], role="CHILD", status=ELIGIBLE, relationship=kin_code))
    child = Part("child", "iva", chosen["child"], chosen["case"])
    return lead_table("C06", (chosen["start"], chosen["last"]), [child], kind=PLANTED)


def _other_relationship(site: Site) -> pd.DataFrame:
    """C07: IV-A has the custodian's own child as a grandchild."""
    assistance, support = site.changes["iva"], site.changes["ivd"]
    if "relationship" not in assistance.details or "relationship" not in support.details:
        return lead_table("C07", ([], []), [Part("child", "iva", [])], kind=PLANTED)
    pairs = children_in_both(site)
    pairs = pairs[(pairs["payee"] == pairs["head"]).to_numpy()]
    record = pairs["record"].to_numpy(np.int64)
    first_case = assistance.records["case"].to_numpy(np.int64)[record] == pairs["unit"].to_numpy()
    own = assistance.details["relationship"].to_numpy(dtype=object)[record] == "CH"
    known = support.records.assign(relationship=support.details["relationship"])[["person", "case", "relationship"]]
    known = known.drop_duplicates(["person", "case"]).rename(columns={"person": "child"})
    pairs = pairs[first_case & own].merge(known, on=["child", "case"])
    pairs = pairs[(pairs["relationship"] == "CH").to_numpy()].reset_index(drop=True)
    chosen = site.pick("C07", pairs, ["child", "head", "person"])
    numbers = np.flatnonzero(np.isin(assistance.records["person"], chosen["child"]))
    site.changes.change("iva", "details", numbers, relationship="GC")
    parts = [
        Part("child", "iva", chosen["child"], chosen["unit"]),
        Part("child", "ivd", chosen["child"], chosen["case"]),
    ]
    return lead_table("C07", (chosen["first"], chosen["last"]), parts, kind=PLANTED)


def _said_to_be_dead(site: Site) -> pd.DataFrame:
    """C09: the absent parent is said to be dead, and an employer reports him."""
    if "absence" not in site.changes["ivd"].details:
        return lead_table("C09", ([], []), [Part("absent parent", "ivd", [])], kind=PLANTED)
    stays = _absent_stays(site)
    person = stays["person"].to_numpy(np.int64)
    alive = site.history.people["death"].to_numpy(np.int64)[person] == NEVER
    chosen = site.pick(
        "C09", stays[alive & site.knows["employment"][person]].reset_index(drop=True), ["person", "head"]
    )
    site.changes.change("ivd", "details", chosen["record"], absence="DC")
    person_part = Part("absent parent", "ivd", chosen["person"], chosen["case"])
    return lead_table("C09", (chosen["first"], chosen["last"]), [person_part], kind=PLANTED)


def _still_in_unit(site: Site, finding: str) -> pd.DataFrame:
    """C11, C12: nobody told that a member died or is in jail, and the needs are counted for some months more."""
    units = site.units[((site.units["status"] == ELIGIBLE) & site.units["ends"]).to_numpy()].reset_index(drop=True)
    person, last = units["person"].to_numpy(np.int64), units["last"].to_numpy(np.int64)
    closed = np.minimum(units["closed"].to_numpy(np.int64) - 1, site.n_months - 1)
    until = np.minimum(np.minimum(last + MONTHS_AFTER, closed), _next_entry(site, person, last) - 1)
    until = np.minimum(until, _away_until(site, finding, person, last))
    fits = until - last >= 2
    fits &= _gone(site, finding, person, last)
    ending = units.assign(until=until)[fits].merge(_ending_rows(site), on=["record", "case", "last"])
    chosen = site.pick(finding, ending, ["person", "head"])
    site.changes.change("iva", "memberships", chosen["row"], last_month=chosen["until"].to_numpy())
    first = _from(site, finding, chosen)
    member = Part("person", "iva", chosen["person"], chosen["case"])
    return lead_table(finding, (first, chosen["until"]), [member], kind=PLANTED)


def _next_entry(site: Site, person: Ints, last: Ints) -> Ints:
    """The first month after ``last`` in which another stay of each person in assistance begins, ``NEVER`` for none."""
    iva = site.changes["iva"]
    who = iva.records["person"].to_numpy(np.int64)[iva.memberships["record"].to_numpy(np.int64)]
    stride = 2 * NEVER
    begun = np.sort(who * stride + iva.memberships["first_month"].to_numpy(np.int64))
    place = np.searchsorted(begun, person * stride + last, side="right")
    found = np.append(begun, -1)[place]
    return np.where(found // stride == person, found % stride, NEVER)


def _away_until(site: Site, finding: str, person: Ints, last: Ints) -> Ints:
    """The last month for which each person, gone after ``last``, stays away: the dead for good."""
    if finding == "C11":
        return np.full(len(person), NEVER)
    until, away = last.copy(), np.ones(len(person), bool)
    for months in range(1, MONTHS_AFTER + 1):
        away &= site.history.jailed[np.minimum(last + months, site.n_months - 1), person]
        until += away
    return until


def _gone(site: Site, finding: str, person: Ints, last: Ints) -> Mask:
    """Whether each person is gone in the month after ``last``, and for good or for the next month, too."""
    after, later = (np.minimum(last + months, site.n_months - 1) for months in (1, 2))
    if finding == "C11":
        day = site.history.calendar.last_days()[after]
        return np.asarray(site.history.people["death"].to_numpy(np.int64)[person] <= day)
    return np.asarray(site.history.jailed[after, person] & site.history.jailed[later, person])


def _from(site: Site, finding: str, chosen: pd.DataFrame) -> Ints:
    """The first month of the finding: after that of death, or the second one in jail."""
    person, last = chosen["person"].to_numpy(np.int64), chosen["last"].to_numpy(np.int64)
    if finding == "C11":
        days = site.history.people["death"].to_numpy(np.int64)[person]
        death = days.astype("datetime64[D]").astype("datetime64[M]") - site.history.calendar.months()[0]
        return np.asarray(np.maximum(death.astype(np.int64) + 1, chosen["first"].to_numpy(np.int64)))
    return last + 2


def _ending_rows(site: Site) -> pd.DataFrame:
    members = site.changes["iva"].memberships
    rows = {"record": members["record"], "case": members["case"], "last": members["last_month"]}
    return pd.DataFrame(rows).astype(np.int64).assign(row=np.arange(len(members)))
