"""The quick tests that let whole columns pass unread agree with the cleaners."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from caselink.normalize import addresses, contacts, dates, ssn
from caselink.normalize.values import Status


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
