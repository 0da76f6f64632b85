"""Labeled pairs in the fit of the mixture: they take the place of pairs of their pattern, and their class is settled.

A label speaks for its own pair alone. So it does no harm that labels are seldom drawn evenly (doubtful pairs come
first, or only matches are known): the sizes of the classes stay those of the pairs that blocking made.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from caselink.matchers.base import Floats, TrainingPatterns

_LEAST_LOG = -1e6  # a class of no pairs; keeps differences finite


@dataclass(frozen=True, slots=True)
class LabeledPairs:
    """Pairs a pattern: labeled as match, labeled as no match, and not labeled."""

    match: Floats = field(repr=False)
    other: Floats = field(repr=False)
    free: Floats = field(repr=False)
    standing: Floats = field(repr=False)
    """Share of the labels that stand for pairs that blocking made, and so count in the sizes of the classes."""

    @classmethod
    def of(cls, data: TrainingPatterns) -> LabeledPairs | None:
        """The labels of the training patterns; None where there are none.

        Where only matches are labeled, nobody looked at the other pairs of their pattern: they show what matches are
        like, and not how many there are.
        """
        if data.label_counts is None or not data.label_counts.any():
            return None
        other, match = data.label_counts.T
        labeled = match + other
        free = np.maximum(data.counts - labeled, 0.0) if other.any() else data.counts
        return cls(match, other, free, (data.counts - free) / np.maximum(labeled, 1.0))

    def of_both_kinds(self) -> bool:
        """Whether matches and others are labeled: labels of one kind cannot choose among fits."""
        return bool(self.match.any() and self.other.any())

    def shares(self, log_joint: Floats) -> Floats:
        """Labeled pairs by class (patterns x classes): matches are the first, the model shares the others out."""
        others = np.maximum(log_joint[:, 1:], _LEAST_LOG)
        shared = np.exp(others - others.max(axis=1, keepdims=True))
        shared *= (self.other / shared.sum(axis=1))[:, None]
        return np.hstack([self.match[:, None], shared])

    def log_likelihood(self, log_joint: Floats) -> float:
        """How likely the labels are, once the patterns are known."""
        finite = np.maximum(log_joint, _LEAST_LOG)
        match, others = finite[:, 0], np.logaddexp.reduce(finite[:, 1:], axis=1)
        total = np.logaddexp(match, others)
        return float(self.match @ (match - total) + self.other @ (others - total))

    def doubt(self, log_joint: Floats) -> str | None:
        """What to say if the model expects clearly more or fewer matches among the labeled pairs than there are."""
        if not self.other.any():
            return None
        finite = np.maximum(log_joint, _LEAST_LOG)
        match = np.exp(finite[:, 0] - np.logaddexp.reduce(finite, axis=1))
        labeled = self.match + self.other
        expected, spread = labeled @ match, np.sqrt(labeled @ (match * (1 - match)))
        if abs(expected - self.match.sum()) <= 0.1 * max(expected, self.match.sum()) + 3 * spread + 2:
            return None
        return (
            f"of {labeled.sum():.0f} labeled pairs {self.match.sum():.0f} are matches; the fit expects {expected:.0f}: "
            "look at how the labels were made, or compare more columns"
        )
