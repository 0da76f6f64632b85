"""Rows looked at by their keys: several columns as one number, rows of one key paired, keys with several values.

Whole numbers throughout, and one sort each: that is what keeps the rules quick on millions of rows.
"""

from __future__ import annotations

import numpy as np

from caselink.findings.facts import Ints, Mask

_LARGEST = 2**62


def one_key(*columns: Ints) -> Ints:
    """One number a row, equal where all columns are; it sorts as the columns do, the first one first.

    >>> one_key(np.array([7, 7, 5]), np.array([-1, 3, 3])).tolist()
    [10, 14, 4]
    """
    key, room = np.zeros(len(columns[0]), np.int64), 1
    for column in columns if len(key) else ():
        values, lowest = column, int(column.min())
        span = int(column.max()) - lowest + 1
        if room * span > _LARGEST:
            key, room = _ranks(key)
        if room * span > _LARGEST:
            (values, span), lowest = _ranks(column), 0
        key = key * span + (values - lowest)
        room *= span
    return key


def _ranks(values: Ints) -> tuple[Ints, int]:
    """The place of each value among the different ones, and how many these are."""
    distinct, place = np.unique(values, return_inverse=True)
    return place.astype(np.int64), len(distinct)


def equal_pairs(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """Rows of ``left`` and of ``right`` whose keys are equal, by the order of ``left``, then of ``right``.

    >>> [rows.tolist() for rows in equal_pairs(np.array([5, 8, 5]), np.array([8, 5, 5]))]
    [[0, 0, 1, 2, 2], [1, 2, 0, 1, 2]]
    """
    order, wanted = np.argsort(right, kind="stable"), np.argsort(left)
    begin, end = np.empty(len(left), np.int64), np.empty(len(left), np.int64)
    held, sought = right[order], left[wanted]  # what is sought in order is found much faster
    begin[wanted] = np.searchsorted(held, sought)
    end[wanted] = np.searchsorted(held, sought, side="right")
    n = end - begin
    place = np.arange(int(n.sum())) + np.repeat(begin - (np.cumsum(n) - n), n)
    return np.repeat(np.arange(len(left)), n), order[place]


def has_several(by: Ints, value: Ints) -> Mask:
    """Rows whose ``by`` comes with two or more different ``value``.

    >>> has_several(np.array([1, 1, 2, 2]), np.array([3, 4, 5, 5])).tolist()
    [True, True, False, False]
    """
    key = one_key(by, value)
    order = np.argsort(key)
    key, ordered = key[order], by[order]
    another = (ordered[1:] == ordered[:-1]) & (key[1:] != key[:-1])
    return np.isin(by, ordered[1:][another])
