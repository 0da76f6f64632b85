"""Records for the race are normalized, though the people's own names have marks and particles."""

import pandas as pd

from caselink.synthetic import draw_records
from caselink.synthetic.keying.fact_slips import PLACEHOLDER_SSNS
from caselink.synthetic.keying.name_slips import PLACEHOLDER_NAMES


def test_records_of_the_race_are_normalized():
    """Text is in capitals and digits with single blanks, and no filler stands for a value."""
    records, _ = draw_records(20_000, seed=3)
    for column in ("first_name", "last_name", "street", "city"):
        assert records[column].dropna().str.fullmatch("[A-Z0-9]+( [A-Z0-9]+)*").all(), column
    assert records["ssn"].dropna().str.fullmatch("[0-9]{9}").all()
    assert not pd.to_numeric(records["ssn"].dropna()).isin(PLACEHOLDER_SSNS).any()
    assert not records["first_name"].isin(PLACEHOLDER_NAMES).any()
    assert records["birth_date"].dropna().str.fullmatch(r"(19|20|18)\d\d-\d\d-\d\d").all()
