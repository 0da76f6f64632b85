"""What an evaluation's scores are made of, by tie group: pairs by source, records, clusters."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from caselink.evaluate.clusters import Overlap
from caselink.evaluate.counting import Labels
from caselink.evaluate.resampling import Floats, tie_groups
from caselink.evaluate.tallies import PARTS, Tally


def tally_persons(
    overlap: Overlap, source: Labels, *, names: list[str], pairs: Iterable[tuple[str, str]]
) -> dict[str, Tally]:
    """Tallies of all measures of persons, by tie group; ``pairs`` are the pairs of sources that are told apart.

    >>> labels = np.array([0, 0, 1])
    >>> tallies = tally_persons(Overlap.of(labels, labels), labels, names=["iva", "ivd"], pairs=[("iva", "iva")])
    >>> tallies["iva ~ iva"].true.tolist(), tallies["cross-source"].true.tolist()
    ([1, 0], [0, 0])
    """
    group = tie_groups(overlap.true, overlap.predicted)
    tallies = tally_clusters(overlap, group)
    numbers = [(names.index(one), names.index(other)) for one, other in pairs]
    by_source = tally_sources(overlap, group, source, numbers)
    for name, within in (("cross-source", False), ("within source", True)):
        kept = [tally for (a, b), tally in by_source.items() if (a == b) == within]
        tallies[name] = _add(kept, like=tallies["pairwise"])
    return tallies | {f"{names[a]} ~ {names[b]}": tally for (a, b), tally in by_source.items()}


def tally_households(overlap: Overlap) -> dict[str, Tally]:
    """Tallies of all measures of households, by groups of true households that found ones tie together."""
    tallies = tally_clusters(overlap, tie_groups(overlap.true, overlap.predicted))
    return {f"household {name}": tally for name, tally in tallies.items() if name != "closest cluster"}


def tally_clusters(overlap: Overlap, group: Labels) -> dict[str, Tally]:
    """Tallies of all measures that do not ask for sources, by the tie groups of the records.

    >>> tallies = tally_clusters(Overlap.of(np.array([0, 1, 2]), np.array([0, 0, 1])), np.array([0, 0, 1]))
    >>> {name: tally.true.tolist() for name, tally in tallies.items() if "cluster" not in name}
    {'pairwise': [1, 0], 'B-cubed': [33554426, 16777213]}
    """
    n_groups = int(group.max(initial=-1)) + 1
    of_cell, of_predicted, of_true = _groups_of_clusters(overlap, group)

    def total(groups: Labels, counts: npt.NDArray[np.generic]) -> Labels:
        return np.bincount(groups, weights=counts.astype(np.float64), minlength=n_groups).astype(np.int64)

    def parts(groups: Labels, shares: Floats) -> Labels:
        return total(groups, np.rint(shares * PARTS))

    sided = [(of_predicted, overlap.predicted_sizes), (of_true, overlap.true_sizes)]
    pairs = [total(groups, size * (size - 1) // 2) for groups, size in [(of_cell, overlap.cell_sizes), *sided]]
    every, several = ([total(groups, size >= least) for groups, size in sided] for least in (1, 2))
    found, records = overlap.found_exactly(), PARTS * total(of_true, overlap.true_sizes)
    pure, whole = (parts(group, share) for share in overlap.shares())
    near = [parts(groups, nearest) for groups, nearest in zip((of_predicted, of_true), overlap.closest(), strict=True)]
    return {
        "pairwise": Tally.count(*pairs),
        "B-cubed": Tally(pure, records, whole, records),
        "cluster": Tally.count(total(of_true, found), *every),
        "cluster, 2+ records": Tally.count(total(of_true, found & (overlap.true_sizes > 1)), *several),
        "closest cluster": Tally(near[0], PARTS * every[0], near[1], PARTS * every[1]),
    }


def tally_sources(
    overlap: Overlap, group: Labels, source: Labels, pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Tally]:
    """Tallies of the pairs of two sources (or of one with itself), for each pair of sources given, by tie group.

    >>> labels = np.array([0, 0, 1])
    >>> tally_sources(Overlap.of(labels, labels), labels, np.array([0, 1, 1]), [(0, 1), (1, 1)])[0, 1].true.tolist()
    [1, 0]
    """
    n_sources = int(source.max(initial=-1)) + 1
    counted = []
    labels = (overlap.cell, overlap.predicted, overlap.true)
    for clusters, groups in zip(labels, _groups_of_clusters(overlap, group), strict=True):
        cells = np.bincount(clusters * n_sources + source, minlength=len(groups) * n_sources)
        counted.append((groups, cells.reshape(len(groups), n_sources)))
    return {pair: Tally.count(*(_sum_pairs(groups, records, *pair) for groups, records in counted)) for pair in pairs}


def _add(tallies: Iterable[Tally], *, like: Tally) -> Tally:
    """The sum of tallies of counts; of none, a tally of zeros as long as ``like``."""
    zeros = [np.zeros(len(like.true), np.int64) for _ in range(3)]
    for tally in tallies:
        zeros = [
            total + part for total, part in zip(zeros, (tally.recall_hits, tally.predicted, tally.true), strict=True)
        ]
    return Tally.count(*zeros)


def _sum_pairs(groups: Labels, records: Labels, one: int, other: int) -> Labels:
    first, second = records[:, one], records[:, other]
    pairs = first * second if one != other else first * (first - 1) // 2
    n_groups = int(groups.max(initial=-1)) + 1
    return np.bincount(groups, weights=pairs.astype(np.float64), minlength=n_groups).astype(np.int64)


def _groups_of_clusters(overlap: Overlap, group: Labels) -> list[Labels]:
    """The tie group of each cell, each predicted and each true cluster."""
    found = []
    sided = [
        (overlap.cell, overlap.cell_sizes),
        (overlap.predicted, overlap.predicted_sizes),
        (overlap.true, overlap.true_sizes),
    ]
    for labels, size in sided:
        groups = np.zeros(len(size), np.int64)
        groups[labels] = group
        found.append(groups)
    return found
