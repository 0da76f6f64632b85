"""Fingerprints of texts: the same for the same texts, whatever column they lie in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from caselink.fingerprints import fingerprints

ROWS = st.lists(st.tuples(st.text(max_size=12) | st.none(), st.text(max_size=3) | st.none()), max_size=12)


@given(rows=ROWS, first=st.integers(0, 3), wide=st.booleans())
def test_rows_have_one_fingerprint_where_they_say_the_same(rows, first, wide):
    """Short and wide offsets, a slice of a longer column and several chunks make no difference; other texts do."""
    kind = pa.large_string() if wide else pa.string()
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in (0, 1)]
    plain = fingerprints([pa.chunked_array([column]) for column in columns])
    held = [pa.array([*["x"] * first, *(row[place] for row in rows)], kind)[first:] for place in (0, 1)]
    cut = [pa.chunked_array([column[:2], column[2:]]) for column in held]
    assert (fingerprints(cut) == plain).all()
    numbers = np.unique(plain, axis=1, return_inverse=True)[1].ravel().tolist()
    texts = {row: place for place, row in enumerate(sorted(set(rows), key=repr))}
    assert len(set(zip(numbers, (texts[row] for row in rows), strict=True))) == len(texts) == len(set(numbers))
