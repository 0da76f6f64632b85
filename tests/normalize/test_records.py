"""Whole tables: fields read together, counts that add up, and no dependence on the order of rows."""

import dataclasses

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.errors import ColumnMissingError, RecordIdError, SpecError
from caselink.layouts import read_source
from caselink.normalize import normalize, profile, value_rejects
from caselink.schema import FURTHER_COLUMNS, STANDARD_COLUMNS

MARKER = "Zebulon"


def frame(**columns):
    """A frame of the source iva with ids from 1 on."""
    length = len(next(iter(columns.values())))
    ids = [str(row) for row in range(1, length + 1)]
    return pd.DataFrame(
        {"source": "iva", "record_id": ids, **{k: pd.Series(v, dtype=object) for k, v in columns.items()}}
    )


def rows(records, *columns):
    """Values as lists, None where missing."""
    table = records[list(columns)].astype(object)
    return table.where(table.notna(), None).to_numpy().tolist()


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param("maría", "o'brien", ["MARIA", "OBRIEN"], id="as it should be"),
        pytest.param(None, "LOPEZ, MARIA", ["MARIA", "LOPEZ"], id="order repaired"),
        pytest.param("FNU", "LOPEZ, MARIA", ["MARIA", "LOPEZ"], id="order repaired over a placeholder"),
        pytest.param("ANA", "LOPEZ, MARIA", ["ANA", "LOPEZ MARIA"], id="first name known, comma ignored"),
        pytest.param("JOHN", "DOE", [None, None], id="anonymous"),
        pytest.param("JANE", "Doe", [None, None], id="anonymous woman"),
        pytest.param("UNK", "DOE", [None, None], id="unknown Doe"),
        pytest.param("MARIA", "DOE", ["MARIA", "DOE"], id="Doe is also a surname"),
        pytest.param("JOHN", "UNK", ["JOHN", None], id="John is also a first name"),
        pytest.param("NA", "NONE", [None, None], id="two fillers"),
        pytest.param("SUN", "NA", ["SUN", "NA"], id="Na is also a surname"),
        pytest.param("NA", "PARK", ["NA", "PARK"], id="Na is also a first name"),
        pytest.param("NONE", None, [None, None], id="a filler alone"),
        pytest.param("XXUNKNOWN", "SMITH", [None, None], id="Kansas: XX says that the name is not known"),
        pytest.param("BABY BOY", "SMITH", [None, "SMITH"], id="newborn"),
    ],
)
def test_first_and_last_name_are_read_together(first, last, expected):
    """What is a name and what is a filler depends on both fields."""
    records = normalize(frame(first_name=[first], last_name=[last]))
    assert rows(records, "first_name", "last_name") == [expected]


def test_a_full_name_fills_what_is_missing():
    """full_name is used where first and last name are missing, and is gone then."""
    records = normalize(
        frame(first_name=["Ann", None], last_name=[None, None], full_name=["Bo Ott", "Maria E Lopez Jr"])
    )
    assert "full_name" not in records
    assert rows(records, "first_name", "middle_name", "last_name", "suffix") == [
        ["ANN", None, None, None],
        ["MARIA", "E", "LOPEZ", "JR"],
    ]


def test_a_suffix_moves_to_its_own_column():
    """Found in any part of the name; the suffix column itself goes first."""
    records = normalize(
        frame(first_name=["A", "B", "C Jr"], last_name=["Smith Jr", "Ott III", "Ngo"], suffix=["Sr", None, ""])
    )
    assert rows(records, "last_name", "suffix") == [["SMITH", "SR"], ["OTT", "III"], ["NGO", "JR"]]


def test_birth_date_from_its_parts():
    """Parts make a date where birth_date has none; unknown ones are zeros."""
    records = normalize(
        frame(
            birth_date=[None, "3/4/1990", None, None, None],
            birth_year=["1985", "1985", "1985", "1900", None],
            birth_month=["3", "3", None, "1", None],
            birth_day=["5", "5", "31", "1", None],
        )
    )
    assert rows(records, "birth_date") == [["1985-03-05"], ["1990-03-04"], ["1985-00-31"], [None], [None]]
    assert not {"birth_year", "birth_month", "birth_day"} & set(records.columns)


