"""What two rosters say of two of their members, as levels whose probabilities are learned.

Mother and daughter share the rest of their family just as one person's two records do. So the people who stand beside
both tell *family* from *stranger*; mother from daughter is told by a *rival*: in the daughter's roster somebody else
is the mother already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from caselink.identity.constraints import Positions
from caselink.identity.joint_rosters import RosterBook

Floats = npt.NDArray[np.float64]

OUTCOMES = (
    "nobody shared",
    "one shared",
    "two shared",
    "rival, nobody shared",
    "rival, one shared",
    "rival, two shared",
    "case of another month",
    "case of another month, rival",
)
_OTHER_MONTH, _MANY = 6, 2
SITUATIONS = 12
"""An outcome is read in its situation: by case or address, one source or two, none, one or more to share."""


@dataclass(frozen=True, slots=True)
class RosterLevels:
    """Of each pair its situation and outcome; ``known`` is false where rosters say nothing."""

    known: npt.NDArray[np.bool_] = field(repr=False)
    situation: npt.NDArray[np.int64] = field(repr=False)
    outcome: npt.NDArray[np.int64] = field(repr=False)

    @classmethod
    def of(
        cls,
        book: RosterBook,
        person: Positions,
        pairs: tuple[Positions, Positions],
        *,
        source: npt.NDArray[Any],
    ) -> Self:
        """Of two members of one roster nothing is said here."""
        from caselink.identity.joint_kernels import look_at_rosters

        left, right = pairs
        looked = look_at_rosters(book, person, left, right)
        known, together, rival, could, shared, by_case, one_case = np.ascontiguousarray(looked.T)
        outcome = np.where(one_case > 0, _OTHER_MONTH + rival, 3 * rival + np.minimum(shared, _MANY))
        situation = 6 * (1 - by_case) + 3 * (source[left] == source[right]) + np.minimum(could, _MANY)
        return cls((known > 0) & (together == 0), situation, outcome)

    def equals(self, other: RosterLevels) -> bool:
        """Whether these are the very same levels."""
        return all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in ("known", "situation", "outcome")
        )

    def table(self, share: Floats, *, smoothing: float) -> Floats:
        """Log probability of each outcome in each situation, pairs counted by their ``share`` in a class.

        Each situation is held towards all of them together by ``smoothing`` pairs.
        """
        place = self.situation[self.known].astype(np.int64) * len(OUTCOMES) + self.outcome[self.known]
        counts = np.bincount(place, weights=share[self.known], minlength=SITUATIONS * len(OUTCOMES))
        counts = counts.reshape(SITUATIONS, len(OUTCOMES))
        usual = counts.sum(axis=0) + 0.1
        usual /= usual.sum()
        table: Floats = np.log((counts + smoothing * usual) / (counts.sum(axis=1, keepdims=True) + smoothing))
        return table

    def logs(self, table: Floats) -> Floats:
        """The log probability of each pair's outcome; 0 where nothing is known."""
        return np.where(self.known, table[self.situation, self.outcome], 0.0)
