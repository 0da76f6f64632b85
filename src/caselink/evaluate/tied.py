"""What an evaluation's scores are made of, by tie group: pairs by source, records, clusters."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from caselink.evaluate.clusters import closest_similarity, found_exactly
from caselink.evaluate.counting import Labels, renumber, sizes
from caselink.evaluate.resampling import Floats, tie_groups
from caselink.evaluate.tallies import PARTS, Tally


def tally_persons(
    true: Labels, predicted: Labels, source: Labels, *, names: list[str], pairs: Iterable[tuple[str, str]]
) -> dict[str, Tally]:
    """Tallies of all measures of persons, by tie group; ``pairs`` are the pairs of sources that are told apart.

    >>> labels = np.array([0, 0, 1])
    >>> tallies = tally_persons(labels, labels, labels, names=["iva", "ivd"], pairs=[("iva", "iva")])
    >>> tallies["iva ~ iva"].true.tolist(), tallies["cross-source"].true.tolist()
    ([1, 0], [0, 0])
    """
    group = tie_groups(true, predicted)
    tallies = tally_clusters(true, predicted, group)
    numbers = [(names.index(one), names.index(other)) for one, other in pairs]
    by_source = tally_sources(true, predicted, source, group, pairs=numbers)
    for name, within in (("cross-source", False), ("within source", True)):
        kept = [tally for (a, b), tally in by_source.items() if (a == b) == within]
        tallies[name] = _add(kept, like=tallies["pairwise"])
    return tallies | {f"{names[a]} ~ {names[b]}": tally for (a, b), tally in by_source.items()}


def tally_households(true: Labels, predicted: Labels) -> dict[str, Tally]:
    """Tallies of all measures of households, by groups of true households that found ones tie together."""
    tallies = tally_clusters(true, predicted, tie_groups(true, predicted))
    return {f"household {name}": tally for name, tally in tallies.items() if name != "closest cluster"}


def tally_clusters(true: Labels, predicted: Labels, group: Labels) -> dict[str, Tally]:
    """Tallies of all measures that do not ask for sources, by the tie groups of the records.

    >>> tallies = tally_clusters(np.array([0, 0, 1]), np.array([0, 1, 2]), np.array([0, 0, 1]))
    >>> {name: tally.true.tolist() for name, tally in tallies.items() if "cluster" not in name}
    {'pairwise': [1, 0], 'B-cubed': [33554426, 16777213]}
    """
    n_groups = int(group.max(initial=-1)) + 1
    joint = renumber(predicted, true)
    of_joint, of_predicted, of_true = (_groups_of(labels, group) for labels in (joint, predicted, true))
    n_joint, n_predicted, n_true = (sizes(labels) for labels in (joint, predicted, true))
    found, (near_predicted, near_true) = found_exactly(predicted, true), closest_similarity(predicted, true)

    def total(groups: Labels, counts: npt.NDArray[np.generic]) -> Labels:
        return np.bincount(groups, weights=counts.astype(np.float64), minlength=n_groups).astype(np.int64)

    def parts(groups: Labels, shares: Floats) -> Labels:
        return total(groups, np.rint(shares * PARTS))

    records = PARTS * total(of_true, n_true)
    clusters = [(of_predicted, n_predicted), (of_true, n_true)]
    every, several = ([total(groups, size >= least) for groups, size in clusters] for least in (1, 2))
    return {
        "pairwise": Tally.count(
            *(
                total(g, n * (n - 1) // 2)
                for g, n in [(of_joint, n_joint), (of_predicted, n_predicted), (of_true, n_true)]
            )
        ),
        "B-cubed": Tally(
            parts(group, n_joint[joint] / n_predicted[predicted]),
            records,
            parts(group, n_joint[joint] / n_true[true]),
            records,
        ),
        "cluster": Tally.count(total(of_true, found), *every),
        "cluster, 2+ records": Tally.count(total(of_true, found & (n_true > 1)), *several),
        "closest cluster": Tally(
            parts(of_predicted, near_predicted), PARTS * every[0], parts(of_true, near_true), PARTS * every[1]
        ),
    }


def tally_sources(
    true: Labels, predicted: Labels, source: Labels, group: Labels, *, pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], Tally]:
    """Tallies of the pairs of two sources (or of one with itself), for each pair of sources given, by tie group.

    >>> labels = np.array([0, 0, 1])
    >>> tally_sources(labels, labels, np.array([0, 1, 1]), labels, pairs=[(0, 1), (1, 1)])[0, 1].true.tolist()
    [1, 0]
    """
    n_sources = int(source.max(initial=-1)) + 1
    counted = []
    for labels in (renumber(predicted, true), predicted, true):
        n_labels = int(labels.max(initial=-1)) + 1
        cells = np.bincount(labels * n_sources + source, minlength=n_labels * n_sources)
        records = cells.reshape(n_labels, n_sources)
        counted.append((_groups_of(labels, group), records))
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


def _groups_of(labels: Labels, group: Labels) -> Labels:
    """The tie group of each label."""
    groups = np.zeros(int(labels.max(initial=-1)) + 1, np.int64)
    groups[labels] = group
    return groups
