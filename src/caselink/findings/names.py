"""Whether two first names may be one person's: equal, an initial, a nickname's beginning, or a letter off."""

from __future__ import annotations

import numpy as np

from caselink.findings.facts import Facts, Ints, Mask

_BEGINNING = 3


def names_alike(facts: Facts, left: Ints, right: Ints, *, unknown: bool = False, crossed: bool = False) -> Mask:
    """For each pair of records whether their first names may be one; ``unknown`` is the answer where one is missing.

    ``crossed``: a first name that is the other's last name counts too, as the two are keyed the wrong way round.
    """
    answer = _texts_alike(facts, (left, "name"), (right, "name"), unknown=unknown)
    if crossed:
        for one, other in (("name", "last_name"), ("last_name", "name")):
            answer |= _texts_alike(facts, (left, one), (right, other), unknown=False)
    return answer


def _texts_alike(facts: Facts, left: tuple[Ints, str], right: tuple[Ints, str], *, unknown: bool) -> Mask:
    """Each distinct pair of texts is looked at once."""
    one, other = (facts.records[name].to_numpy()[rows] for rows, name in (left, right))
    texts = [facts.first_names if name == "name" else facts.last_names for _, name in (left, right)]
    known = (one >= 0) & (other >= 0)
    n = len(texts[1]) + 1
    distinct, place = np.unique(one[known] * n + other[known], return_inverse=True)
    found = np.array([_alike(texts[0][pair // n], texts[1][pair % n]) for pair in distinct.tolist()], bool)
    answer = np.full(len(one), unknown)
    answer[known] = found[place] if len(found) else False
    return answer


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
