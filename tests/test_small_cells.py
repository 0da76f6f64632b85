"""Small cells are left out, and nothing that is shown gives them back."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.confidentiality.small_cells import hide_small

WITHIN = np.array([[cell & 1 << k > 0 for cell in range(1, 8)] for k in range(3)] + [[True] * 7])


@given(counts=st.lists(st.integers(0, 30), min_size=7, max_size=7), least=st.integers(1, 12))
def test_small_counts_are_never_shown(counts, least):
    """Neither cells nor totals; and nothing is left out where nothing is small."""
    cells = np.array(counts)
    hidden, unsaid = hide_small(cells, WITHIN, least)
    for values, left_out in ((cells, hidden), (WITHIN @ cells, unsaid)):
        assert not ((values > 0) & (values < least) & ~left_out).any()
        assert not (left_out & (values == 0)).any()
    sums = WITHIN @ cells
    if not ((cells > 0) & (cells < least)).any() and not ((sums > 0) & (sums < least)).any():
        assert not hidden.any()
        assert not unsaid.any()


@settings(max_examples=15, deadline=None)
@given(counts=st.lists(st.integers(0, 6), min_size=7, max_size=7))
def test_what_is_left_out_cannot_be_told_from_the_totals(counts):
    """Of each count that is left out at least two values fit all that is shown: every table is tried."""
    cells = np.array(counts)
    hidden, unsaid = hide_small(cells, WITHIN, 4)
    places = np.flatnonzero(hidden)
    if len(places) > 4:
        return
    fitting = []
    for values in itertools.product(range(13), repeat=len(places)):
        other = cells.copy()
        other[places] = values
        if ((WITHIN @ other == WITHIN @ cells) | unsaid).all():
            fitting.append(values)
    assert all(len({values[k] for values in fitting}) > 1 for k in range(len(places)))


def test_a_total_goes_where_no_cell_is_left():
    """One program whose few people are in no other cell: its total would tell."""
    hidden, unsaid = hide_small(np.array([2, 50]), np.array([[True, False], [True, True]]), 5)
    assert hidden.tolist() == [True, True]
    assert unsaid.tolist() == [True, False]
