"""What files of every layout tell beside their records reaches the tables of findings, as it stands in the files."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

import caselink as cl
from caselink.county_files import LAYOUTS, write_county_layouts
from caselink.findings.facts import Program, Role
from caselink.layouts import read_extract
from caselink.leads import ProgramTables, find
from caselink.leads.fact_base import gather_facts
from caselink.synthetic import PlantRates, draw_county

RATES = PlantRates(of=dict.fromkeys(("C02", "C08", "C10", "D03", "R05"), 0.01))
LAST = "2026-09"


@pytest.fixture(scope="module")
def county():
    """A small county."""
    return draw_county(2_500, seed=6, plant_rates=RATES)


@pytest.fixture(scope="module")
def extracts(county, tmp_path_factory):
    """A file of each layout, read with the layout and nothing beside it."""
    folder = write_county_layouts(county, tmp_path_factory.mktemp("layouts"), last_quarters=2)
    files = {"iva": "state_iva", "ivd": "state_ivd", "referrals": "referrals", "fcr": "fcr", "jobs": "wioa"}
    files |= {"hires": "new_hire", "wages": "quarterly_wage"}
    files |= {f"tanf-2026Q3{part}": "tanf" for part in ("", "-closed")}
    path = {name: next(folder.glob(f"{name}.*")) for name in files}
    return {name: read_extract(path[name], layout=layout, name=name) for name, layout in files.items()}


@pytest.fixture(scope="module")
def tables(extracts):
    """All that they tell beside their records."""
    return ProgramTables.of_extracts(extracts.values())


def facts_of(extracts, names):
    """The facts of some of the extracts."""
    some = [extracts[name] for name in names]
    told = ProgramTables.of_extracts(some)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        result = cl.Linker().fit_resolve(cl.normalize(*some, keep_raw=True), memberships=told.memberships)
        return result, told, gather_facts(result, told).facts


def test_every_layout_has_its_program(extracts, tables):
    """Each source is of the program whose layout it has; there is one for every layout that is written."""
    assert {one.layout for one in extracts.values()} == set(LAYOUTS)
    assert tables.programs["iva"] == tables.programs["tanf-2026Q3"] == "iv-a"
    assert (tables.programs["fcr"], tables.programs["jobs"], tables.programs["hires"]) == ("iv-d", "jobs", "earnings")


def test_support_cases_are_as_the_state_has_them(county, tables):
    """Opened, paternity, good cause, assistance, and since when the custodian is held not to cooperate."""
    known = county.cases["ivd"].set_index("case_id")
    told = tables.cases[(tables.cases["source"] == "ivd").to_numpy(bool)].set_index("case_id")
    now = known["closed"].isna() & known.index.isin(told.index)
    one, other = known[now], told.loc[known.index[now]]
    assert len(one) > 50
    for name in ("opened", "uncooperative"):
        assert one[name].fillna("").tolist() == other[name].str.slice(0, 7).fillna("").tolist(), name
    for name in ("paternity", "good_cause", "assistance"):
        settled = one[name].notna().to_numpy(bool)
        assert one.loc[settled, name].tolist() == other.loc[settled, name].tolist(), name


def test_reports_tell_of_families_closings_and_sanctions(county, extracts, tables):
    """The lines of families with their counts; why cases were closed and when; who is sanctioned since when."""
    lines = tables.families[(tables.families["source"] == "tanf-2026Q3").to_numpy(bool)]
    assert len(lines) == len(extracts["tanf-2026Q3"].families) > 100
    assert lines["members"].str.fullmatch(r"\d\d").all()
    cases = county.cases["iva"].set_index("case_id")
    closed = tables.cases[(tables.cases["source"] == "tanf-2026Q3-closed").to_numpy(bool)].set_index("case_id")
    words = closed["closure_reason"].replace("99", "other")
    assert words.tolist() == cases.loc[closed.index, "closure_reason"].tolist()
    assert closed["closed"].tolist() == cases.loc[closed.index, "closed"].tolist()
    active = tables.cases[(tables.cases["source"] == "tanf-2026Q3").to_numpy(bool)].set_index("case_id")
    held = cases.loc[active.index, "uncooperative"].where(cases.loc[active.index, "closed"].isna())
    since = held[held.notna().to_numpy(bool)].clip(lower="2026-07")
    assert len(since)
    assert active.loc[since.index, "uncooperative"].tolist() == since.tolist()


def test_kin_and_absence_reach_the_records(extracts):
    """They stand in rosters; findings ask records. Federal codes and states' words mean one thing."""
    for names, role, field in (
        (["iva", "ivd"], Role.CHILD, "relationship"),
        (["iva", "ivd"], Role.ABSENT, "absence"),
        (["tanf-2026Q3"], Role.CHILD, "relationship"),
    ):
        _, _, facts = facts_of(extracts, names)
        of_role = facts.records.iloc[facts.stays.loc[facts.stays["role"] == role, "record"].unique()]
        assert (of_role[field] >= 0).mean() > 0.6, (names, field)
        assert f"records.{field}" in facts.evidence


