"""A program is a list of comparisons made ready for one set of records: what the fused kernel runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from caselink.comparisons.base import Comparison, Levels
from caselink.comparisons.views import Views, view_words
from caselink.encoding import EncodedRecords, Rows
from caselink.errors import SpecError

Patterns = npt.NDArray[np.int64]
_MOST_PATTERNS = 2**62
_STEP_WORDS = 7


@dataclass(frozen=True, slots=True)
class Program:
    """Comparisons over one set of records.

    A *pattern* is a pair's levels as one number: the level of comparison c times ``place[c]``, summed.
    """

    records: EncodedRecords = field(repr=False)
    comparisons: tuple[Comparison, ...]
    n_levels: tuple[int, ...]
    place: npt.NDArray[np.int64] = field(repr=False)
    views: Views = field(repr=False)
    steps: npt.NDArray[np.int64] = field(repr=False)
    limits: npt.NDArray[np.float64] = field(repr=False)
    called: tuple[int, ...] = ()
    """Comparisons that the kernel does not know and that are called one by one."""

    @classmethod
    def of(cls, comparisons: Sequence[Comparison], records: EncodedRecords) -> Program:
        """Lay out the words and value facts that the comparisons need."""
        definitions = [comparison.definition for comparison in comparisons]
        n_levels = tuple(len(definition.level_names) for definition in definitions)
        if np.prod(n_levels, dtype=np.float64) > _MOST_PATTERNS:
            msg = f"{len(n_levels)} comparisons have more than 2**62 combinations of levels; use fewer"
            raise SpecError(msg)
        place = np.cumprod([1, *n_levels[:-1]], dtype=np.int64)
        steps_of = [getattr(comparison, "step", None) for comparison in comparisons]
        compiled = [(c, step) for c, step in enumerate(steps_of) if step is not None]
        views = view_words(records, [view for _, step in compiled for view in step.views])
        steps = np.full((len(compiled), _STEP_WORDS), -1, np.int64)
        limits = np.zeros((len(compiled), 6))
        for row, (c, step) in enumerate(compiled):
            steps[row, 0], steps[row, 5], steps[row, 6] = step.kind, len(step.limits), place[c]
            steps[row, 1 : 1 + len(step.views)] = [views.word[view] for view in step.views]
            limits[row, : len(step.limits)] = step.limits
        called = tuple(c for c, step in enumerate(steps_of) if step is None)
        return cls(records, tuple(comparisons), n_levels, place, views, steps, limits, called)

    def only(self, c: int) -> Program:
        """The program of one of the comparisons, on the same words."""
        row = [i for i, place in enumerate(self.steps[:, 6]) if place == self.place[c] and c not in self.called]
        steps = self.steps[row].copy()
        steps[:, 6] = 1
        chosen = (self.comparisons[c],), (self.n_levels[c],), np.ones(1, np.int64)
        return Program(self.records, *chosen, self.views, steps, self.limits[row], (0,) if c in self.called else ())

    def patterns(self, left: Rows, right: Rows) -> Patterns:
        """The pattern of each pair."""
        from caselink.comparisons.compare_kernels import compare

        pattern = np.zeros(len(left), np.int64)
        if len(self.steps):
            compare(self.views.words, self.views.values, self.steps, self.limits, left, right, pattern)
        for c in self.called:
            pattern += self.comparisons[c].levels(self.records, left, right).astype(np.int64) * self.place[c]
        return pattern

    def levels(self, patterns: Patterns) -> Levels:
        """Patterns taken apart: one row a pattern, one column a comparison."""
        n_levels = np.array(self.n_levels, np.int64)
        return ((patterns[:, None] // self.place) % n_levels).astype(np.uint8)


def count_patterns(patterns: Patterns) -> tuple[Patterns, npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Distinct patterns, how often each comes, and each pair's place among them."""
    from caselink.comparisons.compare_kernels import count_patterns as count

    result: Any = count(patterns)
    distinct, counts, place = result
    return distinct, counts, place
