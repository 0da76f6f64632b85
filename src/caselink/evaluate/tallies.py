"""Tallies: what each tie group adds to a score. Summed over all groups they give the score itself.

A precision is a sum of hits over a sum of what was predicted, a recall one over what is true. For pairs and whole
clusters the hits are the same and F1 is ``2 hits / (predicted + true)``, which is their harmonic mean; B-cubed and
closest cluster have hits of their own on either side. Shares are counted in whole parts, so that sums do not depend on
the order of the records.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from caselink.evaluate.counting import Labels
from caselink.evaluate.resampling import Draws, Floats, Resampling, resample

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


def draw_tallies(tallies: Collection[Tally], resampling: Resampling) -> Draws:
    """All tallies drawn anew from the same units; four columns each, in their order."""
    return resample([column for tally in tallies for column in tally.columns()], resampling)


def limits_of(draws: Draws, tallies: Sequence[Tally]) -> list[list[float]]:
    """For each tally the lower and the upper limit of precision, of recall and of F1."""
    return [
        [limit for score in range(3) for limit in draws.limits(partial(score_of, tally, place, score))]
        for place, tally in enumerate(tallies)
    ]


def score_of(tally: Tally, place: int, score: int, sums: Floats) -> Floats:
    """One score (0 precision, 1 recall, 2 F1) of the tally that has this place among those drawn."""
    found: Floats = tally.score(sums[:, 4 * place : 4 * place + 4])[score]
    return found


def find_limits(tallies: dict[str, Tally], resampling: Resampling) -> pd.DataFrame:
    """One row a measure: the lower and the upper limit of precision, recall and F1, from units drawn together."""
    rows = limits_of(draw_tallies(tallies.values(), resampling), list(tallies.values()))
    return pd.DataFrame(rows, columns=LIMITS, index=pd.Index(tallies, name="measure"), dtype=np.float64)


LIMITS = [f"{score}_{end}" for score in ("precision", "recall", "f1") for end in ("low", "high")]
