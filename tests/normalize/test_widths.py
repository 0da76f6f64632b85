"""Widths of names: declared, or found where values pile up at one length."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import SpecError
from caselink.normalize import Cleaning, normalize
from caselink.normalize.widths import found_width


def frame(**columns):
    """A frame with ids from 1 on."""
    length = len(next(iter(columns.values())))
    return pd.DataFrame({"source": "iva", "record_id": [str(row) for row in range(length)], **columns})


def names(longest, each=30):
    """Different names of 4 and more letters, fewer and fewer of each length."""
    made = []
    for length in range(4, longest + 1):
        made += [
            f"{chr(65 + which)}{chr(75 + which % 7)}".ljust(length, "x") for which in range(each // (length - 3) + 1)
        ]
    return made


def cut_names(records):
    """Values of cut_last_name, empty where missing."""
    return records["cut_last_name"].fillna("").tolist() if "cut_last_name" in records else None


LETTERS = "ABCDEFGHIJ"
LONG = [f"VANDEN{a}{b}" + "BERGHOFERER"[: 1 + place] for a in LETTERS for place, b in enumerate(LETTERS[:9])]


def test_a_pile_of_names_of_one_length_is_a_width():
    """Ninety long names cut at eight letters are found, the same names whole are not."""
    short = names(9)
    assert found_width(pa.array([*short, *LONG])) is None
    assert found_width(pa.array([name[:8] for name in [*short, *LONG]])) == 8


@given(lengths=st.lists(st.integers(1, 25), max_size=200), cut=st.integers(1, 25), repeats=st.integers(1, 3))
def test_a_width_is_about_distinct_values(lengths, cut, repeats):
    """However often each name stands there, the same width is found, and it is one of the lengths."""
    values = [f"{place:06d}".ljust(6 + length, "x")[: 6 + cut] for place, length in enumerate(lengths)]
    width = found_width(pa.array(values, pa.string()))
    assert width == found_width(pa.array(values * repeats, pa.string()))
    assert width is None or width in {len(value) for value in values}


@pytest.mark.parametrize(
    ("last", "cut"),
    [
        pytest.param("VANDENBERG", "VANDENBERG", id="fills the field"),
        pytest.param("O'Brien-Sm", "OBRIEN SM", id="raw characters count"),
        pytest.param("Vandenber", "", id="shorter"),
        pytest.param("Delgado Jr", "", id="ends in a suffix"),
        pytest.param("Ruiz, Anna", "", id="holds the first name"),
        pytest.param(None, "", id="missing"),
        pytest.param("XXXXXXXXXX", "", id="a filler"),
    ],
)
def test_a_name_that_fills_its_field_may_go_on(last, cut):
    """Ten characters are declared; what fills them is marked as it was cleaned."""
    people = frame(first_name=[None, "Ana"], last_name=[last, "Ruiz"])
    records = normalize(people, cleaning=Cleaning(widths={"last_name": 10}))
    assert (cut_names(records) or ["", ""]) == [cut, ""]
    if cut:
        pd.testing.assert_frame_equal(normalize(records), records)


def test_a_width_is_found_for_each_source():
    """One source cuts at eight letters, the other does not: only the former's long names are marked."""
    short = frame(last_name=[name[:8] for name in [*names(9), *LONG]])
    whole = frame(last_name=[*names(9), *LONG]).assign(source="ivd")
    marked = normalize(short, whole)
    found = marked["cut_last_name"].notna()
    assert found.any()
    assert set(marked.loc[found, "source"]) == {"iva"}
    assert (marked.loc[found, "last_name"] == marked.loc[found, "cut_last_name"]).all()


def test_a_declared_width_that_values_exceed_is_not_believed():
    """Another state's files need not have the width that a layout knows."""
    records = normalize(frame(last_name=["VANDENBERGHE", "VANDENBERG"]), cleaning=Cleaning(widths={"last_name": 10}))
    assert "cut_last_name" not in records


@pytest.mark.parametrize("width", [0, -1, 1.5, True])
def test_a_width_is_a_number_of_characters(width):
    """Anything else is refused."""
    with pytest.raises(SpecError, match="widths are whole numbers"):
        Cleaning(widths={"last_name": width})


@pytest.mark.parametrize(
    ("zip_code", "own", "expected"),
    [
        pytest.param("62701-1234", None, ("62701", "1234"), id="after the ZIP"),
        pytest.param("627011234", None, ("62701", "1234"), id="without hyphen"),
        pytest.param("62701", "1234", ("62701", "1234"), id="a column of its own"),
        pytest.param("62701-1234", "5678", ("62701", "5678"), id="its own column first"),
        pytest.param("62701", "12", ("62701", "0012"), id="lost zeros"),
        pytest.param("62701-0000", None, ("62701", None), id="zeros"),
        pytest.param("00000-1234", None, (None, None), id="no ZIP"),
        pytest.param("62701", "12a4", ("62701", None), id="no digits"),
        pytest.param("62701", None, ("62701", None), id="none"),
    ],
)
def test_zip4_is_kept_beside_the_zip(zip_code, own, expected):
    """Five digits are compared, the four others are kept; normalizing again changes nothing."""
    columns = {"zip": [zip_code, "62701"]} | ({} if own is None else {"zip4": [own, None]})
    records = normalize(frame(**columns))
    found = [records[name].iloc[0] if name in records else None for name in ("zip", "zip4")]
    assert tuple(None if pd.isna(value) else value for value in found) == expected
    pd.testing.assert_frame_equal(normalize(records), records)
