"""A county in the layouts that agencies exchange: every file goes round, its records are who the truth says."""

from __future__ import annotations

import hashlib
import json

import pandas as pd
import pytest

from caselink.county_files import LAYOUTS, write_county_layouts
from caselink.errors import SpecError
from caselink.layouts import read_extract, read_tables
from caselink.linking import RunOptions, link_files
from caselink.settings import read_settings
from caselink.settings.files import read_sources
from caselink.synthetic import PlantRates, draw_county, write_county
from caselink.synthetic.findings.finding_catalog import IN_REPORTS
from caselink.synthetic.layout_files.files_of_county import files_in_layouts
from caselink.synthetic.layout_files.held import held_by_month
from caselink.synthetic.registers import REGISTERS

RATES = PlantRates(of=dict.fromkeys(("C02", "C08", "D03"), 0.01))


@pytest.fixture(scope="module")
def county():
    """A small county with findings planted in its reports."""
    return draw_county(2_500, seed=4, plant_rates=RATES)


@pytest.fixture(scope="module")
def folder(county, tmp_path_factory):
    """Its files."""
    return write_county_layouts(county, tmp_path_factory.mktemp("layouts"))


@pytest.fixture(scope="module")
def extracts(folder):
    """The files as ``caselink link`` reads them."""
    return {one.name: one for one in read_sources(read_settings(folder / "sources.toml"))}


@pytest.fixture(scope="module")
def truth(folder):
    """Who each record is."""
    return pd.read_csv(folder / "truth.csv", dtype="string")


def test_every_field_comes_back(county, tmp_path):
    """What is written of a county is what is read: all fields of all files, also as SSP and as a tribe's report."""
    from caselink.layouts import write_extract

    seen = set()
    for layouts in (LAYOUTS, ("tanf", "ssp"), ("tribal",)):
        for one in files_in_layouts(county, layouts, last_quarters=1):
            held = read_tables(write_extract(one.layout, one.tables, tmp_path / one.file), layout=one.layout)
            seen.add(one.layout)
            for kind in set(one.tables) & set(held):
                for column in one.tables[kind]:
                    before, after = (table[kind][column].astype(object).fillna("") for table in (one.tables, held))
                    assert after.tolist() == before.tolist(), (one.name, kind, column)
    assert seen == {*LAYOUTS, "ssp", "tribal"}


def test_the_truth_is_of_the_records_that_are_read(extracts, truth):
    """Each record of a program that the reader makes stands in the truth once, and nobody else does."""
    programs = {name: one for name, one in extracts.items() if name not in REGISTERS}
    assert set(extracts) - set(programs) == set(REGISTERS)
    keys = [(name, record) for name, one in programs.items() for record in one.records["record_id"]]
    assert len(keys) == len(set(keys)) == len(truth)
    assert set(keys) == set(truth[["source", "record_id"]].itertuples(index=False, name=None))
    assert truth["entity_id"].notna().all()


def test_a_record_without_a_number_is_who_the_truth_says(county, extracts, truth):
    """In the reports: IV-A held just these values of that person in that case in a month of the quarter."""
    held = held_by_month(county, "iva", county.plan.calendar.text())
    entity = county.truth["entity_id"].take(held["truth_row"].to_numpy()).astype(object)
    known = set(
        zip(
            entity, held["case_id"], held["ssn"].fillna("999999999"), held["birth_date"].fillna("99999999"), strict=True
        )
    )
    people = truth.set_index(["source", "record_id"])["entity_id"]
    for name, one in extracts.items():
        if name.startswith("tanf"):
            for record in one.records[["record_id", "case_id", "ssn", "birth_date"]].itertuples(index=False):
                assert (people[name, record[0]], *record[1:]) in known


def test_employers_reports_are_of_their_own_people(county, extracts, truth):
    """The number of a new hire or wage is one that a report of that person has."""
    reports = county.extracts["employment"].merge(
        county.truth, left_on="report_id", right_on="record_id", suffixes=("", "_t")
    )
    known = set(zip(reports["entity_id"], reports["employee_ssn"].fillna(""), strict=True))
    for name in ("hires", "wages"):
        told = extracts[name].records.merge(truth[truth["source"] == name], on="record_id")
        assert len(told) > 50
        assert set(zip(told["entity_id"], told["ssn"].fillna(""), strict=True)) <= known


