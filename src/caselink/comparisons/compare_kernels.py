"""The fused kernel: all comparisons of a pair while its two rows are at hand.

A record is a row of ``int32`` words (value numbers, packed digits); a value number points into one run of text units with a
letter signature and one fact (sound of a name, number of a house) a value.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from caselink.comparisons.string_kernels import (
    common_prefix,
    damerau_levenshtein_within,
    digits_relation,
    edit_bound,
    jaro_winkler,
    jaro_winkler_bound,
    letter_signature,
    levenshtein_within,
)


_TILE = 512  # pairs whose rows stay in the nearest cache while all comparisons look at them


@njit(cache=True, nogil=True)
def same_text(text, place, a, b):  # type: ignore[no-untyped-def]
    """Whether two value numbers stand for the same text."""
    length = place[a + 1, 0] - place[a, 0]
    if place[b + 1, 0] - place[b, 0] != length:
        return False
    for k in range(length):
        if text[place[a, 0] + k] != text[place[b, 0] + k]:
            return False
    return True


@njit(cache=True, nogil=True)
def similarity_at_least(text, place, a, b, least):  # type: ignore[no-untyped-def]
    """Jaro-Winkler similarity of two values, 0 where a bound shows that it is below ``least``."""
    a0, a1, b0, b1 = place[a, 0], place[a + 1, 0], place[b, 0], place[b + 1, 0]
    signature_a, signature_b = np.uint64(place[a, 1]), np.uint64(place[b, 1])
    if jaro_winkler_bound(signature_a, signature_b, a1 - a0, b1 - b0, 4) < least:
        return 0.0
    prefix = common_prefix(text, a0, a1, b0, b1)
    if prefix < 4 and jaro_winkler_bound(signature_a, signature_b, a1 - a0, b1 - b0, prefix) < least:
        return 0.0
    return jaro_winkler(text, a0, a1, b0, b1)


@njit(cache=True, nogil=True)
def shares_item(set_start, set_items, a, b):  # type: ignore[no-untyped-def]
    """Whether two values' sorted lists of parts have one in common."""
    i, j = set_start[a], set_start[b]
    while i < set_start[a + 1] and j < set_start[b + 1]:
        if set_items[i] == set_items[j]:
            return True
        if set_items[i] < set_items[j]:
            i += 1
        else:
            j += 1
    return False


@njit(cache=True, nogil=True)
def name_level(words, values, pair, step, limit):  # type: ignore[no-untyped-def]
    """Levels of a name: 1 differ, similar, initial, related, swapped, close, 7 exact."""
    text, place, fact, set_start, set_items, _ = values
    left, right = pair
    a, b = words[left, step[1]], words[right, step[1]]
    if a < 0 or b < 0:
        return 0
    if a == b:
        return 7
    if step[2] >= 0:
        other_a, other_b = words[left, step[2]], words[right, step[2]]
        if (
            other_a >= 0
            and other_b >= 0
            and same_text(text, place, a, other_b)
            and same_text(text, place, other_a, b)
        ):
            return 5 if limit[0] > 0 else 0
    if place[a + 1, 0] - place[a, 0] == 1 or place[b + 1, 0] - place[b, 0] == 1:
        return 3 if text[place[a, 0]] == text[place[b, 0]] else 1
    similarity = similarity_at_least(text, place, a, b, limit[2])
    if similarity >= limit[1]:
        return 6
    if shares_item(set_start, set_items, a, b):
        return 4
    return 2 if similarity >= limit[2] or (fact[a] >= 0 and fact[a] == fact[b]) else 1


@njit(cache=True, nogil=True)
def date_level(a, b):  # type: ignore[no-untyped-def]
    """Levels of two dates packed as digits YYYYMMDD, four bits each, 0 for an unknown part."""
    if a == 0 or b == 0:
        return 0
    if a == b and (a >> 16) != 0 and (a & 0xFF) != 0 and (a & 0xFF00) != 0:
        return 7
    differ, known = 0, 0
    for part in range(3):
        mask = 0xFF << (8 * part) if part < 2 else 0xFFFF << 16
        x, y = a & mask, b & mask
        if x != 0 and y != 0:
            known += 1
            differ += x != y
    if known == 0:
        return 0
    if known < 3:
        year_known = (a >> 16) != 0 and (b >> 16) != 0
        return 6 if differ == 0 and year_known else (3 if differ == 0 else 1)
    relation = digits_relation(a, b)
    if (a >> 16) == (b >> 16) and (a & 0xFF) == (b >> 8) & 0xFF and (b & 0xFF) == (a >> 8) & 0xFF:
        return 4
    if relation == 2 or relation == 3:
        return 5
    if differ == 1:
        return 3
    return 2 if (a >> 16) == (b >> 16) else 1


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
def text_level(values, a, b, step, limit):  # type: ignore[no-untyped-def]
    """Levels of two texts by similarity or by edits; ``step[5]`` limits from the strictest to the loosest."""
    text, place, _, _, _, _ = values
    if a < 0 or b < 0:
        return 0
    n = step[5]
    if a == b:
        return n + 2
    if step[0] == 1:
        similarity = similarity_at_least(text, place, a, b, limit[n - 1])
        for k in range(n):
            if similarity >= limit[k]:
                return n + 1 - k
        return 1
    most = np.int64(limit[n - 1])
    a0, a1, b0, b1 = place[a, 0], place[a + 1, 0], place[b, 0], place[b + 1, 0]
    if edit_bound(np.uint64(place[a, 1]), np.uint64(place[b, 1]), a1 - a0, b1 - b0) > most:
        return 1
    if step[0] == 2:
        edits = levenshtein_within(text, a0, a1, b0, b1, most)
    else:
        edits = damerau_levenshtein_within(text, a0, a1, b0, b1, most)
    for k in range(n):
        if edits <= limit[k]:
            return n + 1 - k
    return 1


