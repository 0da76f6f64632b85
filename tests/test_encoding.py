"""Encoding keeps every value, whatever the script, and does not depend on the order of rows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.encoding import Column, EncodedRecords, encode, text_buffers, text_units
from caselink.encoding_kernels import find_hashes, number_groups, sort_positions
from caselink.errors import CaselinkError, ColumnMissingError, InputError, RecordIdError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES = st.lists(st.none() | st.sampled_from(["", "A", "B", "É", "王", "𝔄", "\x00"]) | TEXT, max_size=9)
MADE_UP_NAME = "QXZWVJ"  # a value that no message may show


def frame_of(values, **columns):
    """Records of one source whose ids are their numbers."""
    ids = {"source": ["iva"] * len(values), "record_id": [str(n) for n in range(len(values))]}
    return pd.DataFrame({**ids, "x": pd.Series(values, dtype=object), **columns})


def decoded(records: EncodedRecords, column: str) -> dict[int, str | None]:
    """Input row to value."""
    rows = np.arange(len(records), dtype=np.int32)
    return dict(zip(records.row.tolist(), records.texts(column, rows), strict=True))


@settings(deadline=None)
@given(values=VALUES)
def test_values_come_back(values):
    """Every value comes back as it was; an empty text is missing."""
    records = encode(frame_of(values), ["x"])
    assert decoded(records, "x") == {row: value or None for row, value in enumerate(values)}
    assert len(records) == len(values)


@settings(deadline=None)
@given(values=VALUES)
def test_equal_codes_are_equal_values(values):
    """Two records have one code exactly if they have one value, and -1 exactly if it is missing."""
    records = encode(frame_of(values), ["x"])
    codes = records.columns["x"].codes
    texts = records.texts("x", np.arange(len(records), dtype=np.int32))
    for a, text in zip(codes, texts, strict=True):
        assert (a == -1) == (text is None)
        assert [bool(a == b) for b in codes] == [text == other for other in texts]
    assert records.columns["x"].counts().sum() == sum(text is not None for text in texts)


@settings(deadline=None)
@given(values=VALUES, draw=st.randoms(use_true_random=False))
def test_positions_do_not_depend_on_the_order_of_rows(values, draw):
    """The record at a position is the same one in whatever order the rows come, and its source too."""
    frame = frame_of(values)
    frame["source"] = [("ivd", "iva", "employment")[n % 3] for n in range(len(frame))]
    order = list(range(len(frame)))
    draw.shuffle(order)
    shuffled = frame.iloc[order]
    one, other = encode(frame, ["x"]), encode(shuffled, ["x"], threads=2)
    assert frame["record_id"].to_numpy()[one.row].tolist() == shuffled["record_id"].to_numpy()[other.row].tolist()
    assert one.record_hash.tolist() == other.record_hash.tolist()
    assert (np.diff(one.record_hash.astype(object)) > 0).all()
    assert one.sources == other.sources == tuple(sorted(set(frame["source"])))
    named = [one.sources[place] for place in one.source]
    assert named == [other.sources[place] for place in other.source] == frame["source"].to_numpy()[one.row].tolist()


@pytest.mark.parametrize(
    "dtype",
    [
        "object",
        "string[python]",
        "string[pyarrow]",
        "category",
        pd.ArrowDtype(pa.string()),
        pd.ArrowDtype(pa.large_string()),
        pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())),
    ],
    ids=str,
)
@pytest.mark.parametrize("values", [["A", None, "", "A", "É"], [None, None], []], ids=["some", "none", "empty"])
def test_every_kind_of_text_column_is_read(dtype, values):
    """Text is text, however pandas holds it; in several Arrow chunks too."""
    frame = frame_of(values)
    frame["x"] = frame["x"].astype(dtype)
    whole = pd.concat([frame, frame.assign(source="ivd")], ignore_index=True)
    records = encode(whole, ["x"])
    assert decoded(records, "x") == dict(enumerate([value or None for value in values] * 2))


@pytest.mark.parametrize("missing", [np.nan, None, pd.NA, pd.NaT], ids=str)
def test_a_column_all_missing_is_missing_whatever_its_type(missing):
    """A column of numbers or dates, as pandas makes it where nothing is known, is a column without values."""
    frame = frame_of(["A", "B"]).assign(phone=missing)
    records = encode(frame, ["phone"])
    assert records.columns["phone"].codes.tolist() == [-1, -1]
    assert len(records.columns["phone"].values) == 0


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1, 2], id="numbers"),
        pytest.param([1.5, None], id="fractions"),
        pytest.param([MADE_UP_NAME, 7], id="mixed"),
        pytest.param([MADE_UP_NAME.encode(), None], id="bytes"),
        pytest.param([MADE_UP_NAME + "\ud800", None], id="half a character"),
        pytest.param([[MADE_UP_NAME], None], id="lists"),
        pytest.param([{MADE_UP_NAME: 1}, None], id="dicts"),
        pytest.param([object(), None], id="objects"),
        pytest.param([pd.Timestamp("1985-03-12"), None], id="dates"),
        pytest.param([True, False], id="truth"),
    ],
)
def test_what_is_not_text_is_refused_by_name_of_column(values):
    """The error names the column and what to do, and no value."""
    with pytest.raises(InputError, match="normalize") as caught:
        encode(frame_of(values), ["x"])
    assert caught.value.field == "x"
    assert MADE_UP_NAME not in str(caught.value) + repr(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("source", "record_id", "said"),
    [
        pytest.param(["a", "a"], ["1", "1"], "occur twice", id="twice"),
        pytest.param(["a", None], ["1", "2"], "without source or record_id, the first at row 1", id="no source"),
        pytest.param(["a", ""], ["1", "2"], "the first at row 1", id="empty source"),
        pytest.param(["a", "a"], ["1", None], "the first at row 1", id="no id"),
        pytest.param(["a", "a"], ["", "2"], "the first at row 0", id="empty id"),
    ],
)
def test_records_without_an_id_of_their_own_are_refused(source, record_id, said):
    """Ids must be there and unique in their source; the error says in which rows, not which ids."""
    with pytest.raises(RecordIdError, match=said):
        encode(pd.DataFrame({"source": source, "record_id": record_id}), [])


def test_sources_may_share_ids():
    """An id is one of its source: two sources may use the same one."""
    records = encode(pd.DataFrame({"source": ["a", "b"], "record_id": ["1", "1"]}), [])
    assert len(set(records.record_hash.tolist())) == 2


def test_a_column_that_is_not_there_is_named():
    """The error lists what is missing and what there is."""
    with pytest.raises(ColumnMissingError) as caught:
        encode(frame_of([]), ["nickname"])
    assert caught.value.missing == ("nickname",)
    assert "x" in caught.value.available


def test_a_column_that_is_there_twice_is_named():
    """Which of the two is meant is not guessed."""
    frame = frame_of([MADE_UP_NAME]).assign(y="B").rename(columns={"y": "x"})
    with pytest.raises(InputError, match="twice") as caught:
        encode(frame, ["x"])
    assert caught.value.field == "x"


def test_records_show_no_value():
    """The repr of encoded records holds no value of a person."""
    records = encode(frame_of([MADE_UP_NAME, None]), ["x"])
    assert MADE_UP_NAME not in repr(records) + repr(records.columns["x"]) + str(records)


@settings(deadline=None)
@given(values=VALUES)
def test_derived_columns_are_derived_value_by_value(values):
    """A derived column is what the function says of each value, empty and None being missing."""
    records = encode(frame_of(values), ["x"])
    first = records.columns["x"].derived(
        lambda texts: pa.array([text[1:2] or None for text in texts.to_pylist()], pa.large_string())
    )
    again = EncodedRecords(records.row, records.record_hash, records.source, records.sources, {"x": first})
    assert decoded(again, "x") == {row: (value or "")[1:2] or None for row, value in enumerate(values)}


@given(values=st.lists(TEXT, max_size=8), cut=st.integers(0, 8))
def test_text_units_are_the_characters(values, cut):
    """Units are code points of the basic plane, one a character, also in a slice of a longer array."""
    array = pa.array(values, pa.large_string()).slice(cut)
    units, start = text_units(array)
    assert np.diff(start).tolist() == [len(value) for value in values[cut:]]
    for place, value in enumerate(values[cut:]):
        basic = [ord(letter) for letter in value if ord(letter) < 0x10000]
        found = units[start[place] : start[place + 1]].tolist()
        assert [unit for unit, letter in zip(found, value, strict=True) if ord(letter) < 0x10000] == basic
    data, offsets = text_buffers(array)
    assert [data[a:b].tobytes().decode() for a, b in pairwise(offsets)] == values[cut:]


@settings(deadline=None)
@given(keys=st.lists(st.integers(-1, 5) | st.integers(0, 2**62 - 1), max_size=30))
def test_positions_are_sorted_by_key(keys):
    """The radix sort is Python's: by key, equal keys by position, negative ones left out, up to 62 bits."""
    key = np.array(keys, np.int64)
    position = sort_positions(key, max(keys, default=0))
    assert position.tolist() == sorted((p for p in range(len(keys)) if keys[p] >= 0), key=lambda p: (keys[p], p))
    group, size = number_groups(key, position)
    distinct = sorted({k for k in keys if k >= 0})
    assert group.tolist() == [distinct.index(k) if k >= 0 else -1 for k in keys]
    assert size.tolist() == [keys.count(k) for k in distinct]


HASHES = st.integers(0, 2**64 - 1) | st.integers(0, 3) | st.integers(2**64 - 3, 2**64 - 1)


@settings(deadline=None)
@given(held=st.sets(HASHES, max_size=20), others=st.lists(HASHES, max_size=9))
def test_hashes_are_found_where_they_stand(held, others):
    """Each hash that is held is found at its place, however unevenly they are spread, and no other one is."""
    ascending = sorted(held)
    wanted = [*reversed(ascending), *others, *ascending]
    found = find_hashes(np.array(ascending, np.uint64), np.array(wanted, np.uint64))
    assert found.tolist() == [ascending.index(one) if one in held else -1 for one in wanted]


def test_counts_are_of_distinct_values():
    """``counts`` has one number a distinct value and leaves missing ones out."""
    column = Column(np.array([1, -1, 1, 0], np.int32), pa.array(["A", "B"], pa.large_string()))
    assert column.counts().tolist() == [1, 2]


def test_errors_are_caselinks_own():
    """Every error above is a CaselinkError, so that a caller can catch them at once."""
    assert issubclass(RecordIdError, CaselinkError)
    assert issubclass(InputError, CaselinkError)
