"""Who is protected, how it spreads, and what each purpose may see."""

from __future__ import annotations

import json
import logging
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import caselink as cl
from caselink.confidentiality import audit_record
from caselink.confidentiality.protection import NO, UNKNOWN, YES, person_status, record_status, spread
from caselink.confidentiality.rules import Protection, taints_of
from caselink.errors import SpecError
from caselink.families import Families, find_families
from caselink.layouts import Extract
from caselink.masking import LOCATION_FIELDS, WITHHELD, mask, unmask
from caselink.purposes import EVERYTHING, PURPOSES, Purpose, find_purpose

PROGRAMS = {"iva": "iv-a", "ivd": "iv-d", "wages": "earnings"}
VALUES = {
    "first_name": "ANA",
    "last_name": "RUIZ",
    "birth_date": "1990-02-03",
    "sex": "F",
    "ssn": "212345678",
    "street": "12 OAK ST",
    "city": "ELMWOOD",
    "zip": "30301",
    "phone": "4045550142",
    "email": "ANA@EXAMPLE.COM",
}
PLACES = sorted(LOCATION_FIELDS & VALUES.keys())


def families_of(*rows, **columns) -> Families:
    """Families of rows ``source, person, case, role, protected``, everybody with the same values."""
    frame = pd.DataFrame(rows, columns=["source", "person_id", "case_id", "role", "protected"], dtype=object)
    frame.insert(1, "record_id", [f"r{place}" for place in range(len(frame))])
    frame = frame.assign(**(VALUES | columns))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cl.CaselinkWarning)
        return find_families(frame.drop(columns="person_id"), frame[["source", "record_id", "person_id"]])


def golden(families, purpose, *, masked=True, **how):
    """Person and field to what is shown."""
    rows = families.golden_records(purpose, masked=masked, protection=families.protect(PROGRAMS, **how))
    return {(row.person_id, row.field): row.value for row in rows.itertuples()}


FREE = ("iva", "ana", "A1", "HEAD", "N")
FLAGGED = ("iva", "eva", "A1", "CHILD", "Y")


def test_of_free_people_a_program_sees_masked_values():
    """By default no value that finds anybody is whole; where whole values are asked for, never more of an SSN."""
    shown = golden(families_of(FREE), "iv-a eligibility")
    assert shown["ana", "last_name"] == "RUIZ"
    assert shown["ana", "ssn"] == "*****5678"
    assert (shown["ana", "birth_date"], shown["ana", "zip"], shown["ana", "phone"]) == ("1990", "303**", "********42")
    assert {shown["ana", field] for field in ("street", "city", "email")} == {WITHHELD}
    whole = golden(families_of(FREE), "iv-a eligibility", masked=False)
    assert (whole["ana", "street"], whole["ana", "ssn"]) == ("12 OAK ST", "*****5678")


def test_statistics_are_the_default_and_see_no_name_number_or_address():
    """The narrowest purpose counts people by year, sex and area."""
    rows = families_of(FREE).golden_records()
    shown = dict(zip(rows["field"], rows["value"], strict=True))
    assert {field for field, value in shown.items() if value != WITHHELD} == {"birth_date", "sex", "zip"}


@pytest.mark.parametrize("flag", ["Y", "FV", "?", "P", None], ids=str)
@pytest.mark.parametrize("purpose", list(PURPOSES))
def test_where_protected_or_unknown_people_live_is_withheld(flag, purpose):
    """Of them, and of everybody in their household and case; for every purpose, masked or not."""
    families = families_of(FREE, (*FLAGGED[:4], flag))
    for masked in (True, False) if PURPOSES[purpose].may_unmask else (True,):
        shown = golden(families, purpose, masked=masked)
        assert {shown[person, field] for person in ("ana", "eva") for field in PLACES} == {WITHHELD}


