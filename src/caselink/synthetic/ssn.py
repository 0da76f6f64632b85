"""Social Security numbers that could have been issued: drawn at random, never anyone's on purpose.

Structure as in the rules of the Social Security Administration: area 001-665 or 667-899, group 01-99, serial
0001-9999. Before 25 June 2011 the areas 734-749 and those above 772 were not in use.
"""

from __future__ import annotations

import numpy as np

from caselink.synthetic.draws import Ints, Mask

MISSING = 0
"""Stands for no number while a record is being keyed."""

RUN = 3
"""Numbers are drawn in runs of three neighbors, never across the end of a group: room for twins and triplets."""

_NEVER_ISSUED = np.array([78_051_120, 219_099_999, 123_456_789, *(111_111_111 * k for k in range(10))], dtype=np.int64)
_GROUPS, _SERIALS = 99, 9_999
_RUNS_PER_AREA = _GROUPS * _SERIALS // RUN
_AREAS = np.array([a for a in range(1, 900) if a != 666], dtype=np.int64)
_OLD_AREAS = _AREAS[(_AREAS < 734) | ((_AREAS > 749) & (_AREAS <= 772))]


def is_valid(ssn: Ints) -> Mask:
    """Where a nine-digit number passes the structure test and is no known filler.

    >>> is_valid(np.array([123_45_6780, 666_12_3456, 900_12_3456, 123_00_4567, 999_99_9999])).tolist()
    [True, False, False, False, False]
    """
    area, group, serial = ssn // 1_000_000, ssn // 10_000 % 100, ssn % 10_000
    structure = (area > 0) & (area != 666) & (area < 900) & (group > 0) & (serial > 0)
    return np.asarray(structure & ~np.isin(ssn, _NEVER_ISSUED))


def draw_ssns(rng: np.random.Generator, *, issued_at_random: Mask) -> Ints:
    """One number per person, all different, each the first of a run of ``RUN`` that nobody else draws from.

    ``issued_at_random`` marks people who got their number after June 2011; the others get areas then in use.
    """
    ssn = np.zeros(len(issued_at_random), dtype=np.int64)
    open_rows = np.arange(len(ssn))
    while len(open_rows):
        ssn[open_rows] = _draw_runs(rng, issued_at_random[open_rows])
        first = np.zeros(len(ssn), dtype=bool)
        first[np.unique(ssn, return_index=True)[1]] = True
        whole = is_valid(ssn) & is_valid(ssn + 1) & is_valid(ssn + 2)
        open_rows = np.flatnonzero(~(first & whole))
    return ssn


def _draw_runs(rng: np.random.Generator, issued_at_random: Mask) -> Ints:
    n = len(issued_at_random)
    areas = np.where(issued_at_random, rng.choice(_AREAS, n), rng.choice(_OLD_AREAS, n))
    run = rng.integers(0, _RUNS_PER_AREA, n)
    group, serial = run // (_SERIALS // RUN) + 1, run % (_SERIALS // RUN) * RUN + 1
    return np.asarray(areas * 1_000_000 + group * 10_000 + serial, dtype=np.int64)


def wrong_digit(rng: np.random.Generator, ssn: Ints) -> Ints:
    """Each number with one digit typed as another."""
    place = 10 ** rng.integers(0, 9, len(ssn))
    digit = ssn // place % 10
    typed = (digit + rng.integers(1, 10, len(ssn))) % 10
    return np.asarray(ssn + (typed - digit) * place, dtype=np.int64)


def swapped_digits(rng: np.random.Generator, ssn: Ints) -> Ints:
    """Each number with two neighboring digits that differ swapped."""
    powers = 10 ** np.arange(9, dtype=np.int64)
    digit = ssn[:, None] // powers % 10
    step = digit[:, 1:] - digit[:, :-1]
    place = np.argmax(rng.random(step.shape) * (step != 0), axis=1)
    change = step[np.arange(len(ssn)), place] * (powers[place] - powers[place + 1])
    return np.asarray(ssn + change, dtype=np.int64)
