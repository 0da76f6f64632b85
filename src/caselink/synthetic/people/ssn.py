"""Social Security numbers that could have been issued: drawn at random, never anyone's on purpose.

Structure as in the rules of the Social Security Administration: area 001-665 or 667-899, group 01-99, serial
0001-9999. Before 25 June 2011 the areas 734-749 and those above 772 were not in use.
"""

from __future__ import annotations

import numpy as np

from caselink.errors import SpecError
from caselink.synthetic.draws import Ints, Mask, Streams

MISSING = 0
"""Stands for no number while a record is being keyed."""

RUN = 3
"""Numbers are drawn in runs of three neighbors, never across the end of a group: room for twins and triplets."""

_NEVER_ISSUED = np.array([78_051_120, 219_099_999, 123_456_789, *(111_111_111 * k for k in range(10))], dtype=np.int64)
MOST_PEOPLE = 10_000_000

_GROUPS = 99
_RUNS_OF_GROUP = (1_667, 1_666)
_HALF_BITS = 14
_MIXER = np.uint64(0x9E37_79B9_7F4A_7C15)
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


def number_people(people: Ints, *, seed: int, issued_at_random: Mask) -> Ints:
    """The number of each of ``people``, counted from 0: different for all, and the first of a run of ``RUN``.

    The same person and seed give the same number, whoever else is numbered. ``issued_at_random`` marks those who got
    theirs after June 2011; the others get areas then in use.

    >>> numbers = number_people(np.arange(3), seed=1, issued_at_random=np.array([False, True, False]))
    >>> is_valid(numbers).tolist(), len(np.unique(numbers // RUN))
    ([True, True, True], 3)
    """
    if people.max(initial=0) >= MOST_PEOPLE:
        raise SpecError(f"there are numbers for {MOST_PEOPLE:,} people, got {people.max() + 1:,}")
    numbers = np.zeros(len(people), dtype=np.int64)
    for at_random in (False, True):
        rows = np.flatnonzero(issued_at_random == at_random)
        place = people[rows]
        while len(rows):
            place = _shuffled(place, _n_runs(at_random=at_random), seed)
            first = _number_at(place, at_random=at_random)
            numbers[rows] = first
            filler = ~(is_valid(first) & is_valid(first + 1) & is_valid(first + 2))
            rows, place = rows[filler], place[filler]  # shuffled on: nobody starts at the place of a filler
    return numbers


def _n_runs(*, at_random: bool) -> int:
    """Runs are dealt out by turns: those of even number within a group to the old, the others to the young."""
    areas = _AREAS if at_random else _OLD_AREAS
    return len(areas) * _GROUPS * _RUNS_OF_GROUP[at_random]


def _number_at(place: Ints, *, at_random: bool) -> Ints:
    runs = _RUNS_OF_GROUP[at_random]
    areas = _AREAS if at_random else _OLD_AREAS
    area, group, run = areas[place // (_GROUPS * runs)], place // runs % _GROUPS + 1, place % runs
    return np.asarray(area * 1_000_000 + group * 10_000 + (2 * run + at_random) * RUN + 1, dtype=np.int64)


def _shuffled(numbers: Ints, size: int, seed: int) -> Ints:
    """Each number below ``size`` changed for another below it, one to one: a Feistel cipher, walked until inside."""
    keys = Streams(seed).rng("social security numbers").integers(0, 2**62, 4).astype(np.uint64)
    shuffled, open_rows = numbers.copy(), np.arange(len(numbers))
    while len(open_rows):
        left, right = (half.astype(np.uint64) for half in np.divmod(shuffled[open_rows], 2**_HALF_BITS))
        for key in keys:
            mixed = ((right ^ key) * _MIXER) >> np.uint64(64 - _HALF_BITS)
            left, right = right, left ^ mixed
        shuffled[open_rows] = (left.astype(np.int64) << _HALF_BITS) + right.astype(np.int64)
        open_rows = open_rows[shuffled[open_rows] >= size]
    return shuffled


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
