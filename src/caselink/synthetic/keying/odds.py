"""How likely a slip is for each record: some workers slip more than others, and some people suffer more than others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from caselink.synthetic.draws import Floats, Ints, Mask, Streams, Texts
from caselink.synthetic.keying.kinds import KINDS
from caselink.synthetic.keying.rates import ErrorRates

WITHOUT_HABIT = 0.2
"""How often a worker without a habit does what those with the habit do, as a multiple of the rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """Who keyed each record and which subgroups its person is in; from these, the chance of a slip.

    ``worker`` is a number from 0. ``groups`` has the columns of ``SUBGROUPS``, as far as
    they are known.
    """

    rates: ErrorRates
    worker: Ints
    groups: Mapping[str, Texts]
    streams: Streams

    def take(self, rows: Ints) -> Odds:
        """The same for some of the records."""
        groups = {column: values[rows] for column, values in self.groups.items()}
        return Odds(rates=self.rates, worker=self.worker[rows], groups=groups, streams=self.streams)

    def chances(self, kind: str, among: Mask) -> Floats | float:
        """The chance of a slip of one kind, a record each or one for all.

        Over the records of ``among`` the workers' chances average to the rate, whatever workers there are.
        """
        rate: float = getattr(self.rates, kind)
        workers = self._workers(kind)
        chances: Floats | float = rate
        if workers is not None:
            n_keyed = np.bincount(self.worker[among], minlength=len(workers))
            chances = level(rate, workers, n_keyed)[self.worker]
        for subgroup in self.rates.subgroups:
            times = subgroup.times.get(kind, subgroup.times.get("all", 1.0))
            if times != 1 and subgroup.column in self.groups:
                inside = self.groups[subgroup.column] == subgroup.value
                chances = np.minimum(1.0, chances * np.where(inside, times, 1.0))
        return chances

    def _workers(self, kind: str) -> Floats | None:
        """How many times as often as others each worker slips; None where all are alike."""
        nature, spread, share = KINDS[kind].nature, self.rates.worker_spread, self.rates.habit_share
        n = int(self.worker.max(initial=0)) + 1
        if nature == "hand" and spread > 0:
            return draw_multipliers(self.streams.rng("workers"), n, spread)
        if nature == "habit" and 0 < share < 1:
            with_habit = self.streams.rng(f"workers, {kind}").random(n) < share
            return np.where(with_habit, (1 - WITHOUT_HABIT * (1 - share)) / share, WITHOUT_HABIT)
        return None


def draw_multipliers(rng: np.random.Generator, n_workers: int, spread: float) -> Floats:
    """How many times as often as others each worker slips: lognormal with mean 1.

    >>> draw_multipliers(np.random.default_rng(0), 2, 0.0).tolist()
    [1.0, 1.0]
    """
    return np.exp(spread * rng.standard_normal(n_workers) - spread**2 / 2)


def level(rate: float, multipliers: Floats, weights: Ints) -> Floats:
    """Chances in proportion to ``multipliers``, none above 1, whose mean weighted by ``weights`` is ``rate``.

    Where all weights are 0 the chances do not matter.

    >>> level(0.5, np.array([1.0, 3.0]), np.array([10, 10])).tolist()
    [0.25, 0.75]
    >>> level(0.75, np.array([1.0, 3.0]), np.array([10, 10])).tolist()
    [0.5, 1.0]
    """
    chances, full = np.zeros(len(multipliers)), np.zeros(len(multipliers), dtype=bool)
    while True:
        wanted = rate * weights.sum() - weights[full].sum()
        free = (weights * multipliers)[~full].sum()
        if free <= 0:
            return np.where(full, 1.0, chances)
        chances = np.where(full, 1.0, multipliers * wanted / free)
        if not (chances > 1).any():
            return chances
        full |= chances > 1
