"""Households, cases, history and golden records: what rosters and addresses say, and what they never may."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.errors import InputError
from caselink.families import Families, find_families
from caselink.identity.rosters import MOST_FAMILIES, MOST_PEOPLE

COLUMNS = ("source", "person_id", "case_id", "role", "month", "street", "last_name", "birth_date")
HOME, AWAY = "12 OAK ST", "99 ELM AVE"


def table(*rows, **columns):
    """Records with their person, one a row, in the order of COLUMNS; further columns by name."""
    frame = pd.DataFrame([row + (None,) * (len(COLUMNS) - len(row)) for row in rows], columns=COLUMNS, dtype=object)
    frame.insert(1, "record_id", [f"r{place}" for place in range(len(frame))])
    return frame.assign(**columns)


def find(frame, memberships=None, *, odd=False) -> Families:
    """The families of such a table; a warning is asked for where something is ``odd``."""
    records = frame.drop(columns="person_id")
    persons = frame[["source", "record_id", "person_id"]]
    if odd:
        with pytest.warns(cl.CaselinkWarning, match="rosters were odd"):
            return find_families(records, persons, memberships)
    return find_families(records, persons, memberships)


def homes(families, month=None):
    """The primary household of each person, in their last month or in the one given."""
    rows = families.households[families.households["primary"]]
    rows = rows if month is None else rows[rows["month"] == month]
    return rows.sort_values("month").drop_duplicates("person_id", keep="last").set_index("person_id")["household_id"]


FOUR = (
    ("iva", "mother", "A1", "HEAD", "2026-01", HOME, "DIAZ", "1990-01-01"),
    ("iva", "ana", "A1", "CHILD", "2026-01", HOME, "DIAZ", "2015-01-01"),
    ("iva", "ben", "A1", "CHILD", "2026-01", HOME, "DIAZ", "2017-01-01"),
    ("iva", "cleo", "A1", "CHILD", "2026-01", HOME, "ROY", "2021-01-01"),
)
SUPPORT = (
    ("ivd", "mother", "D7", "CP", "2026-01", HOME, "DIAZ", "1990-01-01"),
    ("ivd", "ana", "D7", "CH", "2026-01", HOME, "DIAZ", "2015-01-01"),
    ("ivd", "ben", "D7", "CH", "2026-01", HOME, "DIAZ", "2017-01-01"),
    ("ivd", "father", "D7", "NP", "2026-01", AWAY, "DIAZ", "1988-01-01"),
)


def test_a_support_case_of_part_of_the_unit_is_the_same_household():
    """Three of four people in a second program's case: one household; the father lives elsewhere and is tied to it."""
    families = find(table(*FOUR, *SUPPORT))
    home = homes(families)
    assert len(set(home[["mother", "ana", "ben", "cleo"]])) == 1
    assert home["father"] != home["mother"]
    cases = families.cases.set_index(["source", "relation"])
    assert cases.loc[("ivd", "home"), "household_id"] == cases.loc[("iva", "home"), "household_id"] == home["mother"]
    assert cases.loc[("ivd", "absent parent"), "household_id"] == home["father"]
    assert cases.loc[("ivd", "home"), "family_id"] == cases.loc[("ivd", "absent parent"), "family_id"]
    assert cases.loc["iva", "family_id"].isna().all()


@pytest.mark.parametrize("role", ["NP", "AP", "PF", "Noncustodial parent", "absent parent"])
@pytest.mark.parametrize("street", [HOME, AWAY, None])
def test_an_absent_parent_is_never_moved_in(role, street):
    """Not even at the address of the family, which an old file may still have."""
    rows = (*SUPPORT[:3], ("ivd", "father", "D7", role, "2026-01", street, "DIAZ", "1988-01-01"))
    home = homes(find(table(*FOUR, *rows)))
    assert home["father"] not in set(home.drop("father"))


def test_a_parent_told_not_to_reside_is_not_moved_in():
    """What the roster says of residence holds, whatever the role."""
    memberships = table(*FOUR)[["source", "record_id", "case_id", "role", "month"]]
    memberships["resides"] = ["N", "Y", "Y", "Y"]
    rows = find(table(*FOUR), memberships).households
    home = rows.set_index("person_id")["household_id"]
    assert home["ana"] == home["ben"] == home["cleo"]
    assert home["mother"] != home["ana"]


