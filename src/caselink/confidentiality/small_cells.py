"""Small cells: counts so low that they may point to somebody are left out, and so is what would give them away.

A table of counts with its totals is a set of equations. A count that is left out is safe if no total gives it back by
subtraction; so further counts are left out, the smallest first, until none does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def hide_small(cells: Counts, totals: npt.NDArray[np.bool_], least: int) -> tuple[Mask, Mask]:
    """Which cells and which totals are left out; ``totals[t, c]`` says whether total t counts cell c.

    Counts from 1 to ``least - 1`` are left out, and what would tell them. Nobody is a count that points to nobody.

    >>> cells, every = np.array([3, 40, 50]), np.array([[True, True, True]])
    >>> [hidden.tolist() for hidden in hide_small(cells, every, 10)]
    [[True, True, False], [False]]
    """
    sums = totals.astype(np.int64) @ cells
    hidden, unsaid = _small(cells, least), _small(sums, least)
    while (told := _told(cells, totals, (hidden, unsaid), least)) is not None:
        others = np.flatnonzero(totals[told] & ~hidden & (cells > 0))
        if len(others):
            hidden[others[np.argmin(cells[others])]] = True
        else:
            unsaid[told] = True
    return hidden, unsaid


def _small(counts: Counts, least: int) -> Mask:
    return np.asarray((counts > 0) & (counts < least), np.bool_)


def _told(cells: Counts, totals: Mask, left_out: tuple[Mask, Mask], least: int) -> int | None:
    """A total that is shown and gives something away: too few of its cells are left out, or too few people in them."""
    hidden, unsaid = left_out
    shown = np.flatnonzero(~unsaid)
    for total in shown:
        rest = totals[total] & hidden
        if rest.any() and (rest.sum() == 1 or cells[rest].sum() < least):
            return int(total)
    equations = totals[shown][:, hidden].astype(np.float64)
    known = np.linalg.matrix_rank(equations) if equations.size else 0
    for place in range(int(hidden.sum())):
        unit = np.eye(int(hidden.sum()))[place]
        if known and np.linalg.matrix_rank(np.vstack([equations, unit])) == known:
            return int(shown[np.flatnonzero(equations[:, place])[0]])
    return None
