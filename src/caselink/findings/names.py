"""Whether two first names may be one person's: equal, an initial, a nickname's beginning, or a letter off."""

from __future__ import annotations

import numpy as np

from caselink.findings.facts import Facts, Ints, Mask

_BEGINNING = 3


def names_alike(facts: Facts, left: Ints, right: Ints, *, unknown: bool = False) -> Mask:
    """For each pair of records whether their first names may be one; ``unknown`` is the answer where one is missing."""
    codes = facts.records["name"].to_numpy()
    one, other = codes[left], codes[right]
    answer = np.where((one < 0) | (other < 0), unknown, one == other)
    open_ = np.flatnonzero(~answer & (one >= 0) & (other >= 0))
    n = len(facts.first_names) + 1
    distinct, place = np.unique(one[open_] * n + other[open_], return_inverse=True)
    texts = facts.first_names
    found = np.array([_alike(texts[pair // n], texts[pair % n]) for pair in distinct.tolist()], bool)
    if len(open_):
        answer[open_] = found[place]
    return np.asarray(answer, bool)


def _alike(one: str, other: str) -> bool:
    """Whether any two words of the names are.

    >>> _alike("MARIA ELENA", "ELENA"), _alike("ROB", "ROBERT"), _alike("JHON", "JOHN"), _alike("ANA", "LUZ")
    (True, True, True, False)
    """
    return any(_words_alike(a, b) for a in one.split() for b in other.split())


def _words_alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if long.startswith(short[:_BEGINNING]):
        return True
    return sorted(short) == sorted(long) or (len(short) >= _BEGINNING and _one_letter_off(short, long))


def _one_letter_off(short: str, long: str) -> bool:
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return len(long) == len(short) + 1 and any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
