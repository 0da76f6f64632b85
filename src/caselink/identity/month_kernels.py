"""The months of a person's stays, household by household: one pass over the stays of each person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from caselink.compiled import kernel, step

Int64 = npt.NDArray[np.int64]
RANK, ROLE, SEATS, SINCE, HOUSEHOLD, STAY = range(6)
"""What is known of a household in a month: the best stay there, how many stays, and since when the last one is told."""


@kernel
def homes_by_month(person: Int64, stays: Int64, told_from: int, lengths: int) -> tuple[Int64, Int64]:
    """The households of each person in each month, the primary one first: stay and month of each.

    ``stays`` (``household, first, last, rank, role, since``, a row each) are sorted by person and household. Of the
    households of a month all are kept that have a rank of at least ``told_from``, and the best one. ``lengths`` is the
    sum of the stays' months. A month is negative where its row is not the primary one: ``-1 - month``.
    """
    best_stay, months = np.empty(lengths, np.int64), np.empty(lengths, np.int64)
    n = start = 0
    while start < len(person):
        stop = start + 1
        while stop < len(person) and person[stop] == person[start]:
            stop += 1
        n = _months_of_person(stays, start, stop, told_from, best_stay, months, n)
        start = stop
    return best_stay[:n], months[:n]


@step
def _months_of_person(
    stays: Int64, start: int, stop: int, told_from: int, best_stay: Int64, months: Int64, n: int
) -> int:
    homes = np.empty((stop - start, 6), np.int64)
    month = stays[start:stop, 1].min()
    end = stays[start:stop, 2].max()
    while month <= end:
        found = _homes_in(stays, start, stop, month, homes)
        for i in range(found):
            if i == 0 or homes[i, RANK] >= told_from:
                best_stay[n] = homes[i, STAY]
                months[n] = month if i == 0 else -1 - month
                n += 1
        month = month + 1 if found else _next_start(stays, start, stop, month)
    return n


@step
def _homes_in(stays: Int64, start: int, stop: int, month: int, homes: Int64) -> int:
    """Fill in the households of one month, the best first; give how many."""
    found = 0
    for k in range(start, stop):
        if not stays[k, 1] <= month <= stays[k, 2]:
            continue
        household, rank, role, since = stays[k, 0], stays[k, 3], stays[k, 4], stays[k, 5]
        if found and homes[found - 1, HOUSEHOLD] == household:
            home = homes[found - 1]
            home[SEATS] += 1
            home[SINCE] = max(home[SINCE], since)
            if rank > home[RANK] or (rank == home[RANK] and role < home[ROLE]):
                home[RANK], home[ROLE], home[STAY] = rank, role, k
        else:
            homes[found, RANK], homes[found, ROLE], homes[found, SEATS] = rank, role, 1
            homes[found, SINCE], homes[found, HOUSEHOLD], homes[found, STAY] = since, household, k
            found += 1
    for i in range(1, found):
        for j in range(i, 0, -1):
            if not _comes_before(homes[j], homes[j - 1]):
                break
            for what in range(6):
                homes[j, what], homes[j - 1, what] = homes[j - 1, what], homes[j, what]
    return found


@step
def _comes_before(one: Int64, other: Int64) -> bool:
    for what in (RANK, SEATS, SINCE):
        if one[what] != other[what]:
            return bool(one[what] > other[what])
    return bool(one[HOUSEHOLD] < other[HOUSEHOLD])


@step
def _next_start(stays: Int64, start: int, stop: int, month: int) -> int:
    """The first month after ``month`` in which a stay begins."""
    following: int = stays[start:stop, 2].max() + 1
    for k in range(start, stop):
        if month < stays[k, 1] < following:
            following = stays[k, 1]
    return following
