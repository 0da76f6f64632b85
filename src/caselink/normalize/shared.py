"""Numbers that unrelated people use: found in the data, since no rule of their digits tells them.

Two records are *unrelated* here if neither name of the one begins as a name of the other and their birth dates differ
where both are known. Somebody who married and goes by a nickname may look like two such people, hardly ever like three:
a number that three and more hold, each unrelated to all the others, says nothing of who a record is.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

UNRELATED_HOLDERS = 3
_BEGINNING = 2  # letters: what typing errors and most nicknames leave alone

_REMAINDERS = (1 << 22) - 1

Holder = tuple[str, str, str | None]
"""The beginnings of a record's two names, and its birth date."""


def shared_numbers(
    numbers: pa.Array, first_names: pa.Array, last_names: pa.Array, birth_dates: pa.Array
) -> npt.NDArray[np.bool_]:
    """Which rows hold a number that unrelated people use; ``numbers`` are texts of digits.

    >>> columns = ["ANA", "BO", "EVA"], ["RUIZ", "LI", "OTT"], ["1990-01-02", "1985-03-04", None]
    >>> shared_numbers(pa.array(["212345678"] * 3), *map(pa.array, columns)).tolist()
    [True, True, True]
    """
    nobody = np.zeros(len(numbers), bool)
    known = pc.and_(numbers.is_valid(), pc.and_(first_names.is_valid(), last_names.is_valid()))
    rows = np.flatnonzero(known.to_numpy(zero_copy_only=False))
    try:
        number = pc.cast(numbers.take(pa.array(rows)), pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:  # a column that was to stay untouched
        return nobody
    for often in (_held_perhaps, _held_often):  # most numbers are seen to be seldom at little cost
        kept = often(number)
        rows, number = rows[kept], number[kept]
    places = pa.array(rows)
    first, last = (pc.utf8_slice_codeunits(names.take(places), 0, _BEGINNING) for names in (first_names, last_names))
    suspect = _with_many_names(number, first, last)
    places = pa.array(rows[suspect])
    columns = (numbers.take(places), first.filter(pa.array(suspect)), last.filter(pa.array(suspect)))
    holders: dict[str, set[Holder]] = {}
    for held, *holder in zip(*(column.to_pylist() for column in (*columns, birth_dates.take(places))), strict=True):
        holders.setdefault(held, set()).add((holder[0], holder[1], holder[2]))
    found = [held for held, people in holders.items() if _unrelated(people) >= UNRELATED_HOLDERS]
    if not found:
        return nobody
    shared: npt.NDArray[np.bool_] = pc.is_in(numbers, pa.array(found, numbers.type)).to_numpy(zero_copy_only=False)
    return shared


def _held_perhaps(number: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether the numbers that share a remainder are enough, which some are by chance."""
    remainder = number & _REMAINDERS
    held: npt.NDArray[np.bool_] = (np.bincount(remainder, minlength=1) >= UNRELATED_HOLDERS)[remainder]
    return held


def _held_often(number: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether each number stands in enough rows to have enough holders."""
    ordered = np.sort(number)
    apart = UNRELATED_HOLDERS - 1
    often = np.unique(ordered[apart:][ordered[apart:] == ordered[:-apart]])
    if not len(often):
        return np.zeros(len(number), bool)
    found: npt.NDArray[np.bool_] = often[np.minimum(np.searchsorted(often, number), len(often) - 1)] == number
    return found


def _with_many_names(number: npt.NDArray[np.int64], first: pa.Array, last: pa.Array) -> npt.NDArray[np.bool_]:
    """Whether each row's number is held under enough different names."""
    key = number
    for names in (first, last):  # a number and two codes of 16 bits go into one integer
        code = names.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
        key = key << 16 | code & 0xFFFF
    held = np.unique(key) >> 32
    return np.isin(number, held[_held_often(held)])  # few by now


def _unrelated(people: Iterable[Holder]) -> int:
    """How many of the holders can be chosen, in their order, each unrelated to those before."""
    chosen: list[Holder] = []
    for first, last, born in sorted(people, key=lambda holder: (holder[0], holder[1], holder[2] or "")):
        if all({first, last}.isdisjoint(one[:2]) and (born is None or born != one[2]) for one in chosen):
            chosen.append((first, last, born))
    return len(chosen)
