"""The Federal Case Registry: cases and persons put together by position, and its answers as columns."""

import pandas as pd
import pytest
from by_position import line

from caselink.layouts import read_extract
from caselink.normalize import normalize

HEAD = {"ACTION_TYPE_CODE": "A", "CASE_ID": "KS0001234"}


def person(member, kind, **more):
    """A person's record."""
    values = {"MEMBER_ID": member, "PARTICIPANT_TYPE": kind, "SEX_CODE": "F", "DATE_OF_BIRTH": "19900314"}
    names = {"SSN": "212345678", "FIRST_NAME": "MARIA", "MIDDLE_NAME": "L", "LAST_NAME": "GARCIA-LOPEZ"}
    return line("fcr", "FP", HEAD | values | names | more)


def case(**more):
    """A case's record."""
    return line("fcr", "FC", HEAD | {"CASE_TYPE": "F", "ORDER_INDICATOR": "Y", "FIPS_COUNTY_CODE": "177"} | more)


def read(tmp_path, *lines):
    """What a file of these lines holds."""
    path = tmp_path / "fcr.txt"
    path.write_text("".join(one + "\n" for one in lines), encoding="utf-8")
    return read_extract(path, layout="fcr")


@pytest.mark.parametrize(("kind", "resides"), [("CP", "Y"), ("CH", "Y"), ("NP", "N"), ("PF", "N")])
def test_a_person_of_a_case(tmp_path, kind, resides):
    """Names, number and role from the person, order and kind of case from the case; the code is NP, not NCP."""
    extract = read(tmp_path, case(), person("M1", kind))
    record, member = extract.records.iloc[0], extract.memberships.iloc[0]
    assert (record["record_id"], record["first_name"], record["last_name"]) == ("M1", "MARIA", "GARCIA-LOPEZ")
    assert (record["ssn"], record["birth_date"], record["sex"]) == ("212345678", "19900314", "F")
    assert (member["case_id"], member["role"], member["resides"]) == ("KS0001234", kind, resides)
    assert (member["order_indicator"], member["case_type"], member["status"]) == ("Y", "F", "active")


@pytest.mark.parametrize(("written", "protected"), [("FV", "Y"), ("", "N")])
def test_the_flag_of_family_violence_protects(tmp_path, written, protected):
    """FV is yes; a blank is no, as the registry says."""
    extract = read(tmp_path, case(), person("M1", "CP", FAMILY_VIOLENCE=written))
    assert extract.records["protected"].tolist() == [protected]


def test_a_sex_that_may_be_a_default_is_declared(tmp_path):
    """The registry wants a sex, so that states write one where none is known: by role, and the extract says which."""
    extract = read(tmp_path, case(), person("M1", "CP"))
    assert extract.default_sex == {"CP": "F", "NP": "M", "PF": "M", "CH": "M"}


def test_aliases_and_further_numbers_are_sets(tmp_path):
    """Up to four further names and two further numbers; the spouse's number and a withdrawn one are not among them."""
    more = {"ADDITIONAL_SSN_1": "301223333", "ADDITIONAL_SSN_2": "302334444", "PREVIOUS_SSN": "303445555"}
    names = {"ADDITIONAL_FIRST_NAME_1": "MARY", "ADDITIONAL_LAST_NAME_1": "GARCIA", "ADDITIONAL_LAST_NAME_4": "LOPEZ"}
    spouse = {"IRS_U_SSN": "304556666"}
    record = read(tmp_path, case(), person("M1", "CP", **more, **names, **spouse)).records.iloc[0]
    assert record["other_ssns"] == "301223333|302334444"
    assert record["other_first_names"] == "MARY"
    assert record["other_last_names"] == "GARCIA|LOPEZ"
    assert record["previous_ssn"] == "303445555"
    assert "304556666" not in record.dropna().tolist()


def test_a_person_of_several_cases_is_one_record(tmp_path):
    """A father absent from two cases: one record, a membership in each."""
    other = {"CASE_ID": "KS0009999"}
    extract = read(tmp_path, case(), person("M1", "NP"), case(**other), person("M1", "PF", **other))
    assert extract.records["record_id"].tolist() == ["M1"]
    assert sorted(extract.memberships[["case_id", "role"]].to_numpy().tolist()) == [
        ["KS0001234", "NP"],
        ["KS0009999", "PF"],
    ]


