"""State extracts with names, referrals and job programs: mapped CSV files."""

import pandas as pd
import pytest

from caselink.errors import ColumnMissingError
from caselink.layouts import read_extract, read_layout
from caselink.normalize import normalize

IVA = {
    "person_number": "P1",
    "case_number": "A7",
    "month": "202604",
    "role": "AR",
    "first_name": "Maria",
    "last_name": "García",
    "ssn": "212-34-5678",
    "birth_date": "19900314",
    "sex": "F",
    "receiving_benefits": "Y",
    "residential_street_1": "12 Oak St",
    "residential_city": "Topeka",
    "residential_zip": "66603",
}
IVD = {
    "participant_id": "D1",
    "case_number": "C9",
    "role": "CP",
    "first_name": "Maria",
    "last_name": "García",
    "ssn": "212345678",
    "birth_date": "19900314",
    "sex": "F",
    "protected": "",
    "street": "12 Oak St",
    "city": "Topeka",
    "zip": "66603",
}
REFERRAL = {
    "referral_id": "0000000007",
    "referral_type": "New",
    "iva_case_number": "A7",
    "received_date": "20260410",
    "work_status": "A",
    "work_status_date": "20260415",
}


def read(tmp_path, layout, *rows):
    """What a CSV file of these rows holds."""
    path = tmp_path / f"{layout}.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return read_extract(path, layout=layout)


@pytest.mark.parametrize(
    ("role", "receives", "expected"),
    [
        ("AR", "Y", ["HEAD", "Y", "eligible"]),
        ("AR", "N", ["HEAD", "Y", "not in unit"]),
        ("CH", "Y", ["CHILD", "Y", "eligible"]),
        ("CP", "N", ["ADULT", "Y", "not in unit"]),
        ("AP", "N", ["NP", "N", "not in unit"]),
    ],
)
def test_roles_in_an_assistance_case(tmp_path, role, receives, expected):
    """The payee, children, others at home, and the parent who is absent."""
    extract = read(tmp_path, "state_iva", IVA | {"role": role, "receiving_benefits": receives})
    assert extract.memberships.iloc[0][["role", "resides", "status"]].tolist() == expected


def test_an_assistance_extract_is_normalized_as_any_other(tmp_path):
    """Names, number and address come out as RECORDS has them; relationship and absence stay with the membership."""
    child = IVA | {"person_number": "P2", "role": "CH", "ssn": "", "relationship_to_payee": "GC"}
    extract = read(tmp_path, "state_iva", IVA | {"relationship_to_payee": ""}, child)
    record = normalize(extract).set_index("record_id").loc["P1"]
    assert record[["first_name", "last_name", "ssn", "birth_date", "street", "zip"]].tolist() == [
        "MARIA",
        "GARCIA",
        "212345678",
        "1990-03-14",
        "12 OAK ST",
        "66603",
    ]
    assert extract.memberships.set_index("record_id").loc["P2", "relationship"] == "GC"


def test_a_mailing_address_is_no_home(tmp_path):
    """It is carried, and never becomes the street that a household is told by."""
    extract = read(tmp_path, "state_iva", IVA | {"mailing_street_1": "PO Box 9", "mailing_zip": "66601"})
    record = extract.records.iloc[0]
    assert (record["street"], record["zip"]) == ("12 Oak St", "66603")
    assert (record["mailing_street"], record["mailing_zip"]) == ("PO Box 9", "66601")


@pytest.mark.parametrize(
    ("role", "case_status", "expected"),
    [
        ("CP", "O", ["CP", "Y", "active"]),
        ("CH", "C", ["CH", "Y", "closed"]),
        ("NP", "O", ["NP", "N", "active"]),
        ("PF", "C", ["PF", "N", "closed"]),
    ],
)
def test_roles_in_a_support_case(tmp_path, role, case_status, expected):
    """Custodians and children live at the case's address, absent parents do not; a closed case is closed."""
    extract = read(tmp_path, "state_ivd", IVD | {"role": role, "case_status": case_status})
    assert extract.memberships.iloc[0][["role", "resides", "status"]].tolist() == expected


@pytest.mark.parametrize(("written", "protected"), [("FV", "Y"), ("Y", "Y"), ("N", "N"), ("", None)])
def test_a_blank_flag_is_not_a_no(tmp_path, written, protected):
    """In a state's extract a blank may mean that nobody asked; only the registry says that it means no."""
    held = read(tmp_path, "state_ivd", IVD | {"protected": written}).records["protected"].tolist()[0]
    assert held == protected if protected else pd.isna(held)


def test_further_numbers_and_a_maiden_name_are_sets(tmp_path):
    """Two alias numbers and a former name of one person."""
    extract = read(
        tmp_path,
        "state_ivd",
        IVD | {"alias_ssn_1": "301223333", "alias_ssn_2": "302334444", "maiden_name": "LOPEZ"},
    )
    record = extract.records.iloc[0]
    assert (record["other_ssns"], record["other_last_names"]) == ("301223333|302334444", "LOPEZ")


