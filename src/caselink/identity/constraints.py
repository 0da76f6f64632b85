"""What may never be one person, and what a person has decided: the rules that clusters keep.

Three kinds of constraint, strongest first:

cannot-links
    pairs of records that never stand in one cluster, whatever else is said.
must-links
    pairs that a person has joined; they hold against exclusive groups, and yield only to cannot-links.
exclusive groups
    numbers of which a cluster holds each at most once: the source of an extract without duplicates, or one case in
    one month. Missing is -1 and constrains nothing; who was in several cases is in several groups.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from caselink.errors import SpecError

Positions = npt.NDArray[np.int32]
Pairs = tuple[Positions, Positions]


def source_groups(source: npt.NDArray[Any], unduplicated: Collection[object]) -> npt.NDArray[np.int64]:
    """Exclusive groups that hold at most one record of each of the sources named in ``unduplicated``.

    >>> source_groups(np.array(["iva", "ivd", "iva", "wages"]), ["iva", "wages"]).tolist()
    [0, -1, 0, 1]
    """
    groups = np.full(len(source), -1, np.int64)
    for number, name in enumerate(sorted(set(unduplicated), key=str)):
        groups[source == name] = number
    return groups


def refused_must_links(n_records: int, must: Pairs, cannot: Pairs | None) -> npt.NDArray[np.bool_]:
    """Which must-links (one flag each) cannot be kept, because a cannot-link would end in one cluster.

    Must-links are taken in order of their positions, so the answer depends neither on the order in which they are
    given nor on which record of a pair comes first.

    >>> must = np.array([1, 0, 3]), np.array([2, 1, 4])
    >>> refused_must_links(5, must, cannot=(np.array([2]), np.array([0]))).tolist()
    [True, False, False]
    """
    from caselink.identity.cluster_kernels import keep_must_links

    left, right = checked_pairs(n_records, must, "must-links")
    if cannot is None or not len(left) or not len(cannot[0]):
        return np.zeros(len(left), np.bool_)
    apart_left, apart_right = checked_pairs(n_records, cannot, "cannot-links")
    pairs, place = np.unique(left.astype(np.int64) * n_records + right, return_inverse=True)
    first, second = (pairs // n_records).astype(np.int32), (pairs % n_records).astype(np.int32)
    kept: npt.NDArray[np.bool_] = keep_must_links(n_records, first, second, apart_left, apart_right)
    return ~kept[place]


def checked_pairs(n_records: int, pairs: tuple[npt.NDArray[Any], npt.NDArray[Any]], what: str) -> Pairs:
    """The pairs as ``int32`` positions with the smaller first; :class:`SpecError` if one cannot be a pair.

    >>> checked_pairs(4, (np.array([3, 0]), np.array([1, 2])), "links")
    (array([1, 0], dtype=int32), array([3, 2], dtype=int32))
    """
    left, right = (np.asarray(side) for side in pairs)
    if left.shape != right.shape or left.ndim != 1:
        msg = f"{what} need a left and a right position each, got shapes {left.shape} and {right.shape}"
        raise SpecError(msg)
    smaller, larger = np.minimum(left, right), np.maximum(left, right)
    if len(left) and (smaller.min() < 0 or larger.max() >= n_records):
        outside = int(((smaller < 0) | (larger >= n_records)).sum())
        msg = f"{outside} of {len(left)} {what} name a position outside 0 to {n_records - 1}"
        raise SpecError(msg)
    if (alone := int((smaller == larger).sum())) > 0:
        msg = f"{alone} of {len(left)} {what} tie a record to itself; leave them out"
        raise SpecError(msg)
    return smaller.astype(np.int32, copy=False), larger.astype(np.int32, copy=False)


class Groups(NamedTuple):
    """Exclusive groups: ``record[i]`` is in the group ``number[i]``; sorted, each once, numbered from 0 on.

    A record may be in several groups, as one is that was in two cases, or in none.
    """

    record: Positions
    number: npt.NDArray[np.int64]

    @classmethod
    def of(cls, n_records: int, exclusive: npt.NDArray[Any] | tuple[npt.NDArray[Any], npt.NDArray[Any]] | None) -> Self:
        """From records and their groups; or from columns, one or several, each with numbers of its own (-1 for none).

        >>> groups = Groups.of(3, np.array([[7, 7], [-1, 7], [7, -1]]))
        >>> groups.record.tolist(), groups.number.tolist()
        ([0, 0, 1, 2], [0, 1, 1, 0])
        """
        if isinstance(exclusive, cls):
            return exclusive
        if isinstance(exclusive, tuple):
            record, group = (np.asarray(side, np.int64) for side in exclusive)
            outside = (record < 0) | (record >= n_records)
            if record.shape != group.shape or record.ndim != 1 or outside.any():
                msg = f"exclusive groups name each a position from 0 to {n_records - 1} and a number"
                raise SpecError(msg)
            columns = np.zeros_like(group)
        else:
            table = _as_table(n_records, exclusive)
            record, columns = (side.ravel() for side in np.indices(table.shape))
            group = table.ravel()
        has = group >= 0
        width = int(group.max(initial=0)) + 1
        values, number = np.unique(columns[has] * width + group[has], return_inverse=True)
        rows = np.unique(record[has] * max(1, len(values)) + number)
        return cls((rows // max(1, len(values))).astype(np.int32), rows % max(1, len(values)))


def _as_table(n_records: int, exclusive: npt.NDArray[Any] | None) -> npt.NDArray[np.int64]:
    """Columns of exclusive groups as a table of records by kinds; no groups at all is a table without columns."""
    if exclusive is None:
        return np.empty((n_records, 0), np.int64)
    groups = np.asarray(exclusive, np.int64)
    groups = groups[:, None] if groups.ndim == 1 else groups
    if groups.ndim != 2 or len(groups) != n_records:  # records by kinds
        msg = f"exclusive groups need a row for each of {n_records} records, got shape {groups.shape}"
        raise SpecError(msg)
    return groups
