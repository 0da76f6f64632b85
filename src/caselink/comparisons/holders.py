"""Numbers that people of two names hold: a clerk wrote the mother's or a brother's into a record.

Who holds a number with no more records than somebody of another name likely holds it wrongly, and that the record's
number differs from another record's then says little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from caselink.encoding import Column

Mask = npt.NDArray[np.bool_]
NameParts = Callable[[str], Sequence[int]]
Holder = tuple[str, str | None, str | None]
"""First name; last name and birth date, as far as they are known."""

_BEGINNING = 2  # letters: what typing errors leave alone, mostly
_MOST_HOLDERS = 50  # more are no family: the number is nobody's


def held_by_others(number: Column, names: Sequence[Column], name_parts: NameParts) -> Mask:
    """Which records hold a number that somebody of another name holds in as many records or more.

    ``names`` are the columns of first names, last names and, if there is one, birth dates; a record without a number or
    a first name is left out. ``name_parts`` gives numbers that a name shares with its nicknames.

    >>> from caselink.encoding import number_values
    >>> columns = (["1", "1", "1", "2"], ["ANA", "ANA", "LEO", "LEO"], ["RUIZ"] * 4)
    >>> number, *names = (number_values(pa.array(column, pa.large_string())) for column in columns)
    >>> held_by_others(number, names, lambda name: [ord(name[0])]).tolist()
    [False, False, True, False]
    """
    found = np.zeros(len(number.codes), np.bool_)
    rows = _under_two_names(number, names[0])
    rows = rows[np.argsort(number.codes[rows], kind="stable")]
    held = number.codes[rows]
    holders = _holders(names, rows)
    borders = [0, *(np.flatnonzero(held[1:] != held[:-1]) + 1).tolist(), len(rows)]
    for start, stop in pairwise(borders):
        if start < stop:
            found[rows[start:stop]] = _held_wrongly(holders[start:stop], name_parts)
    return found


def _holders(names: Sequence[Column], rows: npt.NDArray[np.int64]) -> list[Holder]:
    known = [column.values.take(pa.array(c, mask=c < 0)).to_pylist() for column in names for c in [column.codes[rows]]]
    return [(*names_and_date, None)[:3] for names_and_date in zip(*known, strict=True)]


def _under_two_names(number: Column, first: Column) -> npt.NDArray[np.int64]:
    """Rows whose number is held under first names of two beginnings."""
    known = np.flatnonzero((number.codes >= 0) & (first.codes >= 0))
    beginning = pc.utf8_slice_codeunits(first.values, 0, _BEGINNING).dictionary_encode()
    n = max(1, len(beginning.dictionary))
    codes = np.append(beginning.indices.to_numpy(), -1)[first.codes[known]]
    pairs = np.unique(number.codes[known].astype(np.int64) * n + codes)
    names_of = np.bincount(pairs // n, minlength=len(number.values))
    return known[names_of[number.codes[known]] > 1]


def _held_wrongly(holders: Sequence[Holder], name_parts: NameParts) -> Mask:
    """The same for the records of one number: all but those of the one person who has the most of them."""
    distinct = {holder: place for place, holder in enumerate(dict.fromkeys(holders))}
    place = np.array([distinct[holder] for holder in holders])
    if len(distinct) > _MOST_HOLDERS:
        return np.ones(len(holders), np.bool_)
    person = np.arange(len(distinct))
    for one, other in combinations(distinct, 2):
        if _may_be_one(one, other, name_parts):
            person[person == person[distinct[other]]] = person[distinct[one]]
    if (person == person[0]).all():
        return np.zeros(len(holders), np.bool_)
    records = np.bincount(person[place], minlength=len(distinct))
    first, second = np.sort(records)[:-3:-1]
    wrongly: Mask = (person[place] != records.argmax()) | (first == second)
    return wrongly


def _may_be_one(one: Holder, other: Holder, name_parts: NameParts) -> bool:
    """Whether two holders may be one person: of one birth date, or of one first name, if only nearly or swapped."""
    (first, last, born), (other_first, other_last, other_born) = one, other
    if born is not None and born == other_born:
        return True
    if _begin_alike(first, other_first) or not set(name_parts(first)).isdisjoint(name_parts(other_first)):
        return True
    return _begin_alike(first, other_last) or _begin_alike(other_first, last)


def _begin_alike(name: str, other: str | None) -> bool:
    letters = min(_BEGINNING, len(name), len(other or ""))  # an initial goes with all names that it begins
    return other is not None and name[:letters] == other[:letters]
