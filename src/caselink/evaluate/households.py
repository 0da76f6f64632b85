"""How well the households were found: records grouped by household, against the true households."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from caselink.evaluate.clusters import bcubed_scores, cluster_scores, found_exactly, pairwise_scores
from caselink.evaluate.counting import Labels, fill_singletons, renumber, sizes
from caselink.evaluate.scores import Scores, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdScores:
    """Scores of the households of all records whose true household is known.

    ``exact`` is the share of true households whose records are exactly those of one household found;
    ``exact_multi`` only counts true households of two and more records, ``exact_across`` those that two and
    more sources know.
    """

    records: int
    pairwise: Scores
    bcubed: Scores
    cluster: Scores
    cluster_multi: Scores
    exact: Share
    exact_multi: Share
    exact_across: Share

    def named(self) -> dict[str, Scores]:
        """The scores by the names they have in a table."""
        return {
            "household pairwise": self.pairwise,
            "household B-cubed": self.bcubed,
            "household cluster": self.cluster,
            "household cluster, 2+ records": self.cluster_multi,
        }


def household_labels(predicted: Labels, true: Labels) -> tuple[Labels, Labels]:
    """True and found households, without gaps, of the records whose true household is known."""
    known = true >= 0
    return renumber(true[known]), fill_singletons(predicted[known])


def score_households(predicted: Labels, true: Labels, source: Labels) -> HouseholdScores:
    """Scores of household labels; -1 is unknown: such a record is left out of the truth, or alone as found.

    >>> score_households(np.array([4, 4, -1]), np.array([0, 0, 1]), np.array([0, 1, 1])).exact.rate
    1.0
    """
    source = source[true >= 0]
    true, predicted = household_labels(predicted, true)
    found, every = found_exactly(predicted, true), np.ones(len(sizes(true)), np.bool_)
    return HouseholdScores(
        records=len(true),
        pairwise=pairwise_scores(predicted, true),
        bcubed=bcubed_scores(predicted, true),
        cluster=cluster_scores(predicted, true),
        cluster_multi=cluster_scores(predicted, true, min_size=2),
        exact=_share(found, every),
        exact_multi=_share(found, sizes(true) > 1),
        exact_across=_share(found, _count_sources(true, source) > 1),
    )


def _share(found: np.ndarray, among: np.ndarray) -> Share:
    return Share(int((found & among).sum()), int(among.sum()))


def _count_sources(true: Labels, source: Labels) -> Labels:
    """How many sources know each true household."""
    _, first = np.unique(renumber(true, source), return_index=True)
    return np.bincount(true[first], minlength=len(sizes(true))).astype(np.int64)
