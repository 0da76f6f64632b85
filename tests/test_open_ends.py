"""Memberships that go on: files leave their end blank, or write a month that is none."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink import CaselinkWarning, Linker
from caselink.calendar_months import with_ends
from caselink.layouts import MEMBERSHIPS, read_program_file, read_source, with_program_files
from caselink.leads import ProgramTables
from caselink.leads.fact_base import gather_facts
from caselink.months.memberships import memberships_of_persons

NO_ENDS = ["", "9999-12", "99991231", "12/31/9999", "2099-12-31", "99999999"]
COLUMNS = ["source", "record_id", "case_id", "first_month", "last_month"]


def rosters(*ends: str | None) -> pd.DataFrame:
    """One stay of the source for each of these ends, from 2026-02."""
    rows = [("iva", str(place), "A", "2026-02", end) for place, end in enumerate(ends)]
    return pd.DataFrame(rows, columns=COLUMNS, dtype="string")


@pytest.mark.parametrize("blank", [None, "", " ", "9999-12"])
def test_what_goes_on_is_one_thing_in_facts_and_in_the_table_of_memberships(blank):
    """Somebody without an end is in the case in the last month known, as if the file had written it."""
    records = pd.DataFrame({"source": "iva", "record_id": ["0", "1"], "first_name": ["ANA", "CAL"]}, dtype="string")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CaselinkWarning)
        result = Linker().fit_resolve(records)
    told = [rosters("2026-06", end) for end in (blank, "2026-06")]
    tables = [ProgramTables(programs={"iva": "iv-a"}, memberships=one) for one in told]
    open_stays, stays = (gather_facts(result, one).facts.stays for one in tables)
    pd.testing.assert_frame_equal(open_stays, stays)
    open_rows, rows = (memberships_of_persons(one, result.persons) for one in told)
    pd.testing.assert_frame_equal(open_rows, rows)


@pytest.mark.parametrize("end", NO_ENDS)
def test_a_file_may_say_in_several_ways_that_a_membership_goes_on(tmp_path, end):
    """It ends with the extract's date, and no line is lost."""
    path = tmp_path / "rosters.csv"
    path.write_text(f"record_id,case_id,first_month,last_month\n1,A,2026-02,{end}\n2,A,2026-02,2026-05\n")
    held = read_program_file(path, MEMBERSHIPS, source="iva")
    assert held.rejects.empty
    people = pd.DataFrame({"id": ["1", "2"], "last": ["Ruiz", "Lee"]})
    extract = read_source(people, name="iva", record_id="id", columns={"last_name": "last"}, as_of="2026-09-30")
    told = with_program_files(extract, held, None).memberships
    assert told["last_month"].tolist() == ["2026-09", "2026-05"]


@given(st.lists(st.sampled_from(["2026-01", "2026-05", "JUNK", None, "", "9999-12"]), max_size=8))
def test_ends_that_are_told_stay_and_none_is_before_its_beginning(ends):
    """Only what goes on gets an end, nothing that is not written as a month is taken for it, and twice is once."""
    told = rosters(*ends)
    found = with_ends(told, "2025-12")
    ongoing = told["last_month"].isna() | told["last_month"].isin(["", "9999-12"])
    assert found.loc[~ongoing, "last_month"].tolist() == told.loc[~ongoing, "last_month"].tolist()
    assert (found.loc[ongoing, "last_month"] == "2026-02").all()
    pd.testing.assert_frame_equal(with_ends(found), found)


def test_one_source_knows_nothing_of_the_months_of_another():
    """What goes on in a source goes on to the last month of that source."""
    told = pd.concat([rosters("2026-03", None), rosters("2026-09", None).assign(source="ivd")], ignore_index=True)
    assert with_ends(told)["last_month"].tolist() == ["2026-03", "2026-03", "2026-09", "2026-09"]
