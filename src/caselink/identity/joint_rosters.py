"""Rosters: who stands in one case together, as two tables of runs, by roster and by record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.identity.constraints import Pairs, Positions, checked_pairs

LARGEST_ROSTER = 30
"""Members up to which a roster is evidence: in a shelter or a jail everybody is registered with everybody."""


class RosterBook(NamedTuple):
    """Rosters as the kernels read them.

    Members of roster r are ``members[begins[r]:begins[r + 1]]``, rosters of a record ``of[of_begins[i]:...]``. Records
    of one roster with one ``row`` are one member, written down more than once; ``size`` counts a roster's members, and
    ``case`` is the case that it is one of (-1 for none).
    """

    begins: npt.NDArray[np.int64]
    members: Positions
    of_begins: npt.NDArray[np.int64]
    of: Positions
    row: Positions
    size: Positions
    case: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RosterMembers:
    """Memberships of records in rosters, each membership once, sorted by roster and record.

    ``case`` is the case of each roster, of which there may be several over time; rosters of no case (-1) are the people
    of one last name whom a source has at one address. ``n_too_large`` rosters are left out.
    """

    n_records: int
    roster: npt.NDArray[np.int64] = field(repr=False)
    record: Positions = field(repr=False)
    case: npt.NDArray[np.int64] = field(repr=False)
    n_too_large: int = 0

    @classmethod
    def of_groups(
        cls,
        n_records: int,
        record: npt.NDArray[Any],
        group: npt.NDArray[Any],
        case: npt.NDArray[Any] | None = None,
        *,
        largest: int = LARGEST_ROSTER,
    ) -> Self:
        """From one row a membership: the record, the number of its roster (negative for none), the roster's case.

        A record named twice in a roster stands there once. Without ``case`` every roster is one of no case.

        >>> rosters = RosterMembers.of_groups(4, np.array([3, 0, 1, 3, 3]), np.array([7, 7, 7, 7, -1]))
        >>> rosters.roster.tolist(), rosters.record.tolist()
        ([0, 0, 0], [0, 1, 3])
        """
        known = np.flatnonzero(np.asarray(group) >= 0)
        values, numbers = np.unique(group[known], return_inverse=True)
        of = np.full(len(values), -1, np.int64)
        if case is not None:
            of[numbers] = case[known]
        rows = np.sort(pd.unique(numbers * max(n_records, 1) + record[known]))
        roster, member = rows // max(n_records, 1), (rows % max(n_records, 1)).astype(np.int32)
        fits = np.bincount(roster) <= largest
        kept = fits[roster]
        place = np.cumsum(fits) - 1
        return cls(n_records, place[roster[kept]], member[kept], of[fits], int((~fits).sum()))

    def __len__(self) -> int:
        return int(self.roster[-1]) + 1 if len(self.roster) else 0

    def pairs_within(self, *, most: int) -> Pairs:
        """All pairs of members of one roster of a case, or those of every n-th where there are more than ``most``."""
        size = np.bincount(self.roster, minlength=len(self)).astype(np.int64) * (self.case >= 0)
        step = 1 + int((size * (size - 1) // 2).sum()) // most
        begins, left, right = _begins(self.roster, len(self))[:-1], [], []
        chosen = np.arange(len(self)) % step == 0
        for members in np.unique(size[chosen]):
            first, second = np.triu_indices(int(members), 1)
            start = begins[chosen & (size == members)][:, None]
            left.append(self.record[start + first].ravel())
            right.append(self.record[start + second].ravel())
        none = np.zeros(0, np.int32)
        return np.concatenate([none, *left]), np.concatenate([none, *right])

    def book(self, left: Positions, right: Positions) -> RosterBook:
        """The rosters with the pairs that are one member written down twice, where both stand in one roster."""
        from caselink.identity.cluster_kernels import connect, settle
        from caselink.identity.joint_kernels import stand_together

        left, right = checked_pairs(self.n_records, (left, right), "doubles")
        order = np.argsort(self.record, kind="stable")
        begins, of_begins = _begins(self.roster, len(self)), _begins(self.record, self.n_records)
        of = self.roster[order].astype(np.int32)
        row = np.arange(self.n_records, dtype=np.int32)
        connect(row, left, right, stand_together(of_begins, of, left, right))
        settle(row)
        rows = pd.unique(self.roster * max(self.n_records, 1) + row[self.record])
        size = np.bincount(rows // max(self.n_records, 1), minlength=len(self)).astype(np.int32)
        return RosterBook(begins, self.record, of_begins, of, row, size, self.case)


def leftover_pairs(
    book: RosterBook, person: Positions, before: Positions | None = None, *, most_records: int = 16
) -> Pairs:
    """Pairs of members of two rosters that share a person, when neither stands in the other's roster as anybody.

    Three of the four people of one roster are found in another: the two who are left may be one person. Of a person
    with more than ``most_records`` records the first are looked at.

    ``before``: the persons when this was asked last, of whom some were joined since. Then at least those are found
    that were not found before: rosters that meet anew meet in a person who was joined.
    """
    from caselink.identity import joint_kernels as kernels

    n_records = len(person)
    moved = person != (np.arange(n_records, dtype=np.int32) if before is None else before)
    joined = np.zeros(n_records, np.bool_)
    joined[person[moved]] = True
    rows = np.flatnonzero(joined[person])
    by_person = rows[np.argsort(person[rows], kind="stable")].astype(np.int32)
    starts = np.flatnonzero(np.diff(person[by_person], prepend=-1)).astype(np.int64)
    ends = np.append(starts, len(rows))
    first, second = kernels.list_meetings(book, by_person, ends, most_records)
    one, other = _distinct(first, second, len(book.size))
    left, right = kernels.list_leftover(book, person, one, other)
    return _distinct(left, right, n_records)


def _distinct(left: Positions, right: Positions, n: int) -> Pairs:
    keys = pd.unique(left.astype(np.int64) * max(n, 1) + right)
    keys.sort()
    return (keys // max(n, 1)).astype(np.int32), (keys % max(n, 1)).astype(np.int32)


def _begins(numbers: npt.NDArray[Any], n: int) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=n))]).astype(np.int64)
