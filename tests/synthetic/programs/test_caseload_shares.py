"""How many people the programs know, how late, and how often twice: as the constants declare."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from caselink.synthetic.draws import Streams
from caselink.synthetic.history import NEVER, Calendar
from caselink.synthetic.people.timeline import draw_history
from caselink.synthetic.programs.caseloads import HEARING, SAME_PAYROLL, draw_caseloads
from caselink.synthetic.programs.children import find_custody
from caselink.synthetic.programs.referrals import LOST, NEVER_WORKED, SENT_AFTER
from caselink.synthetic.programs.spells import each_between
from caselink.synthetic.programs.support import CASE_WITH_ASSISTANCE, CASE_WITHOUT
from caselink.synthetic.programs.wages import WAGES_AFTER

MONTHS = 12


@pytest.fixture(scope="module")
def history():
    """People over a year, enough of them for shares to settle."""
    return draw_history(16_000, streams=Streams(4), calendar=Calendar(MONTHS))


@pytest.fixture(scope="module")
def programs(history):
    """What the programs know of them, nobody entered twice."""
    return draw_caseloads(history, streams=Streams(4), sample_share=0.2)


@pytest.fixture(scope="module")
def units(programs):
    """IV-A's memberships of one month in the middle, with their people."""
    return in_month(programs.caseloads["iva"], 6)


def in_month(caseload, month):
    """Memberships that hold in a month, with ``person``."""
    members = caseload.memberships
    held = members[(members["first_month"] <= month) & (members["last_month"] >= month)]
    return held.assign(person=caseload.records["person"].to_numpy()[held["record"]])


def test_as_many_units_are_child_only_as_in_1998(units):
    """About 23 % of units have no adult in them; some of these are relatives' units."""
    adult = (units["role"] != "CHILD") & (units["status"] == "eligible")
    assert 1 - adult.groupby(units["case"]).any().mean() == pytest.approx(0.23, abs=0.05)
    assert (units["role"] == "CARETAKER").sum() > 20


def test_units_are_of_the_size_of_small_families(units):
    """Two to four people on average, nearly all of them where the head lives."""
    assert 2.3 < units.groupby("case").size().mean() < 4
    assert 0.1 < units["person"].nunique() / 16_000 < 0.4


def test_the_members_of_a_unit_mostly_share_a_home(history, programs, units):
    """What IV-A believes of homes is true but for those of whose coming and going it has not heard."""
    head = programs.caseloads["iva"].cases.set_index("case")["head"].loc[units["case"]].to_numpy()
    together = history.home[6, units["person"]] == history.home[6, head]
    assert 0.97 < together.mean() < 1


def test_cases_are_sampled_for_the_federal_report_when_asked(history, programs):
    """A fifth is marked where a fifth was asked for, and all where nothing was."""
    assert programs.caseloads["iva"].cases["sampled"].mean() == pytest.approx(0.2, abs=0.03)
    assert draw_caseloads(history, streams=Streams(4)).caseloads["iva"].cases["sampled"].all()


def test_jobs_are_known_to_assistance_but_for_a_few(history, units):
    """IV-A knows of most jobs, late of some, of a few never."""
    adults = units[units["employed"].notna()]
    job = history.employer[6, adults["person"]] >= 0
    assert 0.9 < (adults["employed"][job] == "Y").mean() < 0.99
    assert (adults["employed"][~job] == "N").mean() > 0.97


def test_pairs_on_assistance_have_support_cases(history, programs):
    """Of parents absent in the first month most have a case when the child gets assistance, fewer when it does not."""
    custody = find_custody(history)
    first = in_month(programs.caseloads["iva"], 0)
    old = programs.caseloads["iva"].cases.query("opened < 0")["case"]
    payees = first[first["role"].isin(["HEAD", "CARETAKER"]) & first["case"].isin(old)]["person"]
    children = first[first["role"] == "CHILD"]["person"]
    side, place = np.nonzero(custody.absent[0] >= 0)
    pairs = pd.DataFrame({"head": custody.custodian[0, place], "absent": custody.absent[0, side, place]})
    pairs["assisted"] = np.isin(custody.child[place], children) & pairs["head"].isin(payees)
    pairs["new"] = np.isin(custody.child[place], children) & ~pairs["assisted"]
    pairs = pairs.groupby(["head", "absent"], as_index=False)[["assisted", "new"]].any()
    cases = programs.caseloads["ivd"].cases
    cases = cases[cases["opened"] <= 0]
    had = pairs.merge(cases, on=["head", "absent"], how="left")["case"].notna()
    assert had[pairs["assisted"]].mean() == pytest.approx(CASE_WITH_ASSISTANCE, abs=0.025)
    assert had[~pairs["assisted"] & ~pairs["new"]].mean() == pytest.approx(CASE_WITHOUT, abs=0.06)