def test_deleted_people_are_told_apart(tmp_path):
    """A record may take back what another said."""
    extract = read(tmp_path, case(), person("M1", "CP"), person("M2", "CH", ACTION_TYPE_CODE="D"))
    assert extract.memberships.set_index("record_id")["status"].to_dict() == {"M1": "active", "M2": "deleted"}


@pytest.mark.parametrize("length", [552, 640, 700])
def test_the_total_length_is_not_settled(tmp_path, length):
    """Fields end at 552; senders pad to 640 or more. Header and trailer are not established and passed."""
    extract = read(tmp_path, "FA20KSxxxxx", case().ljust(length), person("M1", "CP").ljust(length), "FZ00000002")
    assert len(extract.records) == 1
    assert len(extract.rejects) == 0
    assert sum(extract.n_lines.values()) == extract.n_read == 4


def test_a_file_without_line_ends_is_cut_at_640(tmp_path):
    """Mainframes send records of one length after one another."""
    path = tmp_path / "fcr.dat"
    records = ["FA", case(), person("M1", "CP"), person("M2", "CH"), "FZ"]
    path.write_bytes("".join(one.ljust(640) for one in records).encode("cp037"))
    extract = read_extract(path, layout="fcr", encoding="cp037")
    assert extract.records["record_id"].tolist() == ["M1", "M2"]
    assert normalize(extract)["last_name"].tolist() == ["GARCIA LOPEZ"] * 2


def test_an_acknowledgement_brings_numbers_and_a_date_of_death(tmp_path):
    """Corrected and multiple numbers are further numbers, which may come from tax records and are marked so."""
    row = {"MEMBER_ID": "M1", "CASE_ID": "KS0001234", "PARTICIPANT_TYPE": "NP", "SSN": "212345678"}
    row |= {"FIRST_NAME": "JOHN", "LAST_NAME": "BECK", "FCR_PRIMARY_LAST_NAME": "BECKER", "FAMILY_VIOLENCE": ""}
    row |= {"SSN_VALIDITY_CODE": "C", "PROVIDED_OR_CORRECTED_SSN": "212345687", "MULTIPLE_SSN_1": "301223333"}
    row |= {"DATE_OF_DEATH": "20240501"}
    pd.DataFrame([row]).to_csv(tmp_path / "ack.csv", index=False)
    extract = read_extract(tmp_path / "ack.csv", layout="fcr_acknowledgement")
    record = extract.records.iloc[0]
    assert (record["ssn"], record["other_ssns"]) == ("212345678", "212345687|301223333")
    assert (record["ssn_verified"], record["date_of_death"]) == ("C", "20240501")
    assert (record["other_last_names"], record["protected"]) == ("BECKER", "N")
    assert (extract.tainted, dict(extract.taints)) == ("", {"other_ssns": "federal tax"})


def test_a_match_tells_the_other_case(tmp_path):
    """The receiving state's person and case, and the other case; its other people are another state's and not read."""
    row = {"STATE_MEMBER_ID": "M1", "SUBMITTED_CASE_ID": "KS0001234", "ACTION_TYPE_CODE": "P", "RESPONSE_CODE": "MA"}
    row |= {"MATCHED_CASE_ID": "MO77", "MATCHED_PARTICIPANT_TYPE": "CH", "ASSOCIATED_SSN_1": "301223333"}
    pd.DataFrame([row]).to_csv(tmp_path / "match.csv", index=False)
    extract = read_extract(tmp_path / "match.csv", layout="fcr_match")
    member = extract.memberships.iloc[0]
    assert (member["record_id"], member["case_id"], member["matched_case_id"]) == ("M1", "KS0001234", "MO77")
    assert (member["matched_participant_type"], member["response_code"]) == ("CH", "MA")
    assert "301223333" not in extract.records.iloc[0].dropna().tolist()
