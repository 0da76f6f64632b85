"""Compiled measures of two texts, as numbers: what a Splink model holds against its own thresholds."""

from __future__ import annotations

import numpy as np

from caselink.comparisons.string_kernels import (
    _common_units_long,
    _common_units_short,
    damerau_levenshtein_within,
    jaro_winkler,
    levenshtein_within,
)
from caselink.compiled import kernel, step


@step
def jaro(text, a0, a1, b0, b1):  # type: ignore[no-untyped-def]
    """Jaro similarity in [0, 1] of two runs; 0 if either is empty."""
    length_a, length_b = a1 - a0, b1 - b0
    if length_a == 0 or length_b == 0:
        return 0.0
    if length_a <= 64 and length_b <= 64:
        common, moved = _common_units_short(text, a0, a1, b0, b1)
    else:
        common, moved = _common_units_long(text, a0, a1, b0, b1)
    if common == 0:
        return 0.0
    return (common / length_a + common / length_b + (common - moved // 2) / common) / 3.0


@kernel
def measure_texts(text, start, a, b, measure, limit):  # type: ignore[no-untyped-def]
    """A number for each pair of texts ``a`` and ``b``, NaN where either is missing (-1).

    ``measure``: 0 Jaro, 1 Jaro-Winkler, 2 Levenshtein, 3 Damerau-Levenshtein; edits above ``limit`` count one more.
    """
    out = np.full(len(a), np.nan)
    for k in range(len(a)):
        if a[k] < 0 or b[k] < 0:
            continue
        a0, a1, b0, b1 = start[a[k]], start[a[k] + 1], start[b[k]], start[b[k] + 1]
        if measure == 0:
            out[k] = jaro(text, a0, a1, b0, b1)
        elif measure == 1:
            out[k] = jaro_winkler(text, a0, a1, b0, b1)
        elif measure == 2:
            out[k] = levenshtein_within(text, a0, a1, b0, b1, limit)
        else:
            out[k] = damerau_levenshtein_within(text, a0, a1, b0, b1, limit)
    return out
