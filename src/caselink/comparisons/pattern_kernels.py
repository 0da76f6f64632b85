"""Compiled loops around the comparisons: facts of values beforehand, counting of patterns after."""

from __future__ import annotations

import numpy as np

from caselink.comparisons.string_kernels import letter_signature
from caselink.compiled import kernel


@kernel
def text_places(text, start):  # type: ignore[no-untyped-def]
    """Where each value's text starts, and its letter signature, side by side; a last row says where the text ends."""
    out = np.zeros((len(start), 2), np.int64)
    for v in range(len(start)):
        out[v, 0] = start[v]
        if v + 1 < len(start):
            out[v, 1] = np.int64(letter_signature(text, start[v], start[v + 1]))
    return out


@kernel
def pack_digits(text, start, most):  # type: ignore[no-untyped-def]
    """The first ``most`` digits of every value packed four bits each, -1 for a value without one."""
    out = np.empty(len(start) - 1, np.int64)
    for v in range(len(start) - 1):
        packed, n = np.int64(0), 0
        for k in range(start[v], start[v + 1]):
            if 48 <= text[k] <= 57 and n < most:
                packed = (packed << 4) | np.int64(text[k] - 48)
                n += 1
        out[v] = packed if n else -1
    return out


@kernel
def count_patterns(pattern):  # type: ignore[no-untyped-def]
    """Distinct patterns in order of appearance, how often each comes, and each pair's place among them."""
    bits = 12
    slots = np.full(1 << bits, -1, np.int64)
    distinct = np.empty(1 << (bits - 1), np.int64)
    count = np.zeros(1 << (bits - 1), np.int64)
    place = np.empty(len(pattern), np.int32)
    n = 0
    for k in range(len(pattern)):
        p = pattern[k]
        if n == len(distinct):
            bits += 1
            distinct = np.concatenate((distinct, np.empty_like(distinct)))
            count = np.concatenate((count, np.zeros_like(count)))
            slots = np.full(1 << bits, -1, np.int64)
            for d in range(n):
                s = (np.uint64(distinct[d]) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)
                while slots[s] >= 0:
                    s = (s + np.uint64(1)) & np.uint64(len(slots) - 1)
                slots[s] = d
        s = (np.uint64(p) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)
        while slots[s] >= 0 and distinct[slots[s]] != p:
            s = (s + np.uint64(1)) & np.uint64(len(slots) - 1)
        if slots[s] < 0:
            slots[s] = n
            distinct[n] = p
            n += 1
        count[slots[s]] += 1
        place[k] = slots[s]
    return distinct[:n], count[:n], place
