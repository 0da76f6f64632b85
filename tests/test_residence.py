"""Who lives where, when sources contradict one another: addresses decide, and no household swallows another."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

import caselink as cl
from caselink.families import find_families

COLUMNS = ("source", "person_id", "case_id", "role", "street", "last_name", "birth_date")
HOME, AWAY, THIRD = "12 OAK ST", "99 ELM AVE", "7 PINE RD"


def homes(*rows, month="2026-01"):
    """The primary household of each person; a row of a person may stand there several times."""
    frame = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    frame.insert(1, "record_id", [f"r{place}" for place in range(len(frame))])
    frame["month"] = month
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        families = find_families(frame.drop(columns="person_id"), frame[["source", "record_id", "person_id"]])
    return families.households[families.households["primary"]].set_index("person_id")["household_id"]


MOTHER = ("iva", "mother", "A1", "HEAD", HOME, "DIAZ", "1990-01-01")
ANA = ("iva", "ana", "A1", "CHILD", HOME, "DIAZ", "2015-01-01")
SUPPORT = (
    ("ivd", "mother", "D7", "CP", HOME, "DIAZ", "1990-01-01"),
    ("ivd", "ana", "D7", "CH", HOME, "DIAZ", "2015-01-01"),
)


def father(source, case, role, street):
    """A record of the father."""
    return (source, "father", case, role, street, "ROY", "1988-01-01")


@pytest.mark.parametrize(
    ("unit", "support", "at_home"),
    [
        pytest.param(AWAY, AWAY, False, id="his addresses are elsewhere"),
        pytest.param(HOME, AWAY, True, id="the unit has him at the family's address"),
        pytest.param(AWAY, HOME, True, id="the support case has him at the family's address"),
        pytest.param(None, None, True, id="nobody knows an address"),
    ],
)
def test_a_unit_names_a_parent_whom_the_support_case_has_elsewhere(unit, support, at_home):
    """Two programs contradict one another; an address of his own decides, and without any the unit's word stands."""
    home = homes(MOTHER, ANA, *SUPPORT, father("iva", "A1", "ADULT", unit), father("ivd", "D7", "NP", support))
    assert home["mother"] == home["ana"]
    assert (home["father"] == home["mother"]) == at_home


@pytest.mark.parametrize(
    ("street", "at_home"),
    [
        pytest.param(AWAY, False, id="elsewhere"),
        pytest.param(None, False, id="no address"),
        pytest.param(HOME, True, id="the family's address"),
    ],
)
def test_custodian_and_absent_parent_of_one_case(street, at_home):
    """A case that denies itself moves nobody in, unless the address is the family's."""
    home = homes(*SUPPORT, father("ivd", "D7", "CP", street), father("ivd", "D7", "NP", street))
    assert (home["father"] == home["mother"]) == at_home


def test_an_old_address_of_an_absent_parent_moves_his_new_family_nowhere():
    """He is custodian of another child and still written down at the first family's address: two households."""
    other = ("ivd", "ben", "D9", "CH", AWAY, "ROY", "2020-01-01")
    home = homes(*SUPPORT, father("ivd", "D7", "NP", HOME), father("ivd", "D9", "CP", HOME), other)
    assert home["father"] == home["ben"] != home["mother"]


def test_parents_whom_one_unit_has_together_stay_together():
    """An absent parent who sits in a unit with the custodian at one address is not cut off from it."""
    rows = (MOTHER, ANA, father("iva", "A1", "SPOUSE", HOME), *SUPPORT, father("ivd", "D7", "NP", HOME))
    assert len(set(homes(*rows))) == 1


