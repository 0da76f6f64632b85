"""Texts that stand in several rows, and texts that are blank."""

from collections import Counter

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from caselink.text_columns import blank_to_null, rows_sharing

TEXT = st.text("01a", max_size=3) | st.text("0é", min_size=7, max_size=18)


@given(rows=st.lists(st.tuples(st.sampled_from(["iva", "ivd"]), TEXT)), cut=st.integers(0, 5))
def test_rows_that_share_their_texts_are_found(rows, cut):
    """Just those whose texts stand in another row, however the columns are cut into pieces."""
    columns = [
        pa.chunked_array([pa.array(list(part), pa.string()) for part in (column[:cut], column[cut:])])
        for column in ([row[0] for row in rows], [row[1] for row in rows])
    ]
    counts = Counter(rows)
    assert rows_sharing(columns).tolist() == [place for place, row in enumerate(rows) if counts[row] > 1]


def test_rows_of_a_slice_are_counted_from_its_start():
    """A column may be a piece of a longer one, or nothing."""
    column = pa.array(["b", "a", "b", "a", "a"]).slice(2)
    assert rows_sharing([pa.chunked_array([column])]).tolist() == [1, 2]
    assert rows_sharing([pa.chunked_array([], pa.string())]).tolist() == []
    assert rows_sharing([pa.chunked_array([np.array(["x"] * 3)])]).tolist() == [0, 1, 2]


@given(texts=st.lists(st.none() | st.text(" \t\n\x00aé", max_size=3), max_size=8), first=st.integers(0, 3))
def test_blank_texts_are_missing(texts, first):
    """What is empty or white space only, in any piece of a column; nothing else changes."""
    column = pa.chunked_array([pa.array(texts, pa.string()).slice(first), pa.array(texts[:first], pa.string())])
    expected = [None if text is not None and not text.strip(" \t\n") else text for text in column.to_pylist()]
    assert blank_to_null(column).to_pylist() == expected
