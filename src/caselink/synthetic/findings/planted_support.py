"""Planting findings of group D in support cases: cases, custodians and fathers there twice, and what looks alike."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints
from caselink.synthetic.findings.changes import Column
from caselink.synthetic.findings.leads import LOOK_ALIKE, PLANTED, Part, lead_table
from caselink.synthetic.findings.planted_duplicates import in_cases
from caselink.synthetic.findings.sites import Site

YOUNGEST_RELATIVE, YEARS_TO_FATHER = 25, 16
"""Years: of a relative who took a child in (D07), and between a child and a second man held to be its father (D08)."""
KEPT_ON_FILE = 0.7
"""Further records of a person that repeat the values first keyed."""


def plant_support_duplicates(site: Site) -> Iterable[pd.DataFrame]:
    """Everything of group D that concerns support."""
    return [_two_custodians(site), _two_fathers(site), _putative_men(site), _case_twice(site), _case_again(site)]


def support_records(site: Site, name: str, stays: pd.DataFrame, **columns: Column) -> Ints:
    """Further records of people in support cases from ``start`` to ``last``, most with the values on file."""
    kept = site.rng(f"{name}: kept on file").random(len(stays)) < KEPT_ON_FILE
    rows = stays.assign(status="active", like=stays["record"], **columns)
    rows = rows.assign(first_month=rows["start"], last_month=rows["last"])
    rows["copy_of"] = np.where(kept, rows["copy_of"], -1)
    rows["resides"] = rows["role"].isin(["CP", "CH"]).to_numpy()
    names = ["person", "case", "role", "status", "first_month", "last_month", "copy_of", "like", "resides", *columns]
    return site.changes.add_records("ivd", rows[names])


def _places(site: Site, case: pd.Series) -> Ints:
    places = pd.Index(site.changes["ivd"].cases["case"]).get_indexer(pd.Index(case))
    return np.asarray(places, np.int64)


def new_case(site: Site, rows: pd.DataFrame, **columns: Column) -> Ints:
    """A new support case like that of each row, opened in month ``start``."""
    given = pd.DataFrame({"opened": rows["start"].to_numpy(), "like": _places(site, rows["case"])}).assign(**columns)
    return site.changes.add_cases("ivd", given)


def _members(site: Site, chosen: pd.DataFrame, *, after: int = 0) -> tuple[pd.DataFrame, Ints]:
    """Stays in each chosen case that go on ``after`` months after its ``start``; the true parties alone."""
    wanted = chosen[["case", "start"]].assign(lead=np.arange(len(chosen)))
    stays = site.cases.merge(wanted, on="case")
    party = (stays["role"] == "CH") | (stays["person"] == stays["head"]) | (stays["person"] == stays["absent"])
    going_on = (stays["first"] <= stays["start"]) & (stays["last"] >= stays["start"] + after)
    stays = stays[(party & going_on).to_numpy()].drop_duplicates(["lead", "person"]).reset_index(drop=True)
    return stays, stays["lead"].to_numpy(np.int64)


def _whole_cases(site: Site, least: int) -> pd.DataFrame:
    """Support cases with both parties known, and the months in which all parties and one child or more are in them."""
    stays = site.cases[((site.cases["head"] >= 0) & (site.cases["absent"] >= 0)).to_numpy()]
    child = (stays["role"] == "CH").to_numpy()
    party = (stays["person"] == stays["head"]).to_numpy() | (stays["person"] == stays["absent"]).to_numpy()
    months = {
        "first": stays[party].groupby("case")["first"].min(),
        "last": stays[party].groupby("case")["last"].max(),
        "child_first": stays[child].groupby("case")["first"].min(),
        "child_last": stays[child].groupby("case")["last"].max(),
        "person": stays[child].groupby("case")["person"].first(),
    }
    cases = stays.groupby("case")[["head", "absent"]].first().join(pd.DataFrame(months), how="inner").dropna()
    cases = cases.astype(np.int64).reset_index()
    cases["first"], cases["last"] = (
        np.maximum(cases["first"], cases["child_first"]),
        np.minimum(cases["last"], cases["child_last"]),
    )
    return cases[(cases["last"] - cases["first"] + 1 >= least).to_numpy()].reset_index(drop=True)


def _case_twice(site: Site) -> pd.DataFrame:
    """D06: the case is keyed again under another number, with everybody in it."""
    cases = _whole_cases(site, site.least_months)
    cases["start"] = site.start("D06", cases["first"].to_numpy(), cases["last"].to_numpy())
    chosen = site.pick("D06", _with_child(site, cases, 0), ["head", "absent"])
    case = new_case(site, chosen)
    members, lead = _members(site, chosen)
    rows = members.assign(case=case[lead], copy_of=-1)
    support_records(site, "D06", rows)
    return _same_parties(chosen, case, (chosen["start"], chosen["last"]), members, lead, PLANTED)


def _with_child(site: Site, cases: pd.DataFrame, after: int) -> pd.DataFrame:
    """Cases whose parties and a child go on ``after`` months after ``start``."""
    members, lead = _members(site, cases, after=after)
    parties = [members["role"] == "CH", members["person"] == members["head"], members["person"] == members["absent"]]
    complete = [np.bincount(lead[party.to_numpy()], minlength=len(cases)) > 0 for party in parties]
    return cases[np.all(complete, axis=0)].reset_index(drop=True)


def _same_parties(
    chosen: pd.DataFrame,
    case: Ints,
    months: tuple[pd.Series, pd.Series],
    members: pd.DataFrame,
    lead: Ints,
    kind: str,
) -> pd.DataFrame:
    child = (members["role"] == "CH").to_numpy()
    parts = []
    for number in (chosen["case"].to_numpy(), case):
        parts.append(Part("custodian", "ivd", chosen["head"], number))
        parts.append(Part("absent parent", "ivd", chosen["absent"], number))
        parts.append(Part("child", "ivd", members["person"][child], number[lead[child]], lead[child]))
    look_alike = "case opened again" if kind == LOOK_ALIKE else None
    return lead_table("D06", months, parts, kind=kind, look_alike=look_alike)


def _case_again(site: Site) -> pd.DataFrame:
    """Looks like D06: a case was closed, and after a month was opened again under another number."""
    name = "D06: case opened again"
    cases = _whole_cases(site, 3)
    month, fits = site.turning_point(name, cases["first"].to_numpy(), cases["last"].to_numpy())
    cases = cases.assign(start=month)[fits]
    last_start = site.changes["ivd"].memberships.groupby("case")["first_month"].max()
    cases = cases[(cases["case"].map(last_start) < cases["start"]).to_numpy()].reset_index(drop=True)
    chosen = site.pick(name, _with_child(site, cases, 1), ["head", "absent"])
    members, lead = _members(site, chosen, after=1)
    case = new_case(site, chosen.assign(start=chosen["start"] + 1))
    site.changes.change("ivd", "cases", _places(site, chosen["case"]), closed=chosen["start"].to_numpy())
    support_records(site, name, members.assign(case=case[lead], start=members["start"] + 1))
    _end(site, chosen)
    opened = chosen["start"] + 1
    return _same_parties(chosen, case, (opened, opened), members, lead, LOOK_ALIKE)


def _end(site: Site, chosen: pd.DataFrame) -> None:
    """Let all stays in the chosen cases end before month ``start``."""
    members = site.changes["ivd"].memberships
    turn = pd.Series(chosen["start"].to_numpy(), index=chosen["case"].to_numpy())
    month = members["case"].map(turn).to_numpy()
    rows = np.flatnonzero(members["last_month"].to_numpy() >= np.where(np.isnan(month), np.inf, month))
    site.changes.change("ivd", "memberships", rows, last_month=month[rows].astype(np.int64) - 1)


def _strangers(site: Site, name: str, stays: pd.DataFrame, *, female: bool) -> Ints:
    """Somebody without children for each row, as good as at random; -1 where there is nobody."""
    people = site.history.people
    there = (site.history.home >= 0).all(axis=0) & ~site.history.jailed.any(axis=0) & ~site.knows["ivd"]
    fit = there & (people["part"] == "single").to_numpy() & (people["female"].to_numpy(bool) == female)
    fit &= site.age(np.arange(len(people)), np.zeros(len(people), np.int64)) >= YOUNGEST_RELATIVE
    who = site.rng(f"{name}: strangers").permutation(np.flatnonzero(fit))
    return np.resize(who, len(stays)).astype(np.int64) if len(who) else np.full(len(stays), -1)


def _child_stays(site: Site, name: str) -> pd.DataFrame:
    stays = site.cases[(site.cases["role"] == "CH").to_numpy()]
    long = stays["last"] - stays["first"] + 1 >= site.least_months
    stays = stays[(long & (stays["head"] >= 0) & (stays["absent"] >= 0)).to_numpy()].reset_index(drop=True)
    return stays.assign(start=site.start(name, stays["first"].to_numpy(), stays["last"].to_numpy()))


def _record_in(site: Site, chosen: pd.DataFrame, column: str) -> pd.DataFrame:
    """The chosen rows with ``person`` from ``column``, and that person's record in the case."""
    records = site.cases[["person", "case", "record", "copy_of", "role"]].drop_duplicates(["person", "case"])
    rows = chosen.drop(columns=["record", "copy_of", "role", "person"]).assign(person=chosen[column])
    return rows.merge(records, on=["person", "case"], how="left").assign(place=np.arange(len(rows)))


