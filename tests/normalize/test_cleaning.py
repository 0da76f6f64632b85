"""What is declared of a source."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import SpecError
from caselink.layouts import read_source
from caselink.normalize import Cleaning, normalize, profile, value_rejects
from caselink.normalize.dates import clean_birth_date, day_comes_first


def frame(**columns):
    """A frame of the source iva with ids from 1 on."""
    length = len(next(iter(columns.values())))
    table = {"source": "iva", "record_id": [str(row) for row in range(1, length + 1)]}
    return pd.DataFrame(table | {name: pd.Series(values, dtype=object) for name, values in columns.items()})


def column(records, name):
    """Values of a column, None where missing."""
    return [None if pd.isna(value) else value for value in records[name]]


DAY_FIRST = ["25/12/1985", "31/01/1990", "13/02/1991", "14/02/1991", "15.02.1991"]


@pytest.mark.parametrize(
    ("dates", "order", "expected"),
    [
        pytest.param(["03/05/1985"], "found", "1985-03-05", id="month first where nothing says otherwise"),
        pytest.param(["03/05/1985", *DAY_FIRST], "found", "1985-05-03", id="found to be day first"),
        pytest.param(["03/05/1985", *DAY_FIRST[:4]], "found", "1985-03-05", id="too few to say so"),
        pytest.param(["03/05/1985", *DAY_FIRST, "12/25/1985"], "found", "1985-03-05", id="of both kinds"),
        pytest.param(["03/05/1985"], "day first", "1985-05-03", id="declared"),
        pytest.param(["03051985"], "day first", "1985-05-03", id="declared, eight digits"),
        pytest.param(["030585"], "day first", "1985-05-03", id="declared, six digits"),
        pytest.param(["1985-03-05"], "day first", "1985-03-05", id="year first is plain"),
        pytest.param(["03/05/1985", *DAY_FIRST], "month first", "1985-03-05", id="declared against the data"),
    ],
)
def test_the_order_of_day_and_month_is_the_source_s(dates, order, expected):
    """Found in all dates of a source, or declared."""
    records = normalize(frame(birth_date=dates), cleaning=Cleaning(date_order=order))
    assert column(records, "birth_date")[0] == expected


def test_dates_in_their_source_s_order_are_not_repaired():
    """What is only written the other way is no fault; what contradicts the order is concluded, and counted."""
    people = frame(birth_date=[*DAY_FIRST, "12/25/1985"])
    counts = profile(people, cleaning=Cleaning(date_order="day first"))
    assert counts["repaired"].tolist() == [1]


@given(dates=st.lists(st.dates(pd.Timestamp(1900, 1, 1).date()), min_size=1, max_size=60))
def test_an_order_is_concluded_from_dates_that_have_but_one_reading(dates):
    """Dates written day first are never taken for month first, nor the reverse."""
    month_first = [date.strftime("%m/%d/%Y") for date in dates]
    day_first = [date.strftime("%d/%m/%Y") for date in dates]
    assert not day_comes_first(month_first)
    assert day_comes_first(day_first) == (sum(date.day > 12 for date in dates) >= 5)


@pytest.mark.parametrize(("pivot", "year"), [(None, 2020), (19, 1920), (20, 2020), (99, 2020)])
def test_the_pivot_of_two_digit_years(pivot, year):
    """Up to the pivot a year of two digits is of this century."""
    assert clean_birth_date("3/5/20", pivot=pivot).value == f"{year}-03-05"
    assert clean_birth_date("3/5/20", latest="2026-09-30", pivot=pivot).value == f"{year}-03-05"
    records = normalize(frame(birth_year=["20"]), cleaning=Cleaning(two_digit_pivot=pivot))
    assert column(records, "birth_date") == [f"{year}-00-00"]


def test_pseudo_numbers_of_an_agency_are_placeholders():
    """By the patterns that are declared, whatever the hyphens; elsewhere the number counts."""
    people = frame(ssn=["800-12-3456", "D12345678", "212345678"])
    cleaning = Cleaning(pseudo_ssns=["800.*", "D[0-9]{8}"])
    assert column(normalize(people, cleaning=cleaning), "ssn") == [None, None, "212345678"]
    assert profile(people, cleaning=cleaning)["placeholder"].tolist() == [2]
    assert column(normalize(people), "ssn") == ["800123456", None, "212345678"]


def test_a_source_brings_its_default_sex():
    """A layout says which sex a registry keys where none is known; that holds beside other declarations."""
    people = pd.DataFrame({"id": ["1", "2"], "role": ["CH", "CH"], "sex": ["M", "F"]})
    extract = replace(read_source(people, name="fcr", record_id="id"), default_sex={"CH": "M"})
    for cleaning in (None, Cleaning(steps={"role": lambda column: column.str.strip()})):
        records = normalize(extract, cleaning=cleaning)
        assert column(records, "sex") == [None, "F"]
        assert column(records, "default_sex") == ["M", None]


def test_a_default_sex_is_kept_apart():
    """What is keyed for a role where nothing is known takes no part in comparing; any other sex does."""
    people = frame(role=["CH", "CH", "CP", "CP", None], sex=["M", "F", "F", "M", "M"])
    records = normalize(people, cleaning=Cleaning(default_sex={"CH": "M", "CP": "F"}))
    assert column(records, "sex") == [None, "F", None, "M", "M"]
    assert column(records, "default_sex") == ["M", None, "F", None, None]
    assert (
        profile(people, cleaning=Cleaning(default_sex={"CH": "M"})).set_index("column").loc["sex", "placeholder"] == 1
    )


def test_a_step_of_one_s_own_is_a_function_on_a_column():
    """It comes before all else, on any column; what it took away is kept as raw value if that is asked for."""
    people = frame(case_id=["00012", "77"], last_name=["Smith*", "Ott"], note=["a", "b"])
    steps = {
        "case_id": lambda texts: texts.str.lstrip("0"),
        "last_name": lambda texts: texts.where(~texts.str.endswith("*")),
        "note": lambda texts: texts.str.upper(),
    }
    records = normalize(people, cleaning=Cleaning(steps=steps), keep_raw=True)
    assert column(records, "case_id") == ["12", "77"]
    assert column(records, "last_name") == [None, "OTT"]
    assert column(records, "note") == ["A", "B"]
    assert column(records, "raw_last_name") == ["Smith*", "Ott"]
    assert column(records, "raw_case_id") == ["00012", None]


def test_columns_can_be_left_untouched():
    """Cleaning is switched off for a column; the others are cleaned."""
    people = frame(last_name=["O'Brien"], zip=["2134"], ssn=["not a number"])
    records = normalize(people, cleaning=Cleaning(untouched=["last_name", "ssn"]))
    assert (column(records, "last_name"), column(records, "zip")) == (["O'Brien"], ["02134"])
    assert column(records, "ssn") == ["not a number"]
    assert len(value_rejects(people, cleaning=Cleaning(untouched=["ssn"]))) == 0


def test_each_source_has_its_own_declaration():
    """By its name; a source without one is read as it is found."""
    dates = frame(birth_date=["03/05/1985"])
    extracts = [
        read_source(dates.drop(columns="source"), name=name, record_id="record_id") for name in ("abroad", "iva")
    ]
    records = normalize(*extracts, cleaning={"abroad": Cleaning(date_order="day first")})
    assert column(records, "birth_date") == ["1985-05-03", "1985-03-05"]
    both = pd.concat([dates, dates.assign(source="abroad")])
    with pytest.raises(SpecError, match="several sources"):
        normalize(both, cleaning={"abroad": Cleaning()})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        pytest.param({"date_order": "year first"}, "date_order", id="order"),
        pytest.param({"two_digit_pivot": 2030}, "two_digit_pivot", id="pivot"),
        pytest.param({"pseudo_ssns": "9.*"}, "a list", id="one text"),
        pytest.param({"pseudo_ssns": ["8.*", "("]}, "pattern 2 is no regular expression$", id="pattern"),
        pytest.param({"pseudo_ssns": ["(?P<n-812345678>)"]}, "expression$", id="pattern is not quoted"),
        pytest.param({"default_sex": {"CH": "X"}}, "M or F", id="sex"),
    ],
)
def test_a_declaration_is_checked_when_it_is_made(wrong, message):
    """What cannot be meant is an error at once."""
    with pytest.raises(SpecError, match=message):
        Cleaning(**wrong)


@pytest.mark.parametrize(
    ("cleaning", "message"),
    [
        pytest.param(Cleaning(untouched=["zipp"]), "'zipp', which no table has", id="column that is not there"),
        pytest.param(Cleaning(steps={"record_id": lambda texts: texts}), "names the records", id="a key"),
        pytest.param(Cleaning(steps={"zip": lambda texts: texts.head(0)}), "the 2 rows", id="rows lost"),
        pytest.param(Cleaning(steps={"zip": list}), "pandas series", id="no series"),
    ],
)
def test_a_declaration_that_does_not_fit_the_table(cleaning, message):
    """The error names the column, never what is in it."""
    with pytest.raises(SpecError, match=message):
        normalize(frame(zip=["10001", "10002"]), cleaning=cleaning)
