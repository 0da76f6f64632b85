"""The weights of a Splink model as a matcher: its prior, m and u, and its own way with term frequencies.

A match weight is log2 of the prior's odds, plus log2(m/u) of every comparison's level (none where it is missing), plus,
at levels with a term frequency, w x (log2 u - log2 f): f is the share of the value among the records that have one,
of two values the commoner, and u that of the model's level of equal values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.encoding import EncodedRecords
from caselink.engines.local import GivenFrequency
from caselink.errors import SpecError
from caselink.matchers import PatternScores, TrainingPatterns
from caselink.schema import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class SplinkTerm:
    """Term frequencies of ``column`` at one level: how much they count, and the frequency below which none goes."""

    comparison: int
    level: int
    column: str
    u: float
    weight: float = 1.0
    least: float = 0.0

    def given(self, records: EncodedRecords) -> GivenFrequency:
        """Worked out for one set of records."""
        column = records.columns[self.column]
        share = column.counts() / max(1, int((column.codes >= 0).sum()))
        logs = self.weight * (np.log(np.maximum(share, max(self.least, 1e-300))) - np.log(self.u))
        return GivenFrequency(self.comparison, self.level, column.codes, logs)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplinkWeights:
    """A matcher that weighs levels as a Splink model does; its weights are given, so that fitting changes nothing.

    ``m[c][level]`` and ``u[c][level]`` are the shares of matches and of other pairs at a level of comparison c; place
    0, for missing, is not used. ``prior`` is the probability that two random records are one person.
    """

    definitions: tuple[Definition, ...]
    m: tuple[tuple[float, ...], ...] = field(repr=False)
    u: tuple[tuple[float, ...], ...] = field(repr=False)
    prior: float
    terms: tuple[SplinkTerm, ...] = ()

    def fit(self, patterns: TrainingPatterns) -> SplinkWeights:  # noqa: ARG002  (the protocol's; nothing is learned)
        """Gives itself: to learn weights anew give the linker a :class:`~caselink.FellegiSunter`."""
        return self

    def score(self, levels: npt.NDArray[np.uint8], *, blocked: bool = True) -> PatternScores:  # noqa: ARG002
        """Log shares of each pattern, whether a rule made the pair or not; no pair is of one household."""
        match = np.full(len(levels), np.log(self.prior))
        unrelated = np.full(len(levels), np.log1p(-self.prior))
        for c, (m, u) in enumerate(zip(self.m, self.u, strict=True)):
            match += np.log([1.0, *m[1:]])[levels[:, c]]
            unrelated += np.log([1.0, *u[1:]])[levels[:, c]]
        return PatternScores(match, np.full(len(levels), -np.inf), unrelated)

    def given_frequencies(self, records: EncodedRecords) -> Sequence[GivenFrequency]:
        """Term frequencies for one set of records."""
        return [term.given(records) for term in self.terms]

    def table(self) -> pd.DataFrame:
        """One row a comparison and level: m, u and match weight (bits)."""
        rows = [
            {
                "comparison": definition.name,
                "level": level,
                "m": self.m[c][place],
                "u": self.u[c][place],
                "match_weight": np.log2(self.m[c][place]) - np.log2(self.u[c][place]),
            }
            for c, definition in enumerate(self.definitions)
            for place, level in enumerate(definition.level_names)
            if place
        ]
        return pd.DataFrame(rows)

    def to_json(self) -> dict[str, Any]:
        """Refused: the model has a file already."""
        raise SpecError("a Splink model keeps its own file; read it again with caselink.interop.splink.read_model")
