"""Rosters that cannot be right: none of them makes one person of strangers or one home of two, and each is reported."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pandas as pd
import pytest

import caselink as cl
from caselink.identity.rosters import MOST_FAMILIES, MOST_PEOPLE
from caselink.linking import link_files
from caselink.settings import read_settings, read_sources
from caselink.synthetic import draw_county, write_county

KEYS = ["source", "record_id"]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Records of a county, a linker that has learned from them, and what is odd in them already."""
    folder = write_county(draw_county(2_000, seed=17), tmp_path_factory.mktemp("county"))
    records = cl.normalize(*read_sources(read_settings(folder / "sources.toml")))
    linker = cl.Linker(threads=1).fit(records)
    with pytest.warns(cl.CaselinkWarning, match="rosters were odd"):
        odd = linker.resolve(records).families.notices
    return records, linker, odd


def strangers(county: pd.DataFrame, n: int, seed: int, *, lives=None) -> pd.DataFrame:
    """People of names that are usual in the county, each with a record of IV-A and one of IV-D that has no number.

    Who has an even number is grown, the others are children. Nobody of the county has the birth date of one of them.
    """
    random = np.random.default_rng(seed)
    usual = {name: county[name].dropna().to_numpy() for name in ("first_name", "last_name")}
    people = pd.DataFrame({name: random.choice(values, n) for name, values in usual.items()})
    taken = set(county["birth_date"].dropna())
    grown, young = (
        [day for day in pd.date_range(*span).strftime("%Y-%m-%d") if day not in taken and day[-2:] != "01"]
        for span in (("1965-01-02", "1984-12-28"), ("2005-01-02", "2019-12-28"))
    )
    dates = [random.choice(days, n) for days in (grown, young)]
    people["birth_date"] = np.where(np.arange(n) % 2 == 0, *dates)
    people["ssn"] = random.choice(np.arange(234_000_000, 665_000_000, 1009), n, replace=False).astype(str)
    people["street"] = [f"{number} HOLLYHOCK BND" for number in range(1000, 1000 + n)] if lives is None else lives
    people["zip"] = "40999"
    iva = people.assign(source="iva", record_id=[f"stranger {number}" for number in range(n)])
    return pd.concat([iva, iva.assign(source="ivd", ssn=None)], ignore_index=True).convert_dtypes()


def told(rows, first="2026-01", last="2026-06") -> pd.DataFrame:
    """Memberships from rows of source, number of the stranger, case, role, and months where they are others."""
    filled = [(*row, first, last)[:6] if len(row) == 4 else row for row in rows]
    table = pd.DataFrame(filled, columns=["source", "record_id", "case_id", "role", "first_month", "last_month"])
    return table.assign(record_id="stranger " + table["record_id"].astype(str))


def resolved(county, people: pd.DataFrame, memberships: pd.DataFrame):
    """The person and home of each stranger by number, what was reported, and what was warned of."""
    records, linker, odd = county
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = linker.resolve(pd.concat([records, people], ignore_index=True), memberships=memberships)
        families = result.families
    said = " ".join(str(one.message) for one in caught if issubclass(one.category, cl.CaselinkWarning))
    rows = result.persons[result.persons["record_id"].str.startswith("stranger")]
    homes = families.households[families.households["primary"]].sort_values("month", kind="stable")
    homes = homes.drop_duplicates("person_id", keep="last").set_index("person_id")["household_id"]
    rows = rows.assign(number=rows["record_id"].str[9:].astype(int), home=rows["person_id"].map(homes).to_numpy())
    for notice in families.notices:
        assert notice in said
    assert_nobody_is_merged(rows, result.persons)
    notices = {what: n - odd.get(what, 0) for what, n in families.notices.items() if n != odd.get(what, 0)}
    return rows.drop_duplicates("number").set_index("number")["home"], notices


def assert_nobody_is_merged(rows: pd.DataFrame, persons: pd.DataFrame) -> None:
    """Each stranger is one person over both programs, and nobody else is that person."""
    assert rows.groupby("number")["person_id"].nunique().eq(1).all()
    assert rows["person_id"].nunique() == rows["number"].nunique()
    assert persons["person_id"].isin(rows["person_id"]).sum() == len(rows)


def test_a_person_in_two_roles_of_one_case(county):
    """Custodian and absent parent of one case: she stays with her child, and the father is not moved in."""
    people = strangers(county[0], 3, seed=1, lives=["1 HOLLYHOCK BND", "1 HOLLYHOCK BND", "2 FAR END"])
    rows = [("ivd", 0, "D1", "CP"), ("ivd", 0, "D1", "NP"), ("ivd", 1, "D1", "CH"), ("ivd", 2, "D1", "NP")]
    homes, notices = resolved(county, people, told(rows))
    assert notices["people in two roles of one case"] == 1
    assert homes[0] == homes[1] != homes[2]


