"""Comparisons of plain texts: equal or not, by similarity, by edits, as sets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from caselink.comparisons.base import Step, compiled_levels
from caselink.errors import SpecError
from caselink.schema import Definition, Evidence

MOST_LIMITS = 6
MOST_EDITS = 20  # the time and memory of a comparison grow with it


@dataclass(frozen=True, slots=True)
class Exact:
    """Equal or not: missing, differ, exact."""

    column: str
    evidence: Evidence = "personal"
    term_frequency: bool = False

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return Definition(
            name=self.column,
            columns=(self.column,),
            level_names=("missing", "differ", "exact"),
            evidence=self.evidence,
            term_frequency=self.column if self.term_frequency else None,
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        return Step("codes", ((self.column, "code"),))


@dataclass(frozen=True, slots=True)
class JaroWinkler:
    """Similarity of two short texts (Winkler, 1990), a level a threshold.

    ``thresholds`` lie in (0, 1), highest first; equal texts are the exact level above them.

    >>> JaroWinkler("first_name", (0.92, 0.7)).definition.level_names
    ('missing', 'differ', 'at least 0.7', 'at least 0.92', 'exact')
    """

    column: str
    thresholds: tuple[float, ...] = (0.92, 0.88, 0.7)
    evidence: Evidence = "personal"
    term_frequency: bool = True

    levels = compiled_levels

    def __post_init__(self) -> None:
        object.__setattr__(self, "thresholds", tuple(self.thresholds))
        _check_limits(self.column, self.thresholds, falling=True)
        if not all(0 < threshold < 1 for threshold in self.thresholds):
            msg = f"{self.column}: thresholds must lie in (0, 1)"
            raise SpecError(msg)

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return Definition(
            name=self.column,
            columns=(self.column,),
            level_names=("missing", "differ", *(f"at least {t:g}" for t in reversed(self.thresholds)), "exact"),
            evidence=self.evidence,
            term_frequency=self.column if self.term_frequency else None,
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        return Step("similarity", ((self.column, "text"),), self.thresholds)


@dataclass(frozen=True, slots=True)
class Levenshtein:
    """Number of inserted, deleted and changed characters between two texts, a level a limit.

    ``limits`` are numbers of edits, lowest first.
    """

    column: str
    limits: tuple[int, ...] = (1, 2)
    evidence: Evidence = "personal"
    term_frequency: bool = False

    levels = compiled_levels

    def __post_init__(self) -> None:
        object.__setattr__(self, "limits", tuple(self.limits))
        _check_edits(self.column, self.limits)

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return _edit_definition(self)

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        return Step("edits", ((self.column, "text"),), tuple(float(limit) for limit in self.limits))


@dataclass(frozen=True, slots=True)
class DamerauLevenshtein:
    """As :class:`Levenshtein`; two neighboring characters that changed places are one edit."""

    column: str
    limits: tuple[int, ...] = (1, 2)
    evidence: Evidence = "personal"
    term_frequency: bool = False

    levels = compiled_levels

    def __post_init__(self) -> None:
        object.__setattr__(self, "limits", tuple(self.limits))
        _check_edits(self.column, self.limits)

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return _edit_definition(self)

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        return Step("edits with swaps", ((self.column, "text"),), tuple(float(limit) for limit in self.limits))


@dataclass(frozen=True, slots=True)
class SharedValues:
    """Sets of values in one column, separated by ``|``: none shared, some shared, equal sets in whatever order."""

    column: str
    evidence: Evidence = "personal"

    levels = compiled_levels

    @property
    def definition(self) -> Definition:
        """Name, columns, levels and kind of evidence."""
        return Definition(
            name=self.column,
            columns=(self.column,),
            level_names=("missing", "differ", "some shared", "exact"),
            evidence=self.evidence,
        )

    @property
    def step(self) -> Step:
        """For the compiled kernel."""
        return Step("shared", ((self.column, "set"),))


def _edit_definition(comparison: Levenshtein | DamerauLevenshtein) -> Definition:
    edits = (f"at most {limit} edits" for limit in reversed(comparison.limits))
    return Definition(
        name=comparison.column,
        columns=(comparison.column,),
        level_names=("missing", "differ", *edits, "exact"),
        evidence=comparison.evidence,
        term_frequency=comparison.column if comparison.term_frequency else None,
    )


def _check_edits(column: str, limits: Sequence[int]) -> None:
    _check_limits(column, limits, falling=False)
    if not all(limit == int(limit) and limit <= MOST_EDITS for limit in limits):
        msg = f"{column}: limits are whole numbers of edits, at most {MOST_EDITS}"
        raise SpecError(msg)


def _check_limits(column: str, limits: Sequence[float], *, falling: bool) -> None:
    ordered = list(limits) == sorted(set(limits), reverse=falling)
    if not 1 <= len(limits) <= MOST_LIMITS or not ordered or not all(0 < limit < math.inf for limit in limits):
        order = "highest" if falling else "lowest"
        msg = f"{column}: give one to {MOST_LIMITS} different numbers above 0, {order} first"
        raise SpecError(msg)
