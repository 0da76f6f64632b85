"""TANF, SSP-MOE and Tribal reports, read from lines put together by position: no names, months, two children."""

import pytest
from by_position import line, write_report

from caselink.errors import InputError
from caselink.layouts import read_extract
from caselink.normalize import normalize

CODE = str.maketrans("1234567890", "@9ZP0#YBWT")
"""From digits to the alphabet that SSNs are written in where the header says E; see the domain's SSN rules."""


def family(month, *, case="00A7", county="037", zip_code="90011", **more):
    """A family's line."""
    values = {"RPT_MONTH_YEAR": month, "CASE_NUMBER": case, "COUNTY_FIPS_CODE": county, "ZIP_CODE": zip_code}
    return line("tanf", "T1", values | {"FUNDING_STREAM": "1", "DISPOSITION": "1"} | more)


def adult(month, ssn="212345678", *, case="00A7", **more):
    """An adult's line: the head of the household, unless told otherwise."""
    values = {"RPT_MONTH_YEAR": month, "CASE_NUMBER": case, "SSN": ssn, "DATE_OF_BIRTH": "19900314", "GENDER": "2"}
    facts = {"FAMILY_AFFILIATION": "1", "NONCUSTODIAL_PARENT": "2", "RELATIONSHIP_HOH": "01"}
    return line("tanf", "T2", values | facts | more)


def child(ssn, born, sex="1", **more):
    """The block of one child."""
    facts = {"FAMILY_AFFILIATION": "1", "RELATIONSHIP_HOH": "04"}
    return {"SSN": ssn, "DATE_OF_BIRTH": born, "GENDER": sex} | facts | more


def children(month, first, *others, case="00A7", upto=None):
    """A line of one or two children."""
    head = {"RPT_MONTH_YEAR": month, "CASE_NUMBER": case}
    return line("tanf", "T3", head | first, *others, upto=upto)


def by_ssn(extract):
    """RECORDS by SSN."""
    return extract.records.set_index("ssn")


def test_a_quarter_of_a_family_is_one_record_a_person(tmp_path):
    """Three months of a mother and two children: three records, nine memberships, place and money from the family."""
    lines = []
    for month in ("202604", "202605", "202606"):
        two = children(month, child("301223333", "20150102"), child("302334444", "20180506", "2"))
        lines += [family(month), adult(month, COOPERATION_CHILD_SUPPORT="1"), two]
    extract = read_extract(write_report(tmp_path / "t.txt", lines), layout="tanf", name="tanf")
    assert len(extract.rejects) == 0
    records = by_ssn(extract)
    assert sorted(records.index) == ["212345678", "301223333", "302334444"]
    assert records["birth_date"].to_dict()["302334444"] == "20180506"
    assert records["sex"].to_dict() == {"212345678": "F", "301223333": "M", "302334444": "F"}
    assert set(records["county"]) == {"037"}
    assert set(records["zip"]) == {"90011"}
    members = extract.memberships
    assert len(members) == 9
    assert sorted(set(members["month"])) == ["2026-04", "2026-05", "2026-06"]
    assert members["role"].value_counts().to_dict() == {"CHILD": 6, "HEAD": 3}
    assert set(members["resides"]) == {"Y"}
    assert set(members["status"]) == {"eligible"}
    assert set(members["funding_stream"]) == {"1"}
    assert members.loc[members["role"] == "HEAD", "cooperation"].tolist() == ["1"] * 3


def test_a_federal_report_has_no_names_and_no_street(tmp_path):
    """What it does not have is not made up, and what it has can be linked on."""
    lines = [family("202604"), adult("202604")]
    records = normalize(read_extract(write_report(tmp_path / "t.txt", lines), layout="tanf"))
    assert not {"first_name", "last_name", "street", "city"} & set(records.columns)
    assert records[["ssn", "birth_date", "sex", "county", "zip", "month"]].to_numpy().tolist() == [
        ["212345678", "1990-03-14", "F", "037", "90011", "2026-04"]
    ]