@pytest.mark.filterwarnings("ignore:some rosters were odd")  # findings are planted in them
def test_all_files_are_linked_at_once(folder, truth, tmp_path):
    """One sources.toml does it: nearly all pairs are found, and nearly all found are right."""
    linked = link_files(read_settings(folder / "sources.toml"), tmp_path / "linked", RunOptions())
    scores = linked.result.evaluate(truth)
    assert scores.pairwise.precision > 0.97
    assert scores.pairwise.recall > 0.95
    assert linked.summary["counts"]["fields_unusable"] == 0


def test_roles_and_units_come_back(county, extracts):
    """Who is eligible in a month by the report is who IV-A has as eligible then, duplicate lines apart."""
    for months in (["2026-07", "2026-08", "2026-09"],):
        members = extracts["tanf-2026Q3"].memberships
        counted = members[members["status"] == "eligible"].groupby(["month", "case_id"]).size()
        held = held_by_month(county, "iva", months)
        held["month"] = held["month"].str.slice(0, 4) + "-" + held["month"].str.slice(4)
        eligible = held[(held["status"] == "eligible").to_numpy(bool)].groupby(["month", "case_id"]).size()
        assert (counted.reindex(eligible.index).fillna(0) == eligible).mean() > 0.95
    assert set(extracts["tanf-2026Q3"].memberships["role"]) <= {"HEAD", "ADULT", "CARETAKER", "CHILD"}
    assert set(extracts["ivd"].memberships["role"]) <= {"CP", "NP", "PF", "CH"}
    assert set(extracts["fcr"].memberships["role"]) <= {"CP", "NP", "PF", "CH"}


def test_a_child_twice_on_a_line_is_in_the_truth(folder, extracts):
    """D03: both blocks of a line hold one child; the truth names each such case: planted, keyed twice, or twins."""
    findings = pd.read_csv(folder / "truth-findings.csv", dtype="string")
    told = findings[findings["finding"] == "D03"]
    of = {kind: set(told["case_id"][told["kind"] == kind]) for kind in ("planted", "arisen", "look-alike")}
    assert of["planted"]
    doubled = set()
    for name in extracts:
        if name.startswith("tanf") and not name.endswith("closed"):
            children = read_tables(folder / f"{name}.txt", layout="tanf")["T3"]
            again = children[children.groupby(level=0)["CASE_NUMBER"].transform("size") == 2]
            columns = ["SSN", "DATE_OF_BIRTH", "GENDER"]
            alike_lines = again.reset_index().duplicated(["line", *columns]).to_numpy()
            doubled |= set(again["CASE_NUMBER"][alike_lines])
    assert of["planted"] <= doubled == of["planted"] | of["arisen"] | of["look-alike"]


def test_counts_and_lost_families_are_in_the_truth(folder, extracts):
    """C08: one more is counted than are eligible; C02: there is no family's line for the people."""
    findings = pd.read_csv(folder / "truth-findings.csv", dtype="string")
    planted = findings[(findings["kind"] == "planted") & (findings["source"] == "tanf-2026Q3")]
    members = extracts["tanf-2026Q3"].memberships
    of_case = members.assign(member=(members["status"] == "eligible")).groupby(["case_id", "month"], dropna=False)
    counts = of_case.agg(members=("member", "sum"), told=("family_members", "first")).reset_index()
    wrong = counts[pd.to_numeric(counts["told"]) != counts["members"]]
    lost, odd = (set(planted["case_id"][planted["finding"] == finding]) for finding in ("C02", "C08"))
    assert lost
    assert odd
    assert lost == set(counts["case_id"][counts["told"].isna()])
    assert odd <= set(wrong["case_id"])


