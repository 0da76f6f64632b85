"""Resampling: how far a score would move if other people had been in the extracts.

Pairs are not drawn anew, people are: one person with ten records holds forty-five pairs that are right or wrong
together. And people whom a wrong person ties together are drawn together, too: their error is one event, and drawing
them one by one, half the wrong pair with each, would halve its variance and make intervals a third too narrow. So the
unit is a *tie group*: the entities that found persons connect. Where nothing was mixed it is a single entity. No true
pair and no found pair spans two tie groups, so every count belongs to one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from caselink.errors import SpecError
from caselink.evaluate.counting import Labels

Floats = npt.NDArray[np.float64]
_MOST_DRAWS = 4_000_000  # numbers drawn at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Resampling:
    """How intervals are made: which share of ``replicates`` draws they hold, from which seed.

    >>> Resampling(interval=0.9).tails()
    (0.05, 0.95)
    """

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

    def tails(self) -> tuple[float, float]:
        """The lower and the upper quantile."""
        tail = round((1 - self.interval) / 2, 12)
        return tail, 1 - tail

    def limits(self, drawn: Floats) -> tuple[float, float]:
        """The quantiles of the drawn values that are numbers; NaN where none is."""
        numbers = drawn[np.isfinite(drawn)]
        if not len(numbers):
            return float("nan"), float("nan")
        low, high = np.quantile(numbers, self.tails())
        return float(low), float(high)


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


def resample(columns: Sequence[Labels], resampling: Resampling) -> Floats:
    """Sums of each column over as many units as there are, drawn with replacement: replicates by columns.

    ``columns`` hold whole numbers, one a unit. Most units are alike, so the *kinds* of units are drawn: how often each
    comes up is multinomial with the shares of the kinds, which is the same as drawing units one by one (Efron and
    Tibshirani, 1993, chapter 6). The order of the units does not matter.

    >>> drawn = resample([np.array([2, 2, 2]), np.array([0, 1, 0])], Resampling(replicates=50))
    >>> drawn[:, 0].min(), drawn[:, 0].max(), sorted(set(drawn[:, 1].tolist()))
    (np.float64(6.0), np.float64(6.0), [0.0, 1.0, 2.0, 3.0])
    """
    kinds, counts = _kinds(columns)
    rng = np.random.default_rng(resampling.seed)
    shares = counts / max(1, counts.sum())
    sums = []
    batch = max(1, _MOST_DRAWS // max(1, len(counts)))
    for start in range(0, resampling.replicates, batch):
        size = min(batch, resampling.replicates - start)
        drawn = rng.multinomial(counts.sum(), shares, size=size) if len(counts) else np.zeros((size, 0), np.int64)
        sums.append(drawn.astype(np.float64) @ kinds.T)
    return np.concatenate(sums)


def _kinds(columns: Sequence[Labels]) -> tuple[Floats, Labels]:
    """The distinct units, as columns by kinds, and how many there are of each, in an order that depends on them alone.

    Units are told apart by one number, a sum of their columns with odd factors of 64 bits drawn at random; that two
    kinds among a million should get the same is less likely than 1 in 10 million.
    """
    factors = np.random.default_rng(0).integers(2**63, size=len(columns), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    mark = np.zeros(len(columns[0]), np.uint64)
    for column, factor in zip(columns, factors, strict=True):
        mark += column.astype(np.uint64) * factor
    _, first, counts = np.unique(mark, return_index=True, return_counts=True)
    return np.stack([column[first].astype(np.float64) for column in columns]), counts.astype(np.int64)
