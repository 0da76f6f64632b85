"""How well one clustering repeats another: pairs, records (B-cubed) and whole clusters.

``predicted`` and ``true`` are one integer label a record, numbered from 0 without gaps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from caselink.evaluate.counting import Labels, count_pairs_within, renumber, sizes
from caselink.evaluate.scores import Scores, average_scores, count_scores

Floats = npt.NDArray[np.float64]


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
    joint = renumber(predicted, true)
    both = sizes(joint)[joint]
    precision, recall = both / sizes(predicted)[predicted], both / sizes(true)[true]
    return average_scores(_mean(precision), _mean(recall), predicted=len(true), true=len(true))


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


def closest_similarity(predicted: Labels, true: Labels) -> tuple[Floats, Floats]:
    """For each predicted cluster the Jaccard similarity of the true cluster closest to it; and the other way round.

    The similarity of two clusters is ``|both| / |either|``.

    >>> [nearest.tolist() for nearest in closest_similarity(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]))]
    [[0.6666666666666666, 0.5], [0.6666666666666666, 0.5]]
    """
    joint = renumber(predicted, true)
    both = sizes(joint)
    cluster, entity = np.empty_like(both), np.empty_like(both)
    cluster[joint], entity[joint] = predicted, true
    predicted_sizes, true_sizes = sizes(predicted), sizes(true)
    similarity = both / (predicted_sizes[cluster] + true_sizes[entity] - both)
    nearest = np.zeros(len(predicted_sizes)), np.zeros(len(true_sizes))
    np.maximum.at(nearest[0], cluster, similarity)
    np.maximum.at(nearest[1], entity, similarity)
    return nearest


def closest_scores(predicted: Labels, true: Labels) -> Scores:
    """How near each cluster is to the one most like it: a near miss counts for nearly all, not for nothing.

    Precision is the mean over predicted clusters of the Jaccard similarity to the closest true cluster, recall the mean
    over true clusters of that to the closest predicted one (closest cluster F1, as Menestrina, Whang and
    Garcia-Molina, 2010, compare it with other measures).

    >>> scores = closest_scores(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]))
    >>> round(scores.precision, 4), scores.predicted
    (0.5833, 2)
    """
    by_predicted, by_true = closest_similarity(predicted, true)
    return average_scores(_mean(by_predicted), _mean(by_true), predicted=len(by_predicted), true=len(by_true))


def cluster_scores(predicted: Labels, true: Labels, *, min_size: int = 1) -> Scores:
    """A predicted cluster is right when it is exactly a true one; clusters under ``min_size`` are left out.

    >>> cluster_scores(np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1])).right
    1
    """
    true_sizes, predicted_sizes = sizes(true), sizes(predicted)
    right = int((found_exactly(predicted, true) & (true_sizes >= min_size)).sum())
    return count_scores(right, int((predicted_sizes >= min_size).sum()), int((true_sizes >= min_size).sum()))


def _mean(values: Floats) -> float:
    """The mean, to the last digit whatever the order of the values; NaN of none."""
    return float(np.sort(values).mean()) if len(values) else float("nan")