def test_a_child_with_another_caretaker_has_dated_memberships():
    """A child who moves to a grandmother is in one household a month, and in two over time."""
    moved = (
        ("iva", "mother", "A1", "HEAD", "2026-02", HOME, "DIAZ", "1990-01-01"),
        ("iva", "ben", "A1", "CHILD", "2026-02", HOME, "DIAZ", "2017-01-01"),
        ("iva", "cleo", "A1", "CHILD", "2026-02", HOME, "ROY", "2021-01-01"),
        ("iva", "grandmother", "A2", "CARETAKER", "2026-02", AWAY, "LIND", "1960-01-01"),
        ("iva", "ana", "A2", "CHILD", "2026-02", AWAY, "DIAZ", "2015-01-01"),
    )
    families = find(table(*FOUR, *moved))
    before, after = homes(families, "2026-01"), homes(families, "2026-02")
    assert before["ana"] == before["mother"] == after["mother"] == after["cleo"]
    assert after["ana"] == after["grandmother"] != after["mother"]
    events = families.history.set_index("household_id")
    assert events.loc[after["grandmother"], "event"] == "split"
    assert events.loc[after["grandmother"], "other_household_id"] == after["mother"]


def test_a_child_claimed_by_two_parents_lives_where_a_case_says():
    """A claim on a tax return ties a child to the parent and moves nobody."""
    claims = (
        ("tax", "father", "T1", "primary_filer", "2026-01", AWAY, "DIAZ", "1988-01-01"),
        ("tax", "ana", "T1", "dependent", "2026-01", AWAY, "DIAZ", "2015-01-01"),
    )
    home = homes(find(table(*FOUR, *claims)))
    assert home["ana"] == home["mother"] != home["father"]


def test_a_child_whom_one_more_file_has_elsewhere_lives_where_most_say():
    """Without rosters, two files against one; another month of one file is a move."""
    rows = [
        ("census", "ana", None, None, "2026-01", HOME, "DIAZ", "2015-01-01"),
        ("school", "ana", None, None, "2026-01", HOME, "DIAZ", "2015-01-01"),
        ("tax", "ana", None, None, "2026-01", AWAY, "DIAZ", "2015-01-01"),
        ("tax", "father", None, None, "2026-01", AWAY, "DIAZ", "1988-01-01"),
        ("census", "mother", None, None, "2026-01", HOME, "DIAZ", "1990-01-01"),
    ]
    families = find(table(*rows))
    assert homes(families)["ana"] == homes(families)["mother"] != homes(families)["father"]
    assert len(set(families.records.loc[families.records["person_id"] == "ana", "household_id"])) == 1


def test_two_cases_at_once_are_both_shown():
    """A child in two homes in one month: one is primary, the second stays visible."""
    second = (
        ("ivd", "father", "D9", "CP", "2026-01", AWAY, "DIAZ", "1988-01-01"),
        ("ivd", "ana", "D9", "CH", "2026-01", AWAY, "DIAZ", "2015-01-01"),
    )
    rows = find(table(*FOUR, *SUPPORT[:3], *second)).households.set_index("person_id")
    assert len(rows.loc["ana"]) == 2
    primary = rows.loc["ana"].set_index("primary")["household_id"]
    assert primary[True] == rows.loc["mother", "household_id"]
    assert primary[False] == rows.loc["father", "household_id"]


def test_a_household_keeps_its_id_while_its_core_stays():
    """More months, a new member and a move leave the id as it was; the move is in the history."""
    first = find(table(*FOUR))
    later = tuple((*row[:4], "2026-02", AWAY, *row[6:]) for row in FOUR)
    born = ("iva", "baby", "A1", "CHILD", "2026-02", AWAY, "DIAZ", "2026-02-01")
    second = find(table(*FOUR, *later, born))
    assert set(homes(first)) == set(homes(second))
    events = second.history
    assert events["event"].tolist() == ["born", "moved"]
    assert events["month"].tolist() == ["2026-01", "2026-02"]