def test_an_absent_parent_of_cases_without_roles_is_not_moved_in():
    """Where a source often has one grown person of a case at another address, it keeps people who live elsewhere."""
    rows = [
        row
        for n in range(5)
        for row in (
            ("ivd", f"mother {n}", f"D{n}", None, f"{n} OAK ST", "DIAZ", "1990-01-01"),
            ("ivd", f"child {n}", f"D{n}", None, f"{n} OAK ST", "DIAZ", "2015-01-01"),
            ("ivd", f"father {n}", f"D{n}", None, f"{n} ELM AVE", "ROY", "1988-01-01"),
        )
    ]
    home = homes(*rows)
    assert all(home[f"mother {n}"] == home[f"child {n}"] != home[f"father {n}"] for n in range(5))


def test_a_wrong_address_in_a_source_without_roles_moves_nobody_out():
    """One of many forms has another address for one of its people: all of its people live together."""
    rows = [
        ("census", f"{who} {n}", f"F{n}", None, f"{n} OAK ST" if (who, n) != ("ben", 3) else AWAY, "DIAZ", "1990-01-01")
        for n in range(9)
        for who in ("ann", "ben", "cal")
    ]
    home = homes(*rows)
    assert all(home[f"ann {n}"] == home[f"ben {n}"] == home[f"cal {n}"] for n in range(9))


@pytest.mark.parametrize("role", ["ADULT", "ROOMMATE", "CHILD"])
def test_one_person_in_two_units_at_two_addresses_joins_no_families(role):
    """A second unit of the same program and month lists the mother: two households, and hers is her own."""
    second = (
        ("iva", "lind", "A2", "HEAD", AWAY, "LIND", "1985-01-01"),
        ("iva", "cleo", "A2", "CHILD", AWAY, "LIND", "2018-01-01"),
        ("iva", "mother", "A2", role, HOME, "DIAZ", "1990-01-01"),
    )
    home = homes(MOTHER, ANA, *SUPPORT, *second)
    assert home["mother"] == home["ana"] != home["lind"]
    assert home["lind"] == home["cleo"]


def test_two_units_at_one_address_are_one_household():
    """A mother with a unit of her own in the grandmother's home, who lists her too."""
    second = (
        ("iva", "grandmother", "A2", "HEAD", HOME, "DIAZ", "1960-01-01"),
        ("iva", "mother", "A2", "ADULT", HOME, "DIAZ", "1990-01-01"),
    )
    assert len(set(homes(MOTHER, ANA, *second))) == 1


@pytest.mark.parametrize("lives_at", [HOME, AWAY])
def test_a_child_under_two_custodians_lives_where_its_own_address_is(lives_at):
    """Two support cases of one month have the child with two custodians."""
    rows = [
        ("ivd", "mother", "D7", "CP", HOME, "DIAZ", "1990-01-01"),
        ("ivd", "ana", "D7", "CH", lives_at, "DIAZ", "2015-01-01"),
        ("ivd", "aunt", "D8", "CP", AWAY, "LIND", "1980-01-01"),
        ("ivd", "ana", "D8", "CH", lives_at, "DIAZ", "2015-01-01"),
        ("ivd", "ben", "D7", "CH", HOME, "DIAZ", "2017-01-01"),
    ]
    home = homes(*rows)
    assert home["mother"] == home["ben"] != home["aunt"]
    assert home["ana"] == home["mother" if lives_at == HOME else "aunt"]


def test_ages_are_known_where_no_record_has_a_month():
    """A child lives where most files have it, and its father does not go with it: he is known to be grown."""
    rows = [
        ("census", "ana", None, None, HOME, "DIAZ", "2015-01-01"),
        ("school", "ana", None, None, HOME, "DIAZ", "2015-01-01"),
        ("tax", "ana", None, None, AWAY, "DIAZ", "2015-01-01"),
        ("tax", "father", None, None, AWAY, "DIAZ", "1988-01-01"),
        ("census", "mother", None, None, HOME, "DIAZ", "1990-01-01"),
        ("wages", "father", None, None, THIRD, "DIAZ", "1988-01-01"),
    ]
    home = homes(*rows, month=None)
    assert home["ana"] == home["mother"] != home["father"]