def test_typed_columns_are_read():
    """Dates and numbers of a frame count as what they mean; a number's lost zeros are put back."""
    people = pd.DataFrame(
        {
            "source": "iva",
            "record_id": [1, 2],
            "birth_date": pd.to_datetime(["1985-03-05", None]),
            "ssn": [1234567.0, np.nan],
            "zip": [2134, 10001],
        }
    )
    records = normalize(people)
    assert rows(records, "record_id", "birth_date", "ssn", "zip") == [
        ["1", "1985-03-05", "001234567", "02134"],
        ["2", None, None, "10001"],
    ]
    assert profile(people).set_index("column")["repaired"].to_dict() == {"birth_date": 0, "ssn": 1, "zip": 1}
    extract = read_source(people.drop(columns="source"), name="iva", record_id="record_id")
    assert rows(normalize(extract), "ssn") == [["001234567"], [None]]


def test_a_text_column_of_numbers_is_known_by_its_missing_zeros():
    """Where a hundred SSNs have nine digits and none starts with zero, zeros were lost; else nobody can know."""
    whole = [f"{area}345678" for area in range(100, 250)]
    assert normalize(frame(ssn=[*whole, "12345678"]))["ssn"].iloc[-1] == "012345678"
    assert pd.isna(normalize(frame(ssn=[*whole, "012345679", "12345678"]))["ssn"].iloc[-1])
    assert pd.isna(normalize(frame(ssn=["212345678", "12345678"]))["ssn"].iloc[-1])


def test_sex_digits_are_read_where_they_are_known():
    """1 and 2 are male and female; 0 and 1 might be either way round."""
    assert rows(normalize(frame(sex=["1", "2", "0", "9"])), "sex") == [["M"], ["F"], [None], [None]]
    assert rows(normalize(frame(sex=["1", "0", "F"])), "sex") == [[None], [None], ["F"]]


def test_a_unit_moves_out_of_the_street():
    """Unless another one stands in its own column."""
    records = normalize(frame(street=["1 Elm St Apt 2", "1 Elm St Apt 2"], unit=[None, "# 3"]))
    assert rows(records, "street", "unit") == [["1 ELM ST", "2"], ["1 ELM ST", "3"]]


def test_a_newborn_is_known_by_age():
    """BOY stands for a name that is not given yet only where the child is under two at the extract's date."""
    people = pd.DataFrame({"id": ["1", "2"], "first_name": ["BOY", "BOY"], "birth_date": ["2025-12-01", "1985-03-05"]})
    dated = read_source(people, name="iva", record_id="id", as_of="2026-09-30")
    assert rows(normalize(dated), "first_name") == [[None], ["BOY"]]
    assert rows(normalize(dataclasses.replace(dated, as_of=None)), "first_name") == [["BOY"], ["BOY"]]


def test_carried_columns_are_untouched():
    """What is not standard goes through as it is; empty is missing."""
    records = normalize(frame(first_name=["Ann"], color=["  Red; "]), frame(zip=["1"]).assign(source="ivd"))
    assert records.columns.tolist() == ["source", "record_id", "first_name", "last_name", "zip", "color"]
    assert rows(records, "first_name", "color") == [["ANN", "  Red; "], [None, None]]


def test_frames_of_any_kind_give_the_same_records():
    """pandas, polars and pyarrow are read alike, and so is what a reader gives."""
    people = frame(first_name=["Ann", None], last_name=["O'Brien", "Lopez, Eva"])
    expected = normalize(people)
    for given_frame in (pl.from_pandas(people), pa.Table.from_pandas(people, preserve_index=False)):
        pd.testing.assert_frame_equal(normalize(given_frame), expected)
    extract = read_source(people.drop(columns="source"), name="iva", record_id="record_id")
    pd.testing.assert_frame_equal(normalize(extract), expected)


def test_text_stays_in_arrow():
    """No stage pays for a conversion of text, in any pandas."""
    records = normalize(frame(first_name=["Ann"]))
    assert set(records.dtypes) == {pd.ArrowDtype(pa.string())}


