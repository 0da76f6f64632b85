"""Caseloads: the laws that hold in every district, and the shares that come out as declared."""

from dataclasses import fields
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from caselink.synthetic.draws import Streams
from caselink.synthetic.history import Calendar
from caselink.synthetic.people.timeline import draw_history
from caselink.synthetic.programs.caseload import PROGRAMS, REFERRAL_COLUMNS
from caselink.synthetic.programs.caseloads import draw_caseloads
from caselink.synthetic.programs.children import find_custody
from caselink.synthetic.programs.spells import each_between

TWICE = SimpleNamespace(entered_twice=0.05, case_keyed_twice=0.05)
RATES = dict.fromkeys(PROGRAMS, TWICE)
PLAIN_ROLES = {
    "iva": {"HEAD", "CARETAKER", "ADULT", "CHILD"},
    "ivd": {"CP", "NP", "PF", "CH"},
    "jobs": {"PARTICIPANT"},
    "employment": {"W4", "QW"},
}


@cache
def draw(n_people, seed, n_months):
    """A district's history and what the programs know of it; drawn once, since many laws look at the same ones."""
    history = draw_history(n_people, streams=Streams(seed).within("people"), calendar=Calendar(n_months))
    return history, draw_caseloads(history, streams=Streams(seed).within("programs"), rates=RATES)


small = st.tuples(st.sampled_from([1, 2, 6, 30, 150, 400, 700]), st.integers(0, 2), st.sampled_from([1, 2, 3, 12]))


def law(test):
    """A law holds in small districts, of which some have hardly anybody, and in one with all that happens in a year."""
    return settings(max_examples=12, deadline=None)(given(plan=small)(example(plan=(9_000, 9, 12))(test)))


def by_month(caseload):
    """A row for each membership and month: its columns, ``month`` and ``person``."""
    members = caseload.memberships
    row, month = each_between(members["first_month"].to_numpy(), members["last_month"].to_numpy())
    rows = members.take(row).reset_index(drop=True).assign(month=month)
    return rows.assign(person=caseload.records["person"].to_numpy()[rows["record"]])


@law
def test_memberships_lie_within_their_record_and_case(plan):
    """Records have memberships that do not overlap, from the month they are entered, while their case is open."""
    history, programs = draw(*plan)
    for caseload in programs.caseloads.values():
        records, members = caseload.records, caseload.memberships
        assert (members["first_month"] <= members["last_month"]).all()
        assert members["first_month"].ge(0).all()
        assert members["last_month"].lt(history.calendar.n_months).all()
        first = members.groupby("record")["first_month"].min()
        assert first.index.tolist() == list(range(len(records)))
        assert first.tolist() == records["entered"].tolist()
        assert not by_month(caseload).duplicated(["record", "month"]).any()
        if caseload.program != "employment":
            case = caseload.cases.set_index("case").loc[members["case"]]
            assert (case["opened"].to_numpy() <= members["first_month"].to_numpy()).all()
            assert (case["closed"].to_numpy() > members["last_month"].to_numpy()).all()


@law
def test_versions_begin_with_everything_and_tell_what_was_true(plan):
    """A record's first version comes when it is entered and tells all; later ones tell of a month past, once each."""
    history, programs = draw(*plan)
    here = history.home >= 0
    for caseload in programs.caseloads.values():
        versions, records = caseload.versions, caseload.records
        flags = versions[["names", "person", "address"]]
        first = ~versions["record"].duplicated()
        assert versions.loc[first, "record"].tolist() == list(range(len(records)))
        assert versions.loc[first, "month"].tolist() == records["entered"].tolist()
        assert flags[first].all(axis=None)
        assert flags.any(axis=1).all()
        assert (versions["told_month"] <= versions["month"]).all()
        assert not versions.duplicated(["record", "month"]).any()
        assert versions.groupby("record")["month"].is_monotonic_increasing.all()
        last = caseload.memberships.groupby("record")["last_month"].max()
        assert (versions["month"].to_numpy() <= last.loc[versions["record"]].to_numpy()).all()
        person = records["person"].to_numpy()[versions["record"]]
        assert here[np.maximum(versions["told_month"], 0), person].all()