@pytest.mark.parametrize(
    "one_child",
    [
        pytest.param(lambda month: children(month, child("301223333", "20150102"), upto=60), id="the line ends at 60"),
        pytest.param(lambda month: children(month, child("301223333", "20150102")), id="blanks"),
        pytest.param(lambda month: children(month, child("301223333", "20150102"))[:60] + "0" * 41, id="zeros"),
        pytest.param(lambda month: children(month, child("301223333", "20150102")) + " " * 55, id="padded"),
    ],
)
def test_an_empty_second_block_is_no_child(tmp_path, one_child):
    """One child on a line of two, in all the ways that senders write it."""
    lines = [family("202604"), adult("202604"), one_child("202604")]
    extract = read_extract(write_report(tmp_path / "t.txt", lines), layout="tanf")
    assert sorted(extract.records["ssn"]) == ["212345678", "301223333"]
    assert len(extract.rejects) == 0


def test_ssns_are_decoded_by_the_flag_alone(tmp_path):
    """With the flag 9 means 2 and 0 means 5; without it they are themselves. An unknown number stays unknown."""
    plain, unknown = "592920295", "999999999"
    lines = [family("202604"), adult("202604", plain), children("202604", child(unknown, "20150102"))]
    coded = [family("202604")]
    coded += [adult("202604", plain.translate(CODE)), children("202604", child(unknown.translate(CODE), "20150102"))]
    as_written = read_extract(write_report(tmp_path / "plain.txt", lines), layout="tanf", name="tanf")
    decoded = read_extract(write_report(tmp_path / "coded.txt", coded, encryption="E"), layout="tanf", name="tanf")
    assert sorted(decoded.records["ssn"]) == [plain, unknown]
    assert decoded.records.equals(as_written.records)
    assert normalize(decoded)["ssn"].isna().sum() == 1


def test_digits_in_the_alphabet_are_not_guessed_at(tmp_path):
    """A number of nines and zeros is a number where the flag is not set, and another where it is."""
    lines = [adult("202604", "900990909")]
    path = tmp_path / "t.txt"
    assert read_extract(write_report(path, lines), layout="tanf").records["ssn"].tolist() == ["900990909"]
    coded = write_report(path, lines, encryption="E")
    assert read_extract(coded, layout="tanf").records["ssn"].tolist() == ["255225252"]


ROLES = [
    ("1", "2", "01", "HEAD", "Y", "eligible"),
    ("1", "2", "02", "ADULT", "Y", "eligible"),
    ("1", "1", "10", "NP", "N", "eligible"),
    ("2", "1", "10", "NP", "N", "not in unit"),
    ("2", "2", "01", "HEAD", "Y", "not in unit"),
    ("2", "2", "02", "ADULT", "Y", "not in unit"),
    ("3", "2", "01", "CARETAKER", "Y", "not in unit"),
    ("3", "2", "07", "CARETAKER", "Y", "not in unit"),
    ("5", "2", "10", "ADULT", None, "not in unit"),
    ("5", "2", "01", "HEAD", None, "not in unit"),
]


@pytest.mark.parametrize(("codes", "expected"), [(row[:3], row[3:]) for row in ROLES])
def test_what_an_adult_is_in_the_case(tmp_path, codes, expected):
    """Affiliation 1 alone is in the unit; a parent without custody does not live there though the line is there."""
    written = dict(zip(("FAMILY_AFFILIATION", "NONCUSTODIAL_PARENT", "RELATIONSHIP_HOH"), codes, strict=True))
    path = write_report(tmp_path / "t.txt", [family("202604"), adult("202604", **written)])
    member = read_extract(path, layout="tanf").memberships.astype(object).iloc[0]
    facts = member[["role", "resides", "status"]]
    assert facts.where(facts.notna(), None).tolist() == list(expected)
    assert member[["affiliation", "noncustodial_parent", "relationship"]].tolist() == list(codes)


