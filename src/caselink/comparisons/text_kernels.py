"""Compiled comparisons of plain texts, by similarity and by edits.

In rounds, so that the memory of many pairs is asked for at once: look up where texts lie; rule out by letter
signatures; compare the few that are left.
"""

from __future__ import annotations

import numpy as np

from caselink.comparisons.string_kernels import (
    LONGEST_PREFIX,
    common_prefix,
    damerau_levenshtein_within,
    edit_bound,
    jaro_winkler,
    jaro_winkler_bound,
    levenshtein_within,
)
from caselink.compiled import kernel, step


@step
def find_texts(words, column, place, exact, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Settle missing, equal and, for now, differing pairs.

    Gives a row for each differing one: its number, and start, end and signature of both texts.
    """
    found = np.empty((len(left), 7), np.int64)
    n = 0
    for k in range(len(left)):
        a, b = words[left[k], column], words[right[k], column]
        if a < 0 or b < 0:
            continue
        pattern[k] += exact * unit if a == b else unit
        if a != b:
            found[n, 0] = k
            found[n, 1] = place[a, 0]
            found[n, 2] = place[a + 1, 0]
            found[n, 3] = place[a, 1]
            found[n, 4] = place[b, 0]
            found[n, 5] = place[b + 1, 0]
            found[n, 6] = place[b, 1]
            n += 1
    return found[:n]


@step
def level_above(value, limits, falling):  # type: ignore[no-untyped-def]
    """How many levels above ``differ`` a similarity (``falling`` limits) or a number of edits reaches."""
    for place in range(len(limits)):
        if (falling and value >= limits[place]) or (not falling and value <= limits[place]):
            return len(limits) - place
    return 0


@kernel
def compare_similarity(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Levels by Jaro-Winkler similarity, the highest threshold first."""
    text = values[0]
    found = find_texts(words, columns[0], values[1], len(limits) + 2, unit, left, right, pattern)
    least = limits[len(limits) - 1]
    possible = np.empty(len(found), np.bool_)
    for q in range(len(found)):
        a, b = np.uint64(found[q, 3]), np.uint64(found[q, 6])
        length_a, length_b = found[q, 2] - found[q, 1], found[q, 5] - found[q, 4]
        possible[q] = jaro_winkler_bound(a, b, length_a, length_b, LONGEST_PREFIX) >= least
    for q in range(len(found)):
        if possible[q]:
            a0, a1, b0, b1 = found[q, 1], found[q, 2], found[q, 4], found[q, 5]
            prefix = common_prefix(text, a0, a1, b0, b1)
            a, b = np.uint64(found[q, 3]), np.uint64(found[q, 6])
            if jaro_winkler_bound(a, b, a1 - a0, b1 - b0, prefix) >= least:
                pattern[found[q, 0]] += level_above(jaro_winkler(text, a0, a1, b0, b1), limits, True) * unit


@kernel
def compare_edits(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Levels by Levenshtein distance, the fewest edits first."""
    found = find_texts(words, columns[0], values[1], len(limits) + 2, unit, left, right, pattern)
    most = np.int64(limits[len(limits) - 1])
    for q in range(len(found)):
        a0, a1, b0, b1 = found[q, 1], found[q, 2], found[q, 4], found[q, 5]
        if edit_bound(np.uint64(found[q, 3]), np.uint64(found[q, 6]), a1 - a0, b1 - b0) <= most:
            edits = levenshtein_within(values[0], a0, a1, b0, b1, most)
            pattern[found[q, 0]] += level_above(edits, limits, False) * unit


@kernel
def compare_edits_with_swaps(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Levels by Damerau-Levenshtein distance, the fewest edits first."""
    found = find_texts(words, columns[0], values[1], len(limits) + 2, unit, left, right, pattern)
    most = np.int64(limits[len(limits) - 1])
    for q in range(len(found)):
        a0, a1, b0, b1 = found[q, 1], found[q, 2], found[q, 4], found[q, 5]
        if edit_bound(np.uint64(found[q, 3]), np.uint64(found[q, 6]), a1 - a0, b1 - b0) <= most:
            edits = damerau_levenshtein_within(values[0], a0, a1, b0, b1, most)
            pattern[found[q, 0]] += level_above(edits, limits, False) * unit