def test_the_truth_of_reports_is_by_the_definitions(folder):
    """Findings and look-alikes that only reports show are those of the catalogue."""
    findings = pd.read_csv(folder / "truth-findings.csv", dtype="string")
    shown = findings[findings["source"].str.startswith("tanf")]
    assert set(shown["finding"]) == set(IN_REPORTS)
    for finding, explanation in shown[["finding", "look_alike"]].dropna().drop_duplicates().to_numpy():
        assert explanation in IN_REPORTS[finding].look_alikes


def test_the_same_county_gives_the_same_bytes(county, folder, tmp_path):
    """Written again, every file is what it was."""
    again = write_county_layouts(county, tmp_path / "again")
    first, second = (
        {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in place.iterdir()}
        for place in (folder, again)
    )
    assert first == second


def test_another_county_in_the_folder_makes_room(county, tmp_path):
    """What county.json lists of another county goes, in whichever form it was written; other files stay."""
    (tmp_path / "notes.txt").write_text("ours")
    small = draw_county(60, months=2, seed=3)
    write_county(small, tmp_path)
    write_county_layouts(county, tmp_path, layouts=["tanf", "fcr"], last_quarters=1)
    told = json.loads((tmp_path / "county.json").read_text())
    assert told["seed"] == county.plan.seed
    assert (told["layouts"], told["last_quarters"], told["in_code"]) == (["fcr", "tanf"], 1, True)
    assert {"fcr.txt", "tanf-2026Q3.txt", "sources.toml", "truth.csv"} <= set(told["files"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*told["files"], "notes.txt"])
    write_county(small, tmp_path)
    left = json.loads((tmp_path / "county.json").read_text())["files"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*left, "notes.txt"])
    assert "iva.csv" in left
    assert "fcr.txt" not in left


def test_ssns_are_in_code_where_asked(county, folder, tmp_path):
    """In code no SSN stands in the report as it is; read, both are the same."""
    plain = write_county_layouts(county, tmp_path / "plain", layouts=["tanf"], last_quarters=1, in_code=False)
    one, other = (read_extract(place / "tanf-2026Q3.txt", layout="tanf") for place in (folder, plain))
    pd.testing.assert_frame_equal(one.records, other.records)
    number = one.records["ssn"][one.records["ssn"] != "999999999"].iloc[0]
    assert number not in (folder / "tanf-2026Q3.txt").read_text()
    assert number in (plain / "tanf-2026Q3.txt").read_text()


def test_a_sample_has_the_sampled_families_only():
    """With a share, the reports hold the sampled cases, each with a stratum."""
    county = draw_county(1_500, seed=2, sample_share=0.4)
    cases = county.cases["iva"]
    sampled = set(cases["case_id"][cases["sampled"] == "Y"])
    for one in files_in_layouts(county, ["tanf"]):
        families = one.tables["T1"] if "T1" in one.tables else one.tables["T4"]
        assert set(families["CASE_NUMBER"]) <= sampled
        if "T1" in one.tables:
            assert families["STRATUM"].eq("01").all()


def test_families_of_two_adults_are_in_the_state_program(county):
    """Asked for both, each case is in one of the two reports."""
    cases = {"tanf": set(), "ssp": set()}
    for one in files_in_layouts(county, ["tanf", "ssp"], last_quarters=1):
        for kind in ("T2", "T3", "M2", "M3"):
            if kind in one.tables:
                cases[one.layout] |= set(one.tables[kind]["CASE_NUMBER"])
    assert cases["tanf"]
    assert cases["ssp"]
    assert not cases["tanf"] & cases["ssp"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"layouts": ["tanff"]}, "no files of the layouts"),
        ({"layouts": ["tanf", "tribal"]}, "leave one out"),
        ({"last_quarters": 0}, "1 or more"),
    ],
)
def test_what_cannot_be_written_is_refused(county, tmp_path, asked, message):
    """The error says what there is instead, and nothing is written."""
    with pytest.raises(SpecError, match=message):
        write_county_layouts(county, tmp_path / "none", **asked)
    assert not (tmp_path / "none").exists()


def test_hardly_anybody_is_enough(tmp_path):
    """A county of a few people over a month has its files, empty or not, and they can be read."""
    folder = write_county_layouts(draw_county(40, months=1, seed=1), tmp_path)
    assert len(read_sources(read_settings(folder / "sources.toml"))) >= 7