def test_people_without_rosters_live_together_at_one_address():
    """An address is enough where few live, a misspelled one too; the same name elsewhere is not."""
    rows = (
        ("census", "ann", None, None, "2026-01", "12 OAKWOOD ST", "REED"),
        ("census", "bob", None, None, "2026-01", "12 OAKWOD ST", "REED"),
        ("wages", "cal", None, None, "2026-01", "12 OAKWOOD ST", "LOPEZ"),
        ("census", "dee", None, None, "2026-01", "70 PINE RD", "REED"),
    )
    home = homes(find(table(*rows)))
    assert home["ann"] == home["bob"] == home["cal"]
    assert home["dee"] != home["ann"]


def test_rosters_on_one_side_only_take_in_the_other_side():
    """A person whom another file has at the family's address under the family's name is of the household."""
    home = homes(find(table(*FOUR, ("wages", "uncle", None, None, "2026-01", HOME, "DIAZ"))))
    assert home["uncle"] == home["mother"]


def test_a_box_is_no_home():
    """Strangers who share a P.O. box do not live together."""
    rows = [("wages", name, None, None, "2026-01", "PO BOX 7", name) for name in ("ann", "bob")]
    assert homes(find(table(*rows))).nunique() == 2


def test_a_record_that_says_nothing_has_its_person_s_household():
    """A record without case and address belongs where the person lives."""
    families = find(table(*FOUR, ("ssa", "ana", None, None, "2026-01", None, "DIAZ")))
    rows = families.records.set_index(["source", "person_id"])["household_id"]
    assert rows["ssa", "ana"] == rows["iva", "ana"]
    assert families.records["household_id"].notna().all()


# Bad input: nobody is merged, and it is reported.


def test_a_person_in_two_roles_of_one_case():
    """Custodian and absent parent in one case is reported."""
    families = find(table(*SUPPORT, ("ivd", "mother", "D7", "NP", "2026-01", HOME, "DIAZ", "1990-01-01")), odd=True)
    assert families.notices == {"people in two roles of one case": 1}


def test_a_case_with_five_thousand_members_makes_no_household():
    """A case that is a list joins nobody."""
    rows = [("iva", f"p{i}", "A1", "CHILD", "2026-01", f"{i} OAK ST", f"N{i}") for i in range(5000)]
    families = find(table(*rows), odd=True)
    assert homes(families).nunique() == 5000
    assert families.notices == {f"cases with more than {MOST_PEOPLE} people at one time": 1}


def test_a_case_id_used_again_for_another_family():
    """Two families under one case number, one after the other, stay two households."""
    other = tuple(("iva", f"other {row[1]}", "A1", row[3], "2026-05", AWAY, "WOODS", row[7]) for row in FOUR)
    families = find(table(*FOUR, *other), odd=True)
    home = homes(families)
    assert home["mother"] != home["other mother"]
    assert home.nunique() == 2
    assert families.notices == {"case ids given to another family": 1}


def test_months_that_run_backwards_and_overlap():
    """Memberships that end before they begin put nobody into a case; overlapping ones count once. Both are reported."""
    frame = table(*FOUR)
    stretches = frame[["source", "record_id", "case_id", "role"]].assign(first_month="2026-01", last_month="2026-03")
    stretches.loc[3, ["first_month", "last_month"]] = ["2026-03", "2026-01"]
    again = stretches.iloc[:1].assign(first_month="2026-02", last_month="2026-05")
    elsewhere = frame.assign(street=[HOME, HOME, HOME, AWAY])
    families = find(elsewhere, pd.concat([stretches, again]), odd=True)
    assert families.notices == {
        "memberships whose months run backwards": 1,
        "memberships that overlap with another of the same record and case": 1,
    }
    rows = families.households
    assert rows[rows["person_id"] == "mother"]["month"].tolist() == [f"2026-0{month}" for month in range(1, 6)]
    assert homes(families)["cleo"] != homes(families)["mother"]


def test_a_roster_that_names_a_record_that_does_not_exist():
    """It is left out and reported."""
    frame = table(*FOUR)
    memberships = frame[["source", "record_id", "case_id", "role", "month"]]
    families = find(frame, pd.concat([memberships, memberships.iloc[:1].assign(record_id="nobody")]), odd=True)
    assert families.notices == {"memberships that name a record that is not there": 1}
    assert len(set(homes(families))) == 1