def test_without_the_column_no_place_is_shown():
    """It fails closed: where no column says who is protected, nobody's address leaves."""
    families = families_of(FREE)
    blind = find_families(
        families.input.drop(columns="protected"),
        families.records[["source", "record_id"]].assign(person_id=families.records["person_id"]),
    )
    for purpose in PURPOSES:
        shown = golden(blind, purpose)
        assert {shown["ana", field] for field in PLACES} == {WITHHELD}


def test_a_redaction_does_not_say_why():
    """Protected, unknown, bound by its source, or simply not there: the same word, and nothing beside it."""
    absent = families_of(FREE, phone=None)
    for families, how in (
        (families_of((*FREE[:4], "Y")), {}),
        (families_of((*FREE[:4], None)), {}),
        (absent, {}),
        (families_of(FREE), {"taints": {"iva": "federal tax"}}),
    ):
        rows = families.golden_records("iv-a eligibility", protection=families.protect(PROGRAMS, **how))
        phone = rows[rows["field"] == "phone"]
        assert phone["value"].tolist() == [WITHHELD]
        assert phone[["source", "record_id", "month", "records", "others"]].isna().all(axis=None)


def test_another_program_s_new_name_of_a_protected_person_is_not_shown():
    """Who changed their name to be safe is shown as the reader's own program has them, and no other is counted."""
    families = families_of(
        (*FREE[:4], "Y"),
        ("ivd", "ana", None, None, "N"),
        last_name=["RUIZ", "NEWNAME"],
        ssn=["212345678", "312345679"],
    )
    rows = families.golden_records("iv-a eligibility", protection=families.protect(PROGRAMS)).set_index("field")
    assert rows.loc["last_name", "value"] == "RUIZ"
    assert rows.loc["last_name", "others"] == 0
    assert rows.loc["ssn", "value"] == WITHHELD
    assert rows.loc["ssn", ["records", "others", "source"]].isna().all()


def test_a_program_sees_only_people_whom_it_knows():
    """Of people whom only another program knows, nothing is shown."""
    shown = golden(families_of(FREE, ("ivd", "joe", "D1", "NP", "N")), "iv-a eligibility")
    assert {value for (person, _), value in shown.items() if person == "joe"} == {WITHHELD}


def test_what_a_register_says_is_for_findings_alone():
    """A source of no program, such as a register of prisoners, shows no value of people whom the reader knows."""
    families = families_of(FREE, ("jail", "ana", None, None, "N"), last_name=["RUIZ", "ALIAS"])
    rows = families.golden_records("iv-a eligibility", protection=families.protect(PROGRAMS)).set_index("field")
    assert (rows.loc["last_name", "value"], rows.loc["last_name", "others"]) == ("RUIZ", 0)
    view = families.protect(PROGRAMS).view(families.input, "iv-a eligibility").set_index("source")
    assert view.loc["jail", "last_name"] == WITHHELD


@pytest.mark.parametrize(
    ("taints", "field", "seen"),
    [
        ({"ivd": "federal tax"}, "phone", False),
        ({"ivd": {"phone": "federal tax"}}, "phone", False),
        ({"ivd": {"phone": "federal tax"}}, "ssn", True),
        ({"ivd": "new hire"}, "phone", True),
        ({"ivd": {"*": "federal tax", "ssn": "new hire"}}, "ssn", True),
    ],
)
def test_bound_values_stay_where_they_may_be(taints, field, seen):
    """Federal tax information is in no output; new hires are leads for the programs, field by field."""
    families = families_of(("ivd", "ana", "D1", "CP", "N"))
    assert (golden(families, "iv-d", taints=taints)["ana", field] != WITHHELD) == seen


def test_new_hires_are_not_for_statistics():
    """A bound source may be seen by the purposes that name it, and by no other."""
    assert golden(families_of(FREE), "statistics", taints={"iva": "new hire"})["ana", "birth_date"] == WITHHELD


