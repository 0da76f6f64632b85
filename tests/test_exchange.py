"""The exchange view: what is newer or missing where, and nothing that tells who is protected."""

from __future__ import annotations

import functools
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.errors import SpecError
from caselink.exchange import EXCHANGE_COLUMNS, Exchange, reconcile
from caselink.leads import ProgramTables
from caselink.masking import WITHHELD
from caselink.purposes import PURPOSES, Purpose

PROGRAMS = {"iva": "iv-a", "ivd": "iv-d", "jobs": "jobs", "work": "earnings"}
BY_KEYS = {"child", "parent", "case"}


def record(source: str, record_id: str, person: str, **told: str | None) -> dict[str, str | None]:
    """One record of a person; the same address, phone and name everywhere where nothing else is told."""
    year = 2015 if person == "CAL" else 1950 + ord(person[0]) % 32
    own = {"first_name": person, "last_name": "RUIZ", "birth_date": f"{year}-02-03", "protected": "N"}
    places = {"street": "12 OAK ST", "zip": "62701", "phone": "2175550101", "month": "2026-06"}
    return {"source": source, "record_id": record_id, "person_id": person, **own, **places, **told}


def stay(source: str, record_id: str, case_id: str, role: str, months: str = "01-06", **told: str) -> dict[str, str]:
    """A stay in a case in months of 2026."""
    first, last = months.split("-")
    row = {"source": source, "record_id": record_id, "case_id": case_id, "role": role, "status": "eligible"}
    return {**row, "first_month": f"2026-{first}", "last_month": f"2026-{last}", "employed": "N", **told}


RECORDS = [
    record("iva", "1", "ANA"),
    record("iva", "2", "CAL"),
    record("ivd", "1", "ANA"),
    record("ivd", "2", "CAL"),
    record("ivd", "3", "DAN", street="9 ELM ST", zip="62704", phone="2175550199"),
]
STAYS = [
    stay("iva", "1", "A", "HEAD"),
    stay("iva", "2", "A", "CHILD"),
    stay("ivd", "1", "D", "CP"),
    stay("ivd", "2", "D", "CH"),
    stay("ivd", "3", "D", "NP"),
]
CASES = [
    {"source": "iva", "case_id": "A", "opened": "2026-01"},
    {"source": "ivd", "case_id": "D", "opened": "2026-01", "assistance": "current"},
]
SENT = {"iva_case_id": "A", "child_record_id": "2", "ivd_case_id": "D", "sent": "2026-01-02"}


def see(records, stays=STAYS, cases=CASES, referrals=None, purpose: str | Purpose = "iv-d", **tables) -> Exchange:
    """The view of hand-made people, whose persons are those told."""
    frame = pd.DataFrame(records, dtype="string")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        linker = cl.Linker(
            [cl.BlockingRule("last_name")], [cl.Exact("birth_date")], cl.RuleMatcher(["birth_date exact"])
        )
        result = linker.fit_resolve(frame.drop(columns="person_id"))
        result = replace(result, persons=frame[["source", "record_id", "person_id"]])
        told = ProgramTables(
            programs=PROGRAMS,
            memberships=pd.DataFrame(stays, dtype="string"),
            cases=pd.DataFrame(cases, dtype="string"),
            referrals=None if referrals is None else pd.DataFrame(referrals, dtype="string"),
            **tables,
        )
        return reconcile(result, told, purpose)


def said(view: Exchange, element: str) -> dict[str, tuple[str, str]]:
    """Person to what is said and who should act."""
    rows = view.table[(view.table["element"] == element).to_numpy()]
    return {row.person_id: (row.says, row.who) for row in rows.itertuples()}


def test_a_family_in_order_has_rows_by_keys_only():
    """Nothing differs, so nobody is asked to act; the cases stand beside one another."""
    view = see(RECORDS, referrals=[{**SENT, "received": "2026-01-03", "worked": "2026-01-20"}])
    assert set(view.table["element"]) == BY_KEYS
    assert said(view, "child") == {"CAL": ("on both sides", "nobody")}
    assert said(view, "case") == {"ANA": ("about the same people", "nobody")}
    assert list(view.table.columns) == list(EXCHANGE_COLUMNS)


