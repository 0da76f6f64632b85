"""Person ids: a cluster has the same id whatever the order of rows, and no agency's own id shows in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_DIGITS = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)  # no I, L, O and U: read aloud without doubt
_LENGTH = 13


def assign_person_ids(labels: npt.NDArray[Any], record_hash: npt.NDArray[np.uint64]) -> pa.LargeStringArray:
    """The person id of every record: ``P`` and 13 base-32 digits, made from the smallest hash in its cluster.

    ``labels`` names each record's cluster by the position of one of its records, as :func:`cluster_links` gives them;
    ``record_hash`` is made from source and record id, with a secret where the ids themselves could be guessed.

    >>> assign_person_ids(np.array([0, 0, 2]), np.array([9, 70, 70], np.uint64)).tolist()
    ['P0000000000004', 'P0000000000004', 'P0000000000013']
    """
    return spell_person_numbers(number_persons(labels, record_hash))


def number_persons(
    labels: npt.NDArray[Any], record_hash: npt.NDArray[np.uint64], since: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.uint64]:
    """The person number of every record: one number a cluster, from the upper 63 bits of its smallest hash.

    With ``since``, a month for each record, only the records of the cluster's first month count: records of later
    months do not change the number. Where clusters have one number, the later ones (by the position they are named by)
    take the next free numbers.

    >>> number_persons(np.array([0, 1, 0, 3]), np.array([8, 8, 9, 11], np.uint64)).tolist()
    [4, 5, 4, 6]
    >>> number_persons(np.array([0, 0]), np.array([8, 20], np.uint64), since=np.array([5, 4])).tolist()
    [10, 10]
    """
    counts = np.ones(len(labels), np.bool_)
    if since is not None:
        first = np.full(len(labels), np.iinfo(np.int64).max)
        np.minimum.at(first, labels, since)
        counts = since == first[labels]
    smallest = np.full(len(labels), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(smallest, labels[counts], record_hash[counts])
    clusters = np.flatnonzero(labels == np.arange(len(labels)))
    wished = (smallest[clusters] >> np.uint64(1)).astype(np.int64)
    order = np.argsort(wished, kind="stable")
    rank = np.arange(len(clusters))
    free = np.maximum.accumulate(wished[order] - rank).astype(np.uint64) + rank.astype(np.uint64)
    smallest[clusters[order]] = free
    numbers: npt.NDArray[np.uint64] = smallest[labels]
    return numbers


def spell_person_numbers(numbers: npt.NDArray[np.uint64], letter: str = "P") -> pa.LargeStringArray:
    """Person numbers as text; with another ``letter`` those of households and families.

    >>> spell_person_numbers(np.array([0, 31, 2**63], np.uint64)).tolist()
    ['P0000000000000', 'P000000000000Z', 'P8000000000000']
    """
    width = 1 + _LENGTH
    letters = np.empty((len(numbers), width), np.uint8)
    letters[:, 0] = ord(letter)
    for place in range(_LENGTH):
        shift = np.uint64(5 * (_LENGTH - 1 - place))
        letters[:, 1 + place] = _DIGITS[(numbers >> shift) & np.uint64(31)]
    start = np.arange(len(numbers) + 1, dtype=np.int64) * width
    return pa.LargeStringArray.from_buffers(len(numbers), pa.py_buffer(start), pa.py_buffer(letters))
