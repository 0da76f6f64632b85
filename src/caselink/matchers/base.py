"""What a matcher is: levels in, weights and probabilities out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import numpy.typing as npt

from caselink.schema import Definition

Levels: TypeAlias = npt.NDArray[np.uint8]
Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPatterns:
    """What a matcher learns from: level patterns of the pairs that blocking made, and what chance would give.

    ``levels`` (patterns x comparisons) and ``counts`` (pairs a pattern). ``random[c][level]``: share of random pairs
    at a level of comparison c, among those where it is not missing. ``by_rule[r][c]``: the same for pairs that
    share rule r's keys by chance; its place 0 is 1 where such a pair may be missing there and 0 where
    it cannot. ``key_share[r][c]``: share of random pairs that agree on the keys of r that c reads: 1
    where it reads none, 0 where the keys leave nothing to compare.
    ``n_all_pairs``: all pairs of records that may link, blocked or not. ``label_counts`` (patterns x 2): reviewed pairs
    that are not and that are matches, where there are any.
    """

    definitions: tuple[Definition, ...]
    levels: Levels = field(repr=False)
    counts: Floats = field(repr=False)
    random: tuple[Floats, ...] = field(repr=False)
    rules: tuple[str, ...] = ()
    by_rule: tuple[tuple[Floats, ...], ...] = field(default=(), repr=False)
    key_share: tuple[tuple[float, ...], ...] = field(default=(), repr=False)
    n_all_pairs: float = 0.0
    label_counts: Floats | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PatternScores:
    """Log (natural) shares of the pairs at a pattern: same person, same household, unrelated.

    Only their differences count: the match weight is log2 of the first over the sum of the others.
    """

    match: Floats
    household: Floats
    unrelated: Floats

    def match_weight(self) -> Floats:
        """Bits of evidence for one person, prior included."""
        return np.asarray((self.match - np.logaddexp(self.household, self.unrelated)) / np.log(2))


@runtime_checkable
class Matcher(Protocol):
    """Learns from patterns, scores patterns; never sees a record."""

    def fit(self, patterns: TrainingPatterns) -> Matcher:
        """Learn; gives itself."""

    def score(self, levels: Levels, *, blocked: bool = True) -> PatternScores:
        """Scores of patterns (patterns x comparisons); ``blocked`` false for pairs that no rule made."""

    def to_json(self) -> dict[str, Any]:
        """Everything that was learned, as plain JSON values."""
