"""How well the households were found: records grouped by household, against the true households."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from caselink.evaluate.clusters import Overlap, bcubed_scores, cluster_scores, pairwise_scores
from caselink.evaluate.counting import Labels, fill_singletons, renumber
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


def overlap_households(predicted: Labels, true: Labels) -> Overlap:
    """Found and true households of the records whose true household is known (-1 is unknown).

    >>> overlap_households(np.array([4, 4, -1, -1]), np.array([0, 0, 1, -1])).predicted.tolist()
    [0, 0, 1]
    """
    known = true >= 0
    return Overlap.of(fill_singletons(predicted[known]), renumber(true[known]))


def score_households(overlap: Overlap, source: Labels) -> HouseholdScores:
    """Scores of the households; ``source`` is the source of each record of the overlap.

    >>> score_households(Overlap.of(np.array([0, 0, 1]), np.array([0, 0, 1])), np.array([0, 1, 1])).exact.rate
    1.0
    """
    found, size = overlap.found_exactly(), overlap.true_sizes
    return HouseholdScores(
        records=len(overlap.true),
        pairwise=pairwise_scores(overlap),
        bcubed=bcubed_scores(overlap),
        cluster=cluster_scores(overlap),
        cluster_multi=cluster_scores(overlap, min_size=2),
        exact=_share(found, size > 0),
        exact_multi=_share(found, size > 1),
        exact_across=_share(found, _count_sources(overlap.true, source) > 1),
    )


def _share(found: np.ndarray, among: np.ndarray) -> Share:
    return Share(int((found & among).sum()), int(among.sum()))


def _count_sources(true: Labels, source: Labels) -> Labels:
    """How many sources know each true household."""
    n_sources = int(source.max(initial=0)) + 1
    known = pd.unique(true * n_sources + source)
    return np.bincount(known // n_sources).astype(np.int64)