def test_ids_must_be_there_and_be_unique():
    """A source and an id name one record, over all tables; the error shows no id."""
    people = frame(first_name=["Ann", "Bo"])
    with pytest.raises(RecordIdError, match="1 record"):
        normalize(people.assign(record_id=[MARKER, None]))
    with pytest.raises(RecordIdError, match=r"1 record\(s\) use an id") as caught:
        normalize(people.assign(record_id=MARKER))
    assert MARKER not in str(caught.value)
    with pytest.raises(RecordIdError, match="2 record"):
        normalize(people, people)
    assert len(normalize(people, people.assign(source="ivd"))) == 4


def test_what_cannot_be_normalized_is_refused():
    """A frame without keys, something that is no frame, or nothing."""
    with pytest.raises(ColumnMissingError, match="record_id"):
        normalize(pd.DataFrame({"first_name": ["Ann"]}))
    with pytest.raises(SpecError, match="cannot normalize a list"):
        normalize([1])
    with pytest.raises(SpecError, match="nothing to normalize"):
        normalize()


@pytest.mark.parametrize(
    "people",
    [
        pytest.param(frame(first_name=["Ann"]), id="one record"),
        pytest.param(frame(first_name=[None, None], ssn=[None, ""]), id="columns all missing"),
        pytest.param(frame(birth_date=["1985-03-05"] * 10_000), id="one birth date"),
        pytest.param(frame(first_name=["Ann"]).iloc[:0], id="no record"),
        pytest.param(frame(first_name=["李 小龍", "Мария", "محمد", "😀", "\x00"]), id="every script"),
    ],
)
def test_odd_tables_are_no_error(people):
    """All come out with as many records as went in."""
    records = normalize(people)
    assert len(records) == len(people)
    assert profile(people)["records"].eq(len(people)).all()
    assert len(value_rejects(people)) == 0


def test_value_rejects_name_file_line_and_field_never_the_value(tmp_path):
    """What was there and could not be used is listed with its line; placeholders are not."""
    path = tmp_path / "people.csv"
    path.write_text(f"id,ssn,dob,zip\n1,{MARKER},{MARKER},{MARKER}\n2,999999999,,\n\n3,666123456,1985-03-05,12\n")
    extract = read_source(path, name="iva", record_id="id", columns={"ssn": "ssn", "birth_date": "dob", "zip": "zip"})
    rejects = value_rejects(extract)
    assert rejects[["line", "field"]].to_numpy().tolist() == [
        [2, "birth_date"],
        [2, "ssn"],
        [2, "zip"],
        [5, "ssn"],
        [5, "zip"],
    ]
    assert set(rejects["file"]) == {str(path)}
    assert not rejects["dropped"].any()
    assert MARKER not in rejects.to_csv()
    assert rejects["reason"].notna().all()


def test_profile_counts():
    """Every raw value is usable, missing, a placeholder or invalid."""
    counts = profile(
        frame(ssn=["212345678", "212-34-5678", None, "999999999", "666123456", ""], note=list("aab") + [None] * 3)
    )
    assert counts.drop(columns="width").to_numpy().tolist() == [
        ["iva", "ssn", 6, 2, 1, 1, 0, 0, 4],
        ["iva", "note", 6, 3, 0, 0, 0, 0, 2],
    ]


FIELD_TEXTS = {
    "first_name": [
        "Ann",
        "ANN AKA NAN",
        "OTT, ANN",
        "UNK",
        "JOHN",
        "BB",
        "BABY BOY",
        "José",
        "NA",
        "XXX",
        "MR",
        "ANN JR",
        "LOPEZ, ANA",
    ],
    "middle_name": ["E", "NMN", "JR", "V"],
    "last_name": [
        "Ott",
        "Ott née Diaz",
        "OTT MD",
        "DOE",
        "LOPEZ, MARIA E",
        "SMITH, JR",
        "NONE",
        "O BRIEN",
        "Ngo-Li V",
        ", X",
    ],
    "suffix": ["JR", "3RD", "MD"],
    "full_name": ["Maria de la Cruz", "LOPEZ, MARIA", "UNK UNK", "JOHN DOE", "Cher", "MR SMITH SR"],
    "birth_date": ["1985-03-05", "02/31/1985", "1985", "99999999", "never", "0/0/85", "25/12/1985"],
    "birth_year": ["1985", "85", "9999", "x"],
    "birth_month": ["3", "13", "0"],
    "birth_day": ["31", "5", "99"],
    "sex": ["1", "0", "F", "male", "U", "?"],
    "ssn": ["212345678", "12345678", "999999999", "212-34-567", "912-70-1234", "x"],
    "other_names": ["Maria E Lopez|LNU", "LOPEZ, ANA", "|", "UNKNOWN"],
    "other_first_names": ["José|Joe", "UNK"],
    "other_last_names": ["O'Brien Jr|Diaz", "NONE", "DIAZ|Diaz"],
    "other_ssns": ["212-34-5678|999999999", "x"],
    "taxpayer_id": ["912-70-1234", "212345678", "N/A"],
    "street": ["12 Elm Street Apt 4", "PO BOX 1", "GENERAL DELIVERY", "#", "c/o Ann 3 Oak"],
    "unit": ["Apt 5", "#", "B 2"],
    "city": ["Saint Paul", "UNK"],
    "zip": ["2134", "02134-1111", "00000", "x"],
    "phone": ["2127365000", "1 212 736 5000", "5"],
    "month": ["202609", "13"],
}


