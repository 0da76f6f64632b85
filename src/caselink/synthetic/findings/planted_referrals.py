"""Planting findings of group R: families that fell between IV-A and IV-D, and families that only look so.

Families that no program knows are given a unit of assistance, without what should have followed; so nothing has to be
taken away. Where families are in both programs, one of these is made to know less than the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.findings.changes import Column
from caselink.synthetic.findings.enrolled import ELIGIBLE, enrolled
from caselink.synthetic.findings.leads import LOOK_ALIKE, PLANTED, Part, lead_table
from caselink.synthetic.findings.planted_duplicates import add_stays, new_unit
from caselink.synthetic.findings.planted_roles import children_in_both
from caselink.synthetic.findings.sites import Site
from caselink.synthetic.findings.true_referrals import ALLOWED_MONTHS, SETTLED_MONTHS, assisted_months

OLDEST_CHILD = 17
LONG_BEFORE = -6
"""Month in which units were opened that are there from the first month on."""


def plant_referrals(site: Site) -> Iterable[pd.DataFrame]:
    """Everything of group R."""
    families, relatives = unknown_families(site)
    real = (site.rng("R03: which relatives").random(site.history.n_people) < 0.5)[relatives["head"]]
    return [
        _second_parent(site, relatives[real], "R03", None),
        _second_parent(site, relatives[~real], "R03: good cause", "GC"),
        _no_referral(site, families, "R01", "long"),
        _no_referral(site, families, "R01: good cause", "long", good_cause="GC"),
        _no_referral(site, families, "R01: inside the allowed time", "new"),
        _not_worked(site, families, "R02", "long"),
        _not_worked(site, families, "R02: inside the 20 days", "new"),
        _status(site),
        _good_cause(site, "R06"),
        _good_cause(site, "R06: held in both"),
        _flag(site),
        _child_missing(site),
    ]


def unknown_families(site: Site) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Children whom neither program knows: with one parent, the other away; and with a relative, both parents away.

    A row a child: ``child``, ``head``, ``parent``, and of the second kind ``other``, all of them where they are in all
    months.
    """
    history, people = site.history, site.history.people
    custodian = history.custodian
    child = np.flatnonzero((custodian[0] >= 0) & (custodian == custodian[0]).all(axis=0))
    known = site.knows["iva"] | site.knows["ivd"]
    head = custodian[0, child].astype(np.int64)
    age = site.age(child, np.full(len(child), site.n_months - 1))
    fit = ~known[child] & ~known[head] & (age <= OLDEST_CHILD) & _together(site, child, head)
    rows = pd.DataFrame({"child": child[fit], "head": head[fit]})
    mother, father = (people[tie].to_numpy(np.int64)[rows["child"]] for tie in ("mother", "father"))
    rows = rows.assign(mother=mother, father=father)
    away = {
        tie: _apart(site, rows["child"].to_numpy(np.int64), rows[tie].to_numpy(np.int64))
        for tie in ("mother", "father")
    }
    payee = rows["head"].to_numpy()
    one = rows.assign(parent=np.where(payee == mother, father, mother))
    one = one[((payee == mother) & away["father"]) | ((payee == father) & away["mother"])]
    both = (payee != mother) & (payee != father) & away["mother"] & away["father"]
    relatives = rows.assign(parent=mother, other=father)[both]
    return one.reset_index(drop=True), relatives.reset_index(drop=True)


def _together(site: Site, one: Ints, other: Ints) -> Mask:
    home = site.history.home
    return np.asarray(((home[:, one] == home[:, other]) & (home[:, one] >= 0)).all(axis=0))


def _apart(site: Site, child: Ints, parent: Ints) -> Mask:
    """Parents alive and elsewhere in all months."""
    home = site.history.home
    there = home[:, np.maximum(parent, 0)]
    return np.asarray((parent >= 0) & ((there >= 0) & (there != home[:, child])).all(axis=0))


def _openings(site: Site, name: str, n: int, age: str) -> tuple[Ints, Ints]:
    """The months in which units are opened, and those from which they are on extracts: ``long`` ago, or ``new``."""
    now = site.n_months - 1
    if age == "new":
        first = now - site.rng(f"{name}: opened").integers(0, min(ALLOWED_MONTHS, site.n_months), n)
        return first, first
    room = max(1, now - ALLOWED_MONTHS - 1)
    first = (
        site.rng(f"{name}: opened").integers(0, room, n)
        if site.n_months > ALLOWED_MONTHS + 1
        else np.zeros(n, np.int64)
    )
    return np.where(first == 0, LONG_BEFORE, first), first


