"""Stays in cases, looked at by the month: joined where they go on, paired where they overlap.

A *hand-over* is a single month in two cases, the last of one stay and the first of the other: somebody moved in the
middle of the month, or the case got another number. It is never an overlap.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.findings.facts import Role
from caselink.findings.keys import has_several, one_key

_FAR = 10**6
"""More than any month, so that the months of one key do not reach into those of the next."""

LARGEST_FAMILY = 30
"""People of one case; a number that more of them share stands for "unknown", or for an office."""


def of_families(stays: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether the case of each stay has no more than :data:`LARGEST_FAMILY` people.

    >>> of_families(pd.DataFrame({"case": [1] * 31 + [2], "person": range(32)}))[[0, 31]].tolist()
    [False, True]
    """
    case = stays["case"].to_numpy(np.int64)
    once = ~stays[["case", "person"]].duplicated().to_numpy()
    return np.asarray(np.bincount(case[once], minlength=int(case.max(initial=0)) + 1)[case] <= LARGEST_FAMILY)


def with_role(stays: pd.DataFrame, roles: Sequence[Role]) -> pd.DataFrame:
    """The stays of people in one of the roles."""
    return stays[np.isin(stays["role"].to_numpy(), [int(role) for role in roles])]


def counted(stays: pd.DataFrame) -> pd.DataFrame:
    """The stays of people whose needs the assistance is paid for (family affiliation 1)."""
    return stays[(stays["counted"] == 1).to_numpy()]