def test_what_binds_a_source_is_read_from_its_extract():
    """The whole extract and its single columns."""
    empty = pd.DataFrame()
    bound, free = (Extract(records=empty, rejects=empty, name=name, n_read=0, tainted=taint)
                   for name, taint in (("hires", "new hire"), ("iva", "")))  # fmt: skip
    assert taints_of([bound, free]) == {"hires": {"*": "new hire"}}


# Spreading.

STATUS = st.lists(st.sampled_from([NO, UNKNOWN, YES]), min_size=1, max_size=12)


@given(status=STATUS, data=st.data())
def test_nothing_that_is_added_frees_anybody(status, data):
    """More groups or a worse flag never make anyone's status better; and a group shares its worst."""
    n = len(status)
    told = np.array(status, np.int8)
    member = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=12)), np.int64)
    group = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(member), max_size=len(member))), np.int64)
    found = spread(told, [(member, group)])
    assert (found >= told).all()
    for one in set(group.tolist()):
        inside = member[group == one]
        assert (found[inside] >= told[inside].max()).all()
    worse = told.copy()
    worse[data.draw(st.integers(0, n - 1))] = YES
    assert (spread(worse, [(member, group)]) >= found).all()
    half = len(member) // 2
    assert (found >= spread(told, [(member[:half], group[:half])])).all()


@given(said=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["Y", "N", None, " n ", "no", "", "x"]))))
def test_a_person_is_free_only_by_a_clear_no(said):
    """One yes protects; one no frees if there is no yes; silence is unknown."""
    frame = pd.DataFrame({"source": "iva", "record_id": [str(i) for i in range(len(said))]})
    frame["protected"] = pd.Series([flag for _, flag in said], dtype=object)
    encoded, status = record_status(frame)
    person = np.array([said[row][0] for row in encoded.row], np.int64)
    found = person_status(status, person)
    for one in set(person.tolist()):
        flags = [flag for who, flag in said if who == one and flag]
        yes = any(flag.strip().upper() not in ("N", "NO") for flag in flags)
        assert found[one] == (YES if yes else NO if flags else UNKNOWN)


def test_a_flag_that_was_set_in_an_earlier_run_stays():
    """Protection does not end because a file no longer says it."""
    families = families_of(FREE, ("ivd", "eva", "D1", "CP", "N"))
    before = families_of((*FREE[:4], "Y")).protect().table()
    before = before[before["protected"] == "yes"]
    assert golden(families, "iv-a eligibility", masked=False)["ana", "street"] == "12 OAK ST"
    assert golden(families, "iv-a eligibility", masked=False, earlier=before)["ana", "street"] == WITHHELD


def test_protection_spreads_through_cases_of_another_program():
    """The absent parent's file of the same case is withheld too: he must not learn where she is, nor anybody else."""
    families = families_of(("ivd", "eva", "D1", "CP", "Y"), ("ivd", "joe", "D1", "NP", "N"), FREE)
    status = dict(zip(families.protect().table()["person_id"], families.protect().table()["protected"], strict=True))
    assert status["joe"] == "yes"


# Views.


def test_a_view_withholds_what_it_does_not_know():
    """A column that nobody vouched for is withheld whole; never the flag, race, or what a body looks like."""
    families = families_of(FREE)
    protection = families.protect(PROGRAMS)
    table = families.records.assign(note="A NOTE", race="X", eye_color="BLUE", protected="N")
    view = protection.view(table, "iv-a eligibility", plain=("race", "protected"))
    assert set(view[["note", "race", "eye_color", "protected"]].to_numpy().ravel()) == {WITHHELD}
    assert protection.view(table, "iv-a eligibility", plain=("note",))["note"].tolist() == ["A NOTE"]


def test_case_numbers_stay_with_their_program():
    """A reader sees the case numbers of the programs that they work for; statistics see none."""
    families = families_of(FREE, ("ivd", "ana", "D1", "CP", "N"))
    protection = families.protect(PROGRAMS)
    for purpose, seen in (("statistics", set()), ("iv-a eligibility", {"A1"}), ("iv-d", {"D1"})):
        assert set(protection.view(families.cases, purpose)["case_id"]) - {WITHHELD} == seen
    sent = pd.DataFrame({"iva_case_id": ["A1"], "ivd_case_id": ["D1"]})
    assert protection.view(sent, "iv-d").to_numpy().tolist() == [[WITHHELD, "D1"]]


