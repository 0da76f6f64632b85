"""Stretches of months: from a state in each month to rows with a first and a last one, and back."""

from __future__ import annotations

import numpy as np
import pandas as pd

from caselink.synthetic.draws import Ints, Mask
from caselink.synthetic.history import Rows
from caselink.synthetic.people.families import NOBODY


def spells(states: Rows) -> pd.DataFrame:
    """A row for each longest run of one state in ``states`` (months x items): item, first_month, last_month, state.

    Runs of -1 are left out; rows are in order of items and months.

    >>> spells(np.array([[5, 1], [5, 1], [6, -1]])).to_numpy().tolist()
    [[0, 0, 1, 5], [0, 2, 2, 6], [1, 0, 1, 1]]
    """
    by_item = np.ascontiguousarray(states.T)
    begins = np.ones(by_item.shape, dtype=bool)
    begins[:, 1:] = by_item[:, 1:] != by_item[:, :-1]
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], by_item.size) - 1
    state = by_item.ravel()[starts]
    kept = state != NOBODY
    starts, ends, state = starts[kept], ends[kept], state[kept].astype(np.int64)
    months = len(states)
    item = starts // months
    first, last = starts - item * months, ends - item * months
    return pd.DataFrame({"item": item, "first_month": first, "last_month": last, "state": state})


def spread(rows: pd.DataFrame, states: Ints, shape: tuple[int, int]) -> Rows:
    """``states`` laid out (months x items) over the months of ``rows``; -1 elsewhere. The way back of `spells`.

    >>> spread(pd.DataFrame({"item": [1], "first_month": [0], "last_month": [1]}), np.array([7]), (3, 2)).tolist()
    [[-1, 7], [-1, 7], [-1, -1]]
    """
    first, last = rows["first_month"].to_numpy(), rows["last_month"].to_numpy()
    row, month = each_between(first, last)
    table = np.full(shape, NOBODY, np.int32)
    table[month, rows["item"].to_numpy()[row]] = states[row]
    return table


def each_between(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Every whole number from ``first`` to ``last`` of each row, with its row; none where ``last`` is the smaller.

    >>> [part.tolist() for part in each_between(np.array([3, 0]), np.array([4, 0]))]
    [[0, 0, 1], [3, 4, 0]]
    """
    lengths = np.maximum(0, last - first + 1)
    row = np.repeat(np.arange(len(first)), lengths)
    within = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return row, first[row] + within


def first_of(groups: Ints, n_groups: int, values: Ints, *, none: int) -> Ints:
    """The smallest value of each group, ``none`` where a group has no row.

    >>> first_of(np.array([1, 1]), 2, np.array([4, 3]), none=-1).tolist()
    [-1, 3]
    """
    smallest = np.full(n_groups, np.iinfo(np.int64).max)
    np.minimum.at(smallest, groups, values)
    return np.where(smallest == np.iinfo(np.int64).max, none, smallest)


def last_of(groups: Ints, n_groups: int, values: Ints, *, none: int) -> Ints:
    """The largest value of each group, ``none`` where a group has no row.

    >>> last_of(np.array([1, 1]), 2, np.array([4, 3]), none=-1).tolist()
    [-1, 4]
    """
    return np.where(
        any_of(groups, n_groups, np.ones(len(groups), bool)), -first_of(groups, n_groups, -values, none=0), none
    )


def any_of(groups: Ints, n_groups: int, holds: Mask) -> Mask:
    """Whether it holds for any row of each group.

    >>> any_of(np.array([1, 1]), 2, np.array([False, True])).tolist()
    [False, True]
    """
    return np.asarray(np.bincount(groups[holds], minlength=n_groups) > 0)
