"""Compiled similarities of two texts, as recordlinkage defines them, over pairs of value numbers.

``text`` and ``place`` are as :func:`~caselink.comparisons.pattern_kernels.text_places` lays them out: value ``v`` is
``text[place[v, 0]:place[v + 1, 0]]``, its letter signature ``place[v, 1]``. Each kernel writes a similarity a pair to
``out``; with ``least`` of 0 and more it writes 1 where the similarity reaches it, else 0. Pairs that lack a value are
left as they are.
"""

from __future__ import annotations

import numpy as np

from caselink.comparisons.string_kernels import (
    LONGEST_PREFIX,
    damerau_levenshtein_within,
    edit_bound,
    jaro,
    jaro_winkler,
    jaro_winkler_bound,
)
from caselink.compiled import kernel, step

_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_NO_PREFIX = np.int64(0)
_ROUNDING = 1e-9  # more than rounding could move a number of edits


@step
def settled(similarity, least):  # type: ignore[no-untyped-def]
    """The similarity, or whether it reaches ``least``."""
    if least < 0:
        return similarity
    return 1.0 if similarity >= least else 0.0


@step
def most_edits(length, least):  # type: ignore[no-untyped-def]
    """How many edits a text of this length may need and still be as similar as ``least``."""
    return length if least < 0 else np.int64((1.0 - least) * length + _ROUNDING)


@step
def edits_of_short(text, a0, a1, b0, b1, where):  # type: ignore[no-untyped-def]
    """Levenshtein distance by the bits of one word a row (Myers, 1999); ``a`` has 1 to 64 units.

    ``where`` holds a word of zeros a unit and does so again afterwards.
    """
    for i in range(a0, a1):
        where[text[i]] |= _ONE << np.uint64(i - a0)
    last = _ONE << np.uint64(a1 - a0 - 1)
    more, fewer = _ALL, np.uint64(0)
    edits = a1 - a0
    for j in range(b0, b1):
        same = where[text[j]]
        down = same | fewer
        across = (((same & more) + more) ^ more) | same
        grows, shrinks = fewer | ~(across | more), more & across
        if grows & last:
            edits += 1
        elif shrinks & last:
            edits -= 1
        grows = (grows << _ONE) | _ONE
        shrinks = shrinks << _ONE
        more = shrinks | ~(down | grows)
        fewer = grows & down
    for i in range(a0, a1):
        where[text[i]] = np.uint64(0)
    return edits


@step
def edits_of_long(text, a0, a1, b0, b1):  # type: ignore[no-untyped-def]
    """Levenshtein distance of runs of any length, one row of the table at a time."""
    row = np.arange(b1 - b0 + 1)
    for i in range(a0, a1):
        before = row[0]
        row[0] += 1
        for j in range(b1 - b0):
            here = row[j + 1]
            row[j + 1] = min(before + (text[i] != text[b0 + j]), here + 1, row[j] + 1)
            before = here
    return row[b1 - b0]


@step
def all_edits(text, a0, a1, b0, b1, where):  # type: ignore[no-untyped-def]
    """Levenshtein distance of two runs."""
    while a0 < a1 and b0 < b1 and text[a0] == text[b0]:
        a0 += 1
        b0 += 1
    while a0 < a1 and b0 < b1 and text[a1 - 1] == text[b1 - 1]:
        a1 -= 1
        b1 -= 1
    if a1 - a0 > b1 - b0:
        a0, a1, b0, b1 = b0, b1, a0, a1
    if a0 == a1:
        return b1 - b0
    if a1 - a0 <= 64:
        return edits_of_short(text, a0, a1, b0, b1, where)
    return edits_of_long(text, a0, a1, b0, b1)


@kernel
def jaro_similarities(text, place, left, right, least, out):  # type: ignore[no-untyped-def]
    """Jaro's similarity."""
    for k in range(len(left)):
        a, b = left[k], right[k]
        if a < 0 or b < 0:
            continue
        if a == b:
            out[k] = 1.0
            continue
        a0, a1, b0, b1 = place[a, 0], place[a + 1, 0], place[b, 0], place[b + 1, 0]
        signature_a, signature_b = np.uint64(place[a, 1]), np.uint64(place[b, 1])
        if least >= 0 and jaro_winkler_bound(signature_a, signature_b, a1 - a0, b1 - b0, _NO_PREFIX) < least:
            out[k] = 0.0
        else:
            out[k] = settled(jaro(text, a0, a1, b0, b1), least)


@kernel
def jaro_winkler_similarities(text, place, left, right, least, out):  # type: ignore[no-untyped-def]
    """Jaro-Winkler similarity."""
    for k in range(len(left)):
        a, b = left[k], right[k]
        if a < 0 or b < 0:
            continue
        if a == b:
            out[k] = 1.0
            continue
        a0, a1, b0, b1 = place[a, 0], place[a + 1, 0], place[b, 0], place[b + 1, 0]
        signature_a, signature_b = np.uint64(place[a, 1]), np.uint64(place[b, 1])
        if least >= 0 and jaro_winkler_bound(signature_a, signature_b, a1 - a0, b1 - b0, LONGEST_PREFIX) < least:
            out[k] = 0.0
        else:
            out[k] = settled(jaro_winkler(text, a0, a1, b0, b1), least)


@kernel
def levenshtein_similarities(text, place, left, right, least, out):  # type: ignore[no-untyped-def]
    """One less the share of edits in the longer text."""
    where = np.zeros(1 << 16, np.uint64)
    for k in range(len(left)):
        a, b = left[k], right[k]
        if a < 0 or b < 0:
            continue
        if a == b:
            out[k] = 1.0
            continue
        a0, a1, b0, b1 = place[a, 0], place[a + 1, 0], place[b, 0], place[b + 1, 0]
        length = max(a1 - a0, b1 - b0)
        bound = edit_bound(np.uint64(place[a, 1]), np.uint64(place[b, 1]), a1 - a0, b1 - b0)
        if bound > most_edits(length, least):
            out[k] = 0.0
        else:
            out[k] = settled(1.0 - all_edits(text, a0, a1, b0, b1, where) / length, least)


@kernel
def damerau_levenshtein_similarities(text, place, left, right, least, out):  # type: ignore[no-untyped-def]
    """The same where two neighbors that changed places are one edit."""
    for k in range(len(left)):
        a, b = left[k], right[k]
        if a < 0 or b < 0:
            continue
        if a == b:
            out[k] = 1.0
            continue
        a0, a1, b0, b1 = place[a, 0], place[a + 1, 0], place[b, 0], place[b + 1, 0]
        length = max(a1 - a0, b1 - b0)
        most = most_edits(length, least)
        if edit_bound(np.uint64(place[a, 1]), np.uint64(place[b, 1]), a1 - a0, b1 - b0) > most:
            out[k] = 0.0
            continue
        edits = damerau_levenshtein_within(text, a0, a1, b0, b1, most)
        out[k] = settled(1.0 - edits / length, least)
