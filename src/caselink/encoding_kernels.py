"""Compiled loops of encoding and blocking: hashing texts, sorting keys."""

from __future__ import annotations

import numpy as np

from caselink.compiled import kernel


@kernel
def hash_texts(data, start, salt):  # type: ignore[no-untyped-def]
    """A 64-bit hash of each text, with ``salt`` mixed in (FNV-1a, finished as splitmix64 does)."""
    n = len(start) - 1
    out = np.empty(n, np.uint64)
    for i in range(n):
        h = np.uint64(14695981039346656037) ^ salt[i]
        for k in range(start[i], start[i + 1]):
            h = (h ^ np.uint64(data[k])) * np.uint64(1099511628211)
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        out[i] = h ^ (h >> np.uint64(31))
    return out


@kernel
def find_hashes(held, wanted):  # type: ignore[no-untyped-def]
    """Where each wanted hash stands among those that are held, -1 for none.

    ``held``: uint64, ascending, none twice. Hashes are spread evenly: their highest bits tell about where one stands.
    """
    bits = 1
    while bits < 30 and (1 << bits) < len(held):
        bits += 1
    shift = np.uint64(64 - bits)
    begin = np.zeros((1 << bits) + 1, np.int64)
    for i in range(len(held)):
        begin[(held[i] >> shift) + np.uint64(1)] += 1
    for b in range(1 << bits):
        begin[b + 1] += begin[b]
    out = np.full(len(wanted), -1, np.int64)
    for i in range(len(wanted)):
        if i > 0 and wanted[i] == wanted[i - 1]:
            out[i] = out[i - 1]
            continue
        bucket = np.int64(wanted[i] >> shift)
        for place in range(begin[bucket], begin[bucket + 1]):
            if held[place] == wanted[i]:
                out[i] = place
                break
    return out


@kernel
def sort_positions(key, largest):  # type: ignore[no-untyped-def]
    """Positions of the keys that are not negative, sorted by key, equal keys by position.

    ``key``: int64, each at most ``largest``. A least-significant-digit radix sort, 11 bits a pass.
    """
    n = 0
    for i in range(len(key)):
        if key[i] >= 0:
            n += 1
    position = np.empty(n, np.int32)
    n = 0
    for i in range(len(key)):
        if key[i] >= 0:
            position[n] = i
            n += 1
    other = np.empty(n, np.int32)
    shift = 0
    while shift < 63 and largest >> shift > 0:
        count = np.zeros(2049, np.int64)
        for i in range(n):
            count[((key[position[i]] >> shift) & 2047) + 1] += 1
        for d in range(2048):
            count[d + 1] += count[d]
        for i in range(n):
            p = position[i]
            d = (key[p] >> shift) & 2047
            other[count[d]] = p
            count[d] += 1
        position, other = other, position
        shift += 11
    return position


@kernel
def number_groups(key, position):  # type: ignore[no-untyped-def]
    """Dense group numbers of equal keys along ``position``: (a number a record, -1 without; the sizes)."""
    group = np.full(len(key), -1, np.int32)
    size = np.zeros(len(position), np.int32)
    g = -1
    for i in range(len(position)):
        if i == 0 or key[position[i]] != key[position[i - 1]]:
            g += 1
        group[position[i]] = g
        size[g] += 1
    return group, size[: g + 1]