@law
def test_tables_fit_together(plan):
    """Kept values are those of an earlier record of the person; details and numbers are one a record."""
    history, programs = draw(*plan)
    assert set(programs.caseloads) == set(PROGRAMS)
    for program, caseload in programs.caseloads.items():
        records = caseload.records
        assert caseload.program == program
        assert set(records["role"]) <= PLAIN_ROLES[program]
        assert set(caseload.memberships["role"]) <= PLAIN_ROLES[program]
        assert records["person"].between(0, history.n_people - 1).all()
        assert (records["worker"] >= 0).all()
        kept = records.take(records["copy_of"])
        assert kept["copy_of"].tolist() == records["copy_of"].tolist()
        assert kept["person"].tolist() == records["person"].tolist()
        assert (kept["entered"].to_numpy() <= records["entered"].to_numpy()).all()
        assert caseload.details.index.tolist() == records.index.tolist() == list(range(len(records)))
        assert caseload.cases["case"].is_unique
        expected = {None} if program in ("jobs", "employment") else {"Y", "N"}
        assert set(records["protected"]) <= expected


@law
def test_nobody_is_in_two_units_in_a_month(plan):
    """Nothing planted, a person is in one IV-A case at most; each case has a child and its payee in every month."""
    _, programs = draw(*plan)
    iva = programs.caseloads["iva"]
    rows = by_month(iva)
    assert not rows.drop_duplicates(["person", "month", "case"]).duplicated(["person", "month"]).any()
    assert not iva.records[iva.records["cause"] == "own"]["person"].duplicated().any()
    head = iva.cases.set_index("case")["head"].loc[rows["case"]].to_numpy()
    rows["payee"] = rows["person"].to_numpy() == head
    assert (rows["payee"] == rows["role"].isin(["HEAD", "CARETAKER"])).all()
    rows["child"] = rows["role"] == "CHILD"
    assert rows.groupby(["case", "month"])[["payee", "child"]].any().all(axis=None)
    assert (rows["employed"].isna() == rows["child"]).all()
    assert (rows.loc[rows["child"], "status"] == "eligible").all()


@law
def test_support_cases_have_one_custodian_and_one_other_parent(plan):
    """A case has one custodian and children; putative fathers only until one absent parent stands there alone."""
    history, programs = draw(*plan)
    ivd = programs.caseloads["ivd"]
    cases = ivd.cases.set_index("case")
    rows = by_month(ivd)
    each = rows.drop_duplicates(["case", "role", "person"])
    people = pd.crosstab(each["case"], each["role"]).reindex(columns=["CP", "NP", "PF", "CH"], fill_value=0)
    assert (people["CP"] == 1).all()
    assert (people["CH"] >= 1).all()
    assert (people["NP"] <= 1).all()
    assert sorted(people.index) == sorted(cases.index)
    monthly = rows.groupby(["case", "month"])["role"].agg(set)
    assert not monthly.map(lambda roles: {"NP", "PF"} <= roles).any()
    assert monthly.map(lambda roles: "CP" in roles and bool({"NP", "PF"} & roles)).all()
    assert (rows["person"] == cases["head"].loc[rows["case"]].to_numpy())[rows["role"] == "CP"].all()
    assert (rows["person"] == cases["absent"].loc[rows["case"]].to_numpy())[rows["role"] == "NP"].all()
    assert not history.people["female"].to_numpy()[rows.loc[rows["role"] == "PF", "person"]].any()
    assert (rows["resides"] == rows["role"].isin(["CP", "CH"])).all()
    assert (cases["head"] != cases["absent"]).all()