def joined(stays: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Stays that agree in ``keys`` and follow one another without a gap, as one; other columns are those of the first.

    >>> rows = pd.DataFrame({"person": [1, 1], "first": [3, 5], "last": [4, 9], "ends": [True, False]})
    >>> joined(rows, ["person"])[["first", "last", "ends"]].to_numpy().tolist()
    [[3, 9, False]]
    """
    rows = in_order(stays, keys)
    another = changes(rows, keys)
    months = rows[["first", "last"]].to_numpy(np.int64)
    month = months - months.min(initial=0)
    span = int(month.max(initial=0)) + 1
    order = np.argsort((np.cumsum(another) * span + month[:, 0]) * span + month[:, 1], kind="stable")
    if (order[1:] < order[:-1]).any():
        rows, months = rows.take(order), months[order]
    first, last = months.T
    apart = np.cumsum(another) * _FAR
    reach = np.maximum.accumulate(last + apart) - apart
    another[1:] |= first[1:] > reach[:-1] + 1
    start = np.flatnonzero(another)
    whole = numbered(rows.take(start))
    if not len(rows):
        return whole
    whole["last"] = np.maximum.reduceat(last, start)
    if "ends" in whole:
        at_end = last == np.repeat(whole["last"].to_numpy(), np.diff(np.append(start, len(rows))))
        whole["ends"] = ~np.logical_or.reduceat(at_end & ~rows["ends"].to_numpy(bool), start)
    return whole


def in_order(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The rows sorted by some columns, equal ones as they stood; rows that stand in that order already cost little."""
    values = [rows[name].to_numpy() for name in columns]
    equal, sorted_already = np.ones(max(len(rows) - 1, 0), bool), True
    for one in values:
        sorted_already &= not (equal & (one[1:] < one[:-1])).any()
        equal &= one[1:] == one[:-1]
    return rows if sorted_already else rows.take(np.argsort(one_key(*values), kind="stable"))


def numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows numbered anew, without the copy of all columns that ``reset_index`` makes."""
    told = rows.copy(deep=False)
    told.index = pd.RangeIndex(len(rows))
    return told


def changes(rows: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Where a row differs from the one before in some column; the first one does."""
    differs: npt.NDArray[np.bool_] = np.arange(len(rows)) == 0
    for column in columns:
        values = rows[column].to_numpy()
        differs[1:] |= values[1:] != values[:-1]
    return differs


def several(stays: pd.DataFrame, key: str, of: str) -> pd.DataFrame:
    """The stays whose ``key`` has two or more different ``of``."""
    return stays[has_several(stays[key].to_numpy(), stays[of].to_numpy())]


def overlapping(left: pd.DataFrame, right: pd.DataFrame, on: Sequence[str], differ: str = "case") -> pd.DataFrame:
    """Pairs of stays that agree in ``on``, with a month in common: each two once, the lower ``differ`` as ``a``.

    Columns get ``_a`` and ``_b``; ``first`` and ``last`` are the months in common, ``handed_over`` says whether that is
    a hand-over. In the last month, a stay that has just begun counts as one too: the end of the other is not told yet.
    """
    pairs = left.merge(right, on=list(on), suffixes=("_a", "_b"))
    pairs = pairs[(pairs[f"{differ}_a"] < pairs[f"{differ}_b"]).to_numpy()]
    first = np.maximum(pairs["first_a"].to_numpy(), pairs["first_b"].to_numpy())
    last = np.minimum(pairs["last_a"].to_numpy(), pairs["last_b"].to_numpy())
    starts = [(pairs[f"begins_{side}"] & (pairs[f"first_{side}"] == first)).to_numpy() for side in "ab"]
    over = [(pairs[f"last_{side}"] == first).to_numpy() for side in "ab"]
    handed_over = (first == last) & ((starts[0] & over[1]) | (starts[1] & over[0]))
    pairs = pairs.assign(first=first, last=last, handed_over=handed_over)
    return numbered(pairs[first <= last])


def in_common(left: pd.DataFrame, right: pd.DataFrame, on: Sequence[str], suffix: str) -> pd.DataFrame:
    """Rows of both that agree in ``on`` and have a month in common, cut to those months."""
    pairs = left.merge(right, on=list(on), suffixes=("", suffix))
    pairs["first"] = np.maximum(pairs["first"], pairs[f"first{suffix}"])
    pairs["last"] = np.minimum(pairs["last"], pairs[f"last{suffix}"])
    return numbered(pairs[(pairs["first"] <= pairs["last"]).to_numpy()])


def without_months(stays: pd.DataFrame, gone: pd.DataFrame) -> pd.DataFrame:
    """What is left of stays without some stretches of their own months (``row``, place of the stay; ``first, last``).

    >>> stays = pd.DataFrame({"case": [7, 8], "first": [1, 4], "last": [9, 5]})
    >>> gone = pd.DataFrame({"row": [0, 0, 0, 1], "first": [1, 4, 5, 4], "last": [2, 5, 6, 5]})
    >>> without_months(stays, gone).to_numpy().tolist()
    [[7, 3, 3], [7, 7, 9]]
    """
    gone = joined(gone, ["row"])
    row, first, last = (gone[name].to_numpy(np.int64) for name in ("row", "first", "last"))
    of = np.append(np.arange(len(stays)), row)
    order = np.argsort(of, kind="stable")
    begin = np.append(stays["first"].to_numpy(np.int64), last + 1)[order]
    begins_stay = order < len(stays)
    end = np.append(np.flatnonzero(begins_stay)[1:], len(of)) - 1
    until = np.empty(len(of), np.int64)
    until[:-1] = np.append(np.zeros(len(stays), np.int64), first)[order][1:] - 1
    until[end[: len(stays)]] = stays["last"].to_numpy(np.int64)
    left = begin <= until
    return numbered(stays.take(of[order][left]).assign(first=begin[left], last=until[left]))


def by_month(stays: pd.DataFrame) -> pd.DataFrame:
    """A row for each month of each stay, with ``month``."""
    length = (stays["last"] - stays["first"] + 1).to_numpy(np.int64)
    rows = numbered(stays.take(np.repeat(np.arange(len(stays)), length)))
    start = np.cumsum(length) - length
    rows["month"] = rows["first"].to_numpy() + np.arange(len(rows)) - np.repeat(start, length)
    return rows