def _add_party(site: Site, name: str, chosen: pd.DataFrame, column: str, role: str, case: Ints) -> None:
    """A record in the new case for a party of the old one."""
    rows = _record_in(site, chosen, column)
    rows = rows[rows["record"].notna().to_numpy()].astype({"record": np.int64, "copy_of": np.int64})
    support_records(site, f"{name}: {column}", rows.assign(role=role, case=case[rows["place"].to_numpy()]))


def _add_stranger(site: Site, chosen: pd.DataFrame, role: str, case: Ints) -> None:
    like = _record_in(site, chosen, "head" if role == "CP" else "absent")["record"].fillna(0).to_numpy(np.int64)
    rows = chosen.assign(person=chosen["other"], case=case, role=role, status="active", like=like)
    rows = rows.assign(first_month=chosen["start"], last_month=chosen["last"], resides=role == "CP")
    names = ["person", "case", "role", "status", "first_month", "last_month", "like", "resides"]
    site.changes.add_records("ivd", rows[names])


def _two_custodians(site: Site) -> pd.DataFrame:
    """D07: a relative who has taken the child in applies, and the case of the custodian before stays open."""
    stays = _child_stays(site, "D07")
    stays["other"] = _strangers(site, "D07", stays, female=True)
    stays = stays[(stays["other"] >= 0).to_numpy()].reset_index(drop=True)
    chosen = site.pick("D07", stays, ["person", "head", "absent", "other"])
    case = new_case(site, chosen, head=chosen["other"].to_numpy(), kind="relative")
    _add_stranger(site, chosen, "CP", case)
    _add_party(site, "D07", chosen, "absent", "NP", case)
    support_records(site, "D07: child", chosen.assign(case=case), relationship="OR")
    parts = [
        *in_cases("child", "ivd", chosen["person"], chosen["case"], case),
        Part("custodian", "ivd", chosen["head"], chosen["case"]),
        Part("custodian", "ivd", chosen["other"], case),
    ]
    return lead_table("D07", (chosen["start"], chosen["last"]), parts, kind=PLANTED)


