"""A program is a list of comparisons made ready for one set of records: what the fused kernel runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from caselink.comparisons.base import Comparison, Levels, Step
from caselink.comparisons.kinds import kernel
from caselink.comparisons.views import Views, view_words
from caselink.encoding import EncodedRecords, Rows
from caselink.errors import SpecError

Patterns = npt.NDArray[np.int64]
_MOST_PATTERNS = 2**62
_TILE = 1 << 14  # pairs whose rows stay in the cache while all comparisons look at them


@dataclass(frozen=True, slots=True)
class CompiledStep:
    """One comparison of a program: its kernel, the words that it reads, its limits."""

    kernel: Callable[..., None]
    columns: npt.NDArray[np.int64]
    limits: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Program:
    """Comparisons over one set of records.

    A *pattern* is a pair's levels as one number: the level of comparison c times ``place[c]``, summed.
    ``steps[c]`` is ``None`` for a comparison that the compiled kernels do not know: it is called.
    """

    records: EncodedRecords = field(repr=False)
    comparisons: tuple[Comparison, ...]
    n_levels: tuple[int, ...]
    place: npt.NDArray[np.int64] = field(repr=False)
    views: Views = field(repr=False)
    steps: tuple[CompiledStep | None, ...] = field(repr=False)

    @classmethod
    def of(cls, comparisons: Sequence[Comparison], records: EncodedRecords, views: Views | None = None) -> Program:
        """Lay out the words and value facts that the comparisons need, if ``views`` of the records lack any."""
        _check_names([comparison.definition.name for comparison in comparisons])
        n_levels = tuple(len(comparison.definition.level_names) for comparison in comparisons)
        if np.prod(n_levels, dtype=np.float64) > _MOST_PATTERNS:
            msg = f"{len(n_levels)} comparisons have more than 2**62 combinations of levels; use fewer"
            raise SpecError(msg)
        steps: list[Step | None] = [getattr(comparison, "step", None) for comparison in comparisons]
        wanted = [view for step in steps if step for view in step.views]
        if views is None or not set(wanted) <= set(views.word):
            views = view_words(records, wanted)
        place = np.cumprod([1, *n_levels[:-1]], dtype=np.int64)
        return cls(records, tuple(comparisons), n_levels, place, views, tuple(_compiled(s, views) for s in steps))

    def only(self, c: int) -> Program:
        """The program of one of the comparisons, on the same words."""
        one = np.ones(1, np.int64)
        return Program(self.records, (self.comparisons[c],), (self.n_levels[c],), one, self.views, (self.steps[c],))

    def patterns(self, left: Rows, right: Rows) -> Patterns:
        """The pattern of each pair."""
        pattern = np.zeros(len(left), np.int64)
        words, values = self.views.words, self.views.values
        for first in range(0, len(left), _TILE):
            tile = slice(first, first + _TILE)
            pairs = (left[tile], right[tile], pattern[tile])
            for step, place in zip(self.steps, self.place, strict=True):
                if step is not None:
                    step.kernel(words, step.columns, values, step.limits, place, *pairs)
        for c, step in enumerate(self.steps):
            if step is None:
                pattern += self._called_levels(c, left, right).astype(np.int64) * self.place[c]
        return pattern

    def _called_levels(self, c: int, left: Rows, right: Rows) -> Levels:
        levels = self.comparisons[c].levels(self.records, left, right)
        if len(levels) != len(left) or levels.max(initial=0) >= self.n_levels[c]:
            name = self.comparisons[c].definition.name
            msg = f"comparison {name!r} must give one level a pair, each below the {self.n_levels[c]} that it declares"
            raise SpecError(msg)
        return levels

    def levels(self, patterns: Patterns) -> Levels:
        """Patterns taken apart: one row a pattern, one column a comparison."""
        n_levels = np.array(self.n_levels, np.int64)
        return ((patterns[:, None] // self.place) % n_levels).astype(np.uint8)


def _compiled(step: Step | None, views: Views) -> CompiledStep | None:
    if step is None:
        return None
    columns = np.array([views.word[view] for view in step.views], np.int64)
    return CompiledStep(kernel(step.kind), columns, np.array(step.limits, np.float64))


def _check_names(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        msg = f"two comparisons are called {twice[0]!r}; comparing a column twice would count one fact twice"
        raise SpecError(msg)


def count_patterns(patterns: Patterns) -> tuple[Patterns, npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Distinct patterns, how often each comes, and each pair's place among them."""
    from caselink.comparisons.pattern_kernels import count_patterns as count

    result: Any = count(patterns)
    distinct, counts, place = result
    return distinct, counts, place
