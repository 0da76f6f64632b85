"""The county's extracts, its files, and the records for the race."""

import hashlib
import tomllib

import numpy as np
import pandas as pd
import pytest

from caselink.errors import SpecError
from caselink.schema import STANDARD_COLUMNS
from caselink.storage import OutputError
from caselink.synthetic import draw_county, draw_records, write_county

FILES = ["employment.csv", "iva.csv", "ivd.csv", "sources.toml", "truth.csv"]


@pytest.fixture(scope="module")
def county():
    """One county of a few thousand people."""
    return draw_county(6_000, seed=1)


def fingerprints(folder):
    """SHA-256 of every file of a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_same_seed_same_bytes(tmp_path):
    """Two draws with one seed write the same bytes, another seed writes others."""
    first, again, other = (
        fingerprints(write_county(draw_county(400, seed=seed), tmp_path / name))
        for seed, name in ((5, "first"), (5, "again"), (6, "other"))
    )
    assert sorted(first) == FILES
    assert first == again
    assert {name for name in FILES if first[name] == other[name]} == {"sources.toml"}


def test_truth_covers_every_record_once(county):
    """Truth has one row for each record of each extract, with its person and household, and no other row."""
    truth = county.truth
    ids = {"iva": "client_id", "ivd": "participant_id", "employment": "report_id"}
    assert not truth.duplicated(["source", "record_id"]).any()
    assert truth.notna().all(axis=None)
    for name, extract in county.extracts.items():
        assert truth.loc[truth["source"] == name, "record_id"].tolist() == extract[ids[name]].tolist()
    assert len(truth[["entity_id", "household_id"]].drop_duplicates()) == truth["entity_id"].nunique()


@pytest.mark.parametrize("n_people", [1, 2, 5, 20])
def test_the_smallest_counties_can_be_drawn_and_written(tmp_path, n_people):
    """A county of hardly anybody has all its files, with headers and perhaps no rows."""
    folder = write_county(draw_county(n_people), tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert len(pd.read_csv(folder / "truth.csv", dtype="string").columns) == 4


def test_programs_know_people_in_common_and_twice(county):
    """Many people are in two programs, and some stand in one program more than once."""
    programs = county.truth.groupby("entity_id")["source"].nunique()
    assert (programs > 1).mean() > 0.2
    iva = county.truth[county.truth["source"] == "iva"]
    assert 0.005 < iva["entity_id"].duplicated().mean() < 0.03


def test_assistance_units_have_children_and_one_head(county):
    """Nearly every unit has a child, at most one head or caretaker, and its people mostly share a home."""
    iva = county.extracts["iva"].merge(county.truth, left_on="client_id", right_on="record_id")
    iva = iva[iva["source"] == "iva"]
    assert set(iva["role"]) == {"HEAD", "ADULT", "CARETAKER", "CHILD"}
    roles = pd.crosstab(iva["case_no"], iva["role"])
    assert (roles[["HEAD", "CARETAKER"]].sum(axis=1) <= 1).all()
    assert (roles["CHILD"] > 0).mean() > 0.9
    assert len(iva[["case_no", "household_id"]].drop_duplicates()) == iva["case_no"].nunique()


def test_support_cases_tie_two_homes(county):
    """A case has one custodian, one absent parent who lives elsewhere, and children who live with the custodian."""
    ivd = county.extracts["ivd"].merge(county.truth, left_on="participant_id", right_on="record_id")
    ivd = ivd[ivd["source"] == "ivd"]
    by_role = pd.crosstab(ivd["case_number"], ivd["role_cd"])
    current = by_role[by_role["CP"] + by_role["NP"] + by_role["PF"] > 1].index
    by_role = by_role.loc[current]
    assert (by_role["CP"] <= 1).all()
    assert (by_role["NP"] + by_role["PF"] <= 1).all()
    home = ivd[ivd["case_number"].isin(current)].set_index("case_number")
    custodian = home.loc[home["role_cd"] == "CP", "household_id"]
    absent = home.loc[home["role_cd"].isin(["NP", "PF"]), "household_id"]
    child = home.loc[home["role_cd"] == "CH", "household_id"]
    assert (custodian.reindex(child.index).dropna() == child[child.index.isin(custodian.index)]).all()
    assert (absent.reindex(custodian.index).dropna() != custodian[custodian.index.isin(absent.index)]).all()


def test_some_custodians_have_cases_against_several_fathers(county):
    """One custodian may stand in several support cases, one for each absent parent."""
    ivd = county.extracts["ivd"].merge(county.truth, left_on="participant_id", right_on="record_id")
    custodians = ivd[(ivd["source"] == "ivd") & (ivd["role_cd"] == "CP")]
    assert custodians["entity_id"].duplicated().sum() > 0.05 * custodians["entity_id"].nunique()


def test_sources_file_maps_columns_that_exist(tmp_path, county):
    """Each source names a file, an id and columns that are there, under standard names; ids are unique."""
    folder = write_county(county, tmp_path)
    sources = tomllib.loads((folder / "sources.toml").read_text())["source"]
    assert [source["name"] for source in sources] == ["iva", "ivd", "employment"]
    for source in sources:
        table = pd.read_csv(folder / source["path"], dtype=str)
        named = pd.Series(list(source["columns"].values())).explode()
        assert set(source["columns"]) <= set(STANDARD_COLUMNS)
        assert {source["record_id"], *named} <= set(table.columns)
        assert table[source["record_id"]].is_unique
        pd.testing.assert_frame_equal(table.fillna(""), county.extracts[source["name"]].fillna(""), check_dtype=False)


def test_a_failure_leaves_no_file(tmp_path, county, monkeypatch):
    """When the last file cannot be written, none of the new ones appears and the old ones stay as they were."""
    folder = write_county(draw_county(50), tmp_path / "county")
    before = fingerprints(folder)

    def full_disk(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OutputError, match="the disk is full"):
        write_county(county, folder)
    with pytest.raises(OutputError, match="the disk is full"):
        write_county(county, tmp_path / "empty")
    assert fingerprints(folder) == before
    assert list((tmp_path / "empty").iterdir()) == []


def test_race_records_are_normalized_and_as_many_as_asked():
    """There are 1.5 records a person, in normalized forms, mostly one a source, and the truth is beside them."""
    records, truth = draw_records(9_000, seed=2)
    assert len(records) == len(truth) == 9_000
    assert truth["entity_id"].nunique() == 6_000
    pd.testing.assert_frame_equal(records[["source", "record_id"]], truth[["source", "record_id"]])
    assert not records.duplicated(["source", "record_id"]).any()
    patterns = {
        "ssn": r"\d{9}",
        "birth_date": r"\d{4}-\d\d-\d\d",
        "sex": "[MF]",
        "zip": r"\d{5}",
        "last_name": r"[A-Z]+( [A-Z]+)*",
        "first_name": r"[A-Z]+( [A-Z]+)*",
    }
    for column, pattern in patterns.items():
        assert records[column].dropna().str.fullmatch(pattern).mean() > 0.995, column
        assert records[column].isna().mean() < 0.15
    assert not records["ssn"].isin(["000000000", "999999999", "123456789"]).any()
    assert 0 < truth.duplicated(["entity_id", "source"]).mean() < 0.15


def test_race_records_repeat_with_the_seed():
    """The same number and seed give the same records, another seed others."""
    first, again, other = (draw_records(500, seed=seed)[0] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not np.array_equal(first["ssn"].fillna(""), other["ssn"].fillna(""))


def test_no_records_are_refused():
    """Fewer than one record is an error that says so."""
    with pytest.raises(SpecError, match="n_records"):
        draw_records(0)
