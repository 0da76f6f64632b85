"""Two records of one roster: one member written down twice, or two members of one family.

Such pairs are a population of their own, and all of it is there to learn from. Sons have their fathers' names and
twins one birth date, rare or not, and an absent father does not live where the family lives: what the model says of one
household and of strangers does not fit them. So the levels of two members are learned from the rosters themselves,
beside those of one person written down twice, which are known. How often that happens is learned too, and in which
sources: that two records of one person seldom are of one source says nothing once both stand in one roster.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from caselink.comparisons import count_patterns
from caselink.encoding import Rows
from caselink.engines.local import ScoredPairs
from caselink.engines.prepared import Prepared
from caselink.identity.joint_rosters import RosterBook, RosterMembers
from caselink.matchers import FellegiSunter
from caselink.matchers.base import Floats, Levels
from caselink.matchers.level_tables import log_product, shares

Ints = npt.NDArray[np.int64]
_MOST_PAIRS = 200_000
_FEWEST_PAIRS = 300
_ROUNDS = 30
_HELD = 20.0  # pairs by which two members' levels are held to those of random pairs, and one person's sources to theirs
_FIRST_SHARE = 0.02
_CAUTION_BITS = 4.25  # 19 to 1: two rows of one roster are two members until as much speaks for one
_ROLES = np.array([0.0, 0.1, 0.9])  # the first guess for one person: missing, another role, the same


@dataclass(frozen=True, slots=True)
class RosterMates:
    """Level probabilities of one person written down twice and of two members; the last table is that of the role."""

    prepared: Prepared = field(repr=False)
    book: RosterBook = field(repr=False)
    role: Ints = field(repr=False)
    same: list[Floats] = field(repr=False)
    other: list[Floats] = field(repr=False)
    share: float
    """Of the pairs of one roster those that are one person."""

    @classmethod
    def learn(
        cls, prepared: Prepared, matcher: FellegiSunter, rosters: RosterMembers, book: RosterBook, role: Ints
    ) -> Self | None:
        """From all pairs of one case's roster, or many of them; ``None`` where there are few."""
        left, right = rosters.pairs_within(most=_MOST_PAIRS)
        mixture = matcher.mixture_
        if len(left) < _FEWEST_PAIRS:
            return None
        chance = [*mixture.u, np.array([0.0, 0.5, 0.5])]
        given = _given_by_rosters(prepared)
        known = [u if c in given else m for c, (m, u) in enumerate(zip(mixture.m, mixture.u, strict=True))]
        start = cls(prepared, book, role, [*known, _ROLES], chance, _FIRST_SHARE)
        patterns, place = start._levels((left, right))
        counts = np.bincount(place, minlength=len(patterns)).astype(np.float64)
        return start._fitted(patterns, counts, chance)

    def _fitted(self, levels: Levels, counts: Floats, chance: list[Floats]) -> Self:
        """Expectation and maximization; of one person only the role, the sources and the share are learned."""
        model, given = self, _given_by_rosters(self.prepared)
        for _ in range(_ROUNDS):
            same = counts / (1 + np.exp2(np.clip(-model._bits(levels), -1000, 1000)))
            other = [
                shares(_count(levels[:, c], counts - same, len(table)) + _HELD * table)
                for c, table in enumerate(chance)
            ]
            one = [*model.same[:-1], shares(_count(levels[:, -1], same, len(_ROLES)) + _ROLES)]
            for c in given:
                one[c] = shares(_count(levels[:, c], same, len(chance[c])) + _HELD * other[c])
            share = float(np.clip(same.sum() / counts.sum(), 1e-6, 0.5))
            model = replace(model, same=one, other=other, share=share)
        return model

    def together(self, pairs: tuple[Rows, Rows]) -> npt.NDArray[np.bool_]:
        """Which pairs stand in one roster of a case."""
        from caselink.identity.joint_kernels import stand_together

        book = self.book
        together: npt.NDArray[np.bool_] = stand_together(book.of_begins, book.of, *pairs)
        rows = np.flatnonzero(together)
        together[rows] = book.case[book.of[book.of_begins[pairs[0][rows]]]] >= 0
        return together

    def weighed(self, pairs: ScoredPairs) -> ScoredPairs:
        """The pairs, those of one roster with the weight that this model gives them, above 0 from 19 to 1 on."""
        rows = np.flatnonzero(self.together((pairs.left, pairs.right)))
        if not len(rows):
            return pairs
        levels, place = self._levels((pairs.left[rows], pairs.right[rows]))
        bits = self._bits(levels)[place] - _CAUTION_BITS
        weight, household = pairs.match_weight.copy(), pairs.household.copy()
        weight[rows], household[rows] = bits, 1 / (1 + np.exp2(np.clip(bits, -60, 60)))
        return replace(pairs, match_weight=weight, household=household)

    def _levels(self, pairs: tuple[Rows, Rows]) -> tuple[Levels, Ints]:
        """Distinct levels, the role's last, and the place of each pair among them."""
        patterns = self.prepared.program.patterns(*pairs)
        ours, theirs = self.role[pairs[0]], self.role[pairs[1]]
        role = np.where((ours < 0) & (theirs < 0), 0, 1 + (ours == theirs))
        distinct, _, place = count_patterns(patterns * len(_ROLES) + role)
        levels = self.prepared.program.levels(distinct // len(_ROLES))
        with_role: Levels = np.column_stack([levels, (distinct % len(_ROLES)).astype(np.uint8)])
        return with_role, np.asarray(place, np.int64)

    def _bits(self, levels: Levels) -> Floats:
        logs = log_product(self.same, levels) - log_product(self.other, levels)
        return np.asarray((logs + np.log(self.share / (1 - self.share))) / np.log(2))


def _given_by_rosters(prepared: Prepared) -> list[int]:
    """Comparisons that read no column: of the sources alone, which are one wherever two records stand in one roster."""
    return [c for c, comparison in enumerate(prepared.program.comparisons) if not comparison.definition.columns]


def _count(level: npt.NDArray[np.uint8], pairs: Floats, n_levels: int) -> Floats:
    """Pairs at each level but missing."""
    counts = np.bincount(level, weights=pairs, minlength=n_levels).astype(np.float64)
    counts[0] = 0.0
    return counts
