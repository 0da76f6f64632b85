"""How sure it is that some records of a person are one: the weakest link that is needed to join them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from caselink.engines.local import ScoredPairs
from caselink.engines.persons import Pairs

Ints = npt.NDArray[np.int64]
PROBABILITIES = (0.99999, 0.9999, 0.999, 0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)
"""Links are looked at in these steps; a probability is told as the step below it."""


@dataclass(frozen=True)
class IdentityLevels:
    """For each of ``probability`` (falling) a label a record: those of one label hang together by links so strong.

    What the last level does not join became one person by the votes of all its records: there ``link_at`` is told.
    """

    probability: tuple[float, ...]
    labels: tuple[npt.NDArray[np.int32], ...] = field(repr=False)
    link_at: float

    @classmethod
    def of(cls, person: Ints, pairs: ScoredPairs, must: Pairs, link_at: float) -> IdentityLevels:
        """From the scored pairs within persons; what a person decided, and rows that are there twice, are sure."""
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        inside = person[pairs.left] == person[pairs.right]
        left, right, weight = pairs.left[inside], pairs.right[inside], pairs.match_weight[inside].astype(np.float64)
        sure = person[must[0]] == person[must[1]]
        left, right = np.append(left, must[0][sure]), np.append(right, must[1][sure])
        weight = np.append(weight, np.full(int(sure.sum()), np.inf))
        steps = tuple(one for one in PROBABILITIES if one >= link_at)
        labels = []
        for step in steps:
            kept = weight >= np.log2(step / (1 - step))
            links = coo_matrix((np.ones(int(kept.sum()), bool), (left[kept], right[kept])), shape=(len(person),) * 2)
            labels.append(connected_components(links, directed=False)[1].astype(np.int32))
        return cls(steps, tuple(labels), link_at)

    def of_groups(self, group: Ints, record: Ints, n_groups: int) -> npt.NDArray[np.float64]:
        """For each group of records the strongest level that holds all of them together; 1 for a single record."""
        rows = pd.DataFrame({"group": group, "record": record}).drop_duplicates().sort_values(["group", "record"])
        number, of = rows["group"].to_numpy(np.int64), rows["record"].to_numpy(np.int64)
        several = np.bincount(number, minlength=n_groups) > 1
        first = np.full(n_groups, -1, np.int64)
        first[number[::-1]] = of[::-1]
        found = np.where(several, self.link_at, 1.0)
        for step, label in zip(reversed(self.probability), reversed(self.labels), strict=True):
            apart = np.zeros(n_groups, bool)
            apart[number[label[of] != label[first[number]]]] = True
            found = np.where(several & ~apart, step, found)
        return found
