"""Compiled comparison of street addresses."""

from __future__ import annotations

from numba import njit

from caselink.comparisons.string_kernels import jaro_winkler


@njit(cache=True, nogil=True)
def street_level(values, a, b, limit):  # type: ignore[no-untyped-def]
    """Levels of a street: 1 differ, same street, similar, close, 5 exact."""
    text, place, fact, _, _, _ = values
    if a < 0 or b < 0:
        return 0
    if a == b:
        return 5
    a0, b0 = place[a, 0], place[b, 0]
    while fact[a] >= 0 and a0 < place[a + 1, 0] and (text[a0] == 32 or 48 <= text[a0] <= 57):
        a0 += 1
    while fact[b] >= 0 and b0 < place[b + 1, 0] and (text[b0] == 32 or 48 <= text[b0] <= 57):
        b0 += 1
    similarity = jaro_winkler(text, a0, place[a + 1, 0], b0, place[b + 1, 0])
    if fact[a] != fact[b]:
        return 2 if similarity >= limit[0] else 1
    return 4 if similarity >= limit[0] else (3 if similarity >= limit[1] else 1)


@njit(cache=True, nogil=True)
def compare_streets(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Levels of :class:`~caselink.comparisons.Street`; limits: close, similar."""
    w = columns[0]
    for k in range(len(left)):
        pattern[k] += street_level(values, words[left[k], w], words[right[k], w], limits) * unit
