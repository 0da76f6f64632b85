"""New hires, put together by position, and wage reports as columns."""

import pandas as pd
import pytest
from by_position import line

from caselink.errors import InputError
from caselink.layouts import read_extract
from caselink.normalize import normalize

WHO = {"EMPLOYEE_SSN": "212345678", "EMPLOYEE_FIRST_NAME": "MARIA", "EMPLOYEE_LAST_NAME": "GARCIA-LOPEZ"}
WHERE = {"EMPLOYEE_ADDRESS_LINE_1": "12 OAK ST", "EMPLOYEE_ADDRESS_LINE_2": "APT 4", "EMPLOYEE_CITY": "TOPEKA"}
PLACE = {"EMPLOYEE_STATE": "KS", "EMPLOYEE_ZIP": "66603"}
JOB = {"DATE_OF_HIRE": "20260415", "EMPLOYER_FEIN": "480000001", "EMPLOYER_NAME": "JOHNSON WAREHOUSE"}
HEADER = line("new_hire", "H4", {"TRANSMITTER_STATE_CODE": "20", "TRANSMISSION_TYPE": "W4", "DATE_STAMP": "20260501"})


def read(tmp_path, *lines):
    """What a file of these lines holds."""
    path = tmp_path / "w4.txt"
    path.write_text("".join(one + "\n" for one in lines), encoding="utf-8")
    return read_extract(path, layout="new_hire")


def test_a_new_hire_is_a_person_with_an_address_and_a_job(tmp_path):
    """Name, number and address are read; employer and hire date are carried; the data are marked as new-hire data."""
    extract = read(tmp_path, HEADER, line("new_hire", "W4", WHO | WHERE | PLACE | JOB))
    record = extract.records.iloc[0]
    assert (record["ssn"], record["first_name"], record["last_name"]) == ("212345678", "MARIA", "GARCIA-LOPEZ")
    assert (record["street"], record["city"], record["zip"]) == ("12 OAK ST APT 4", "TOPEKA", "66603")
    assert (record["hire_date"], record["employer_fein"]) == ("20260415", "480000001")
    assert record["employer_name"] == "JOHNSON WAREHOUSE"
    assert extract.tainted == "new hire"
    assert extract.memberships is None


def test_a_birth_date_at_an_unverified_place_is_kept_apart(tmp_path):
    """It is carried along, for whoever has seen the official document, but decides nothing."""
    extract = read(tmp_path, HEADER, line("new_hire", "W4", WHO | {"EMPLOYEE_DATE_OF_BIRTH": "19900314"}))
    assert "birth_date" not in extract.records
    assert extract.records["reported_birth_date"].tolist() == ["19900314"]


def test_each_hire_is_a_record_and_ids_hold_no_number(tmp_path):
    """Hired twice is there twice, the same line twice once; record ids say nothing of the person."""
    first = line("new_hire", "W4", WHO | WHERE | PLACE | JOB)
    again = line("new_hire", "W4", WHO | WHERE | PLACE | JOB | {"DATE_OF_HIRE": "20260520"})
    extract = read(tmp_path, HEADER, first, again, first)
    assert extract.records["hire_date"].tolist() == ["20260415", "20260520"]
    assert len(extract.rejects) == 1
    assert not extract.records["record_id"].str.contains("2123").any()
    assert normalize(extract)["ssn"].tolist() == ["212345678"] * 2


def test_lines_may_be_shorter_or_without_line_ends(tmp_path):
    """A line that ends after the employer's name, and records of 801 characters after one another."""
    whole = line("new_hire", "W4", WHO | WHERE | PLACE | JOB)
    assert len(read(tmp_path, HEADER, whole[:355]).records) == 1
    path = tmp_path / "w4.dat"
    path.write_bytes((HEADER.ljust(801) + whole + whole.replace("MARIA", "MARIO")).encode())
    assert read_extract(path, layout="new_hire").records["first_name"].tolist() == ["MARIA", "MARIO"]


def test_another_transmission_is_refused(tmp_path):
    """Wages and unemployment insurance have other columns."""
    header = line("new_hire", "H4", {"TRANSMISSION_TYPE": "QW"})
    with pytest.raises(InputError, match="layout"):
        read(tmp_path, header, line("new_hire", "W4", WHO))


def test_wages_are_one_record_for_each_employer_and_quarter(tmp_path):
    """Neither birth date nor sex; the wages are the quarter's, never a month's."""
    row = {"employee_ssn": "012345678", "employee_first_name": "Maria", "employee_last_name": "Garcia"}
    row |= {"wage_amount": "4200", "reporting_period": "2026Q1", "employer_fein": "480000001"}
    other = row | {"employer_fein": "480000002", "wage_amount": "150"}
    pd.DataFrame([row, other]).to_csv(tmp_path / "wages.csv", index=False)
    extract = read_extract(tmp_path / "wages.csv", layout="quarterly_wage")
    assert extract.records["ssn"].tolist() == ["012345678"] * 2
    assert sorted(extract.records["wages"]) == ["150", "4200"]
    assert set(extract.records["quarter"]) == {"2026Q1"}
    assert not {"birth_date", "sex"} & set(extract.records)
    assert extract.tainted == "new hire"