@njit(cache=True, nogil=True)
def number_level(values, a, b, step, limit):  # type: ignore[no-untyped-def]
    """Levels of two numbers by tolerance."""
    if a < 0 or b < 0:
        return 0
    apart = abs(values[5][a] - values[5][b])
    n = step[5]
    if apart == 0:
        return n + 2
    for k in range(n):
        if apart <= limit[k]:
            return n + 1 - k
    return 1


@njit(cache=True, nogil=True)
def other_level(words, values, pair, step, limit):  # type: ignore[no-untyped-def]
    """Levels of the kinds that look at more than one word, or at lists."""
    left, right = pair
    kind, w = step[0], step[1]
    a, b = words[left, w], words[right, w]
    if kind == 6:  # digits, in two words
        if a < 0 or b < 0:
            return 0
        low_a, low_b = np.int64(words[left, w + 1]) & 0xFFFFFFFF, np.int64(words[right, w + 1]) & 0xFFFFFFFF
        return 1 + digits_relation((np.int64(a) << 32) | low_a, (np.int64(b) << 32) | low_b)
    if kind == 8:  # equal or not, unless another column agrees already
        if a < 0 or b < 0:
            return 0
        for k in range(2, 4):
            if step[k] >= 0 and words[left, step[k]] >= 0 and words[left, step[k]] == words[right, step[k]]:
                return 0
        return 1 + (a == b)
    if kind == 9:  # sets
        if a < 0 or b < 0:
            return 0
        return 3 if a == b else 1 + shares_item(values[3], values[4], a, b)
    if kind == 10:
        return number_level(values, a, b, step, limit)
    return 1 if a != b else (2 if limit[0] > 0 else 2 + a)  # source


@njit(cache=True, nogil=True)
def compare_tile(words, values, step, limit, pairs, pattern):  # type: ignore[no-untyped-def]
    """Add one comparison's level times its place value to the pattern of each pair of a tile."""
    kind, w, place = step[0], step[1], step[6]
    left, right = pairs
    for k in range(len(left)):
        i, j = left[k], right[k]
        if kind == 0:
            a, b = words[i, w], words[j, w]
            level = 0 if a < 0 or b < 0 else 1 + (a == b)
        elif kind <= 3:
            level = text_level(values, words[i, w], words[j, w], step, limit)
        elif kind == 4:
            level = name_level(words, values, (i, j), step, limit)
        elif kind == 5:
            level = date_level(np.int64(words[i, w]) & 0xFFFFFFFF, np.int64(words[j, w]) & 0xFFFFFFFF)
        elif kind == 7:
            level = street_level(values, words[i, w], words[j, w], limit)
        else:
            level = other_level(words, values, (i, j), step, limit)
        pattern[k] += level * place


@njit(cache=True, nogil=True)
def compare(words, values, steps, limits, left, right, pattern):  # type: ignore[no-untyped-def]
    """Add every step's level times its place value to each pair's pattern.

    ``steps``: int64, a row a comparison: kind, up to three words, unused, number of limits, place value.
    ``values``: text units, (start, letter signature) a value, fact a value, starts of parts, parts, numbers.
    """
    for first in range(0, len(left), _TILE):
        last = min(first + _TILE, len(left))
        pairs = (left[first:last], right[first:last])
        for c in range(len(steps)):
            compare_tile(words, values, steps[c], limits[c], pairs, pattern[first:last])


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def text_places(text, start):  # type: ignore[no-untyped-def]
    """Where each value's text starts, and its letter signature, side by side; a last row says where the text ends."""
    out = np.zeros((len(start), 2), np.int64)
    for v in range(len(start)):
        out[v, 0] = start[v]
        if v + 1 < len(start):
            out[v, 1] = np.int64(letter_signature(text, start[v], start[v + 1]))
    return out


@njit(cache=True, nogil=True)
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
