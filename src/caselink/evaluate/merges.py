"""How strongly clusters hold together and keep apart: one number of bits for each place where records met.

A cluster of n records came about by n - 1 *joins* of two smaller ones. The evidence of a join is the average match
weight of the pairs across it, as for the clusters themselves; a wrong join makes all its pairs wrong at once. Two
clusters that share scored pairs and were not joined are a *refusal*, with the average of the pairs between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from caselink.evaluate.counting import Labels, sizes

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Places where records were joined or kept apart, and the place of every scored pair.

    ``bits[k]``: the average match weight across place k. ``pairs[k]``: pairs of records across it. ``joined[k]``:
    whether it was joined. ``place``: for every scored pair, the place that decided it.
    """

    bits: Floats = field(repr=False)
    pairs: Labels = field(repr=False)
    joined: npt.NDArray[np.bool_] = field(repr=False)
    place: Labels = field(repr=False)

    @property
    def joins(self) -> Evidence:
        """The places where records were joined, which come first."""
        n = int(self.joined.sum())
        place = self.place[self.place < n]
        return Evidence(bits=self.bits[:n], pairs=self.pairs[:n], joined=self.joined[:n], place=place)


def weigh_places(
    left: Labels,
    right: Labels,
    weight: Floats,
    person: Labels,
    *,
    unscored_bits: float,
    joins: Evidence | None = None,
) -> Evidence:
    """The joins and refusals behind ``person`` (one integer label a record, from 0 without gaps).

    ``left``, ``right``: row numbers of the scored pairs, each pair once, ``weight`` their match weight in bits. A pair
    that was not scored counts ``unscored_bits``. ``joins`` are those of the pairs of one person, where known already.

    >>> pairs = np.array([0, 1, 0, 1]), np.array([1, 2, 2, 3])
    >>> found = weigh_places(*pairs, np.array([9.0, 6.0, 4.0, -2.0]), np.array([0, 0, 0, 1]), unscored_bits=-7)
    >>> found.bits.round(1).tolist(), found.pairs.tolist(), found.joined.tolist(), found.place.tolist()
    ([9.0, 5.0, -5.3], [1, 2, 3], [True, True, False], [0, 1, 1, 2])
    """
    same = person[left] == person[right]
    inside, outside = np.flatnonzero(same), np.flatnonzero(~same)
    joins = joins or _joins(left[inside], right[inside], weight[inside], person, unscored_bits)
    refusals = _refusals(left[outside], right[outside], weight[outside], person, unscored_bits)
    place = np.empty(len(left), np.int64)
    place[inside], place[outside] = joins.place, len(joins.bits) + refusals.place
    return Evidence(
        bits=np.append(joins.bits, refusals.bits),
        pairs=np.append(joins.pairs, refusals.pairs),
        joined=np.append(joins.joined, refusals.joined),
        place=place,
    )


def _refusals(left: Labels, right: Labels, weight: Floats, person: Labels, unscored_bits: float) -> Evidence:
    size = sizes(person)
    low, high = np.minimum(person[left], person[right]), np.maximum(person[left], person[right])
    keys, place = np.unique(low * len(size) + high, return_inverse=True)
    pairs = size[keys // max(len(size), 1)] * size[keys % max(len(size), 1)]
    scored = np.bincount(place, minlength=len(keys))
    total = np.bincount(place, weights=weight, minlength=len(keys)) + (pairs - scored) * unscored_bits
    return Evidence(
        bits=total / np.maximum(pairs, 1),
        pairs=pairs,
        joined=np.zeros(len(keys), np.bool_),
        place=place.astype(np.int64),
    )


def _joins(left: Labels, right: Labels, weight: Floats, person: Labels, unscored_bits: float) -> Evidence:
    """The joins of all clusters, those of one size at once."""
    size = sizes(person)
    number = _numbers_within(person)
    place = np.empty(len(left), np.int64)
    bits, pairs, n_joins = [np.zeros(0)], [np.zeros(0, np.int64)], 0
    of_pair = size[person[left]]
    order, rank = np.argsort(of_pair, kind="stable"), np.empty(len(size), np.int64)
    ends = np.searchsorted(of_pair[order], np.arange(size.max(initial=0) + 2))
    for n in np.flatnonzero(np.bincount(size)[2:]) + 2:
        clusters = np.flatnonzero(size == n)
        rank[clusters] = np.arange(len(clusters))
        chosen = order[ends[n] : ends[n + 1]]
        cluster, a, b = rank[person[left[chosen]]], number[left[chosen]], number[right[chosen]]
        weights = np.full((len(clusters), n, n), unscored_bits)
        weights[cluster, a, b] = weights[cluster, b, a] = weight[chosen]
        found_bits, found_pairs, step = _average_linkage(weights)
        place[chosen] = n_joins + cluster * (n - 1) + step[cluster, a, b]
        bits.append(found_bits.ravel())
        pairs.append(found_pairs.ravel())
        n_joins += found_bits.size
    return Evidence(
        bits=np.concatenate(bits), pairs=np.concatenate(pairs), joined=np.ones(n_joins, np.bool_), place=place
    )


def _numbers_within(person: Labels) -> Labels:
    """The number of each record among those of its person, from 0."""
    order = np.argsort(person, kind="stable")
    begin = np.cumsum(sizes(person)) - sizes(person)
    number = np.empty(len(person), np.int64)
    number[order] = np.arange(len(person)) - begin[person[order]]
    return number


def _average_linkage(weights: Floats) -> tuple[Floats, Labels, Labels]:
    """Joins of many clusters of n records: bits and pairs (clusters x n-1), and the step at which two records met."""
    k, n = weights.shape[:2]
    if n == 2:
        return weights[:, 0, 1:], np.ones((k, 1), np.int64), np.zeros((k, 2, 2), np.int64)
    every = np.arange(k)
    weights = np.where(np.eye(n, dtype=bool), -np.inf, weights)
    count, label = np.ones((k, n), np.int64), np.tile(np.arange(n), (k, 1))
    bits, pairs, step = np.empty((k, n - 1)), np.empty((k, n - 1), np.int64), np.zeros((k, n, n), np.int64)
    for s in range(n - 1):
        best = weights.reshape(k, -1).argmax(axis=1)
        i, j = best // n, best % n
        bits[:, s], pairs[:, s] = weights[every, i, j], count[every, i] * count[every, j]
        in_i, in_j = label == i[:, None], label == j[:, None]
        step[(in_i[:, :, None] & in_j[:, None, :]) | (in_j[:, :, None] & in_i[:, None, :])] = s
        _merge(weights, count, (every, i, j))
        label[in_j] = np.broadcast_to(i[:, None], label.shape)[in_j]
    return bits, pairs, step


def _merge(weights: Floats, count: Labels, chosen: tuple[Labels, Labels, Labels]) -> None:
    """Make i of i and j: average by the number of records; j is gone."""
    every, i, j = chosen
    both = count[every, i] + count[every, j]
    share = (count[every, i] / both)[:, None]
    merged = share * weights[every, i] + (1 - share) * weights[every, j]
    weights[every, i] = weights[every, :, i] = merged
    weights[every, i, i] = -np.inf
    weights[every, j] = weights[every, :, j] = -np.inf
    count[every, i], count[every, j] = both, 0
