"""How well one clustering repeats another: pairs, records (B-cubed) and whole clusters.

``predicted`` and ``true`` are one integer label a record, numbered from 0 without gaps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from caselink.evaluate.counting import Labels, count_pairs_within, renumber, sizes
from caselink.evaluate.scores import Scores, average_scores, count_scores


def pairwise_scores(predicted: Labels, true: Labels) -> Scores:
    """Every pair of records is one decision: one person, or two.

    >>> pairwise_scores(np.array([0, 0, 1]), np.array([0, 0, 0])).recall
    0.3333333333333333
    """
    right = count_pairs_within(renumber(predicted, true))
    return count_scores(right, count_pairs_within(predicted), count_pairs_within(true))


def bcubed_scores(predicted: Labels, true: Labels) -> Scores:
    """Every record counts once: how pure its cluster is, and how much of its entity is in it.

    With ``both`` the records that share the record's predicted and its true cluster, precision is the mean of
    ``both / predicted size`` and recall the mean of ``both / true size`` (Bagga and Baldwin, 1998).

    >>> bcubed_scores(np.array([0, 0, 1, 2]), np.array([0, 0, 0, 1])).precision
    1.0
    """
    if not len(true):
        return average_scores(float("nan"), float("nan"), 0)
    joint = renumber(predicted, true)
    both = sizes(joint)[joint]
    precision = float((both / sizes(predicted)[predicted]).mean())
    recall = float((both / sizes(true)[true]).mean())
    return average_scores(precision, recall, len(true))


def found_exactly(predicted: Labels, true: Labels) -> npt.NDArray[np.bool_]:
    """For each true cluster, whether its records are exactly those of one predicted cluster.

    >>> found_exactly(np.array([0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1])).tolist()
    [True, False]
    """
    joint = renumber(predicted, true)
    whole = (sizes(joint)[joint] == sizes(true)[true]) & (sizes(joint)[joint] == sizes(predicted)[predicted])
    found = np.zeros(len(sizes(true)), np.bool_)
    found[true[whole]] = True
    return found


def cluster_scores(predicted: Labels, true: Labels, *, min_size: int = 1) -> Scores:
    """A predicted cluster is right when it is exactly a true one; clusters under ``min_size`` are left out.

    >>> cluster_scores(np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1])).right
    1
    """
    true_sizes, predicted_sizes = sizes(true), sizes(predicted)
    right = int((found_exactly(predicted, true) & (true_sizes >= min_size)).sum())
    return count_scores(right, int((predicted_sizes >= min_size).sum()), int((true_sizes >= min_size).sum()))
