"""Compiled measures of two texts, as numbers: what a Splink model holds against its own thresholds."""

from __future__ import annotations

import numpy as np

from caselink.comparisons.string_kernels import (
    damerau_levenshtein_within,
    jaro,
    jaro_winkler,
    levenshtein_within,
)
from caselink.compiled import kernel


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