def test_support_cases_come_and_go(programs):
    """Within the year cases are opened, closed and opened again; most are older and stay."""
    cases = programs.caseloads["ivd"].cases
    assert 0.05 < (cases["opened"] >= 0).mean() < 0.3
    assert 0.03 < (cases["closed"] < NEVER).mean() < 0.2
    assert 0.005 < (cases["reopened"] < NEVER).mean() < 0.1
    assert set(cases["assistance"]) == {"current", "former", "never"}
    assert {"PD", "GC", "CO"} <= set(cases["good_cause"].dropna()) < {"PD", "GC", "CO", "never"}


def test_a_new_custodian_has_a_new_case_while_the_old_one_lasts(programs):
    """Some children stand for a month or more in the cases of two custodians, as few as change hands."""
    ivd = programs.caseloads["ivd"]
    children = ivd.memberships[ivd.memberships["role"] == "CH"]
    row, month = each_between(children["first_month"].to_numpy(), children["last_month"].to_numpy())
    rows = children.take(row).assign(month=month)
    rows["person"] = ivd.records["person"].to_numpy()[rows["record"]]
    rows["head"] = ivd.cases.set_index("case")["head"].loc[rows["case"]].to_numpy()
    twice = rows.drop_duplicates(["person", "month", "head"]).duplicated(["person", "month"])
    assert 0 < twice.sum() < 0.02 * len(rows)


def test_paternity_is_settled_for_most_fathers(programs):
    """Most fathers are determined; where not, putative fathers stand in the case, sometimes several."""
    ivd = programs.caseloads["ivd"]
    assert 0.7 < (ivd.cases["paternity"].dropna() == "Y").mean() < 0.95
    men = ivd.records[ivd.records["role"] == "PF"].groupby("case").size()
    assert men.max() >= 2


def test_referrals_are_mostly_in_time(programs):
    """Nearly all are sent in the month of the grant and worked by the next, a few are late, a few never worked."""
    referrals = programs.referrals
    old = referrals[(referrals["received_month"] >= 0) & (referrals["received_month"] < MONTHS - 4)]
    wait = (old["worked_month"] - old["received_month"]).where(old["worked_month"] >= 0, 99)
    assert len(old) > 300
    assert 0.92 < (wait <= 1).mean() < 1
    assert (wait == 99).mean() == pytest.approx(NEVER_WORKED, abs=0.012)
    assert LOST < 0.05 < SENT_AFTER[0]
    assert {"New", "Reopen", "Change"} == set(referrals["kind"])
    assert {"A", "D"} <= set(referrals["work_status"].dropna())


@pytest.mark.parametrize(("program", "role"), [("iva", "HEAD"), ("ivd", "CP"), ("ivd", "NP")])
def test_moves_are_heard_of_as_often_as_declared(history, programs, program, role):
    """Of moves in the first half year, by people on file all year, the declared share is heard by the end."""
    caseload = programs.caseloads[program]
    records = caseload.records[["person", "entered", "role"]].rename_axis("record").reset_index()
    records["last"] = caseload.memberships.groupby("record")["last_month"].max()
    records = records[(records["last"] == MONTHS - 1) & (records["role"] == role)]
    moves = moves_of(history).merge(records, on="person")
    moves = moves[(moves["month"] > moves["entered"]) & (moves["month"] < 6)]
    heard = caseload.versions[caseload.versions["address"]].rename(columns={"month": "heard"})
    later = moves.merge(heard, on="record")
    later = later[later["heard"] >= later["month"]].drop_duplicates(["record", "month"])
    expected = HEARING[program][role].moves
    assert len(moves) > 25
    assert len(later) / len(moves) == pytest.approx(expected, abs=3 * np.sqrt(0.25 / len(moves)) + 0.03)


