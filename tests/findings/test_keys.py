"""Rows by their keys: each function beside what it says, on small numbers of every kind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.findings.keys import equal_pairs, has_several, one_key

NUMBERS = st.one_of(st.integers(-3, 3), st.integers(-(2**61), 2**61))
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=12)


def _columns(rows, n):
    return [np.array([row[i] for row in rows], np.int64) for i in range(n)]


@given(rows=ROWS)
def test_one_key_sorts_as_the_columns_do(rows):
    """Of any two rows the keys compare as the rows do, however far the numbers of a column lie apart."""
    key = one_key(*_columns(rows, 3))
    for i, row in enumerate(rows):
        for j, other in enumerate(rows):
            assert (key[i] < key[j]) == (row < other)
            assert (key[i] == key[j]) == (row == other)


@given(left=st.lists(st.integers(0, 4)), right=st.lists(st.integers(0, 4)))
def test_equal_pairs_are_those_of_a_join(left, right):
    """Every pair of equal keys, by the order of the left rows, then of the right ones."""
    rows = equal_pairs(np.array(left, np.int64), np.array(right, np.int64))
    wanted = [(i, j) for i, one in enumerate(left) for j, other in enumerate(right) if one == other]
    assert list(zip(*(side.tolist() for side in rows), strict=True)) == wanted


@given(rows=ROWS)
def test_has_several_counts_the_different_values_of_a_key(rows):
    """A row counts if its key comes with another value too."""
    by, value = _columns(rows, 2)
    wanted = [len({row[1] for row in rows if row[0] == one[0]}) > 1 for one in rows]
    assert has_several(by, value).tolist() == wanted


@pytest.mark.parametrize("n", [0, 1])
def test_without_rows_there_is_nothing(n):
    """No row, or one, has no partner and no second value."""
    none = np.zeros(n, np.int64)
    assert has_several(none, none).tolist() == [False] * n
    assert pd.unique(one_key(none, none)).tolist() == [0] * n