def test_a_person_in_two_support_cases_is_one_record(tmp_path):
    """One row a person in a case: the father of two families has two memberships."""
    extract = read(tmp_path, "state_ivd", IVD | {"role": "NP"}, IVD | {"role": "PF", "case_number": "C10"})
    assert len(extract.records) == 1
    assert sorted(extract.memberships["case_id"]) == ["C10", "C9"]


def test_referrals_keep_their_dates_and_work_status(tmp_path):
    """A table of their own, nobody is made of it; what was not worked has no status."""
    waiting = REFERRAL | {"referral_id": "0000000008", "work_status": "", "work_status_date": ""}
    extract = read(tmp_path, "referrals", REFERRAL, waiting)
    assert len(extract.records) == 0
    table = extract.referrals
    assert table["referral_id"].tolist() == ["0000000007", "0000000008"]
    assert table["kind"].tolist() == ["New", "New"]
    assert table["iva_case_id"].tolist() == ["A7", "A7"]
    assert table["received_date"].tolist() == ["20260410", "20260410"]
    assert table["work_status"].isna().tolist() == [False, True]


def test_a_participant_of_a_job_program(tmp_path):
    """Federal codes of sex, the period of participation as a case; names where the state has them."""
    row = {"individual_id": "W1", "participation_id": "W1-1", "first_name": "Maria", "last_name": "Garcia"}
    row |= {"ssn": "212345678", "date_of_birth": "19900314", "sex": "2", "program_entry_date": "20260105"}
    extract = read(tmp_path, "wioa", row, row | {"participation_id": "W1-2", "program_entry_date": "20260601"})
    assert normalize(extract)[["birth_date", "sex", "ssn"]].to_numpy().tolist() == [["1990-03-14", "F", "212345678"]]
    assert sorted(extract.memberships["started"]) == ["20260105", "20260601"]
    assert set(extract.memberships["role"]) == {"PARTICIPANT"}


@pytest.mark.parametrize(("layout", "row"), [("state_iva", IVA), ("state_ivd", IVD), ("referrals", REFERRAL)])
def test_only_what_a_file_must_have_is_asked_for(tmp_path, layout, row):
    """The columns above are enough; without one that is not optional the file is refused, by the column's name."""
    assert len(read(tmp_path, layout, row).rejects) == 0
    needed = {field.name for field in read_layout(layout).records[0].fields if not field.optional}
    assert needed <= {*row, "relationship_to_payee"}
    for column in sorted(needed):
        with pytest.raises(ColumnMissingError, match=column):
            read(tmp_path, layout, {name: value for name, value in row.items() if name != column})


@pytest.mark.parametrize(
    ("flag", "claim", "expected"),
    [
        pytest.param("N", "PD", "Y", id="claimed"),
        pytest.param("", "GC", "Y", id="granted"),
        pytest.param("N", "CO", "N", id="cooperating now"),
        pytest.param("N", "", "N", id="no claim"),
        pytest.param("", "", None, id="nothing known"),
    ],
)
@pytest.mark.parametrize(("layout", "row"), [("state_iva", IVA), ("state_ivd", IVD)])
def test_good_cause_claimed_or_granted_protects(tmp_path, layout, row, flag, claim, expected):
    """A pending claim counts until it is decided; the flag of family violence stays as it is."""
    row = row | {"protected": flag, "good_cause_code": claim}
    records = read(tmp_path, layout, row).records
    assert records["protected"].astype(object).where(records["protected"].notna(), None).tolist() == [expected]


def test_protection_is_not_lost_among_several_cases(tmp_path):
    """Flagged in one of his cases or months, a person is protected, whatever another case or a later month says."""
    father = IVD | {"participant_id": "D2", "role": "NP", "protected": "N", "good_cause_code": "", "month": "202604"}
    claimed = father | {"case_number": "C2", "good_cause_code": "PD"}
    plain = IVD | {"good_cause_code": "", "month": "202604", "protected": "N"}
    before, after = plain | {"good_cause_code": "GC"}, plain | {"month": "202605", "good_cause_code": "CO"}
    for rows in ([father, claimed, before, after], [after, before, claimed, father]):
        records = read(tmp_path, "state_ivd", *rows).records.set_index("record_id")
        assert records["protected"].to_dict() == {"D2": "Y", "D1": "Y"}
    records = read(tmp_path, "state_ivd", before, plain | {"case_number": "C3", "month": "202605"}).records
    assert records["protected"].tolist() == ["Y"]


def test_zip4_is_kept(tmp_path):
    """The four digits that stand in a column of their own are not lost."""
    records = normalize(read(tmp_path, "state_iva", IVA | {"residential_zip4": "1234"}))
    assert records[["zip", "zip4"]].to_numpy().tolist() == [["66603", "1234"]]


def test_widths_of_names_are_known(tmp_path):
    """What the interface holds of a name reaches normalizing: a name that fills its field may go on."""
    rows = [IVA, IVA | {"person_number": "P2", "last_name": "Vandenbergheabcde"}]
    extract = read(tmp_path, "state_iva", *rows)
    assert (extract.widths["first_name"], extract.widths["last_name"]) == (12, 17)
    assert normalize(extract)["cut_last_name"].fillna("").tolist() == ["", "VANDENBERGHEABCDE"]
