"""How well one clustering repeats another: pairs, records (B-cubed) and whole clusters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.evaluate.counting import Labels, count_pairs, sizes
from caselink.evaluate.scores import Scores, average_scores, count_scores

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two clusterings of the same records, and their *cells*: the records that share both clusters.

    ``predicted``, ``true`` and ``cell`` are one integer label a record, numbered from 0 without gaps; the sizes are in
    records.
    """

    predicted: Labels = field(repr=False)
    true: Labels = field(repr=False)
    cell: Labels = field(repr=False)
    predicted_sizes: Labels = field(repr=False)
    true_sizes: Labels = field(repr=False)
    cell_sizes: Labels = field(repr=False)

    @classmethod
    def of(cls, predicted: Labels, true: Labels) -> Overlap:
        """The overlap of two clusterings.

        >>> Overlap.of(np.array([0, 0, 1]), np.array([0, 1, 1])).cell.tolist()
        [0, 1, 2]
        """
        predicted_sizes, true_sizes = sizes(predicted), sizes(true)
        cell = pd.factorize(predicted * max(1, len(true_sizes)) + true)[0].astype(np.int64)
        return cls(predicted, true, cell, predicted_sizes, true_sizes, sizes(cell))

    def shares(self) -> tuple[Floats, Floats]:
        """For each record, how much of its predicted and of its true cluster is in its cell."""
        both = self.cell_sizes[self.cell]
        return both / self.predicted_sizes[self.predicted], both / self.true_sizes[self.true]

    def found_exactly(self) -> npt.NDArray[np.bool_]:
        """For each true cluster, whether its records are exactly those of one predicted cluster.

        >>> Overlap.of(np.array([0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1])).found_exactly().tolist()
        [True, False]
        """
        both = self.cell_sizes[self.cell]
        whole = (both == self.true_sizes[self.true]) & (both == self.predicted_sizes[self.predicted])
        found = np.zeros(len(self.true_sizes), np.bool_)
        found[self.true[whole]] = True
        return found

    def closest(self) -> tuple[Floats, Floats]:
        """For each predicted cluster the Jaccard similarity of the true cluster closest to it; and the other way round.

        The similarity of two clusters is ``|both| / |either|``.

        >>> [nearest.tolist() for nearest in Overlap.of(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])).closest()]
        [[0.6666666666666666, 0.5], [0.6666666666666666, 0.5]]
        """
        cluster, entity = np.empty_like(self.cell_sizes), np.empty_like(self.cell_sizes)
        cluster[self.cell], entity[self.cell] = self.predicted, self.true
        either = self.predicted_sizes[cluster] + self.true_sizes[entity] - self.cell_sizes
        nearest = np.zeros(len(self.predicted_sizes)), np.zeros(len(self.true_sizes))
        np.maximum.at(nearest[0], cluster, self.cell_sizes / either)
        np.maximum.at(nearest[1], entity, self.cell_sizes / either)
        return nearest


def pairwise_scores(overlap: Overlap) -> Scores:
    """Every pair of records is one decision: one person, or two.

    >>> pairwise_scores(Overlap.of(np.array([0, 0, 1]), np.array([0, 0, 0]))).recall
    0.3333333333333333
    """
    return count_scores(*map(count_pairs, (overlap.cell_sizes, overlap.predicted_sizes, overlap.true_sizes)))


def bcubed_scores(overlap: Overlap) -> Scores:
    """Every record counts once: how pure its cluster is, and how much of its entity is in it.

    With ``both`` the records that share the record's predicted and its true cluster, precision is the mean of
    ``both / predicted size`` and recall the mean of ``both / true size`` (Bagga and Baldwin, 1998).

    >>> bcubed_scores(Overlap.of(np.array([0, 0, 1, 2]), np.array([0, 0, 0, 1]))).precision
    1.0
    """
    precision, recall = overlap.shares()
    return average_scores(_mean(precision), _mean(recall), predicted=len(precision), true=len(recall))


def cluster_scores(overlap: Overlap, *, min_size: int = 1) -> Scores:
    """A predicted cluster is right when it is exactly a true one; clusters under ``min_size`` are left out.

    >>> cluster_scores(Overlap.of(np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1]))).right
    1
    """
    right = int((overlap.found_exactly() & (overlap.true_sizes >= min_size)).sum())
    predicted, true = (int((size >= min_size).sum()) for size in (overlap.predicted_sizes, overlap.true_sizes))
    return count_scores(right, predicted, true)


def closest_scores(overlap: Overlap) -> Scores:
    """How near each cluster is to the one most like it: a near miss counts for nearly all, not for nothing.

    Precision is the mean over predicted clusters of the Jaccard similarity to the closest true cluster, recall the mean
    over true clusters of that to the closest predicted one (closest cluster F1, as Menestrina, Whang and
    Garcia-Molina, 2010, compare it with other measures).

    >>> scores = closest_scores(Overlap.of(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])))
    >>> round(scores.precision, 4), scores.predicted
    (0.5833, 2)
    """
    by_predicted, by_true = overlap.closest()
    return average_scores(_mean(by_predicted), _mean(by_true), predicted=len(by_predicted), true=len(by_true))


def _mean(values: Floats) -> float:
    """The mean, to the last digit whatever the order of the values; NaN of none."""
    return float(np.sort(values).mean()) if len(values) else float("nan")
