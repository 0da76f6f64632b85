"""Compiled comparisons of places: street addresses, and cities where nothing smaller agrees."""

from __future__ import annotations

from caselink.comparisons.person_kernels import similarity_at_least
from caselink.compiled import kernel


@kernel
def compare_streets(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Levels of :class:`~caselink.comparisons.Street`; limits: close, similar.

    1 differ, 2 same street, 3 similar, 4 close, 5 exact. A value's text is what follows the house number, its fact is
    the number.
    """
    text, place, fact, _, _, _ = values
    w = columns[0]
    for k in range(len(left)):
        a, b = words[left[k], w], words[right[k], w]
        if a < 0 or b < 0:
            continue
        level = 1
        if a == b:
            level = 5
        elif fact[a] == fact[b]:
            similarity = similarity_at_least(text, place, a, b, limits[1])
            level = 4 if similarity >= limits[0] else (3 if similarity >= limits[1] else 1)
        elif similarity_at_least(text, place, a, b, limits[0]) >= limits[0]:
            level = 2
        pattern[k] += level * unit


@kernel
def compare_places(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """1 differ, 2 similar, 3 equal; missing where either is, or where one of the further columns agrees already."""
    text, place = values[0], values[1]
    for k in range(len(left)):
        i, j = left[k], right[k]
        a, b = words[i, columns[0]], words[j, columns[0]]
        known = a >= 0 and b >= 0
        for other in columns[1:]:
            known = known and not (words[i, other] >= 0 and words[i, other] == words[j, other])
        if known:
            level = 3 if a == b else 1
            if level == 1 and similarity_at_least(text, place, a, b, limits[0]) >= limits[0]:
                level = 2
            pattern[k] += level * unit
