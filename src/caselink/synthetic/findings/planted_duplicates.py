"""Planting findings of group D in assistance cases: people, children, households there twice, and look-alikes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask, Texts
from caselink.synthetic.findings.changes import Column
from caselink.synthetic.findings.enrolled import ELIGIBLE
from caselink.synthetic.findings.leads import LOOK_ALIKE, PLANTED, Part, lead_table
from caselink.synthetic.findings.sites import Site
from caselink.synthetic.history import NEVER
from caselink.synthetic.people.families import NOBODY
from caselink.synthetic.programs.unit_records import relationship_to

ADULT_AGE = 18
AGAIN_AT_MOST = 3
"""Months for which a line is there twice (D01, D02)."""


def plant_duplicates(site: Site) -> Iterable[pd.DataFrame]:
    """Everything of group D that concerns assistance alone."""
    return [
        _two_payees(site),
        _applied_twice(site),
        _two_cases(site),
        _same_line_twice(site, "D01", copied=True),
        _same_line_twice(site, "D02", copied=False),
        _new_number(site),
        _renumbered(site),
        _transferred(site),
        _moved(site),
        _joint_custody(site),
    ]


def other_adults(site: Site, stays: pd.DataFrame, start: Ints, fits: Callable[[Ints, Ints], Mask]) -> pd.DataFrame:
    """A row for each stay of a child and each parent or grandparent elsewhere, alive, free and fit in month ``start``.

    Columns are those of the stays, ``start``, and ``adult`` and ``grand``; ``fits`` takes adults and months.
    """
    people, child = site.history.people, stays["person"].to_numpy(np.int64)
    parents = {tie: np.append(people[tie].to_numpy(np.int64), NOBODY) for tie in ("mother", "father")}
    kin = [(parents[tie][child], False) for tie in parents]
    kin += [(parents["mother"][parents[tie][child]], True) for tie in parents]
    frames = [stays.assign(start=start, adult=adult, grand=grand) for adult, grand in kin]
    rows = pd.concat(frames, ignore_index=True)
    adult, month = rows["adult"].to_numpy(np.int64), rows["start"].to_numpy(np.int64)
    home, jailed = site.home(adult, month), site.history.jailed[month, adult]
    apart = (home >= 0) & (home != site.home(rows["person"].to_numpy(np.int64), month)) & ~jailed
    suits = (adult >= 0) & (adult != rows["head"].to_numpy()) & apart & (site.age(adult, month) >= ADULT_AGE)
    return pd.DataFrame(rows[suits & fits(adult, month)]).reset_index(drop=True)


def _not_assisted(site: Site) -> Callable[[Ints, Ints], Mask]:
    return lambda adult, _: ~site.knows["iva"][adult]


def new_unit(site: Site, rows: pd.DataFrame, **case: Column) -> Ints:
    """A new assistance case headed by each row's ``adult`` from ``start`` to ``last``; the numbers of the cases."""
    start, last = rows["start"].to_numpy(np.int64), rows["last"].to_numpy(np.int64)
    closed = np.where(rows["ends"].to_numpy(bool), last + 1, NEVER)
    given = {"head": rows["adult"].to_numpy(), "opened": start, "closed": closed, "kind": "one adult", **case}
    number = site.changes.add_cases("iva", pd.DataFrame(given, index=pd.RangeIndex(len(rows))))
    grand = rows["grand"].to_numpy(bool) if "grand" in rows else np.zeros(len(rows), bool)
    payee = rows.assign(person=rows["adult"], case=number, role=np.where(grand, "CARETAKER", "HEAD").astype(object))
    payee["relationship"] = np.full(len(rows), None, dtype=object)
    add_stays(site, payee)
    return number


def add_stays(site: Site, rows: pd.DataFrame, program: str = "iva") -> Ints:
    """Records of ``person`` in ``case`` as ``role`` from ``start`` to ``last``, eligible unless ``status`` says not."""
    names = ["person", "case", "role", "copy_of", "relationship"]
    given = {name: rows[name].to_numpy() for name in names if name in rows}
    given |= {"first_month": rows["start"].to_numpy(), "last_month": rows["last"].to_numpy()}
    given["status"] = rows.get("status", pd.Series(ELIGIBLE, rows.index, dtype=object)).to_numpy(dtype=object)
    return site.changes.add_records(program, pd.DataFrame(given, copy=False))


def _stays_of(rows: pd.DataFrame, **columns: Column) -> pd.DataFrame:
    """Rows as new stays: nothing kept on file, and columns replaced."""
    return rows.drop(columns="copy_of", errors="ignore").assign(**columns)


