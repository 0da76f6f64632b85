"""Reading frames and Parquet: typed columns become the text that the agency would have written."""

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from caselink.errors import ColumnMissingError, InputError, SpecError
from caselink.layouts import read_source


def texts(frame, **options):
    """The records as lists of text, None where missing."""
    extract = read_source(frame, **{"name": "iva", "record_id": "id"} | options)
    records = extract.records.drop(columns="source").astype(object)
    return records.where(records.notna(), None).to_numpy().tolist()


TYPED = [
    pytest.param(pd.Series([12, 7]), ["12", "7"], id="integers"),
    pytest.param(pd.Series([12.0, None]), ["12", None], id="floats that were integers"),
    pytest.param(pd.Series([0.5, np.inf]), ["0.5", None], id="floats"),
    pytest.param(pd.Series([1, None], dtype="Int64"), ["1", None], id="nullable integers"),
    pytest.param(pd.to_datetime(pd.Series(["1985-03-05", None])), ["1985-03-05", None], id="dates as timestamps"),
    pytest.param(pd.Series([dt.date(1985, 3, 5), None]), ["1985-03-05", None], id="dates"),
    pytest.param(pd.Series([pd.Timestamp("1985-03-05", tz="UTC"), pd.NaT]), ["1985-03-05", None], id="with time zone"),
    pytest.param(pd.Series(["a", "b"], dtype="category"), ["a", "b"], id="categories"),
    pytest.param(pd.Series(["a", pd.NA], dtype="string"), ["a", None], id="strings"),
    pytest.param(pd.Series(["a", float("nan")], dtype=object), ["a", None], id="objects"),
    pytest.param(pd.Series([12.0, "x"], dtype=object), ["12", "x"], id="numbers and text in one column"),
    pytest.param(pd.Series(["  ", ""], dtype=object), [None, None], id="blanks"),
    pytest.param(pd.Series([True, False]), ["true", "false"], id="booleans"),
    pytest.param(pd.Series([decimal.Decimal("12.00"), None]), ["12", None], id="decimals"),
    pytest.param(pd.Series([None, None]), [None, None], id="all missing"),
    pytest.param(pd.Series(["a\ud800", 1], dtype=object), ["a?", "1"], id="half a character"),
]


@pytest.mark.parametrize(("column", "expected"), TYPED)
def test_typed_columns_become_text(column, expected):
    """Whatever type pandas has made of a column, the record holds what a person would read."""
    frame = pd.DataFrame({"id": ["1", "2"], "case_id": column})
    assert texts(frame, columns={"case_id": "case_id"}) == [["1", expected[0]], ["2", expected[1]]]


def test_pandas_polars_pyarrow_and_parquet_give_the_same(tmp_path):
    """The kind of frame makes no difference."""
    columns = {"id": [1, 2], "dob": [dt.date(1985, 3, 5), None], "lname": ["Ngo", None]}
    parquet.write_table(pa.table(columns), tmp_path / "people.parquet")
    mapping = {"birth_date": "dob", "last_name": "lname"}
    for source in (pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns), tmp_path / "people.parquet"):
        assert texts(source, columns=mapping) == [["1", "1985-03-05", "Ngo"], ["2", None, None]]


def test_columns_that_held_numbers_are_known():
    """An SSN that was a number has lost its zeros, which only the reader can know."""
    frame = pd.DataFrame({"id": ["1"], "ssn": [1234567], "zip": ["02134"]})
    assert read_source(frame, name="iva", record_id="id").numeric == {"ssn"}


def test_rows_of_a_frame_are_numbered_from_one():
    """A reject of a frame names the row, counted from one, whatever the frame's own index."""
    frame = pd.DataFrame({"id": ["1", None, "2"]}, index=[10, 10, 11])
    extract = read_source(frame, name="iva", record_id="id")
    assert extract.rejects[["line", "field", "reason"]].to_numpy().tolist() == [[2, "record_id", "no record id"]]
    assert extract.records.index.tolist() == [1, 3]
    assert extract.path is None
    assert extract.sha256 is None


def test_a_doubled_column_of_a_frame_is_refused():
    """Which of two columns with one name is meant cannot be known."""
    frame = pd.DataFrame([["1", "a", "b"]], columns=["id", "lname", "lname"])
    with pytest.raises(InputError, match=r"'lname'.*stands 2 times"):
        read_source(frame, name="iva", record_id="id", columns={"last_name": "lname"})


def test_a_missing_column_of_a_frame_is_named():
    """The error says what is there instead."""
    with pytest.raises(ColumnMissingError, match="surname"):
        read_source(pd.DataFrame({"surname": ["a"]}), name="iva", record_id="id")


@pytest.mark.parametrize("column", [[["a"]], [{"a": 1}], [b"a", 1]])
def test_a_column_that_is_no_text_is_refused(column):
    """Lists and the like have no one way to be written."""
    frame = pd.DataFrame({"id": [str(n) for n in range(len(column))], "city": pd.Series(column, dtype=object)})
    with pytest.raises(InputError, match=r"'city'.*not text"):
        read_source(frame, name="iva", record_id="id")


def test_what_is_no_frame_is_refused():
    """A list of rows is not guessed at."""
    with pytest.raises(SpecError, match="cannot read a list"):
        read_source([["1"]], name="iva", record_id="id")


def test_an_empty_frame_gives_no_records():
    """No rows are no error."""
    extract = read_source(pd.DataFrame({"id": pd.Series(dtype=object)}), name="iva", record_id="id")
    assert (extract.n_read, len(extract.records), len(extract.rejects)) == (0, 0, 0)


@given(ids=st.lists(st.sampled_from(["1", "2", "3", None, " ", "3 "])), seed=st.randoms(use_true_random=False))
def test_the_records_kept_do_not_depend_on_the_order_of_rows(ids, seed):
    """Counts add up, ids are unique, and shuffled rows give the same records."""
    rows = [(record_id, seed.choice(["x", "y", None])) for record_id in ids]
    kept = []
    for order in (rows, seed.sample(rows, len(rows))):
        frame = pd.DataFrame(order, columns=["id", "city"], dtype=object)
        extract = read_source(frame, name="iva", record_id="id", columns={"city": "city"})
        assert extract.n_read == len(order) == len(extract.records) + extract.rejects["dropped"].sum()
        assert extract.records["record_id"].is_unique
        kept.append(sorted(map(str, extract.records.itertuples(index=False, name=None))))
    assert kept[0] == kept[1]