def test_whether_somebody_resides_is_a_place():
    """What a case says of residence is shown of free people only."""
    for flag, seen in (("N", "Y"), ("Y", WITHHELD)):
        families = families_of((*FREE[:4], flag), resides="Y")
        view = families.protect(PROGRAMS).view(families.households, "iv-a eligibility")
        assert view["resides"].tolist() == [seen]


def test_pairs_are_seen_side_by_side():
    """Each side of a pair is its own record's."""
    families = families_of(FREE, ("iva", "eva", "A2", "HEAD", "Y"), street=["12 OAK ST", "99 ELM AVE"])
    keys = families.records.sort_values("record_id")[["source", "record_id"]]
    sides = [
        keys.iloc[[row]].reset_index(drop=True).add_suffix(f"_{side}") for row, side in enumerate(("left", "right"))
    ]
    pair = pd.concat(sides, axis=1).assign(
        zip_left="30301", zip_right="30301", rule="phone", household_probability=0.9, match_weight=3.5
    )
    view = families.protect(PROGRAMS).view(pair, "iv-a eligibility").iloc[0]
    assert (view["zip_left"], view["zip_right"]) == ("303**", WITHHELD)
    assert (view["rule"], view["household_probability"], view["match_weight"]) == (WITHHELD, WITHHELD, 3.5)


ROWS = st.tuples(
    st.sampled_from(["iva", "ivd", "wages"]),
    st.sampled_from(["p0", "p1", "p2", "p3"]),
    st.sampled_from([None, "C1", "C2"]),
    st.sampled_from(["HEAD", "CHILD", "NP", None]),
    st.sampled_from(["Y", "N", "N", None]),
)


@settings(deadline=None, max_examples=40)
@given(rows=st.lists(ROWS, min_size=1, max_size=8), purpose=st.sampled_from(sorted(PURPOSES)), masked=st.booleans())
def test_no_view_shows_a_place_of_people_who_are_not_free(rows, purpose, masked):
    """Each record has values of its own; of people who are not free no place is in any table, whatever is asked."""
    frame = {f: [_planted(f, place) for place in range(len(rows))] for f in VALUES}
    families = families_of(*rows, **frame)
    protection = families.protect(PROGRAMS)
    masked = masked or not PURPOSES[purpose].may_unmask
    outputs = [
        families.golden_records(purpose, masked=masked, protection=protection),
        protection.view(families.input, purpose, masked=masked),
        protection.view(families.households, purpose, masked=masked),
        protection.view(families.cases, purpose, masked=masked),
    ]
    text = "\n".join(table.to_csv() for table in outputs)
    told = protection.table().merge(families.input.assign(row=range(len(rows))), on=["source", "record_id"])
    for row in told.itertuples():
        assert _planted("ssn", row.row) not in text
        if row.protected_x != "no" or row.protected_y != "N":
            assert not [field for field in PLACES if _planted(field, row.row) in text]
        if masked:
            assert _planted("birth_date", row.row) not in text


def _planted(field: str, place: int) -> str:
    """A value of the right form that no other record has."""
    return {
        "first_name": f"FIRSTQ{'ABCDEFGH'[place]}",
        "last_name": f"LASTQ{'ABCDEFGH'[place]}",
        "birth_date": f"19{60 + place}-02-03",
        "sex": "F",
        "ssn": f"21234567{place}",
        "street": f"{place} QUUX ST",
        "city": f"CITYQ{'ABCDEFGH'[place]}",
        "zip": f"3030{place}",
        "phone": f"404555014{place}",
        "email": f"Q{place}@EXAMPLE.COM",
    }[field]


