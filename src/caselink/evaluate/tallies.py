"""Tallies: what each tie group adds to a score. Summed over all groups they give the score itself.

A precision is a sum of hits over a sum of what was predicted, a recall one over what is true. For pairs and whole
clusters the hits are the same and F1 is ``2 hits / (predicted + true)``, which is their harmonic mean; B-cubed and
closest cluster have hits of their own on either side. Shares are counted in whole parts, so that sums do not depend on
the order of the records.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from caselink.evaluate.counting import Labels
from caselink.evaluate.resampling import Floats, Resampling, resample

PARTS = 16_777_213
"""In how many parts a share of 1 is counted."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits and totals of one measure by unit; ``hits`` of the precision and of the recall may be the same array."""

    precision_hits: Labels = field(repr=False)
    predicted: Labels = field(repr=False)
    recall_hits: Labels = field(repr=False)
    true: Labels = field(repr=False)

    @classmethod
    def count(cls, right: Labels, predicted: Labels, true: Labels) -> Tally:
        """A tally of things that are right or not."""
        return cls(right, predicted, right, true)

    def columns(self) -> list[Labels]:
        """What is drawn anew."""
        return [self.precision_hits, self.predicted, self.recall_hits, self.true]

    def score(self, sums: Floats) -> Floats:
        """Precision, recall and F1 (rows) of the sums of the four columns, one column a replicate."""
        precision_hits, predicted, recall_hits, true = sums.T
        with np.errstate(invalid="ignore", divide="ignore"):
            precision, recall = precision_hits / predicted, recall_hits / true
            if self.precision_hits is self.recall_hits:
                return np.stack([precision, recall, 2 * recall_hits / (predicted + true)])
            return np.stack([precision, recall, 2 * precision * recall / (precision + recall)])


def draw_scores(tallies: Collection[Tally], resampling: Resampling) -> list[Floats]:
    """Precision, recall and F1 (rows) of each tally in each replicate (columns), all from the same draws."""
    sums = resample([column for tally in tallies for column in tally.columns()], resampling)
    return [tally.score(sums[:, 4 * place : 4 * place + 4]) for place, tally in enumerate(tallies)]


def find_limits(tallies: dict[str, Tally], resampling: Resampling) -> pd.DataFrame:
    """One row a measure: the lower and the upper limit of precision, recall and F1.

    Percentile intervals: the limits are quantiles of the score over the replicates (Efron and Tibshirani, 1993,
    chapter 13).
    """
    drawn = draw_scores(tallies.values(), resampling)
    rows = [[limit for score in scores for limit in resampling.limits(score)] for scores in drawn]
    return pd.DataFrame(rows, columns=LIMITS, index=pd.Index(tallies, name="measure"), dtype=np.float64)


LIMITS = [f"{score}_{end}" for score in ("precision", "recall", "f1") for end in ("low", "high")]