@pytest.mark.parametrize(
    ("affiliation", "relationship", "role", "status"),
    [
        ("1", "04", "CHILD", "eligible"),
        ("1", "06", "CHILD", "eligible"),
        ("1", "01", "HEAD", "eligible"),
        ("2", "04", "CHILD", "not in unit"),
        ("4", "04", "CHILD", "not in unit"),
    ],
)
def test_what_a_child_is_in_the_case(tmp_path, affiliation, relationship, role, status):
    """A child's line is a child's, but for a minor who heads the household."""
    codes = {"FAMILY_AFFILIATION": affiliation, "RELATIONSHIP_HOH": relationship}
    lines = [family("202604"), children("202604", child("301223333", "20090102", **codes))]
    member = read_extract(write_report(tmp_path / "t.txt", lines), layout="tanf").memberships.iloc[0]
    assert (member["role"], member["resides"], member["status"]) == (role, "Y", status)


@pytest.mark.parametrize(
    ("affiliation", "relationship", "role", "resides"),
    [
        ("1", "01", "HEAD", "Y"),
        ("1", "02", "ADULT", "Y"),
        ("1", "04", "CHILD", "Y"),
        ("3", "07", "CARETAKER", "Y"),
        ("4", "07", "CHILD", "Y"),
        ("5", "10", "ADULT", None),
    ],
)
def test_people_of_closed_cases(tmp_path, affiliation, relationship, role, resides):
    """Section 2: the case is closed, for a reason; columns lie as on a child's line."""
    head = {"RPT_MONTH_YEAR": "202605", "CASE_NUMBER": "00A7"}
    closed = line("tanf", "T4", head | {"COUNTY_FIPS_CODE": "037", "ZIP_CODE": "90011", "CLOSURE_REASON": "03"})
    who = {"SSN": "212345678", "DATE_OF_BIRTH": "19900314", "FAMILY_AFFILIATION": affiliation}
    person = line("tanf", "T5", head | who | {"RELATIONSHIP_HOH": relationship, "COUNTABLE_MONTH_FED_TIME": "060"})
    extract = read_extract(write_report(tmp_path / "t.txt", [closed, person], section="C"), layout="tanf")
    member, record = extract.memberships.iloc[0], extract.records.iloc[0]
    assert (member["role"], member["status"], member["closure_reason"]) == (role, "closed", "03")
    assert member["resides"] == resides if resides else member.isna()["resides"]
    assert member["months_counted"] == "060"
    assert (record["ssn"], record["birth_date"], record["zip"]) == ("212345678", "19900314", "90011")


def test_two_people_nobody_knows_anything_of_stay_two(tmp_path):
    """Unknown number and birth date twice in one month: two people, and the same two in the next month."""
    nobody = {"ssn": "999999999", "DATE_OF_BIRTH": "99999999", "FAMILY_AFFILIATION": "2", "RELATIONSHIP_HOH": "03"}
    lines = []
    for month in ("202604", "202605"):
        other = adult(month, **nobody, MARITAL_STATUS="3")
        lines += [family(month), adult(month, **nobody, MARITAL_STATUS="1"), other]
    extract = read_extract(write_report(tmp_path / "t.txt", lines), layout="tanf")
    assert len(extract.records) == 2
    assert len(extract.memberships) == 4


def test_a_month_outside_the_quarter_is_reported(tmp_path):
    """The header tells the calendar quarter; a line of another month has no month, and good lines still load."""
    lines = [family("202604"), adult("202604"), adult("202607", "213456789")]
    extract = read_extract(write_report(tmp_path / "t.txt", lines), layout="tanf")
    rejects = extract.rejects
    assert rejects[["line", "field"]].to_numpy().tolist() == [[4, "RPT_MONTH_YEAR"]]
    assert extract.memberships.loc[extract.memberships["month"].notna(), "month"].tolist() == ["2026-04"]


