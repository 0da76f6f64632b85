"""How many of the matches the blocking rules reach, judged by the model alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caselink.matchers.base import Floats, Levels, TrainingPatterns

_DRAWS = 20_000
_CERTAIN = 0.5


def expected_reach(data: TrainingPatterns, m: Sequence[Floats], u: Sequence[Floats], share: Floats) -> float:
    """Expected share of all matches that some blocking rule makes, in (0, 1].

    Matches are drawn from the model: which values are missing from the matches found (``share``: matches
    expected at each pattern), levels from ``m``, each comparison by itself. By Bayes' rule a pair at a level of a
    comparison shares the keys that a rule reads there with probability (share of random pairs that share the keys)
    x (share of the level among those) / (share of the level among random pairs); rules are taken as independent.
    """
    if not data.by_rule or share.sum() <= 0:
        return 1.0
    draws = np.random.default_rng(0)
    drawn = data.levels[draws.choice(len(data.levels), _DRAWS, p=share / share.sum())].copy()
    for c, table in enumerate(m):
        levels = draws.choice(len(table) - 1, _DRAWS, p=table[1:] / table[1:].sum()) + 1
        drawn[:, c] = np.where(drawn[:, c] > 0, levels, 0)
    missed = np.ones(_DRAWS)
    for tables, shares in zip(data.by_rule, data.key_share, strict=True):
        missed *= 1 - _joined(drawn, u, tables, shares)
    return float(max(1 - missed.mean(), 1 / _DRAWS))


def _joined(levels: Levels, u: Sequence[Floats], tables: Sequence[Floats], shares: Sequence[float]) -> Floats:
    """Probability that one rule joins pairs at these levels."""
    probability = np.ones(len(levels))
    for c, (table, share) in enumerate(zip(tables, shares, strict=True)):
        if share >= 1:
            continue  # the rule reads nothing here
        joined = np.zeros(len(table))
        joined[0] = table[0]
        joined[1:] = np.minimum(1.0, share * table[1:] / np.maximum(u[c][1:], 1e-300)) if share else table[1:]
        if (
            joined[-1] > _CERTAIN
        ):  # else the comparison only looks at the key's column on the side, as for swapped names
            probability *= joined[levels[:, c]]
    return probability