def moves_of(history):
    """Month and person of every new address between the ends of two months."""
    address = np.take_along_axis(history.home_address, np.maximum(history.home, 0), axis=1)
    alive = (history.home[1:] >= 0) & (history.home[:-1] >= 0)
    month, person = np.nonzero((address[1:] != address[:-1]) & alive)
    return pd.DataFrame({"month": month + 1, "person": person})


def test_a_newborns_name_comes_later(history, programs):
    """Children entered without a name get a version that names them, once there is one."""
    iva = programs.caseloads["iva"]
    named = history.people["named_from"].to_numpy()[iva.records["person"]]
    nameless = np.flatnonzero((named > iva.records["entered"]) & (named < MONTHS - 2))
    last = iva.memberships.groupby("record")["last_month"].max().to_numpy()
    nameless = nameless[last[nameless] == MONTHS - 1]
    later = iva.versions[iva.versions["record"].duplicated() & iva.versions["names"]]
    assert len(nameless) > 0
    assert np.isin(nameless, later["record"]).mean() > 0.8


def test_wages_arrive_as_late_as_declared(programs):
    """A wage record comes up to four months after its quarter; a new hire within two months; amounts are pay."""
    employment = programs.caseloads["employment"]
    months = employment.details["report_date"].str[:7].map({m: i for i, m in enumerate(Calendar(MONTHS).text())})
    wages = (employment.records["role"] == "QW") & months.between(0, MONTHS - 5)
    lag = (employment.records["entered"] - months)[wages]
    assert np.bincount(lag.astype(int)) / len(lag) == pytest.approx(np.array(WAGES_AFTER), abs=0.02)
    hires = (employment.records["role"] == "W4") & months.ge(0)
    assert (employment.records["entered"] - months)[hires].between(0, 3).all()
    assert 3_500 < employment.details["wages"].dropna().astype(int).median() < 8_000


def test_payrolls_repeat_what_was_first_keyed(programs):
    """Later records of one employee and employer repeat the first at the declared rate."""
    employment = programs.caseloads["employment"]
    later = employment.records.assign(employer=employment.records["worker"]).duplicated(["person", "employer"])
    kept = employment.records["copy_of"] != employment.records.index
    assert not kept[~later].any()
    assert kept[later].mean() == pytest.approx(SAME_PAYROLL, abs=0.02)


def test_safety_flags_are_few_and_mostly_agree(programs):
    """One or two records in a hundred are flagged, by both programs or, more seldom, by one."""
    records = {program: programs.caseloads[program].records for program in ("iva", "ivd")}
    flagged = {program: set(table["person"][table["protected"] == "Y"]) for program, table in records.items()}
    both = set(records["iva"]["person"]) & set(records["ivd"]["person"])
    for table in records.values():
        assert 0.005 < (table["protected"] == "Y").mean() < 0.035
    agreed = flagged["iva"] & flagged["ivd"] & both
    assert 0.6 < len(agreed) / len((flagged["iva"] | flagged["ivd"]) & both) < 1


def test_workers_have_uneven_caseloads(programs):
    """There are several workers, the busiest with many times the records of the least busy."""
    load = programs.caseloads["ivd"].records.groupby("worker").size()
    assert 10 <= len(load) <= 40
    assert load.max() > 3 * load.min()


def test_people_and_cases_are_entered_twice_at_the_rates_asked_for(history):
    """The rates of second numbers and of cases keyed twice are those given, and none without."""
    plain = draw_caseloads(history, streams=Streams(4))
    rates = {"iva": SimpleNamespace(entered_twice=0.03), "ivd": SimpleNamespace(case_keyed_twice=0.04)}
    twice = draw_caseloads(history, streams=Streams(4), rates=rates)
    before, after = plain.caseloads["iva"].records, twice.caseloads["iva"].records
    assert (after["cause"] == "entered twice").sum() / len(before) == pytest.approx(0.03, abs=0.01)
    pd.testing.assert_frame_equal(before, after.head(len(before)), check_dtype=False)
    cases = [drawn.caseloads["ivd"].cases for drawn in (plain, twice)]
    assert len(cases[1]) / len(cases[0]) - 1 == pytest.approx(0.04, abs=0.015)
    assert set(plain.caseloads["ivd"].records["cause"]) == {"own"}
    again = twice.caseloads["ivd"].records.query("cause == 'case keyed twice'")
    assert again.groupby("case")["role"].agg(lambda roles: {"CP", "CH"} <= set(roles)).all()
