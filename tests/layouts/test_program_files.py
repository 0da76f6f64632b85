"""Files beside an extract: rosters, cases and referrals; every line is a row, or a reject that names it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import CaselinkError, ColumnMissingError, InputError
from caselink.layouts import (
    CASES,
    MEMBERSHIPS,
    REFERRALS,
    read_bad_numbers,
    read_program_file,
    read_source,
    with_claims,
    with_program_files,
)

GOOD = ["1,C1,HEAD,2026-07,2026-09,Y", "2,C1,CHILD,202607,202608,y"]


def roster(tmp_path, *lines, header="record_id,case_id,role,first_month,last_month,resides", name="members.csv"):
    """The path of a file with these lines."""
    path = tmp_path / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_roster_is_read_under_the_names_of_the_schema(tmp_path):
    """Months and codes have one form, further columns stay, and the source stands first."""
    path = roster(
        tmp_path,
        "1,C1,HEAD,2026-07,7/31/2026,y,w7",
        header="record_id,case_id,role,first_month,last_month,resides,worker",
    )
    held = read_program_file(path, MEMBERSHIPS, source="iva")
    assert list(held.table.columns) == [
        "source",
        *["record_id", "case_id", "role", "first_month", "last_month", "resides", "worker"],
    ]
    assert held.table.iloc[0].tolist() == ["iva", "1", "C1", "HEAD", "2026-07", "2026-07", "Y", "w7"]
    assert (held.kind, held.n_read, len(held.rejects), len(held.sha256)) == ("memberships", 1, 0, 64)
    held.table.to_parquet(tmp_path / "members.parquet")
    again = read_program_file(tmp_path / "members.parquet", MEMBERSHIPS, source="iva")
    pd.testing.assert_frame_equal(again.table, held.table)


@pytest.mark.parametrize(
    ("line", "field", "reason", "dropped"),
    [
        pytest.param(",C1,HEAD,2026-07,2026-09,Y", "record_id", "is blank", True, id="no record"),
        pytest.param("3, ,HEAD,2026-07,2026-09,Y", "case_id", "is blank", True, id="no case"),
        pytest.param("3,C1,HEAD,2026-13,2026-09,Y", "first_month", "is not a month", True, id="a thirteenth month"),
        pytest.param("3,C1,HEAD,2026-07,soon,Y", "last_month", "is not a month", True, id="a word for a month"),
        pytest.param("3,C1,HEAD,2026-09,2026-07,Y", "last_month", "before the first month", True, id="backwards"),
        pytest.param("3,C1,HEAD,2026-07,2026-09,MAYBE", "resides", "is none of Y, N", False, id="an unknown code"),
        pytest.param(GOOD[0], None, "exact duplicate line", True, id="the same again"),
        pytest.param("3,C1,HEAD", None, "has 3 columns where the header has 6", True, id="too few columns"),
        pytest.param('3,"C1,HEAD', None, "a quote that opens", True, id="stray quote"),
    ],
)
def test_a_bad_line_is_a_reject_and_the_others_are_read(tmp_path, line, field, reason, dropped):
    """The reject names line and field and shows no value; lines read are rows and lines dropped."""
    held = read_program_file(roster(tmp_path, GOOD[0], line, GOOD[1]), MEMBERSHIPS, source="iva")
    (reject,) = held.rejects.to_dict("records")
    assert (reject["line"], reject["dropped"]) == (3, dropped)
    assert reject["field"] == field or (field is None and pd.isna(reject["field"]))
    assert reason in reject["reason"]
    assert held.n_read == len(held.table) + dropped == 3
    assert "MAYBE" not in held.rejects["reason"].str.cat()


def test_one_file_may_serve_all_sources(tmp_path):
    """Rows of another source are passed over; a file without any row of the source is the wrong file."""
    path = roster(tmp_path, "iva,1,C1", "ivd,9,D1", header="source,record_id,case_id")
    held = read_program_file(path, MEMBERSHIPS, source="ivd")
    assert held.table.to_numpy().tolist() == [["ivd", "9", "D1"]]
    assert held.n_read == 1
    with pytest.raises(InputError, match="no row of the source 'jobs'"):
        read_program_file(path, MEMBERSHIPS, source="jobs")


def test_dates_of_cases_and_referrals_keep_their_day(tmp_path):
    """What is no date is missing and noted; other names of the columns are known."""
    path = roster(
        tmp_path,
        "R1,A1,7,20260704,7/9/2026,x",
        header="referral_id,iva_case_id,child_client_id,sent_date,received_month,worked",
    )
    held = read_program_file(path, REFERRALS)
    row = held.table.iloc[0]
    assert row[["child_record_id", "sent", "received"]].tolist() == ["7", "2026-07-04", "2026-07-09"]
    assert pd.isna(row["worked"])
    assert held.rejects[["source", "line", "field", "dropped"]].to_numpy().tolist() == [
        ["referrals", 2, "worked", False]
    ]


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        pytest.param("", InputError, "is empty", id="empty"),
        pytest.param("7,MARIA,212345678\n", InputError, "is there a header line", id="no header"),
        pytest.param("record_id,case\n1,C1\n", ColumnMissingError, "case_id", id="a column missing"),
        pytest.param("record_id,case_id,case_id\n1,C1,C2\n", InputError, "stands 2 times", id="a column twice"),
    ],
)
def test_a_file_of_another_kind_is_one_error(tmp_path, content, error, message):
    """The file is named, its first line is not shown: it may be a person's."""
    path = tmp_path / "members.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(error, match=message) as caught:
        read_program_file(path, MEMBERSHIPS, source="iva")
    assert "MARIA" not in str(caught.value)