@law
def test_no_support_case_before_there_is_a_parent_to_pursue(plan):
    """A case begins when its custodian has a child whose other parent lives elsewhere, and not earlier."""
    history, programs = draw(*plan)
    custody = find_custody(history)
    month, side, place = np.nonzero(custody.absent >= 0)
    pairs = pd.DataFrame({"head": custody.custodian[month, place], "absent": custody.absent[month, side, place]})
    since = pairs.assign(since=month).groupby(["head", "absent"])["since"].min()
    cases = programs.caseloads["ivd"].cases
    first = since.reindex(pd.MultiIndex.from_frame(cases[["head", "absent"]])).to_numpy()
    assert (np.maximum(cases["opened"].to_numpy(), 0) >= first).all()
    assert (cases["closed"] > cases["opened"]).all()


@law
def test_referrals_name_parents_and_open_cases_against_them(plan):
    """A referral is of a child in the unit and its parent; its months follow each other, its case is theirs."""
    history, programs = draw(*plan)
    referrals, people = programs.referrals, history.people
    assert tuple(referrals.columns) == REFERRAL_COLUMNS
    child, absent = referrals["child"].to_numpy(), referrals["absent"].to_numpy()
    assert ((people["mother"].to_numpy()[child] == absent) | (people["father"].to_numpy()[child] == absent)).all()
    sent, received, worked = (referrals[f"{step}_month"] for step in ("sent", "received", "worked"))
    assert (sent >= 0).all()
    assert ((received >= sent) | (received == -1)).all()
    assert ((worked >= received) | (worked == -1)).all()
    assert (worked[received == -1] == -1).all()
    assert (referrals["work_status"].isna() == (worked == -1)).all()
    cases, units = (programs.caseloads[program].cases.set_index("case") for program in ("ivd", "iva"))
    opened = referrals[(referrals["ivd_case"] >= 0)]
    custodian, payee = (
        table["head"].loc[opened[number]].to_numpy() for table, number in ((cases, "ivd_case"), (units, "iva_case"))
    )
    assert ((custodian == payee) | (history.partner[:, payee] == custodian).any(axis=0)).all()
    assert (cases["absent"].loc[opened["ivd_case"]].to_numpy() == opened["absent"].to_numpy()).all()
    new = opened[(opened["work_status"] == "A")]
    case = cases.loc[new["ivd_case"]]
    month = new["worked_month"].to_numpy()
    assert ((case["opened"].to_numpy() == month) | (case["reopened"].to_numpy() == month)).all()


@law
def test_reports_come_after_what_they_report(plan):
    """A new hire is reported in the month of hire or later, wages in the quarter's last month or later."""
    history, programs = draw(*plan)
    employment = programs.caseloads["employment"]
    details = employment.details
    came = history.calendar.name(employment.records["entered"])
    assert (details["report_date"].str[:7].to_numpy() <= came).all()
    wages = (employment.records["role"] == "QW").to_numpy()
    assert (details["wages"].notna() == wages).all()
    assert (details["quarter"].notna() == wages).all()
    assert (details["wages"][wages].astype(int) > 0).all()
    assert (employment.memberships["first_month"] == employment.memberships["last_month"]).all()
    assert details["employer"].notna().all()


@pytest.mark.parametrize("n_people", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("n_months", [1, 12])
def test_hardly_anybody_is_a_district_too(n_people, n_months):
    """A district of a handful of people has all caseloads, perhaps empty ones with their columns."""
    _, programs = draw(n_people, 1, n_months)
    _, larger = draw(700, 1, n_months)
    for program in PROGRAMS:
        for table in fields(programs.caseloads[program])[1:]:
            small, large = (getattr(drawn.caseloads[program], table.name) for drawn in (programs, larger))
            assert small.columns.tolist() == large.columns.tolist()


def test_the_same_streams_give_the_same_caseloads():
    """All tables repeat with the seed, to the last value, and differ with another."""
    (_, one), (_, again), (_, other) = (draw.__wrapped__(400, seed, 6) for seed in (3, 3, 4))
    for program in PROGRAMS:
        for table in fields(one.caseloads[program])[1:]:
            pd.testing.assert_frame_equal(*(getattr(drawn.caseloads[program], table.name) for drawn in (one, again)))
    pd.testing.assert_frame_equal(one.referrals, again.referrals)
    assert not one.caseloads["ivd"].records.equals(other.caseloads["ivd"].records)