def _own_children(rows: pd.DataFrame) -> Texts:
    return np.full(len(rows), "CH", dtype=object)


def _two_payees(site: Site) -> pd.DataFrame:
    """D05: a child in the case of the parent who has it, and in that of another parent or grandparent elsewhere."""
    stays = site.eligible("CHILD")
    start = site.start("D05", stays["first"].to_numpy(), stays["last"].to_numpy())
    chosen = site.pick("D05", other_adults(site, stays, start, _not_assisted(site)), ["person", "head", "adult"])
    chosen = _stays_of(chosen, status=ELIGIBLE)
    case = new_unit(site, chosen)
    relationship = np.where(chosen["grand"], "GC", "CH").astype(object)
    add_stays(site, chosen.assign(case=case, relationship=relationship))
    parts = [
        *in_cases("child", "iva", chosen["person"], chosen["case"], case),
        Part("payee", "iva", chosen["head"], chosen["case"]),
        Part("payee", "iva", chosen["adult"], case),
    ]
    return lead_table("D05", (chosen["start"], chosen["last"]), parts, kind=PLANTED)


def in_cases(part: str, program: str, person: pd.Series, *cases: object) -> list[Part]:
    """One person of each lead in each of several cases."""
    return [Part(part, program, person, np.asarray(case)) for case in cases]


def _applied_twice(site: Site) -> pd.DataFrame:
    """D09: another adult of the home applies for the same children as well."""
    pairs = _households(site)
    start = site.start("D09", pairs["first"].to_numpy(), pairs["last"].to_numpy())
    pairs = _stays_of(pairs.assign(start=start), status=ELIGIBLE)
    home = site.home(pairs["head"].to_numpy(np.int64), pairs["last"].to_numpy(np.int64))
    pairs = pairs[
        (home >= 0) & (home == site.home(pairs["adult"].to_numpy(np.int64), pairs["last"].to_numpy(np.int64)))
    ]
    chosen = site.pick("D09", pairs.reset_index(drop=True), ["head", "adult"])
    case = new_unit(site, chosen)
    children, lead = _children_of(site, chosen)
    kin = relationship_to(site.history, children["person"].to_numpy(np.int64), chosen["adult"].to_numpy(np.int64)[lead])
    add_stays(site, children.assign(case=case[lead], start=chosen["start"].to_numpy()[lead], relationship=kin))
    both = [chosen["case"].to_numpy(), case]
    parts = [
        *(Part("payee", "iva", chosen[column], which) for column, which in zip(("head", "adult"), both, strict=True)),
        *(Part("member", "iva", children["person"], which[lead], lead) for which in both),
    ]
    return lead_table("D09", (chosen["start"], chosen["last"]), parts, kind=PLANTED)


def _households(site: Site) -> pd.DataFrame:
    """Stays of two eligible children or more that last as long, with an adult of the home who is not the head."""
    children = site.eligible("CHILD")
    unit = children.groupby(["case", "head", "first", "last", "ends"], sort=True).agg({"person": "nunique"})
    unit = unit.rename(columns={"person": "n"}).reset_index()
    unit = unit[(unit["n"] >= 2).to_numpy()].drop_duplicates("case")
    month = unit["first"].to_numpy(np.int64)
    people = site.history.people
    partner = site.history.partner[month, unit["head"].to_numpy(np.int64)]
    options = [partner, *(people[tie].to_numpy(np.int64)[unit["head"]] for tie in ("mother", "father"))]
    pairs = pd.concat([unit.assign(adult=option) for option in options], ignore_index=True)
    adult, first = pairs["adult"].to_numpy(np.int64), pairs["first"].to_numpy(np.int64)
    suits = (adult >= 0) & (site.home(adult, first) == site.home(pairs["head"].to_numpy(np.int64), first))
    return pd.DataFrame(pairs[suits & ~_heads_a_case(site)[adult]]).reset_index(drop=True)


def _heads_a_case(site: Site) -> Mask:
    heads = np.zeros(site.history.n_people, bool)
    head = site.changes["iva"].cases["head"].to_numpy(np.int64)
    heads[head[head >= 0]] = True
    return heads