@pytest.mark.parametrize(
    ("element", "changed"),
    [
        pytest.param("phone", {"phone": "2175550777"}, id="phone"),
        pytest.param("address", {"street": "77 PINE AVE", "zip": "62711"}, id="address"),
        pytest.param("name", {"last_name": "KOWALCZYK"}, id="name"),
    ],
)
def test_the_side_with_the_later_month_is_newer(element, changed):
    """What IV-A was told in May and IV-D in June is for IV-A to ask about; the months stand, not the values."""
    old = [{**RECORDS[0], "month": "2026-05"}, *RECORDS[1:2], {**RECORDS[2], **changed}, *RECORDS[3:]]
    stays = [{**STAYS[0], "last_month": "2026-05"}, *STAYS[1:]]
    view = see(old, stays)
    assert said(view, element) == {"ANA": ("newer with iv-d", "iv-a")}
    row = view.table[(view.table["element"] == element).to_numpy()].iloc[0]
    assert (row["iv_a"], row["iv_d"]) == ("2026-05", "2026-06")
    text = view.table.to_csv()
    assert not any(value in text for value in changed.values())


def test_months_that_are_equal_do_not_tell():
    """Both handed over in June: which is newer has to be asked."""
    told = [*RECORDS[:2], {**RECORDS[2], "phone": "2175550777"}, *RECORDS[3:]]
    assert said(see(told), "phone") == {"ANA": ("differ; the months do not tell which is newer", "iv-a, iv-d")}


