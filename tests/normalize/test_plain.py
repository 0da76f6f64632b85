"""The quick tests that let whole columns pass unread agree with the cleaners."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.normalize import addresses, contacts, dates, names, normalize_and_reject, ssn, streets, value_rejects
from caselink.normalize import normalize as normalize_alone
from caselink.normalize.values import Cleaned, Status, parse_column

_IN_NAMES = "ANN OTT Ott JR II V 2ND MR MC O DE UNK ALLEGED FATHER BABY BOY BABYBOY BOYD INFANT 7 LOPEZ, O'BRIEN É"
_IN_STREETS = "12 012 000 7B 1/2 ELM Oak NORTH ST STREET FIRST 5TH APT UNIT STE # NO BOX PO R RR RURAL HOMELESS ² É "
_IN_STREETS += "COUNTY CO RD ROAD CR STATE HWY SR US U S I IH35 RT FL FLOOR REAR UPSTAIRS APT4 W B 5 C/O BX STRET HC"
NAME_WORDS, STREET_WORDS = _IN_NAMES.split(), _IN_STREETS.split()


def texts(words):
    """Words in any order, mostly one blank between."""
    return st.lists(st.sampled_from(words), max_size=5).map(" ".join) | st.text("".join(words) + " \n", max_size=12)


@given(digits=st.text("0123456789", min_size=9, max_size=9))
def test_plain_ssns_are_those_that_cleaning_keeps(digits):
    """The quick test over whole columns and the cleaner agree in both directions."""
    assert ssn.PLAIN.mask(pa.array([digits]))[0] == (ssn.clean_ssn(digits).value == digits)


@given(text=st.dates().map(str) | st.text("0123456789-", min_size=10, max_size=10))
def test_plain_dates_are_kept_by_cleaning(text):
    """What the quick test passes is clean."""
    if dates.PLAIN.mask(pa.array([text]))[0]:
        assert dates.clean_birth_date(text) == (text, Status.KEPT, None)


@given(text=st.text("0123456789", min_size=5, max_size=10))
def test_plain_phones_and_zips_are_kept_by_cleaning(text):
    """What the quick tests pass is clean."""
    for plain, clean in ((contacts.PHONE_PLAIN, contacts.clean_phone), (addresses.ZIP_PLAIN, addresses.clean_zip)):
        if plain.mask(pa.array([text]))[0]:
            assert clean(text) == (text, Status.KEPT, None)


@given(date=st.dates().map(str), latest=st.dates(pd.Timestamp(1990, 1, 1).date()).map(str))
def test_plain_dates_of_a_dated_extract_are_kept_by_cleaning(date, latest):
    """Where the extract has a date, the quick test allows for it."""
    if dates.plain_dates(latest).mask(pa.array([date]))[0]:
        assert dates.clean_birth_date(date, latest=latest) == (date, Status.KEPT, None)


@pytest.mark.parametrize(
    ("parse", "plain"),
    [
        pytest.param(names.parse_first_name, names.FIRST_PLAIN, id="first"),
        pytest.param(names.parse_middle_name, names.MIDDLE_PLAIN, id="middle"),
        pytest.param(names.parse_last_name, names.LAST_PLAIN, id="last"),
    ],
)
@given(values=st.lists(texts(NAME_WORDS), max_size=6), often=st.integers(1, 3))
def test_names_come_apart_alike_one_by_one_and_as_a_column(parse, plain, values, often):
    """Neither the quick test nor the way through the distinct values changes an outcome."""
    parts = parse_column(
        pa.chunked_array([pa.array(values * often, pa.string())]), parse, names.NameParts._fields, plain
    )
    assert_parts(parts, [parse(value) for value in values] * often, names.NameParts._fields, values * often)


@given(values=st.lists(texts(STREET_WORDS), max_size=6))
def test_streets_come_apart_alike_one_by_one_and_as_a_column(values):
    """A house number changes nothing of what follows it."""
    parts = streets.parse_streets(pa.chunked_array([pa.array(values, pa.string())]))
    fields = addresses.StreetParts._fields
    assert_parts(parts, [addresses.parse_street(value) for value in values], fields, values)


@given(value=st.text("0123456789-", min_size=9, max_size=12) | st.from_regex(r"\A\d{3}-\d{2}-\d{4}\Z"))
def test_hyphens_of_an_ssn_change_nothing(value):
    """An SSN without its hyphens cleans to the same."""
    (bare,) = ssn.without_hyphens(pa.array([value])).to_pylist()
    for numeric in (False, True):
        assert ssn.clean_ssn(bare, numeric=numeric) == ssn.clean_ssn(value, numeric=numeric)


@pytest.mark.parametrize("often", [1, 5])
def test_a_column_is_cleaned_alike_whether_values_repeat(often):
    """Row by row or through the distinct values, with missing ones among them."""
    values = ["12345", None, "2134", "x", "00000", " "] * often
    parts = parse_column(pa.array(values), addresses.clean_zip, Cleaned._fields, addresses.ZIP_PLAIN)
    assert parts.texts["value"].to_pylist() == ["12345", None, "02134", None, None, None] * often
    kinds = [Status.KEPT, Status.MISSING, Status.REPAIRED, Status.INVALID, Status.PLACEHOLDER, Status.MISSING]
    assert parts.status.tolist() == kinds * often


def test_records_and_rejects_of_one_cleaning():
    """Cleaning once gives what normalize and value_rejects give."""
    people = pd.DataFrame({"source": "iva", "record_id": ["1", "2"], "zip": ["12", "10001"], "ssn": ["x", "212345678"]})
    records, rejects = normalize_and_reject(people)
    pd.testing.assert_frame_equal(records, normalize_alone(people))
    pd.testing.assert_frame_equal(rejects, value_rejects(people))
    assert rejects["field"].tolist() == ["ssn", "zip"]


def assert_parts(parts, expected, fields, values):
    """Columns hold what the parser gives for each value; what is blank is missing."""
    for place, (value, row) in enumerate(zip(values, expected, strict=True)):
        blank = not value.strip()
        assert parts.status[place] == (Status.MISSING if blank else row.status)
        for name in set(fields) - {"status"}:
            assert parts.texts[name][place].as_py() == (None if blank else getattr(row, name))