def test_a_child_older_than_the_parent():
    """The household stands as the case says; the ages are reported."""
    rows = (FOUR[0], ("iva", "ana", "A1", "CHILD", "2026-01", HOME, "DIAZ", "1950-01-01"))
    assert find(table(*rows), odd=True).notices == {"children older than who is in charge": 1}


def test_everybody_at_one_shelter_address():
    """A shelter's address joins nobody: families there are those of their cases."""
    rows = [
        ("iva", f"{role}{i}", f"A{i}", role, "2026-01", HOME, f"NAME{i}")
        for i in range(MOST_FAMILIES)
        for role in ("HEAD", "CHILD")
    ]
    rows += [("wages", f"guest{i}", None, None, "2026-01", HOME, f"GUEST{i}") for i in range(5)]
    families = find(table(*rows), odd=True)
    assert homes(families).nunique() == MOST_FAMILIES + 5
    assert list(families.notices) == [f"addresses with {MOST_FAMILIES} or more families at one time"]


# Laws.

STREETS = st.sampled_from([None, "1 OAK ST", "2 OAK ST", "7 ELM AVE", "PO BOX 3"])
ROWS = st.tuples(
    st.sampled_from(["iva", "ivd", "wages"]),
    st.sampled_from([f"p{i}" for i in range(7)]),
    st.sampled_from([None, "C1", "C2", "C3"]),
    st.sampled_from(["HEAD", "CP", "CHILD", "CH", "NP", "dependent", None]),
    st.sampled_from(["2026-01", "2026-02", "2026-03", None]),
    STREETS,
    st.sampled_from([None, "DIAZ", "ROY"]),
    st.sampled_from([None, "1990-01-01", "2015-00-00"]),
)