def test_a_header_that_runs_into_a_line_is_one_error_without_a_value(tmp_path):
    """All columns keep their names, so that a lost line end would make names of values; blank names are passed over."""
    path = tmp_path / "members.csv"
    path.write_text("record_id,case_id,name,1,MARIA,212345678,N,N\n", encoding="utf-8")
    with pytest.raises(InputError, match="does not end where it should") as caught:
        read_program_file(path, MEMBERSHIPS, source="iva")
    assert not {"MARIA", "212345678", "'N'"} & set(str(caught.value).split())
    held = read_program_file(roster(tmp_path, "1,C1,,", header="record_id,case_id,,"), MEMBERSHIPS, source="iva")
    assert list(held.table.columns) == ["source", "record_id", "case_id"]


@pytest.mark.parametrize("day", ["2026-02-30", "20260431", "2/29/2025", "2026-00-01"])
def test_a_day_that_no_month_has_is_no_date(tmp_path, day):
    """It is missing and noted; a leap day is one."""
    held = read_program_file(roster(tmp_path, f"A1,{day}", "A2,2/29/2024", header="case_id,opened"), CASES)
    assert held.table["opened"].fillna("").tolist() == ["", "2024-02-29"]
    assert held.rejects[["line", "field"]].to_numpy().tolist() == [[2, "opened"]]


def test_who_is_in_a_case_with_good_cause_is_protected(tmp_path):
    """Claimed and granted count, and codes that nobody knows; the others stay as they were."""
    people = pd.DataFrame({"id": list("123456"), "protected": ["N"] * 5 + [None]})
    extract = read_source(people, name="iva", record_id="id")
    members = roster(
        tmp_path, "1,PENDING", "2,GRANTED", "3,COOPERATES", "4,NONE", "5,UNKNOWN", header="record_id,case_id"
    )
    cases = roster(
        tmp_path,
        "PENDING,pd",
        "GRANTED,GC",
        "COOPERATES,CO",
        "NONE,",
        "UNKNOWN,??",
        header="case_id,good_cause",
        name="cases.csv",
    )
    held = [read_program_file(path, kind, source="iva") for path, kind in ((members, MEMBERSHIPS), (cases, CASES))]
    found = with_program_files(extract, *held)
    assert found.records["protected"].fillna("").tolist() == ["Y", "Y", "N", "N", "Y", ""]
    assert extract.records["protected"].fillna("").tolist() == ["N"] * 5 + [""]
    assert found.memberships is held[0].table
    assert held[1].rejects["field"].tolist() == ["good_cause"]
    without = with_program_files(read_source(people[["id"]], name="iva", record_id="id"), *held)
    assert without.records["protected"].fillna("").tolist() == ["Y", "Y", "", "", "Y", ""]


def test_a_referral_with_good_cause_protects_whom_it_names(tmp_path):
    """The child and the absent parent, claimed or granted; others and cooperating ones stay as they were."""
    people = pd.DataFrame({"id": list("1234"), "protected": ["N"] * 4})
    extract = read_source(people, name="iva", record_id="id")
    header = "iva_case_id,child_record_id,absent_record_id,good_cause_code"
    path = roster(tmp_path, "A,1,2,PD", "A,3,,CO", "A,4,,", header=header)
    found = with_claims(extract, read_program_file(path, REFERRALS).table)
    assert found.records["protected"].tolist() == ["Y", "Y", "N", "N"]
    plain = read_program_file(roster(tmp_path, "A,1", header="iva_case_id,child_record_id"), REFERRALS)
    assert with_claims(extract, plain.table).records["protected"].tolist() == ["N"] * 4


def test_known_bad_numbers_are_read_or_refused(tmp_path):
    """Every line must be a pair; the error names the line and shows no number."""
    path = roster(tmp_path, "1,212-34-5678", "2,313456789", header="record_id,ssn")
    assert read_bad_numbers(path) == [("1", "212-34-5678"), ("2", "313456789")]
    with pytest.raises(InputError, match="is blank") as caught:
        read_bad_numbers(roster(tmp_path, "1,212-34-5678", ",313456789", header="record_id,ssn"))
    assert (caught.value.line, caught.value.field) == (3, "record_id")
    assert "313456789" not in str(caught.value)


CELLS = st.sampled_from(["", "1", "2", "C1", "2026-07", "202613", "Y", "x", '"', "MARKER", "\0", "iva", "\r", "é"])


@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=7).map(",".join), max_size=12))
def test_whatever_the_lines_they_add_up(tmp_path_factory, rows):
    """Rows and dropped lines are the lines read, and no reject shows a value."""
    path = roster(tmp_path_factory.mktemp("fuzz"), *rows)
    try:
        held = read_program_file(path, MEMBERSHIPS, source="iva")
    except CaselinkError as error:
        assert "MARKER" not in str(error)  # noqa: PT017 - either outcome is right
        return
    assert held.n_read == len(held.table) + int(held.rejects["dropped"].sum())
    assert "MARKER" not in held.rejects.drop(columns="file").to_csv()