def test_a_case_with_five_thousand_members(county):
    """A case that is a list ties nobody to anybody."""
    people = strangers(county[0], 2500, seed=2)
    rows = [(source, number, "D1", "CH") for source in ("iva", "ivd") for number in range(2500)]
    homes, notices = resolved(county, people, told(rows).assign(case_id="D1"))
    assert notices[f"cases with more than {MOST_PEOPLE} people at one time"] == 2
    assert homes.nunique() == 2500


def test_a_case_id_used_again_for_another_family(county):
    """One case number, first of one family and then of another: four people, two homes."""
    lives = ["1 HOLLYHOCK BND", "1 HOLLYHOCK BND", "2 FAR END", "2 FAR END"]
    people = strangers(county[0], 4, seed=3, lives=lives)
    rows = [
        (source, number, f"{source} 1", role, *months)
        for source, roles in (("iva", ("HEAD", "CHILD")), ("ivd", ("CP", "CH")))
        for start, months in ((0, ("2026-01", "2026-02")), (2, ("2026-05", "2026-06")))
        for number, role in zip((start, start + 1), roles, strict=True)
    ]
    homes, notices = resolved(county, people, told(rows))
    assert notices == {"case ids given to another family": 2}
    assert homes[0] == homes[1] != homes[2]
    assert homes[2] == homes[3]


def test_months_that_overlap_or_run_backwards(county):
    """A stretch that ends before it begins puts nobody into the case; one told twice counts once."""
    people = strangers(county[0], 3, seed=4, lives=["1 HOLLYHOCK BND", "1 HOLLYHOCK BND", "2 FAR END"])
    rows = [
        ("iva", 0, "A1", "HEAD", "2026-01", "2026-04"),
        ("iva", 0, "A1", "HEAD", "2026-03", "2026-06"),
        ("iva", 1, "A1", "CHILD", "2026-01", "2026-06"),
        ("iva", 2, "A1", "CHILD", "2026-05", "2026-02"),
    ]
    homes, notices = resolved(county, people, told(rows))
    assert notices == {
        "memberships whose months run backwards": 1,
        "memberships that overlap with another of the same record and case": 1,
    }
    assert homes[0] == homes[1] != homes[2]


def test_a_roster_that_names_a_record_that_does_not_exist(county):
    """The row is left out; the others are a family all the same."""
    people = strangers(county[0], 2, seed=5, lives=["1 HOLLYHOCK BND"] * 2)
    homes, notices = resolved(county, people, told([("iva", 0, "A1", "HEAD"), ("iva", 77, "A1", "CHILD")]))
    assert notices == {"memberships that name a record that is not there": 1}
    assert homes[0] == homes[1]


def test_a_child_older_than_the_parent(county):
    """What the case says stands, two people in one home, and somebody is told to look."""
    people = strangers(county[0], 2, seed=6, lives=["1 HOLLYHOCK BND"] * 2)
    people["birth_date"] = ["1990-05-06", "1961-02-03"] * 2
    homes, notices = resolved(county, people, told([("iva", 0, "A1", "HEAD"), ("iva", 1, "A1", "CHILD")]))
    assert notices == {"children older than who is in charge": 1}
    assert homes[0] == homes[1]


def test_everybody_at_one_shelter_address(county):
    """Families at a shelter are those of their cases, and the guests without a case are each their own."""
    n = 2 * (MOST_FAMILIES + 4)
    people = strangers(county[0], n, seed=7, lives="1 HOLLYHOCK BND")
    people["last_name"] = county[0]["last_name"].dropna().unique()[people.index % n // 2]
    rows = [("iva", number, f"A{number // 2}", ("HEAD", "CHILD")[number % 2]) for number in range(n - 8)]
    homes, notices = resolved(county, people, told(rows))
    assert notices == {f"addresses with {MOST_FAMILIES} or more families at one time": 1}
    assert all(homes[number] == homes[number + 1] for number in range(0, n - 8, 2))
    assert homes.iloc[: n - 8].nunique() == (n - 8) // 2
    assert homes.loc[n - 8 :].nunique() == 8


def test_the_summary_of_a_run_counts_what_was_odd(tmp_path):
    """What is found in files stands in summary.json, as a count and in the warnings, without a value of a person."""
    folder = write_county(draw_county(600, seed=5), tmp_path / "county")
    extract = pd.read_csv(folder / "iva.csv", dtype=str)
    children = extract[extract["case_no"].isin(extract.loc[extract["role"] == "HEAD", "case_no"])]
    child = children.index[children["role"] == "CHILD"][0]
    extract.loc[child, "dob"] = "02/03/1931"
    extract.to_csv(folder / "iva.csv", index=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        link_files(read_settings(folder / "sources.toml"), tmp_path / "out")
    written = (tmp_path / "out" / "summary.json").read_text(encoding="utf-8")
    summary = json.loads(written)
    assert summary["odd_rosters"]["children older than who is in charge"] >= 1
    assert any("children older than who is in charge" in warning for warning in summary["warnings"])
    assert not [value for value in extract.loc[child, ["lname", "case_no", "client_id"]] if value in written]
