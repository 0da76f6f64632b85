"""Compiled comparisons that need no text: equal codes, sources, numbers, shared parts."""

from __future__ import annotations

from caselink.comparisons.person_kernels import shares_item
from caselink.compiled import kernel


@kernel
def compare_codes(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Equal or not; missing where either is, or where one of the further columns agrees already."""
    for k in range(len(left)):
        i, j = left[k], right[k]
        a, b = words[i, columns[0]], words[j, columns[0]]
        known = a >= 0 and b >= 0
        for other in columns[1:]:
            known = known and not (words[i, other] >= 0 and words[i, other] == words[j, other])
        if known:
            pattern[k] += (1 + (a == b)) * unit


@kernel
def compare_sources(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """1 for different sources, 2 and more for one source each; all of them 2 where the limit is above 0."""
    w = columns[0]
    for k in range(len(left)):
        a, b = words[left[k], w], words[right[k], w]
        pattern[k] += (1 if a != b else (2 if limits[0] > 0 else 2 + a)) * unit


@kernel
def compare_numbers(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Levels by tolerance, the strictest limit first."""
    w = columns[0]
    for k in range(len(left)):
        a, b = words[left[k], w], words[right[k], w]
        if a >= 0 and b >= 0:
            apart = abs(values[5][a] - values[5][b])
            level = 1 if apart > 0 else len(limits) + 2
            for place in range(len(limits)):
                if apart > 0 and apart <= limits[place]:
                    level = len(limits) + 1 - place
                    break
            pattern[k] += level * unit


@kernel
def compare_shared(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Sets: 1 nothing shared, 2 something, 3 equal."""
    w = columns[0]
    for k in range(len(left)):
        a, b = words[left[k], w], words[right[k], w]
        if a >= 0 and b >= 0:
            pattern[k] += (3 if a == b else 1 + shares_item(values[3], values[4], a, b)) * unit