@pytest.mark.parametrize(
    ("layout", "head"),
    [
        pytest.param("tanf", {"program": "SSP"}, id="SSP as TANF"),
        pytest.param("tanf", {"tribe": "142"}, id="a tribe's as a state's"),
        pytest.param("ssp", {"program": "TAN"}, id="TANF as SSP"),
        pytest.param("tribal", {"program": "SSP", "tribe": "142"}, id="SSP as a tribe's"),
        pytest.param("tanf", {"section": "G"}, id="aggregates"),
    ],
)
def test_a_file_of_another_report_is_refused(tmp_path, layout, head):
    """Its columns lie elsewhere: better no people than wrong ones."""
    with pytest.raises(InputError, match="layout"):
        read_extract(write_report(tmp_path / "t.txt", [], **head), layout=layout)


@pytest.mark.parametrize(
    ("layout", "head", "letter"),
    [
        pytest.param("ssp", {"program": "SSP"}, "M", id="ssp"),
        pytest.param("tribal", {"tribe": "142"}, "T", id="tribal"),
        pytest.param("tanf", {}, "T", id="tanf"),
    ],
)
def test_the_variants_read_the_same_family(tmp_path, layout, head, letter):
    """The same family in each report, whose columns lie differently: the same people, places and roles."""
    first = {"RPT_MONTH_YEAR": "202604", "CASE_NUMBER": "00A7"}
    place = {"COUNTY_FIPS_CODE": "037", "ZIP_CODE": "90011", "DISPOSITION": "1", "CHILD_SUPPORT_AMT": "0120"}
    mother = {"SSN": "212345678", "DATE_OF_BIRTH": "19900314", "GENDER": "2", "FAMILY_AFFILIATION": "1"}
    mother |= {"NONCUSTODIAL_PARENT": "2", "RELATIONSHIP_HOH": "01", "COOPERATION_CHILD_SUPPORT": "2"}
    lines = [
        line(layout, f"{letter}1", first | place),
        line(layout, f"{letter}2", first | mother | {"EMPLOYMENT_STATUS": "1", "EARNED_INCOME": "0850"}),
        line(layout, f"{letter}3", first | child("301223333", "20150102"), child("302334444", "20180506", "2")),
    ]
    extract = read_extract(write_report(tmp_path / "t.txt", lines, **head), layout=layout)
    assert len(extract.rejects) == 0
    people = by_ssn(extract)[["birth_date", "sex", "county", "zip", "month", "role"]]
    assert people.to_dict("index") == {
        "212345678": dict(zip(people, ["19900314", "F", "037", "90011", "2026-04", "HEAD"], strict=True)),
        "301223333": dict(zip(people, ["20150102", "M", "037", "90011", "2026-04", "CHILD"], strict=True)),
        "302334444": dict(zip(people, ["20180506", "F", "037", "90011", "2026-04", "CHILD"], strict=True)),
    }
    mothers = extract.memberships[extract.memberships["role"] == "HEAD"].iloc[0]
    assert (mothers["cooperation"], mothers["employment_status"], mothers["earned_income"]) == ("2", "1", "0850")
    assert set(extract.memberships["child_support_received"]) == {"0120"}


@pytest.mark.parametrize(("layout", "letter", "program"), [("ssp", "M", "SSP"), ("tribal", "T", "TAN")])
def test_closed_cases_of_the_variants(tmp_path, layout, letter, program):
    """Section 2 of SSP-MOE and Tribal reports."""
    head = {"RPT_MONTH_YEAR": "202605", "CASE_NUMBER": "00A7"}
    closed = line(layout, f"{letter}4", head | {"COUNTY_FIPS_CODE": "037", "ZIP_CODE": "90011", "CLOSURE_REASON": "99"})
    who = {"SSN": "212345678", "DATE_OF_BIRTH": "19900314", "GENDER": "1", "FAMILY_AFFILIATION": "1"}
    person = line(layout, f"{letter}5", head | who | {"RELATIONSHIP_HOH": "01"})
    path = write_report(tmp_path / "t.txt", [closed, person], section="C", program=program)
    extract = read_extract(path, layout=layout)
    assert extract.records[["ssn", "sex", "zip"]].to_numpy().tolist() == [["212345678", "M", "90011"]]
    assert extract.memberships[["role", "status", "closure_reason"]].to_numpy().tolist() == [["HEAD", "closed", "99"]]