@st.composite
def tables(draw):
    """A table with any of the standard columns, usual and unusual values."""
    names = draw(st.lists(st.sampled_from(sorted(FIELD_TEXTS)), unique=True, min_size=1))
    length = draw(st.integers(0, 6))
    columns = {
        name: draw(
            st.lists(
                st.none() | st.just("") | st.sampled_from(FIELD_TEXTS[name]) | st.text(max_size=12),
                min_size=length,
                max_size=length,
            )
        )
        for name in names
    }
    return frame(**columns)


@settings(max_examples=50)
@given(people=tables(), keep_raw=st.booleans())
def test_normalizing_what_is_normalized_changes_nothing(people, keep_raw):
    """normalize(normalize(x)) is normalize(x)."""
    once = normalize(people, keep_raw=keep_raw)
    assert len(once) == len(people)
    pd.testing.assert_frame_equal(normalize(once, keep_raw=keep_raw), once)
    assert len(value_rejects(once)) == 0


@settings(max_examples=50, deadline=None)
@given(people=tables())
def test_what_cleaning_changed_is_kept_beside(people):
    """A raw value is there exactly where it was changed; all else is as without it."""
    kept = normalize(people, keep_raw=True)
    raw = [name for name in kept if name.startswith("raw_")]
    pd.testing.assert_frame_equal(kept.drop(columns=raw), normalize(people))
    for name in set(people) - {"source", "record_id"}:
        given_values = [value if value and value.strip(" \t\n\f\r") else None for value in people[name]]
        cleaned = rows(kept, name) if name in kept else [[None]] * len(people)
        changed = [None if value == now else value for value, (now,) in zip(given_values, cleaned, strict=True)]
        assert (rows(kept, f"raw_{name}") if f"raw_{name}" in kept else [[None]] * len(people)) == [
            [v] for v in changed
        ]


@settings(max_examples=50)
@given(people=tables(), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(people, order):
    """Shuffled rows give the same records, shuffled."""
    shuffled = people.iloc[order.sample(range(len(people)), len(people))]
    back = normalize(shuffled).sort_values("record_id", ignore_index=True)
    pd.testing.assert_frame_equal(back, normalize(people))


@settings(max_examples=50)
@given(people=tables())
def test_every_value_is_accounted_for(people):
    """Usable + missing + placeholder + invalid = records, and the rejects are the invalid ones."""
    counts = profile(people)
    for row in counts.itertuples():
        unusable = row.missing + row.placeholder + row.invalid + row.other_kind
        assert unusable + row.repaired <= row.records
        assert row.distinct <= row.records
    assert counts["invalid"].sum() == len(value_rejects(people))
    assert set(counts["column"]) <= {*STANDARD_COLUMNS, *FURTHER_COLUMNS, "other_names"}


@settings(max_examples=30)
@given(text=st.text("bcdfghjkqwz", min_size=6, max_size=12))
def test_no_message_shows_a_value(text):
    """Reasons and counts speak of the kind of fault, never of what stands there."""
    people = frame(**{name: [text] for name in FIELD_TEXTS})
    shown = value_rejects(people).drop(columns=["source"]).to_csv() + profile(people).to_csv()
    assert text not in shown