def test_a_history_tells_since_when():
    """Both told a phone in June; that which IV-D has had since April is newer than IV-A's of January."""
    months = [f"2026-{month:02d}" for month in range(1, 7)]
    rows = [{**one, "month": month} for one in RECORDS for month in months]
    for row in rows:
        if row["source"] == "ivd" and row["record_id"] == "1" and row["month"] >= "2026-04":
            row["phone"] = "2175550777"
    frame = pd.DataFrame(rows, dtype="string")
    history = cl.stack_months(frame.drop(columns="person_id"), memberships=pd.DataFrame(STAYS, dtype="string"))
    linker = cl.Linker([cl.BlockingRule("last_name")], [cl.Exact("birth_date")], cl.RuleMatcher(["birth_date exact"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result = linker.fit_resolve(history.records).with_history(history)
        persons = frame[["source", "record_id", "person_id"]].drop_duplicates()
        result = replace(result, persons=result.persons[["source", "record_id"]].merge(persons))
        view = reconcile(
            result, ProgramTables(programs=PROGRAMS, memberships=pd.DataFrame(STAYS, dtype="string")), "iv-d"
        )
    row = view.table[(view.table["element"] == "phone").to_numpy()].iloc[0]
    assert (row["says"], row["iv_a"], row["iv_d"]) == ("newer with iv-d", "2026-01", "2026-04")


def test_a_missing_value_is_told_only_where_the_file_has_the_column():
    """IV-A has no phone of Ana, but has phones."""
    told = [{**RECORDS[0], "phone": None}, *RECORDS[1:]]
    assert said(see(told), "phone") == {"ANA": ("lacking; iv-d has one", "iv-a")}
    nobody = [{**one, "phone": None} if one["source"] == "iva" else one for one in RECORDS]
    assert said(see(nobody), "phone") == {}


def test_a_parent_who_is_dead_is_not_missing():
    """Of an absent parent reported dead nobody has to be told; of one whose file of deaths names another, yes."""
    told, stays = [*RECORDS[:2], *RECORDS[4:], record("iva", "9", "DAN")], [*STAYS[:2], {**STAYS[4]}]
    stays.append(stay("iva", "9", "A", "NP", "01-02"))
    for died, expected in (("9", {}), ("1", {"CAL": ("missing with iv-d", "iv-a")})):
        deaths = pd.DataFrame([{"source": "iva", "record_id": died, "month": "2026-02"}])
        view = see(told, stays, purpose="iv-a eligibility", deaths=deaths)
        assert said(view, "absent parent") == expected


def test_children_and_parents_missing_on_one_side():
    """Without the support case IV-D knows neither; the sample of a program shows nobody missing."""
    told, stays = RECORDS[:2] + RECORDS[4:], [*STAYS[:2], {**STAYS[4]}]
    view = see(told, stays, purpose="iv-a eligibility")
    assert said(view, "child") == {"CAL": ("only with iv-a", "nobody")}
    assert said(view, "absent parent") == {"CAL": ("missing with iv-d", "iv-a")}
    sampled = see(told, stays, purpose="iv-a eligibility", sampled=frozenset({"ivd"}))
    assert said(sampled, "child") == {"CAL": (WITHHELD, "nobody")}
    assert said(sampled, "absent parent") == {}
    assert WITHHELD in set(sampled.table.loc[(sampled.table["element"] == "child").to_numpy(), "iv_d"])


@pytest.mark.parametrize(
    ("received", "worked", "says", "who"),
    [
        pytest.param("2026-01-03", "2026-01-23", None, None, id="20 days"),
        pytest.param("2026-01-03", "2026-01-24", "opened late", "iv-d", id="21 days"),
        pytest.param("2026-01", "2026-01", None, None, id="one month tells nothing"),
        pytest.param("2026-01", "2026-02", None, None, id="two months may be a day"),
        pytest.param("2026-01", "2026-03", "opened late", "iv-d", id="28 days at least"),
        pytest.param("2026-01-31", "2026-02", None, None, id="a day and a month"),
        pytest.param(None, None, "sent, not received", "iv-a", id="not received"),
    ],
)
def test_referrals_are_timed_by_the_days_that_dates_may_mean(received, worked, says, who):
    """20 calendar days (45 CFR 303.2(b)); months alone tell only what is so on each of their days."""
    view = see(RECORDS, referrals=[{**SENT, "received": received, "worked": worked}])
    assert said(view, "referral") == ({} if says is None else {"CAL": (says, who)})


@pytest.mark.parametrize(
    ("received", "says"),
    [
        pytest.param("2026-06-09", "received, not opened, late", id="21 days before the end"),
        pytest.param("2026-06-10", "received, not opened yet, within 20 days", id="20 days"),
        pytest.param("2026-06", "received, not opened; months do not tell whether late", id="a month"),
        pytest.param("2026-05", "received, not opened, late", id="a month before"),
    ],
)
def test_a_referral_without_case_waits_for_iv_d(received, says):
    """Counted to the last day of the last month that the data tell of."""
    view = see(RECORDS, referrals=[{**SENT, "ivd_case_id": None, "received": received}])
    assert said(view, "referral") == {"CAL": (says, "iv-d")}


def test_assistance_is_compared():
    """IV-D has the case as never assisted, and a child of it is counted."""
    never = [CASES[0], {**CASES[1], "assistance": "never"}]
    assert said(see(RECORDS, cases=never), "assistance") == {"ANA": ("differs", "iv-d")}
    assert said(see(RECORDS), "assistance") == {}


def test_employment_and_services():
    """A report in April and no job on file in June; two participations at once."""
    more = [record("work", "9", "ANA", month=None), record("jobs", "5", "ANA"), record("jobs", "6", "ANA")]
    stays = [*STAYS, stay("jobs", "5", "J1", "PARTICIPANT"), stay("jobs", "6", "J2", "PARTICIPANT", "02-06")]
    reports = pd.DataFrame([{"source": "work", "record_id": "9", "kind": "new hire", "date": "2026-04-11"}])
    view = see(RECORDS + more, stays, reports=reports, purpose="iv-a eligibility")
    assert said(view, "employment") == {"ANA": ("newer with employment", "iv-a")}
    assert said(view, "service") == {"ANA": ("served twice", "jobs")}


def test_case_numbers_stay_with_their_program():
    """For no purpose are those of another program shown; the default shows none."""
    for name, purpose in PURPOSES.items():
        view = see(RECORDS, purpose=name)
        for column, program in (("iva_case_id", "iv-a"), ("ivd_case_id", "iv-d"), ("jobs_case_id", "jobs")):
            shown = set(view.table[column]) - {WITHHELD}
            assert bool(shown) <= (program in purpose.programs)
    assert set(see(RECORDS, purpose="iv-d").table["ivd_case_id"]) == {"D"}


def test_a_purpose_of_a_program_needs_programs():
    """Without programs nobody's entitlement is known."""
    frame = pd.DataFrame(RECORDS, dtype="string")
    linker = cl.Linker([cl.BlockingRule("last_name")], [cl.Exact("birth_date")], cl.RuleMatcher(["birth_date exact"]))
    result = linker.fit_resolve(frame.drop(columns="person_id"))
    with pytest.raises(SpecError, match="programs"):
        reconcile(result, None, "iv-d")


def test_elements_without_their_tables_are_said_to_be_skipped():
    """Neither assistance nor referrals were given."""
    view = see(RECORDS, cases=[CASES[0]])
    assert set(view.skipped["element"]) == {"assistance", "referral"}


CHANGED = [
    {**RECORDS[0], "phone": "2175550777", "month": "2026-05"},
    {**RECORDS[1], "street": "77 PINE AVE"},
    *RECORDS[2:],
]
REFERRAL = [{**SENT, "ivd_case_id": None, "received": "2026-03-01"}]


@functools.cache
def in_order(purpose: str) -> Exchange:
    """The view of the family in which nothing differs."""
    return see(RECORDS, referrals=[{**SENT, "received": "2026-01-03", "worked": "2026-01-20"}], purpose=purpose)


@pytest.mark.parametrize(
    ("purpose", "flag", "whose"),
    [(purpose, "Y", 2) for purpose in PURPOSES] + [("iv-d", "maybe", 3), ("iv-d", None, 3), ("iv-d", "Y", 4)],
)
def test_nothing_tells_that_somebody_is_protected(purpose, flag, whose):
    """With a flag, an unclear one or none anywhere in the case the view is that of a family in order, word for word.

    Only the key of the household is not told, flag or not known, as of everybody who has none.
    """
    flagged = [
        {**one, "protected": flag} if one["person_id"] == RECORDS[whose]["person_id"] else one for one in CHANGED
    ]
    shown = see(flagged, referrals=REFERRAL, purpose=purpose)
    assert set(shown.table["element"]) == BY_KEYS
    columns = [name for name in EXCHANGE_COLUMNS if name != "household_id"]
    told, order = (view.table[columns].sort_values(columns, ignore_index=True) for view in (shown, in_order(purpose)))
    pd.testing.assert_frame_equal(told, order)
    assert set(shown.table["household_id"]) == {WITHHELD}


def test_of_people_who_are_free_it_is_told():
    """What the flags of the test above keep back is there without them."""
    view = see(CHANGED, referrals=REFERRAL)
    assert {"phone", "address", "referral"} <= set(view.table["element"])


@pytest.mark.parametrize("state", ["PD", "GC"])
def test_good_cause_asks_nobody_to_act(state):
    """A claim is protected until it is decided: no missing parent, no referral, no newer phone."""
    told, stays = CHANGED[:2], STAYS[:2]
    before = see(told, stays, purpose="iv-a eligibility", cases=[*CASES], referrals=REFERRAL)
    assert said(before, "referral")
    claimed = [{**CASES[0], "good_cause": state}, CASES[1]]
    after = see(told, stays, purpose="iv-a eligibility", cases=claimed, referrals=REFERRAL)
    assert set(after.table["element"]) <= BY_KEYS


def test_a_bound_source_takes_no_part():
    """Reports of new hires, for a purpose that may not see them, are as if they were not there."""
    more = [record("work", "9", "ANA", month=None)]
    reports = pd.DataFrame([{"source": "work", "record_id": "9", "kind": "new hire", "date": "2026-04-11"}])
    frame = pd.DataFrame(RECORDS + more, dtype="string")
    linker = cl.Linker([cl.BlockingRule("last_name")], [cl.Exact("birth_date")], cl.RuleMatcher(["birth_date exact"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result = linker.fit_resolve(frame.drop(columns="person_id"))
        result = replace(result, persons=frame[["source", "record_id", "person_id"]])
        result = result.with_memberships(pd.DataFrame(STAYS, dtype="string"))
        tables = ProgramTables(programs=PROGRAMS, memberships=result.memberships, reports=reports)
        for taints, told in (({"work": "federal tax"}, set()), ({}, {"ANA"})):
            guard = result.families.protect(PROGRAMS, taints)
            view = reconcile(result, tables, "iv-a eligibility", protection=guard)
            assert set(said(view, "employment")) == told


words = st.text("QZXKVW", min_size=6, max_size=9).map(lambda text: f"QZX{text}")


@settings(deadline=None, max_examples=6)
@given(
    values=st.lists(words, min_size=24, max_size=24, unique=True),
    flags=st.lists(st.sampled_from("NY"), min_size=4, max_size=4),
    purpose=st.sampled_from(sorted(PURPOSES)),
    seed=st.integers(0, 99),
)
def test_no_value_is_in_any_output_and_no_order_matters(values, flags, purpose, seed):
    """Canaries in every value of everybody; the same view from rows in another order."""
    canaries = iter(values)
    columns = ("first_name", "last_name", "street", "phone", "unit", "employer")
    told = [
        {**one, **{name: next(canaries) for name in columns}, "protected": flag}
        for one, flag in zip(RECORDS[:4], flags, strict=True)
    ]
    told.append(RECORDS[4])
    view = see(told, referrals=REFERRAL, purpose=purpose)
    text = view.table.to_csv() + repr(view) + view._repr_html_() + str(view.not_listed)
    assert not [value for value in values if value in text]
    order = np.random.default_rng(seed).permutation(len(told))
    again = see([told[k] for k in order], [STAYS[k] for k in order], referrals=REFERRAL, purpose=purpose)
    pd.testing.assert_frame_equal(view.table, again.table)
    assert view.not_listed == again.not_listed
