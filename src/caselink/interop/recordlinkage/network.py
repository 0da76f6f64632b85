"""From links to one-to-one links: by their weights, and not by the order in which they happen to stand."""

from __future__ import annotations

import warnings
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import recordlinkage.network as theirs

from caselink.errors import CaselinkWarning, InputError, SpecError

__all__ = ["OneToManyLinking", "OneToOneLinking"]

Links: TypeAlias = "pd.MultiIndex | pd.Series[Any] | pd.DataFrame"


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Everything else is recordlinkage's own."""
    return getattr(theirs, name)


class OneToOneLinking:
    """Links in which no record stands twice.

    ``method``: ``greedy`` takes the heaviest link first, then the next whose records are both free; ``optimal`` takes
    the links whose weights add up to the most.
    """

    def __init__(self, method: Literal["greedy", "optimal"] = "greedy") -> None:
        if method not in ("greedy", "optimal"):
            raise SpecError(f"method is greedy or optimal, got {method!r}")
        self.method = method

    def compute(self, links: Links, weights: pd.Series[Any] | None = None) -> pd.MultiIndex:
        """The links kept, in their order.

        ``links``: pairs with ``weights`` of theirs (probabilities, match weights), a series of weights by pair, or
        a frame of features, whose sum is the weight. Pairs alone have no weights: they are taken in their order,
        with a warning.
        """
        pairs, weight = _weighted(links, weights)
        left, right = (np.unique(np.asarray(codes), return_inverse=True)[1] for codes in pairs.codes)
        kept = _heaviest_first(left, right, weight) if self.method == "greedy" else _heaviest_sum(left, right, weight)
        return pairs[kept]


class OneToManyLinking:
    """Links in which no record of one side stands twice: each keeps its heaviest. ``level``: the side, 0 or 1."""

    def __init__(self, level: int = 0, method: Literal["greedy"] = "greedy") -> None:
        if method != "greedy" or level not in (0, 1):
            raise SpecError("level is 0 or 1, and method is greedy")
        self.level, self.method = level, method

    def compute(self, links: Links, weights: pd.Series[Any] | None = None) -> pd.MultiIndex:
        """The links kept, in their order; ``links`` and ``weights`` as for :class:`OneToOneLinking`."""
        pairs, weight = _weighted(links, weights)
        one = np.asarray(pairs.codes[self.level])
        many = np.arange(len(pairs))
        return pairs[_heaviest_first(one, many, weight)]


def _weighted(links: Links, weights: pd.Series[Any] | None) -> tuple[pd.MultiIndex, npt.NDArray[np.float64]]:
    pairs = links if isinstance(links, pd.Index) else links.index
    if not isinstance(pairs, pd.MultiIndex) or pairs.nlevels != 2:
        raise InputError("links are an index of two levels, a record of each side")
    if not pairs.is_unique:
        raise InputError("a pair stands twice among the links")
    if weights is None and isinstance(links, pd.Index):
        text = "links without weights are taken in the order in which they stand; give weights=..., or their features"
        warnings.warn(text, CaselinkWarning, stacklevel=3)
        return pairs, np.zeros(len(pairs))
    given = weights if weights is not None else links.sum(axis=1) if isinstance(links, pd.DataFrame) else links
    weight = pd.Series(given).reindex(pairs).to_numpy(dtype=float)
    if np.isnan(weight).any():
        raise InputError(f"{int(np.isnan(weight).sum())} link(s) have no weight")
    return pairs, weight


def _heaviest_first(
    left: npt.NDArray[Any], right: npt.NDArray[Any], weight: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    kept = np.zeros(len(weight), bool)
    taken: tuple[set[int], set[int]] = (set(), set())
    for k in np.argsort(-weight, kind="stable").tolist():
        a, b = int(left[k]), int(right[k])
        if a not in taken[0] and b not in taken[1]:
            kept[k] = True
            taken[0].add(a)
            taken[1].add(b)
    return kept


def _heaviest_sum(
    left: npt.NDArray[Any], right: npt.NDArray[Any], weight: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Assignment within each group of links that hang together; links that weigh nothing are left out of none."""
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    kept = np.zeros(len(weight), bool)
    if not len(weight):
        return kept
    n_left = int(left.max()) + 1
    n = n_left + int(right.max()) + 1
    graph = coo_array((np.ones(len(left)), (left, right + n_left)), shape=(n, n))
    group = connected_components(graph, directed=False)[1]
    order = np.argsort(group[left], kind="stable")
    ends = np.flatnonzero(np.diff(group[left][order])) + 1
    for links in np.split(order, ends):
        rows, row = np.unique(left[links], return_inverse=True)
        columns, column = np.unique(right[links], return_inverse=True)
        gain = np.zeros((len(rows), len(columns)))
        gain[row, column] = np.maximum(weight[links], 0)
        chosen = dict(zip(*(side.tolist() for side in linear_sum_assignment(gain, maximize=True)), strict=True))
        kept[links] = [chosen.get(r) == c for r, c in zip(row.tolist(), column.tolist(), strict=True)]
    return kept