def _two_fathers(site: Site) -> pd.DataFrame:
    """D08: paternity is established of a second man, too."""
    stays = _child_stays(site, "D08")
    cases = site.changes["ivd"].cases.set_index("case")
    stays = stays[(stays["case"].map(cases["paternity"]) == "Y").to_numpy()].reset_index(drop=True)
    stays["other"] = _strangers(site, "D08", stays, female=False)
    born = site.history.people["birth"].to_numpy(np.int64)
    older = born[stays["person"]] - born[stays["other"]] >= YEARS_TO_FATHER * 366
    stays = stays[older & (stays["other"] >= 0).to_numpy()].reset_index(drop=True)
    chosen = site.pick("D08", stays, ["person", "head", "absent", "other"])
    case = new_case(site, chosen, absent=chosen["other"].to_numpy(), paternity="Y")
    _add_stranger(site, chosen, "NP", case)
    _add_party(site, "D08", chosen, "head", "CP", case)
    support_records(site, "D08: child", chosen.assign(case=case))
    parts = [
        *in_cases("child", "ivd", chosen["person"], chosen["case"], case),
        Part("father", "ivd", chosen["absent"], chosen["case"]),
        Part("father", "ivd", chosen["other"], case),
    ]
    return lead_table("D08", (chosen["start"], chosen["last"]), parts, kind=PLANTED)


def _putative_men(site: Site) -> pd.DataFrame:
    """Looks like D08: beside the man named first, of whom it is not settled, another one is named."""
    name = "D08: several putative fathers"
    stays = site.cases[((site.cases["role"] == "PF") & (site.cases["head"] >= 0)).to_numpy()]
    stays = stays[~stays["case"].duplicated(keep=False).to_numpy()].reset_index(drop=True)
    stays = stays.assign(start=stays["first"], other=_strangers(site, name, stays, female=False))
    stays = stays[(stays["other"] >= 0).to_numpy()].reset_index(drop=True)
    chosen = site.pick(name, stays, ["person", "head", "other"])
    _add_stranger(site, chosen, "PF", chosen["case"].to_numpy(np.int64))
    parts = [Part("putative father", "ivd", chosen[who], chosen["case"]) for who in ("person", "other")]
    months = (chosen["start"], chosen["last"])
    return lead_table("D08", months, parts, kind=LOOK_ALIKE, look_alike="several putative fathers")