def _families(site: Site, rows: pd.DataFrame, name: str, columns: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Families chosen, one row each, and the rows of their children with the number of the family as ``lead``."""
    chosen = site.pick(name, rows.drop_duplicates("head").reset_index(drop=True), [*columns, "child"])
    numbers = chosen[["head", *columns[1:]]].assign(lead=np.arange(len(chosen)))
    return chosen, rows.merge(numbers, on=["head", *columns[1:]])


def _unit(site: Site, chosen: pd.DataFrame, children: pd.DataFrame, when: tuple[Ints, Ints], **case: Column) -> Ints:
    """Units of assistance for families: the payee, and the children."""
    opened, first = when
    rows = chosen.assign(adult=chosen["head"], start=first, last=site.n_months - 1, ends=False, grand="other" in chosen)
    payee_status = "not in unit" if "other" in chosen else ELIGIBLE
    number = new_unit(site, rows.assign(status=payee_status), opened=opened, **case)
    lead = children["lead"].to_numpy(np.int64)
    kin = np.full(len(children), "GC" if "other" in chosen else "CH", dtype=object)
    members = children.assign(person=children["child"], case=number[lead], role="CHILD", relationship=kin)
    add_stays(site, members.assign(start=first[lead], last=site.n_months - 1))
    return number


def _missing(
    name: str, chosen: pd.DataFrame, children: pd.DataFrame, number: Ints, months: tuple[Ints, Ints], parent: str
) -> pd.DataFrame:
    finding, _, look_alike = name.partition(": ")
    lead = children["lead"].to_numpy(np.int64)
    parts = [
        Part("child", "iva", children["child"], number[lead], lead),
        Part("payee", "iva", chosen["head"], number),
        Part("parent", "iva", chosen[parent], number),
    ]
    kind = LOOK_ALIKE if look_alike else PLANTED
    return lead_table(finding, months, parts, kind=kind, look_alike=look_alike or None)


def _no_referral(
    site: Site, families: pd.DataFrame, name: str, age: str, good_cause: str | None = None
) -> pd.DataFrame:
    """R01: half of the referrals were never sent, half were sent and never came."""
    chosen, children = _families(site, families, name, ("head", "parent"))
    when = _openings(site, name, len(chosen), age)
    number = _unit(site, chosen, children, when, good_cause=good_cause)
    if age == "long" and good_cause is None:
        lost = site.rng(f"{name}: sent").random(len(chosen)) < 0.5
        _refer(site, children[lost[children["lead"]]], number, when[1], received=np.full(len(chosen), -1))
    return _missing(name, chosen, children, number, (when[1], np.full(len(chosen), site.n_months - 1)), "parent")


def _refer(site: Site, children: pd.DataFrame, number: Ints, sent: Ints, *, received: Ints) -> None:
    """Referrals of children that nobody has worked."""
    lead = children["lead"].to_numpy(np.int64)
    rows = pd.DataFrame({"iva_case": number[lead], "child": children["child"], "absent": children["parent"]})
    rows = rows.assign(sent_month=sent[lead], received_month=received[lead], worked_month=-1, ivd_case=-1)
    nothing = np.full(len(rows), None, dtype=object)
    site.changes.add_referrals(rows.assign(kind="New", work_status=nothing))


def _not_worked(site: Site, families: pd.DataFrame, name: str, age: str) -> pd.DataFrame:
    """R02: the referral came in, and no case was opened."""
    if age == "long" and site.n_months <= ALLOWED_MONTHS:
        families = families.iloc[:0]
    chosen, children = _families(site, families, name, ("head", "parent"))
    when = _openings(site, name, len(chosen), age)
    number = _unit(site, chosen, children, when)
    _refer(site, children, number, when[1], received=when[1])
    finding, _, look_alike = name.partition(": ")
    lead = children["lead"].to_numpy(np.int64)
    parts = [
        Part("child", "iva", children["child"], number[lead], lead),
        Part("parent", "iva", chosen["parent"], number),
    ]
    first = when[1] + (0 if look_alike else ALLOWED_MONTHS)
    months = (first, np.full(len(chosen), site.n_months - 1))
    kind = LOOK_ALIKE if look_alike else PLANTED
    return lead_table(finding, months, parts, kind=kind, look_alike=look_alike or None)


def _second_parent(site: Site, relatives: pd.DataFrame, name: str, good_cause: str | None) -> pd.DataFrame:
    """R03: a relative has the children, and IV-D has a case against one of the parents only."""
    rows = relatives.rename(columns={"parent": "first_parent", "other": "parent"})
    swapped = site.rng(f"{name}: which parent").random(site.history.n_people) < 0.5
    turn = swapped[rows["head"].to_numpy(np.int64)]
    one, two = rows["first_parent"].to_numpy(), rows["parent"].to_numpy()
    rows = rows.assign(first_parent=np.where(turn, two, one), parent=np.where(turn, one, two))
    rows["other"] = rows["first_parent"]
    chosen, children = _families(site, rows, name, ("head", "parent", "other"))
    when = _openings(site, name, len(chosen), "long")
    number = _unit(site, chosen, children, when, good_cause=good_cause)
    _support_case(site, chosen, children, when)
    return _missing(name, chosen, children, number, (when[1], np.full(len(chosen), site.n_months - 1)), "parent")


def _support_case(site: Site, chosen: pd.DataFrame, children: pd.DataFrame, when: tuple[Ints, Ints]) -> None:
    """A support case of each relative against the parent ``other``."""
    opened, first = when
    father = ~site.history.people["female"].to_numpy(bool)[chosen["other"]]
    cases = {"head": chosen["head"], "absent": chosen["other"], "opened": opened, "kind": "relative"}
    paternity = np.array([None, "Y"], dtype=object)[father.astype(np.int64)]
    before = np.full(len(chosen), -1)
    rows = pd.DataFrame(cases).assign(paternity=paternity, paternity_month=before, assistance="current")
    number = site.changes.add_cases("ivd", rows)
    lead = children["lead"].to_numpy(np.int64)
    parties = [(chosen["head"], "CP", number, first), (chosen["other"], "NP", number, first)]
    parties.append((children["child"], "CH", number[lead], first[lead]))
    for person, role, case, start in parties:
        stays = pd.DataFrame({"person": person.to_numpy(), "case": case, "role": role, "first_month": start})
        stays = stays.assign(last_month=site.n_months - 1, status="active", resides=role != "NP")
        kin = np.full(len(stays), "GC" if role == "CH" else None, dtype=object)
        away = np.full(len(stays), "AB" if role == "NP" else None, dtype=object)
        site.changes.add_records("ivd", stays.assign(relationship=kin, absence=away))


def _status(site: Site) -> pd.DataFrame:
    """R04: the case says there is no assistance now where there has been for months, or the reverse."""
    support = site.changes["ivd"].cases
    members = enrolled(site.changes["ivd"], site.history.calendar)
    each = assisted_months(site.history, site.units, members[(members["role"] == "CH").to_numpy()])
    n = min(SETTLED_MONTHS, site.n_months)
    lately = each["assisted"].to_numpy(np.int64) >> (site.n_months - n)
    each = each[((lately == 0) | (lately == (1 << n) - 1)) & (each["head"] >= 0).to_numpy()].reset_index(drop=True)
    chosen = site.pick("R04", each, ["head", "absent"])
    assisted = chosen["assisted"].to_numpy(np.int64) >> (site.n_months - 1) & 1 == 1
    place = pd.Index(support["case"]).get_indexer(pd.Index(chosen["case"]))
    no_more = np.where(site.rng("R04: status").random(len(chosen)) < 0.5, "former", "never")
    site.changes.change("ivd", "cases", place, assistance=np.where(assisted, no_more, "current").astype(object))
    months = (np.full(len(chosen), max(0, site.n_months - SETTLED_MONTHS)), np.full(len(chosen), site.n_months - 1))
    custodian = Part("custodian", "ivd", chosen["head"], chosen["case"])
    return lead_table("R04", months, [custodian], kind=PLANTED)


def _good_cause(site: Site, name: str) -> pd.DataFrame:
    """R06: granted by IV-A, and IV-D does not know; or it does."""
    now = site.n_months - 1
    units, cases = site.changes["iva"].cases, site.changes["ivd"].cases
    open_units = units[((units["closed"] > now) & (units["head"] >= 0) & units["good_cause"].isna()).to_numpy()]
    open_cases = cases[((cases["closed"] > now) & (cases["opened"] <= now)).to_numpy()]
    pairs = open_units[["case", "head"]].merge(
        open_cases[["case", "head", "absent", "good_cause"]], on="head", suffixes=("", "_d")
    )
    pairs = pairs[pairs.groupby("case")["good_cause"].transform("count").to_numpy() == 0]
    pairs = pairs[~pairs["case"].duplicated(keep=False).to_numpy()].reset_index(drop=True)
    chosen = site.pick(name, pairs, ["head", "absent"])
    site.changes.change("iva", "cases", pd.Index(units["case"]).get_indexer(pd.Index(chosen["case"])), good_cause="GC")
    finding, _, look_alike = name.partition(": ")
    if look_alike:
        place = pd.Index(cases["case"]).get_indexer(pd.Index(chosen["case_d"]))
        site.changes.change("ivd", "cases", place, good_cause="GC")
    parts = [
        Part("payee", "iva", chosen["head"], chosen["case"]),
        Part("custodian", "ivd", chosen["head"], chosen["case_d"]),
    ]
    months = (np.full(len(chosen), now), np.full(len(chosen), now))
    kind = LOOK_ALIKE if look_alike else PLANTED
    return lead_table(finding, months, parts, kind=kind, look_alike=look_alike or None)


def _flag(site: Site) -> pd.DataFrame:
    """R07: IV-A has flagged a payee as in danger, and IV-D has not."""
    iva, ivd = (site.changes[name].records for name in ("iva", "ivd"))
    flagged = pd.concat([iva, ivd])[(pd.concat([iva, ivd])["protected"] == "Y").to_numpy()]["person"]
    first = iva.assign(record=np.arange(len(iva))).drop_duplicates("person")
    both = first.merge(ivd.drop_duplicates("person")[["person", "case", "entered"]], on="person", suffixes=("", "_d"))
    both = both[~np.isin(both["person"], flagged) & (both["role"] == "HEAD").to_numpy()].reset_index(drop=True)
    chosen = site.pick("R07", both, ["person"])
    rows = np.flatnonzero(np.isin(iva["person"], chosen["person"]))
    site.changes.change("iva", "records", rows, protected="Y")
    parts = [Part("person", "iva", chosen["person"], chosen["case"])]
    parts.append(Part("person", "ivd", chosen["person"], chosen["case_d"]))
    month = chosen[["entered", "entered_d"]].max(axis=1)
    return lead_table("R07", (month, month), parts, kind=PLANTED)


def _child_missing(site: Site) -> pd.DataFrame:
    """R08: a child was taken out of the support case, and is in the unit with the same custodian."""
    n = site.n_months
    pairs = children_in_both(site)
    settled = n - SETTLED_MONTHS
    pairs = pairs[
        ((pairs["payee"] == pairs["head"]) & (pairs["first"] < settled) & (pairs["last"] == n - 1)).to_numpy()
    ]
    pairs = pairs[_parent_of(site, pairs["child"], pairs["person"])]
    siblings = pairs.groupby("case")["child"].transform("nunique").to_numpy()
    pairs = pairs[siblings >= 2]
    members = site.changes["ivd"].memberships
    record = site.changes["ivd"].records["person"].to_numpy(np.int64)[members["record"].to_numpy(np.int64)]
    rows = pd.DataFrame(
        {"child": record, "case": members["case"], "row": np.arange(len(members)), "begun": members["first_month"]}
    )
    rows = rows[~rows.duplicated(["child", "case"], keep=False).to_numpy()]
    pairs = pairs.merge(rows, on=["child", "case"])
    pairs = pairs[(pairs["begun"] < settled).to_numpy()].reset_index(drop=True)
    chosen = site.pick("R08", pairs, ["child", "head", "person"])
    site.changes.change("ivd", "memberships", chosen["row"], last_month=settled - 1)
    parts = [
        Part("child", "iva", chosen["child"], chosen["unit"]),
        Part("custodian", "ivd", chosen["head"], chosen["case"]),
        Part("absent parent", "ivd", chosen["person"], chosen["case"]),
    ]
    return lead_table("R08", (np.full(len(chosen), settled), np.full(len(chosen), n - 1)), parts, kind=PLANTED)


def _parent_of(site: Site, child: pd.Series, parent: pd.Series) -> Mask:
    people: Mapping[str, pd.Series] = {tie: site.history.people[tie] for tie in ("mother", "father")}
    ties = [people[tie].to_numpy(np.int64)[child] == parent.to_numpy(np.int64) for tie in people]
    return np.asarray(np.any(ties, axis=0))
