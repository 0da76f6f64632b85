"""How sure it is that some records of a person are one: the weakest link that is needed to join them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from caselink.engines.local import ScoredPairs
from caselink.engines.persons import Pairs

Ints = npt.NDArray[np.int64]
PROBABILITIES = (0.99999, 0.9999, 0.999, 0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)
"""Links are looked at in these steps; a probability is told as the step below it."""


@dataclass(frozen=True)
class IdentityLevels:
    """The links within persons, by the positions of their records, and how strong each is: the place of its step.

    Records that no step of at least ``link_at`` joins became one person by the votes of all its records: of them
    ``link_at`` is told.
    """

    left: npt.NDArray[np.int32] = field(repr=False)
    right: npt.NDArray[np.int32] = field(repr=False)
    step: npt.NDArray[np.int64] = field(repr=False)
    n_records: int
    link_at: float

    @classmethod
    def of(cls, person: Ints, pairs: ScoredPairs, must: Pairs, link_at: float) -> IdentityLevels:
        """From the scored pairs within persons; what a person decided, and rows that are there twice, are sure."""
        inside, sure = (person[left] == person[right] for left, right in ((pairs.left, pairs.right), must))
        left, right = np.append(pairs.left[inside], must[0][sure]), np.append(pairs.right[inside], must[1][sure])
        bits = np.array([np.log2(step / (1 - step)) for step in PROBABILITIES])
        below = np.searchsorted(-bits, -pairs.match_weight[inside].astype(np.float64))
        steps = np.append(below, np.zeros(int(sure.sum()), np.int64))
        return cls(left.astype(np.int32), right.astype(np.int32), steps, len(person), link_at)

    def of_groups(self, group: Ints, record: Ints, n_groups: int) -> npt.NDArray[np.float64]:
        """For each group of records the strongest step that holds all of them together; 1 for a single record."""
        from caselink.identity.cluster_kernels import connect, settle

        first = np.full(n_groups, -1, np.int64)
        first[group] = record
        together = np.ones(n_groups, bool)
        together[group[record != first[group]]] = False
        found = np.where(together, 1.0, self.link_at)
        label = np.arange(self.n_records, dtype=np.int32)
        for place, step in enumerate(PROBABILITIES):
            if step < self.link_at:
                break
            connect(label, self.left, self.right, self.step == place)
            settle(label)
            joined = np.ones(n_groups, bool)
            joined[group[label[record] != label[first[group]]]] = False
            found[joined & ~together] = step
            together |= joined
        return found
