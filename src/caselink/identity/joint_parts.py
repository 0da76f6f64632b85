"""Which part somebody plays: the role in a source's case, and the age where the other record has no birth date.

A child of a IV-D case is the child of a IV-A unit, seldom its head, and hardly ever an employee of ten years. How
often two parts are played by one person is learned from the pairs themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from caselink.identity.constraints import Positions

Floats = npt.NDArray[np.float64]
Played = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]

AGES = (10, 14, 17, 20, 25, 45)
"""Where one age group ends and the next begins."""
_EQUAL, _ONLY_THIS, _ONLY_OTHER = 0, 1, 2  # whose age is known: both or neither's, this one's, the other's
_STEP = 10


@dataclass(frozen=True, slots=True)
class Parts:
    """The part of each record, by whose age is known: ages of both are compared elsewhere and do not count here.

    Parts are compared within a *ground*: a source, and whose age is known. That some sources share more people
    than others is known already.
    """

    code: npt.NDArray[np.int64] = field(repr=False)
    has_age: npt.NDArray[np.bool_] = field(repr=False)
    ground: npt.NDArray[np.int64] = field(repr=False)
    share: Floats = field(repr=False)

    @classmethod
    def of(cls, source: npt.NDArray[Any], role: npt.NDArray[Any], age: npt.NDArray[Any]) -> Self:
        """``role`` is a number from 0 on (-1 for none), ``age`` in years (-1 if unknown), for each record.

        >>> parts = Parts.of(np.array([0, 0, 1]), np.array([0, 1, -1]), np.array([7, 40, -1]))
        >>> parts.share.round(2).tolist()
        [0.5, 0.5, 0.5, 0.5, 1.0, 1.0]
        """
        has_age = np.asarray(age) >= 0
        roles = int(np.max(role, initial=-1)) + 2
        part = (source.astype(np.int64) * roles + role + 1) * 3
        group = np.digitize(age, AGES)
        raw = np.stack([part * _STEP, (part + _ONLY_THIS) * _STEP + group * has_age, (part + _ONLY_OTHER) * _STEP])
        played = np.stack([np.ones_like(has_age), has_age, ~has_age])
        parts = np.flatnonzero(np.bincount(raw[played]))
        place = np.zeros(int(parts[-1]) + 1 if len(parts) else 0, np.int64)
        place[parts] = np.arange(len(parts))
        code = place[raw[played]]
        codes = np.full(raw.shape, -1, np.int64)
        codes[played] = code
        mode = parts // _STEP % 3
        ground = np.unique(parts // (3 * _STEP * roles) * 3 + mode, return_inverse=True)[1]
        counts = np.bincount(code, minlength=len(parts))
        return cls(codes, has_age, ground, counts / np.bincount(ground, weights=counts)[ground])

    def of_pairs(self, left: Positions, right: Positions) -> Played:
        """The two parts of each pair."""
        ours, theirs = self.has_age[left], self.has_age[right]
        mode = np.where(ours == theirs, _EQUAL, np.where(ours, _ONLY_THIS, _ONLY_OTHER))
        return self.code[mode, left], self.code[(3 - mode) % 3, right]

    def table(self, played: Played, share: Floats, *, smoothing: float) -> Floats:
        """Log of how much more often two parts meet in a class than by chance, for each two parts.

        ``played`` are the parts of pairs, counted by their ``share`` in the class. Each two grounds are held towards
        chance by ``smoothing`` pairs.
        """
        n = len(self.share)
        ours, theirs = played
        counts = np.bincount(ours * n + theirs, weights=share, minlength=n * n).reshape(n, n)
        counts = counts + counts.T
        chance = np.outer(self.share, self.share)
        n_grounds = int(self.ground.max(initial=-1)) + 1
        total = np.zeros((n_grounds, n_grounds))
        np.add.at(total, (self.ground[:, None], self.ground), counts)
        all_pairs = ((total + total.T) / 2)[self.ground[:, None], self.ground]
        table: Floats = np.log((counts / chance + smoothing) / (all_pairs + smoothing))
        return table
