"""Compiled loop of the MinHash sketches."""

from __future__ import annotations

import numpy as np

from caselink.compiled import kernel


@kernel
def min_hashes(text, start, q, factors):  # type: ignore[no-untyped-def]
    """For each text the smallest hash of its q-grams under each factor; a text shorter than q is one gram."""
    n = len(start) - 1
    out = np.full((n, len(factors)), np.uint64(0xFFFFFFFFFFFFFFFF), np.uint64)
    for i in range(n):
        length = start[i + 1] - start[i]
        for k in range(start[i], start[i] + max(1, length - q + 1) if length else start[i]):
            gram = np.uint64(0)
            for j in range(k, min(k + q, start[i + 1])):
                gram = gram * np.uint64(65599) + np.uint64(text[j])
            for f in range(len(factors)):
                h = (gram + np.uint64(1)) * factors[f]
                h = (h ^ (h >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
                h = h ^ (h >> np.uint64(32))
                out[i, f] = min(out[i, f], h)
    return out
