"""Stretches of months."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from caselink.synthetic.programs.spells import any_of, first_of, last_of, spells, spread

tables = arrays(np.int32, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=8), elements=st.integers(-1, 2))


@given(states=tables)
def test_spells_and_spread_undo_each_other(states):
    """The stretches hold all that the table held."""
    rows = spells(states)
    assert spread(rows, rows["state"].to_numpy(), states.shape).tolist() == states.tolist()


@given(states=tables)
def test_stretches_are_as_long_as_they_can_be(states):
    """Two stretches of one item that touch have different states."""
    rows = spells(states)
    touching = (rows["item"].shift() == rows["item"]) & (rows["last_month"].shift() + 1 == rows["first_month"])
    assert not (touching & (rows["state"].shift() == rows["state"])).any()


@given(rows=st.lists(st.tuples(st.integers(0, 4), st.integers(-9, 9), st.booleans())))
def test_groups_are_summed_up_as_by_hand(rows):
    """Smallest, largest and any of each group are those of a loop over it."""
    group = np.array([row[0] for row in rows], dtype=np.int64)
    value = np.array([row[1] for row in rows], dtype=np.int64)
    holds = np.array([row[2] for row in rows], dtype=bool)
    each = [[row for row in rows if row[0] == number] for number in range(5)]
    assert first_of(group, 5, value, none=-99).tolist() == [min((r[1] for r in g), default=-99) for g in each]
    assert last_of(group, 5, value, none=-99).tolist() == [max((r[1] for r in g), default=-99) for g in each]
    assert any_of(group, 5, holds).tolist() == [any(r[2] for r in g) for g in each]