def test_all_findings_that_layouts_allow_are_looked_for(extracts):
    """Of state extracts and a report only what registers and others' answers tell is lacking."""
    names = ["iva", "ivd", "hires", "wages", "tanf-2026Q3", "tanf-2026Q3-closed"]
    result, told, facts = facts_of(extracts, names)
    assert set(facts.stays["program"]) == {Program.IVA, Program.IVD, Program.OTHER}  # the report says again
    skipped = set(find(result, tables=told).skipped["rule"])
    assert skipped <= {"Q06", "D11", "C11", "C12", "R01", "R02", "R03", "R10"}  # no referrals are among these


def test_what_a_report_says_again_is_no_second_case(extracts):
    """One case number and a person in common: nobody is in two cases, and jobs come from the report."""
    rules = ["D04", "D05", "D09", "C01"]
    found = {}
    for names in (["iva"], ["iva", "tanf-2026Q3", "tanf-2026Q3-closed"]):
        result, told, facts = facts_of(extracts, names)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", cl.CaselinkWarning)
            found[len(names)] = find(result, rules, tables=told).people
        assert ("memberships.employed iv-a" in facts.evidence) == (len(names) > 1)
    alone, both = (set(one["case_id"]) for one in (found[1], found[3]))
    assert len(both - alone) <= 2
    assert len(alone - both) <= 2


def test_a_file_of_cases_stands_before_the_rosters(extracts):
    """What a file beside an extract says of its cases is what findings ask."""
    from dataclasses import replace

    beside = pd.DataFrame({"source": ["ivd"], "case_id": ["1"], "opened": ["2020-01"]}, dtype="string")
    told = ProgramTables.of_extracts([replace(extracts["ivd"], cases=beside)])
    pd.testing.assert_frame_equal(told.cases, beside)


def test_the_federal_registry_answers(tmp_path):
    """Numbers not verified, deaths, and cases that it found elsewhere by itself; an answer to a query is none."""
    member = {"MEMBER_ID": "M1", "SSN": "212345678", "FIRST_NAME": "JOHN", "LAST_NAME": "BECK"}
    rows = [member | {"SSN_VALIDITY_CODE": "V"}, member | {"MEMBER_ID": "M2", "DATE_OF_DEATH": "20260401"}]
    pd.DataFrame(rows).to_csv(tmp_path / "ack.csv", index=False)
    match = {"STATE_MEMBER_ID": "M1", "SUBMITTED_CASE_ID": "D", "SUBMITTED_OR_MATCHED_SSN": "212345678"}
    match |= {"MATCHED_CASE_REGISTRATION_DATE": "20250310"}
    rows = [match | {"ACTION_TYPE_CODE": "P"}, match | {"STATE_MEMBER_ID": "M9", "ACTION_TYPE_CODE": "F"}]
    pd.DataFrame(rows).to_csv(tmp_path / "match.csv", index=False)
    answers = [
        read_extract(tmp_path / f"{name}.csv", layout=layout, name=name)
        for name, layout in (("ack", "fcr_acknowledgement"), ("match", "fcr_match"))
    ]
    told = ProgramTables.of_extracts(answers)
    assert answers[0].records["ssn_verified"].tolist() == ["V", "U"]
    assert told.deaths[["record_id", "month"]].to_numpy().tolist() == [["M2", "2026-04-01"]]
    assert told.elsewhere[["record_id", "program", "first_month"]].to_numpy().tolist() == [["M1", "iv-d", "2025-03-10"]]
    assert told.programs == {}


def test_who_cooperates_again_is_not_held():
    """The last month says; what was held before a month in which nothing was does not count."""
    from caselink.leads.extract_tables import _uncooperative

    rows = pd.DataFrame(
        [
            ("A", "2026-01", "1"),
            ("A", "2026-02", "2"),
            ("A", "2026-03", "1"),
            ("A", "2026-04", "1"),
            ("B", "2026-03", "1"),
            ("B", "2026-04", "2"),
        ],
        columns=["case_id", "month", "support_sanction"],
        dtype="string",
    )
    assert _uncooperative(rows).dropna().to_dict() == {"A": "2026-03"}
