"""Resampling: how far a score would move if other people had been in the extracts.

Pairs are not drawn anew, people are: one person with ten records holds forty-five pairs that are right or wrong
together. And people whom a wrong person ties together are drawn together, too: their error is one event, and drawing
them one by one, half the wrong pair with each, would halve its variance and make intervals a third too narrow. So the
unit is a *tie group*: the entities that found persons connect. Where nothing was mixed it is a single entity. No true
pair and no found pair spans two tie groups, so every count belongs to one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from caselink.errors import SpecError
from caselink.evaluate.counting import Labels

Floats = npt.NDArray[np.float64]
_NO_SPREAD = 1e-12
_MOST_DRAWS = 4_000_000  # numbers drawn at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How intervals are made: how often they shall hold the score, from how many draws, from which seed."""

    interval: float = 0.95
    replicates: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.interval < 1:
            raise SpecError(f"interval is a share between 0 and 1, such as 0.95, or None, got {self.interval!r}")
        if self.replicates < 1:
            raise SpecError(f"replicates must be 1 or more, got {self.replicates!r}")
        if self.seed < 0:
            raise SpecError(f"seed is a whole number of 0 or more, got {self.seed!r}")


def tie_groups(true: Labels, predicted: Labels) -> Labels:
    """The tie group of each record: entities are in one group if a found person holds records of both.

    >>> tie_groups(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])).tolist()
    [0, 0, 0, 1]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n_true, n_predicted = int(true.max(initial=-1)) + 1, int(predicted.max(initial=-1)) + 1
    n_nodes = n_true + n_predicted
    if not n_nodes:
        return true
    ties = coo_array((np.ones(len(true), np.int8), (true, predicted + n_true)), shape=(n_nodes, n_nodes)).tocsr()
    group_of_node = connected_components(ties, directed=False)[1]
    group: Labels = group_of_node[true].astype(np.int64)
    return group


@dataclass(frozen=True, slots=True)
class Draws:
    """Units drawn anew: the sums of their columns in each replicate (replicates by columns).

    ``kinds`` are the distinct units (kinds by columns) and ``counts`` how many there are of each.
    """

    interval: float
    kinds: Floats = field(repr=False)
    counts: Labels = field(repr=False)
    sums: Floats = field(repr=False)

    def limits(self, score: Callable[[Floats], Floats]) -> tuple[float, float]:
        """The ends of the interval of a score, which is a function of sums (one row a replicate); NaN where it is NaN.

        Quantiles of the score over the replicates, moved where their median is off and where its spread grows with the
        score: the bias-corrected and accelerated interval (Efron, 1987), with the acceleration from leaving out one
        unit at a time. Plain quantiles are too narrow where errors are few. Where no draw differs from another, the
        limits are those of :meth:`_limits_unseen`.
        """
        total = self.counts @ self.kinds
        (point,) = score(total[None, :])
        drawn = score(self.sums)
        drawn = drawn[np.isfinite(drawn)]
        if not np.isfinite(point) or not len(drawn):
            return float("nan"), float("nan")
        if drawn.max() - drawn.min() < _NO_SPREAD:
            return self._limits_unseen(float(point), score(self.kinds))
        normal, tail = NormalDist(), (1 - self.interval) / 2
        below = ((drawn < point).sum() + (drawn == point).sum() / 2) / len(drawn)
        bias = normal.inv_cdf(float(np.clip(below, 0.5 / len(drawn), 1 - 0.5 / len(drawn))))
        accelerated = self._acceleration(score(total - self.kinds))
        moved = [bias + normal.inv_cdf(at) for at in (tail, 1 - tail)]
        shares = [normal.cdf(bias + move / (1 - accelerated * move)) for move in moved]
        low, high = np.quantile(drawn, shares)
        return float(low), float(high)

    def limits_of_difference(
        self, one: Callable[[Floats], Floats], other: Callable[[Floats], Floats]
    ) -> tuple[float, float]:
        """The ends of the interval of one score less another.

        Where draws do not move one of the two, the distances of both scores from their own limits are added up by
        their squares (Zou and Donner, 2008): its limits are not points, and the difference's are not either.
        """
        total = (self.counts @ self.kinds)[None, :]
        points, limits = [float(score(total)[0]) for score in (one, other)], [self.limits(s) for s in (one, other)]
        if not any(np.ptp(score(self.sums)) < _NO_SPREAD for score in (one, other)):
            return self.limits(lambda sums: one(sums) - other(sums))
        (low, high), (other_low, other_high) = limits
        below = np.hypot(points[0] - low, other_high - points[1])
        above = np.hypot(high - points[0], points[1] - other_low)
        return points[0] - points[1] - float(below), points[0] - points[1] + float(above)

    def _limits_unseen(self, point: float, alone: Floats) -> tuple[float, float]:
        """Limits where all units that count (their score ``alone`` is a number) are of one kind.

        Units of another kind may be up to ``1 - (1 - interval) ** (1 / n)`` of all without one among ``n`` (Clopper
        and Pearson, 1934; about ``3 / n`` for 95 %), and their score may be anything from 0 to 1.
        """
        n = max(int(self.counts[np.isfinite(alone)].sum()), 1)
        most = 1 - (1 - self.interval) ** (1 / n)
        return point * (1 - most), point + (1 - point) * most

    def _acceleration(self, without: Floats) -> float:
        """A sixth of the skewness of what a unit adds, from the score without each kind."""
        known = np.isfinite(without)
        without, counts = without[known], self.counts[known]
        added = (counts @ without) / max(1, counts.sum()) - without
        spread = float(counts @ added**2)
        return float(counts @ added**3) / (6 * spread**1.5) if spread > 0 else 0.0


def resample(columns: Sequence[Labels], resampling: Resampling) -> Draws:
    """Draw as many units as there are, with replacement, and sum each column, in every replicate.

    ``columns`` hold whole numbers, one a unit. Most units are alike, so the *kinds* of units are drawn: how often each
    comes up is multinomial with the shares of the kinds, which is the same as drawing units one by one (Efron and
    Tibshirani, 1993, chapter 6). The order of the units does not matter.

    >>> draws = resample([np.array([2, 2, 2]), np.array([0, 1, 0])], Resampling(replicates=50))
    >>> draws.kinds.shape, sorted(set(draws.sums[:, 0].tolist())), sorted(set(draws.sums[:, 1].tolist()))
    ((2, 2), [6.0], [0.0, 1.0, 2.0, 3.0])
    """
    kinds, counts = _kinds(columns)
    rng = np.random.default_rng(resampling.seed)
    shares = counts / max(1, counts.sum())
    sums = []
    batch = max(1, _MOST_DRAWS // max(1, len(counts)))
    for start in range(0, resampling.replicates, batch):
        size = min(batch, resampling.replicates - start)
        drawn = rng.multinomial(counts.sum(), shares, size=size) if len(counts) else np.zeros((size, 0), np.int64)
        sums.append(drawn.astype(np.float64) @ kinds)
    return Draws(resampling.interval, kinds, counts, np.concatenate(sums))


def _kinds(columns: Sequence[Labels]) -> tuple[Floats, Labels]:
    """The distinct units (kinds by columns) and how many there are of each, in an order that depends on them alone.

    Units are told apart by one number, a sum of their columns with odd factors of 64 bits drawn at random; that two
    kinds among a million should get the same is less likely than 1 in 10 million.
    """
    factors = np.random.default_rng(0).integers(2**63, size=len(columns), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    mark = np.zeros(len(columns[0]), np.uint64)
    for column, factor in zip(columns, factors, strict=True):
        mark += column.astype(np.uint64) * factor
    _, first, counts = np.unique(mark, return_index=True, return_counts=True)
    return np.stack([column[first].astype(np.float64) for column in columns], axis=1), counts.astype(np.int64)