# Purposes, masks, audit.


def test_a_program_s_purpose_asks_which_source_is_whose():
    """Nothing is guessed from the names of sources."""
    with pytest.raises(SpecError, match="which program each source is of"):
        families_of(FREE).golden_records("iv-d")


@pytest.mark.parametrize("purpose", ["fraud", "", None, 7], ids=str)
def test_an_unknown_purpose_is_an_error(purpose):
    """There is no purpose that sees everything."""
    with pytest.raises(SpecError, match="purpose is one of"):
        find_purpose(purpose)


def test_only_purposes_that_work_cases_may_ask_for_whole_values():
    """Counting needs no whole value."""
    with pytest.raises(SpecError, match="masked values only"):
        families_of(FREE).golden_records("statistics", masked=False)


@pytest.mark.parametrize(
    "wrong",
    [{"programs": ("irs",)}, {"taints": frozenset({"secret"})}, {"fields": frozenset({"race"})}],
    ids=["program", "taint", "field"],
)
def test_a_purpose_of_one_s_own_is_checked(wrong):
    """It names known programs, taints and fields; what must never be shown it cannot name."""
    with pytest.raises(SpecError):
        Purpose(name="own", **wrong)


@pytest.mark.parametrize(
    "wrong", [{"programs": {"iva": "irs"}}, {"taints": {"iva": "secret"}}], ids=["program", "taint"]
)
def test_programs_and_taints_are_checked(wrong):
    """A program or taint that is mistyped would free or hide the wrong values."""
    with pytest.raises(SpecError):
        families_of(FREE).protect(**wrong)


def test_every_purpose_says_its_rule():
    """Where each profile comes from is part of it; none sees federal tax information."""
    assert all(purpose.rule and "federal tax" not in purpose.taints for purpose in PURPOSES.values())
    narrowest, *others = PURPOSES.values()
    assert all(narrowest.fields <= other.fields for other in others)


@given(field=st.sampled_from(sorted(EVERYTHING)), text=st.text(max_size=12) | st.none())
def test_a_mask_never_shows_more_than_its_form_allows(field, text):
    """Of numbers and dates only values of the right form are shown, and never whole."""
    shown = mask(field, text)
    if field in ("ssn", "birth_date", "zip", "phone", "street", "unit", "city", "email"):
        assert shown == WITHHELD or (text is not None and shown != text)
    if field == "ssn":
        assert unmask(field, text) == shown
    assert shown


def test_the_audit_record_holds_no_value(tmp_path):
    """Who, when, which files by hash, what for, and counts; file names and texts are left out."""
    told = audit_record(
        "iv-d",
        files=[{"source": "ivd", "sha256": "0" * 64, "file": "maria_diaz.csv"}],
        counts={"records": 3, "name": "DIAZ"},
        settings={"seed": 0, "sha256": "1" * 64, "file": "maria_diaz.toml"},
        withheld={"persons": 4},
    )
    text = json.dumps(told)
    assert "diaz" not in text.lower()
    assert (told["purpose"], told["counts"], told["settings"]["seed"]) == ("iv-d", {"records": 3}, 0)
    assert told["who"]
    assert told["when"]


def test_a_view_is_logged_with_counts_only(caplog):
    """What was shown for which purpose can be followed; values cannot."""
    families = families_of(FREE)
    with caplog.at_level(logging.DEBUG, logger="caselink"):
        families.protect(PROGRAMS).view(families.input, "iv-d")
    assert "view for iv-d: 1 rows" in caplog.text
    assert not [value for value in VALUES.values() if len(value) > 1 and value in caplog.text]


def test_a_protection_prints_nobody():
    """Its repr names sources, and no person."""
    families = families_of(FREE, FLAGGED)
    text = repr(families.protect(PROGRAMS))
    assert isinstance(families.protection, Protection)
    assert not [value for value in ("RUIZ", "ana", "eva", "212345678", "r0") if value in text]