def _children_of(site: Site, chosen: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """The eligible children of each chosen case in the same months, and the row of ``chosen`` that each belongs to."""
    wanted = chosen[["case", "first", "last"]].assign(lead=np.arange(len(chosen)))
    children = site.eligible("CHILD").merge(wanted, on=["case", "first", "last"])
    return _stays_of(children, status=ELIGIBLE), children["lead"].to_numpy(np.int64)


def _two_cases(site: Site) -> pd.DataFrame:
    """D04: an adult of one case is in that of another family as well."""
    stays = _stays_of(site.eligible("HEAD", "ADULT"))
    there = site.rng("D04: where").permutation(len(stays))
    other = stays.take(there).reset_index(drop=True)
    both = stays.assign(other_case=other["case"], other_head=other["head"], begun=stays["first"])
    both["first"] = np.maximum(stays["first"], other["first"])
    both["last"] = np.minimum(stays["last"], other["last"])
    apart = ~_is_kin(site, both["head"], both["other_head"]) & (both["head"] != both["other_head"]).to_numpy()
    long = (both["last"] - both["first"] + 1 >= site.least_months).to_numpy()
    both = both[apart & long].reset_index(drop=True)
    both["start"] = site.start("D04", both["first"].to_numpy(), both["last"].to_numpy())
    chosen = site.pick("D04", both, ["person", "head", "other_head"])
    nothing = np.full(len(chosen), None, dtype=object)
    add_stays(site, chosen.assign(case=chosen["other_case"], role="ADULT", relationship=nothing))
    parts = [
        *in_cases("member", "iva", chosen["person"], chosen["case"], chosen["other_case"]),
        Part("payee", "iva", chosen["head"], chosen["case"]),
        Part("payee", "iva", chosen["other_head"], chosen["other_case"]),
    ]
    return lead_table("D04", (chosen["start"], chosen["last"]), parts, kind=PLANTED)


def _is_kin(site: Site, one: pd.Series, other: pd.Series) -> Mask:
    family = site.history.people["family"].to_numpy(np.int64)
    return np.asarray((family[one] == family[other]) & (family[one] >= 0))


def _same_line_twice(site: Site, finding: str, *, copied: bool) -> pd.DataFrame:
    """D01: a line again as it is, under another number; D02: keyed anew."""
    stays = _single_stays(site, site.eligible("CHILD", "HEAD", "ADULT"))
    chosen = site.pick(finding, stays, ["person", "head"])
    start = site.start(finding, chosen["first"].to_numpy(), chosen["last"].to_numpy(), 1)
    months = site.rng(f"{finding}: months").integers(1, AGAIN_AT_MOST + 1, len(chosen))
    last = np.minimum(start + months - 1, chosen["last"].to_numpy())
    again = chosen.assign(start=start, last=last)
    again["relationship"] = _relationship(site, chosen["record"].to_numpy(np.int64))
    add_stays(site, again if copied else _stays_of(again))
    person = Part("person", "iva", chosen["person"], chosen["case"])
    return lead_table(finding, (start, last), [person], kind=PLANTED)


def _relationship(site: Site, record: Ints) -> Texts:
    details = site.changes["iva"].details
    if "relationship" in details:
        return details["relationship"].to_numpy(dtype=object)[record]
    return np.full(len(record), None, dtype=object)


def _new_number(site: Site) -> pd.DataFrame:
    """D10: from some month on a person goes on under another number, keyed anew, in the same case."""
    rows = _single_stays(site, site.eligible("CHILD"))
    month, fits = site.turning_point("D10", rows["first"].to_numpy(), rows["last"].to_numpy())
    rows = rows.assign(start=month)[fits].reset_index(drop=True)
    chosen = site.pick("D10", rows, ["person", "head"])
    site.changes.change("iva", "memberships", chosen["member"], last_month=chosen["start"].to_numpy() - 1)
    relationship = _relationship(site, chosen["record"].to_numpy(np.int64))
    add_stays(site, _stays_of(chosen, relationship=relationship))
    parts = [Part("person", "iva", chosen["person"], chosen["case"])]
    never = np.zeros(len(chosen), bool)
    return lead_table("D10", (chosen["start"], chosen["last"]), parts, kind=PLANTED, together=never)


def _single_stays(site: Site, stays: pd.DataFrame) -> pd.DataFrame:
    """Stays of people who have one row in the program and nothing else."""
    members = site.changes["iva"].memberships
    record = members["record"].to_numpy(np.int64)
    person = site.changes["iva"].records["person"].to_numpy(np.int64)
    rows = np.bincount(person[record], minlength=site.history.n_people)
    return pd.DataFrame(stays[rows[stays["person"].to_numpy(np.int64)] == 1]).reset_index(drop=True)


def _open_units(site: Site, name: str, *, changed: bool) -> pd.DataFrame:
    """One row a case with a month at random in which it could be handed over: nobody comes or goes in that month."""
    units = site.units
    cases = units.groupby(["case", "head"], sort=True).agg({"first": "min", "last": "max"}).reset_index()
    cases = cases[(cases["head"] >= 0).to_numpy()].reset_index(drop=True)
    month, fits = site.turning_point(name, cases["first"].to_numpy(), cases["last"].to_numpy())
    cases = cases.assign(start=month)
    moving = units.merge(cases[["case", "start"]], on="case")
    at_once = ((moving["first"] == moving["start"]) | (moving["last"] == moving["start"] - 1)).to_numpy()
    uneasy = np.isin(cases["case"], moving["case"][at_once]) if changed else np.zeros(len(cases), bool)
    return cases[fits & ~uneasy].reset_index(drop=True)


def _hand_over(site: Site, chosen: pd.DataFrame, head: pd.Series) -> Ints:
    """Let each case end in month ``start`` and a new one begin in it, with the same members; the new numbers.

    Where the new head is another, the two adults change their roles.
    """
    caseload, changes = site.changes["iva"], site.changes
    place = pd.Index(caseload.cases["case"]).get_indexer(pd.Index(chosen["case"]))
    opened = pd.DataFrame(
        {"head": head, "opened": chosen["start"], "closed": caseload.cases["closed"].to_numpy()[place]}
    )
    case = changes.add_cases("iva", opened.assign(like=place))
    changes.change("iva", "cases", place, closed=chosen["start"].to_numpy() + 1)
    members = caseload.memberships.assign(member=np.arange(len(caseload.memberships)))
    turn = {"case": chosen["case"], "turn": chosen["start"], "new_case": case, "before": chosen["head"], "after": head}
    members = members.merge(pd.DataFrame(turn), on="case")
    members["role"] = _roles_after(members, caseload.records["person"].to_numpy(np.int64)[members["record"]])
    later = members[(members["first_month"] > members["turn"]).to_numpy()]
    changes.change(
        "iva", "memberships", later["member"], case=later["new_case"].to_numpy(), role=later["role"].to_numpy()
    )
    across = members[
        ((members["first_month"] <= members["turn"]) & (members["last_month"] >= members["turn"])).to_numpy()
    ]
    changes.change("iva", "memberships", across["member"], last_month=across["turn"].to_numpy())
    going_on = across.assign(case=across["new_case"], first_month=across["turn"])
    changes.add_memberships("iva", {name: going_on[name].to_numpy() for name in caseload.memberships.columns})
    return case


def _roles_after(members: pd.DataFrame, person: Ints) -> Texts:
    """The role of each member when the case has gone from the head ``before`` to the one ``after``."""
    role, changed = members["role"].to_numpy(dtype=object), (members["before"] != members["after"]).to_numpy()
    becomes = [changed & (members[head] == person).to_numpy() for head in ("before", "after")]
    given: Texts = np.select(becomes, ["ADULT", "HEAD"], role).astype(object)
    return given


def _alike_to_both(site: Site, cases: pd.DataFrame) -> Mask:
    """Cases of a head and an ADULT whose children are to ``adult`` what they are to the head."""
    units = site.units.merge(cases[["case", "adult"]], on="case")
    role, person = units["role"].to_numpy(dtype=object), units["person"].to_numpy(np.int64)
    child = role == "CHILD"
    to_adult = relationship_to(site.history, person, units["adult"].to_numpy(np.int64))
    other = child & (to_adult != _relationship(site, units["record"].to_numpy(np.int64)))
    other |= (person == units["adult"].to_numpy()) & (role != "ADULT")
    other |= (person == units["head"].to_numpy()) & (role != "HEAD")
    return ~np.isin(cases["case"].to_numpy(), units["case"].to_numpy()[other])


def _in_unit(site: Site, chosen: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Eligible members of each case in month ``start``, and the row of ``chosen`` that each belongs to."""
    wanted = chosen[["case", "start"]].assign(lead=np.arange(len(chosen)))
    members = site.units[(site.units["status"] == ELIGIBLE).to_numpy()].merge(wanted, on="case")
    members = members[((members["first"] <= members["start"]) & (members["last"] >= members["start"])).to_numpy()]
    return members, members["lead"].to_numpy(np.int64)


def _renumbered(site: Site) -> pd.DataFrame:
    """Looks like D04: a case gets another number, and both numbers are there in the month."""
    name = "D04: case renumbered"
    chosen = site.pick(name, _open_units(site, name, changed=True), ["head"])
    case = _hand_over(site, chosen, chosen["head"])
    members, lead = _in_unit(site, chosen)
    parts = [Part("member", "iva", members["person"], which[lead], lead) for which in (chosen["case"].to_numpy(), case)]
    months = (chosen["start"], chosen["start"])
    return lead_table("D04", months, parts, kind=LOOK_ALIKE, look_alike="case renumbered")


def _transferred(site: Site) -> pd.DataFrame:
    """Looks like D09: the case goes over to the other parent at home."""
    name = "D09: case transferred"
    cases = _open_units(site, name, changed=True)
    partner = site.history.partner[cases["start"], cases["head"]].astype(np.int64)
    cases["adult"] = partner
    head, start = cases["head"].to_numpy(np.int64), cases["start"].to_numpy(np.int64)
    together = (partner >= 0) & (site.home(partner, start) == site.home(head, start))
    together &= _alike_to_both(site, cases)
    member = site.units[(site.units["status"] == ELIGIBLE).to_numpy()]
    there = pd.MultiIndex.from_frame(cases[["case", "adult"]]).isin(
        pd.MultiIndex.from_frame(member[["case", "person"]])
    )
    chosen = site.pick(name, cases[together & there].reset_index(drop=True), ["head", "adult"])
    case = _hand_over(site, chosen, chosen["adult"])
    members, lead = _in_unit(site, chosen)
    parts = [Part("member", "iva", members["person"], which[lead], lead) for which in (chosen["case"].to_numpy(), case)]
    months = (chosen["start"], chosen["start"])
    return lead_table("D09", months, parts, kind=LOOK_ALIKE, look_alike="case transferred")


def _moved(site: Site) -> pd.DataFrame:
    """Looks like D04: who goes from one case to another is in both in the month of the move."""
    name = "D04: moved in mid-month"
    stays = site.units[(site.units["status"] == ELIGIBLE).to_numpy()].assign(month=lambda rows: rows["last"] + 1)
    later = site.units[(site.units["status"] == ELIGIBLE).to_numpy()].rename(columns={"first": "month"})
    moves = stays.merge(
        later[["person", "record", "month", "case", "head"]], on=["person", "month"], suffixes=("", "_b")
    )
    moves = moves[(moves["case"] != moves["case_b"]).to_numpy()]
    ending = _ending_rows(site)
    moves = moves.merge(ending, on=["record", "case", "last"])
    chosen = site.pick(name, moves.reset_index(drop=True), ["person", "head", "head_b"])
    site.changes.change("iva", "memberships", chosen["row"], last_month=chosen["month"].to_numpy())
    _keep_open(site, chosen["case"], chosen["month"])
    parts = in_cases("member", "iva", chosen["person"], chosen["case"], chosen["case_b"])
    months = (chosen["month"], chosen["month"])
    return lead_table("D04", months, parts, kind=LOOK_ALIKE, look_alike="moved in mid-month")


def _ending_rows(site: Site) -> pd.DataFrame:
    """The membership row in which each stay ends."""
    members = site.changes["iva"].memberships
    return pd.DataFrame(
        {
            "record": members["record"].to_numpy(np.int64),
            "case": members["case"].to_numpy(np.int64),
            "last": members["last_month"].to_numpy(np.int64),
            "row": np.arange(len(members)),
        }
    ).drop_duplicates(["record", "case", "last"])


def _keep_open(site: Site, case: pd.Series, month: pd.Series) -> None:
    """Let cases that close before the end of the month close after it."""
    cases = site.changes["iva"].cases
    place = pd.Index(cases["case"]).get_indexer(pd.Index(case))
    closed = np.maximum(cases["closed"].to_numpy(np.int64)[place], month.to_numpy(np.int64) + 1)
    site.changes.change("iva", "cases", place, closed=closed)


def _joint_custody(site: Site) -> pd.DataFrame:
    """Looks like D05: the other parent, who gets assistance too, lists the child without its needs being counted."""
    name = "D05: joint custody"
    stays = site.eligible("CHILD")
    start = site.start(name, stays["first"].to_numpy(), stays["last"].to_numpy())
    options = other_adults(site, stays, start, _not_assisted(site))
    options = options[~options["grand"].to_numpy(bool)].reset_index(drop=True)
    chosen = _stays_of(site.pick(name, options, ["person", "head", "adult"]))
    case = new_unit(site, chosen.assign(status=ELIGIBLE))
    listed = np.full(len(chosen), "not in unit", dtype=object)
    add_stays(site, chosen.assign(case=case, status=listed, relationship=_own_children(chosen)))
    parts = in_cases("child", "iva", chosen["person"], chosen["case"], case)
    months = (chosen["start"], chosen["last"])
    return lead_table("D05", months, parts, kind=LOOK_ALIKE, look_alike="joint custody")