def quietly(frame):
    """The families, without asking what was odd."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return find(frame)


@settings(deadline=None, max_examples=25)
@given(rows=st.lists(ROWS, min_size=1, max_size=15), seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(rows, seed):
    """Households, cases, history and golden records are the same tables, whatever the order of the records."""
    frame = table(*rows)
    shuffled = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    one, other = quietly(frame), quietly(shuffled)
    for name in ("households", "cases", "history", "records"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    pd.testing.assert_frame_equal(one.golden_records(), other.golden_records())


@settings(deadline=None, max_examples=25)
@given(rows=st.lists(ROWS, min_size=1, max_size=15))
def test_nobody_lives_twice_and_nobody_is_lost(rows):
    """One primary household a person and month, every record has one, second ones only where a case says so."""
    frame = table(*rows)
    families = quietly(frame)
    primary = families.households[families.households["primary"]]
    assert not primary.duplicated(["person_id", "month"]).any()
    assert families.records["household_id"].notna().all()
    assert set(families.households["person_id"]) == set(frame["person_id"])
    seconds = families.households[~families.households["primary"]]
    assert seconds["person_id"].isin(frame.loc[frame["case_id"].notna(), "person_id"]).all()


@settings(deadline=None, max_examples=25)
@given(rows=st.lists(ROWS, min_size=1, max_size=15))
def test_who_is_only_an_absent_parent_lives_with_nobody_of_the_case(rows):
    """Rosters that name somebody as living elsewhere never put the two into one household in that month."""
    frame = table(*rows)
    families = quietly(frame)
    found = families.found
    left, right = found.rosters.apart
    assert (found.label[left] != found.label[right]).all()


# Golden records and explanations.


def golden(frame, **how):
    """The golden records as person -> field -> value."""
    families = find(frame)
    protection = families.protect(programs=dict.fromkeys(frame["source"], "iv-a"))
    rows = families.golden_records("iv-a eligibility", protection=protection, **how)
    rows = rows[rows["value"] != "withheld"]
    return {person: dict(zip(part["field"], part["value"], strict=True)) for person, part in rows.groupby("person_id")}


def test_the_value_most_agreed_on_wins_and_the_others_are_counted():
    """Two sources against one; what lost stays visible as a count."""
    rows = [
        (source, "ann", None, None, "2026-01", None, name)
        for source, name in (("a", "REED"), ("b", "REED"), ("c", "READ"))
    ]
    families = find(table(*rows))
    protection = families.protect(programs=dict.fromkeys("abc", "iv-a"))
    last = families.golden_records("iv-a eligibility", protection=protection).set_index("field").loc["last_name"]
    assert (last["value"], last["records"], last["others"]) == ("REED", 2, 1)


def test_a_newer_address_wins_whole():
    """An address is taken from one record: the newer one, not a street from here and a ZIP from there."""
    rows = [("a", "ann", None, None, month, street, "REED") for month, street in (("2024-01", HOME), ("2026-01", AWAY))]
    frame = table(*rows, zip=["11111", None], protected=["N", "N"])
    assert golden(frame, masked=False)["ann"]["street"] == AWAY
    assert "zip" not in golden(frame, masked=False)["ann"]


@pytest.mark.parametrize("flags", [["Y", "N"], ["?", "N"], [None, None]], ids=["flagged", "unclear", "not known"])
def test_where_a_protected_person_lives_is_withheld(flags):
    """A flag on one hides the address of all in the household; a flag that is missing does not free an address."""
    frame = table(*FOUR[:2], protected=flags)
    values = golden(frame, masked=False)
    assert all("street" not in fields for fields in values.values())
    assert values["ana"]["last_name"] == "DIAZ"


def test_without_a_flag_no_address_is_shown():
    """Where no column says who is protected, everybody may be."""
    assert "street" not in golden(table(*FOUR), masked=False)["mother"]


def test_masked_values_find_nobody():
    """By default neither number, address nor birthday is whole."""
    frame = table(*FOUR[:1], protected=["N"], ssn=["123456789"], zip=["55555"], phone=["5551234567"])
    assert golden(frame)["mother"] == {
        "birth_date": "1990",
        "last_name": "DIAZ",
        "phone": "********67",
        "ssn": "*****6789",
        "zip": "555**",
    }


def test_an_explanation_shows_no_value():
    """Why one household, and why two: sources, months and counts, no value of a person."""
    families = find(table(*FOUR, *SUPPORT))
    home = homes(families)
    for text in (
        str(families.explain_household(home["mother"])),
        str(families.explain_household(home["mother"], home["father"])),
    ):
        assert "bits" in text or "nothing connects them" in text
        assert not [value for value in ("DIAZ", HOME, AWAY, "1990", "A1", "D7", "mother") if value in text]
    assert families.explain_household(home["mother"], home["father"]).kept_apart == 1


@pytest.mark.parametrize(("one", "other"), [("nothing", None), (0, 0)], ids=["unknown", "the same twice"])
def test_asking_for_what_is_not_there(one, other):
    """An id that is no household's, and one household given twice, are errors that say what to do."""
    families = find(table(*FOUR))
    ids = [homes(families)["mother"] if what == 0 else what for what in (one, other)]
    with pytest.raises(InputError):
        families.explain_household(*ids)


def test_no_records_no_households():
    """Empty tables give empty tables."""
    families = find(table())
    assert [len(getattr(families, name)) for name in ("households", "cases", "history", "records")] == [0, 0, 0, 0]
    assert np.size(families.found.label) == 0


@pytest.mark.filterwarnings("ignore::caselink.errors.CaselinkWarning")
def test_a_result_has_its_households():
    """Linking gives households, cases and golden records of the same persons; rosters may come beside the records."""
    records = table(*FOUR, *SUPPORT).drop(columns="person_id").assign(first_name=list("MABCMABF"))
    result = cl.Linker(threads=1).fit_resolve(records)
    assert set(result.households["person_id"]) == set(result.persons["person_id"])
    assert set(result.cases["case_id"]) == {"A1", "D7"}
    assert set(result.golden_records["person_id"]) == set(result.persons["person_id"])
    away = records[["source", "record_id", "case_id", "role"]].assign(month="2026-03")
    told = result.with_memberships(away)
    assert set(told.households["month"]) == {"2026-03"}
    home = told.households["household_id"].iloc[0]
    assert told.explain_household(home).one_household
