"""People who share an address, and ages."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import ColumnMissingError
from caselink.normalize import ages_at, count_people_at_address

RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["1 ELM ST", "2 OAK ST", None]),
        st.sampled_from(["10001", "10002", None]),
        st.sampled_from(["ANA", "BO", None]),
        st.sampled_from(["1985-03-05", "1990-00-00", None]),
    ),
    max_size=12,
)


@given(records=RECORDS)
def test_people_at_an_address_are_counted_as_they_are_written(records):
    """As many as there are different names and birth dates at the street and ZIP; nobody where there is no street."""
    frame = pd.DataFrame(records, columns=["street", "zip", "first_name", "birth_date"], dtype=object)
    expected = [
        len({who for *where, one, born in records if where == [street, code] for who in [(one, born)]}) if street else 0
        for street, code, _, _ in records
    ]
    assert count_people_at_address(frame).tolist() == expected


def test_addresses_need_a_street():
    """The error names the column."""
    with pytest.raises(ColumnMissingError, match="street"):
        count_people_at_address(pd.DataFrame({"zip": ["10001"]}))


@given(born=st.dates(date(1900, 1, 1)), on=st.dates(date(1900, 1, 1)))
def test_age_on_a_day(born, on):
    """A year more each birthday."""
    expected = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    assert ages_at(pd.Series([born.isoformat()]), on.isoformat()).tolist() == [expected]


@pytest.mark.parametrize(
    ("born", "age"),
    [
        pytest.param("1985-00-00", 41, id="year alone"),
        pytest.param("1985-12-00", 40, id="month to come"),
        pytest.param("1985-09-00", 41, id="this month, day not known"),
        pytest.param("0000-03-05", None, id="no year"),
        pytest.param(None, None, id="missing"),
    ],
)
def test_age_from_part_of_a_date(born, age):
    """What is not known counts as past; without a year there is no age."""
    (found,) = ages_at(pd.Series([born], dtype=object), "2026-09-30")
    assert pd.isna(found) if age is None else found == age
