"""Tables of level probabilities, one a comparison: place 0 is missing, the others add up to one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from caselink.matchers.base import Floats, Levels

_FLOOR = 1e-12
_IMPOSSIBLE = -1e4


def shares(counts: Floats) -> Floats:
    """Counts as shares that add up to one over all levels but the first, none of them zero; place 0 is kept."""
    counts = np.asarray(counts, float)
    shares = np.maximum(counts[1:], 0.0)
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(shares), 1 / len(shares))
    shares = np.maximum(shares, _FLOOR)
    return np.concatenate([counts[:1], shares / shares.sum()])


def log_of(value: float) -> float:
    """The logarithm, of nothing a very small one."""
    return float(np.log(max(value, 1e-300)))


def logs(tables: list[Floats], *, rule: bool = False) -> Floats:
    """Log probability of each level, comparison after comparison.

    Missing adds nothing, but rules out a class whose pairs cannot be missing there.
    """
    logs = []
    for table in tables:
        log = np.log(np.maximum(table, 1e-300))
        log[0] = _IMPOSSIBLE if rule and table[0] == 0 else 0.0
        logs.append(log)
    return np.concatenate(logs)


def log_product(tables: list[Floats], levels: Levels, *, rule: bool = False) -> Floats:
    """Log probability of each pattern."""
    starts = np.concatenate([[0], bounds(tables)])
    return np.asarray(logs(tables, rule=rule)[levels + starts].sum(axis=1))


def bounds(tables: list[Floats]) -> npt.NDArray[np.int64]:
    """Where each comparison but the first begins among all levels."""
    return np.cumsum([len(table) for table in tables])[:-1]


def one_hot(levels: Levels, n_levels: list[int]) -> Floats:
    """A column a level of every comparison: 1 where a pattern is at it (missing counts as a level)."""
    starts = np.cumsum([0, *n_levels[:-1]])
    columns = np.zeros((len(levels), sum(n_levels)))
    np.put_along_axis(columns, levels + starts, 1.0, axis=1)
    return columns


def never_missing(tables: list[Floats]) -> list[Floats]:
    """Copies that allow missing values, for pairs that no rule made."""
    return [np.concatenate([[1.0], table[1:]]) for table in tables]
