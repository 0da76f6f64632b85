"""Compiled comparisons of names, dates and digits."""

from __future__ import annotations

import numpy as np

from caselink.comparisons.string_kernels import (
    LONGEST_PREFIX,
    common_prefix,
    digits_relation,
    jaro_winkler,
    jaro_winkler_bound,
    may_be_close,
)
from caselink.compiled import kernel, step

_CUT_LENGTH = 12  # characters: the narrowest field for a name that a program is known to have


@step
def same_text(text, place, a, b):  # type: ignore[no-untyped-def]
    """Whether two value numbers stand for the same text."""
    length = place[a + 1, 0] - place[a, 0]
    if place[b + 1, 0] - place[b, 0] != length:
        return False
    for k in range(length):
        if text[place[a, 0] + k] != text[place[b, 0] + k]:
            return False
    return True


@step
def similarity_at_least(text, place, a, b, least):  # type: ignore[no-untyped-def]
    """Jaro-Winkler similarity of two values, 0 where a bound shows that it is below ``least``."""
    a0, a1, b0, b1 = place[a, 0], place[a + 1, 0], place[b, 0], place[b + 1, 0]
    signature_a, signature_b = np.uint64(place[a, 1]), np.uint64(place[b, 1])
    if jaro_winkler_bound(signature_a, signature_b, a1 - a0, b1 - b0, LONGEST_PREFIX) < least:
        return 0.0
    prefix = common_prefix(text, a0, a1, b0, b1)
    if prefix < 4 and jaro_winkler_bound(signature_a, signature_b, a1 - a0, b1 - b0, prefix) < least:
        return 0.0
    return jaro_winkler(text, a0, a1, b0, b1)


@step
def shares_item(set_start, set_items, a, b):  # type: ignore[no-untyped-def]
    """Whether two values' sorted lists of parts have one in common."""
    i, j = set_start[a], set_start[b]
    if set_start[a + 1] == i + 1 and set_start[b + 1] == j + 1:
        return set_items[i] == set_items[j]
    while i < set_start[a + 1] and j < set_start[b + 1]:
        if set_items[i] == set_items[j]:
            return True
        if set_items[i] < set_items[j]:
            i += 1
        else:
            j += 1
    return False


@step
def alike(values, a, b, least):  # type: ignore[no-untyped-def]
    """Whether two names are similar or share a part."""
    text, place, _, set_start, set_items, _ = values
    if similarity_at_least(text, place, a, b, least) >= least:
        return True
    return shares_item(set_start, set_items, a, b)


@step
def begins(values, a, b):  # type: ignore[no-untyped-def]
    """Whether the first text is how the second begins."""
    text, place = values[0], values[1]
    length = place[a + 1, 0] - place[a, 0]
    if place[b + 1, 0] - place[b, 0] < length:
        return False
    for k in range(length):
        if text[place[a, 0] + k] != text[place[b, 0] + k]:
            return False
    return True


@step
def each_has_more(set_start, set_items, a, b):  # type: ignore[no-untyped-def]
    """Whether each of two values has a part that the other lacks."""
    i, j, shared = set_start[a], set_start[b], 0
    while i < set_start[a + 1] and j < set_start[b + 1]:
        if set_items[i] == set_items[j]:
            shared, i, j = shared + 1, i + 1, j + 1
        elif set_items[i] < set_items[j]:
            i += 1
        else:
            j += 1
    return shared < set_start[a + 1] - set_start[a] and shared < set_start[b + 1] - set_start[b]


@step
def signs_close(place, a, b):  # type: ignore[no-untyped-def]
    """Whether lengths and letter signatures allow two values to be close."""
    length_a, length_b = place[a + 1, 0] - place[a, 0], place[b + 1, 0] - place[b, 0]
    return may_be_close(np.uint64(place[a, 1]), np.uint64(place[b, 1]), length_a, length_b)


@step
def may_be_swapped(words, columns, place, left, right):  # type: ignore[no-untyped-def]
    """Whether two records may hold each other's two names, or nearly so: letter signatures rule out most."""
    a, other_a = words[left, columns[0]], words[left, columns[1]]
    b, other_b = words[right, columns[0]], words[right, columns[1]]
    if other_a < 0 or other_b < 0 or other_a == other_b:
        return False
    return signs_close(place, a, other_b) or signs_close(place, other_a, b)


@step
def names_swapped(words, columns, values, left, right, least, similar):  # type: ignore[no-untyped-def]
    """Whether two records hold each other's two names, or nearly so while neither name is near its own.

    Nearly: one at least is close, and the other similar or sharing a part.
    """
    text, place, _, set_start, set_items, _ = values
    a, other_a = words[left, columns[0]], words[left, columns[1]]
    b, other_b = words[right, columns[0]], words[right, columns[1]]
    one = similarity_at_least(text, place, a, other_b, similar)
    two = similarity_at_least(text, place, other_a, b, similar)
    if one < least and two < least:
        return False
    if one < similar and not shares_item(set_start, set_items, a, other_b):
        return False
    if two < similar and not shares_item(set_start, set_items, other_a, b):
        return False
    if same_text(text, place, a, other_b) and same_text(text, place, other_a, b):
        return True
    return not (alike(values, a, b, least) or alike(values, other_a, other_b, least))


@step
def name_level(values, a, b):  # type: ignore[no-untyped-def]
    """Level of two different names before their similarity is asked for: 1 differ, 2 similar, 3 initial, 4 related."""
    text, place, fact, set_start, set_items, _ = values
    if place[a + 1, 0] - place[a, 0] == 1 or place[b + 1, 0] - place[b, 0] == 1:
        return 3 if text[place[a, 0]] == text[place[b, 0]] else 0
    if shares_item(set_start, set_items, a, b):
        return 2 if fact[a] & fact[b] & 2 and each_has_more(set_start, set_items, a, b) else 4
    return 2 if fact[a] >= 0 and fact[a] >> 2 == fact[b] >> 2 else 1


@step
def shares_other(words, values, own, others, left, right):  # type: ignore[no-untyped-def]
    """Whether what one record holds is among the further values of the other, or both have one of those in common."""
    a, b = words[left, own], words[right, own]
    more_a, more_b = words[left, others], words[right, others]
    if a >= 0 and more_b >= 0 and shares_item(values[3], values[4], a, more_b):
        return True
    if b >= 0 and more_a >= 0 and shares_item(values[3], values[4], b, more_a):
        return True
    return more_a >= 0 and more_b >= 0 and shares_item(values[3], values[4], more_a, more_b)


@step
def without_january_first(date):  # type: ignore[no-untyped-def]
    """The year alone where it stands with January 1, which is what is keyed for a day that is not known."""
    return date & ~0xFFFF if date & 0xFFFF == 0x0101 and date >> 16 != 0 else date


@step
def date_level(a, b):  # type: ignore[no-untyped-def]
    """Levels of two dates packed as digits YYYYMMDD, four bits each, 0 for an unknown part."""
    if a == 0 or b == 0:
        return 0
    a, b = without_january_first(a), without_january_first(b)
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


@kernel
def compare_names(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Levels of :class:`~caselink.comparisons.PersonName`; limits: counts a swap, close, similar, has a swap, others.

    The last limit is the place among the columns of what marks a name that fills its field, 0 for none.
    1 differ, 2 similar, 3 initial, 4 related, then other name where there are others, swapped, close, exact. A value's
    fact is four times its sound, 2 more if it has several parts, 1 more if it may be cut. In rounds, as the texts are.
    """
    text, place, fact = values[0], values[1], values[2]
    w = columns[0]
    more = 1 if limits[4] > 0 else 0
    others, cut = columns[1 + int(limits[3])] if more else 0, int(limits[5])
    possible, swaps = np.empty(len(left), np.int64), np.zeros(len(left), np.bool_)
    n = 0
    for k in range(len(left)):
        i, j = left[k], right[k]
        a, b = words[i, w], words[j, w]
        if a < 0 or b < 0:
            if more and shares_other(words, values, w, others, i, j):
                pattern[k] += 5 * unit
        elif a == b:
            pattern[k] += (7 + more) * unit
        else:
            possible[n] = k
            swaps[n] = limits[3] > 0 and may_be_swapped(words, columns, place, i, j)
            n += 1
    for q in range(n):
        k = possible[q]
        if swaps[q] and names_swapped(words, columns, values, left[k], right[k], limits[1], limits[2]):
            pattern[k] += (5 + more if limits[0] > 0 else 0) * unit
            continue
        a, b = words[left[k], w], words[right[k], w]
        level = name_level(values, a, b)
        length_a, length_b = place[a + 1, 0] - place[a, 0], place[b + 1, 0] - place[b, 0]
        bound = jaro_winkler_bound(np.uint64(place[a, 1]), np.uint64(place[b, 1]), length_a, length_b, LONGEST_PREFIX)
        if level == 0 or level == 3:
            level = max(level, 1)
        elif bound >= limits[2]:
            similarity = similarity_at_least(text, place, a, b, limits[2])
            shorter, longer = (a, b) if length_a < length_b else (b, a)
            filled = cut > 0 and words[left[k] if length_a < length_b else right[k], columns[cut]] >= 0
            long_enough = filled or min(length_a, length_b) >= _CUT_LENGTH
            if similarity >= limits[2] and long_enough and begins(values, shorter, longer):
                level = 7 + more if filled or fact[shorter] & 1 else 6 + more
            elif similarity >= limits[1]:
                level = 6 + more
            elif similarity >= limits[2]:
                level = max(level, 2)
        if more and level < 5 and shares_other(words, values, w, others, left[k], right[k]):
            level = 5
        pattern[k] += level * unit


@step
def apart(a, b):  # type: ignore[no-untyped-def]
    """By how much two packed numbers differ, if only in their last four digits; a large number else."""
    if a >> 16 != b >> 16:
        return 1 << 30
    number_a, number_b = 0, 0
    for place in range(3, -1, -1):
        number_a = 10 * number_a + ((a >> (4 * place)) & 15)
        number_b = 10 * number_b + ((b >> (4 * place)) & 15)
    return abs(number_a - number_b)


@step
def number_at(words, row, w):  # type: ignore[no-untyped-def]
    """A number packed in two words."""
    return (np.int64(words[row, w]) << 32) | (np.int64(words[row, w + 1]) & 0xFFFFFFFF)


@step
def are_twins(words, columns, values, left, right, limits):  # type: ignore[no-untyped-def]
    """Whether two records have first names that differ in all and numbers next to each other."""
    w = columns[2]
    if words[left, w] < 0 or words[right, w] < 0:
        return False
    one, two = number_at(words, left, w), number_at(words, right, w)
    if one == two or apart(one, two) > limits[0]:
        return False
    a, b = words[left, columns[1]], words[right, columns[1]]
    if a < 0 or b < 0 or a == b or name_level(values, a, b) != 1:
        return False
    return similarity_at_least(values[0], values[1], a, b, limits[1]) < limits[1]


@kernel
def compare_dates(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Levels of :class:`~caselink.comparisons.BirthDate`.

    Limits, if any: how far the numbers of twins are apart at most, and below which similarity their names differ; then
    a column of names and one of numbers follow that of dates.
    """
    w = columns[0]
    for k in range(len(left)):
        a, b = np.int64(words[left[k], w]) & 0xFFFFFFFF, np.int64(words[right[k], w]) & 0xFFFFFFFF
        level = date_level(a, b)
        if level > 5 and len(limits) > 0 and are_twins(words, columns, values, left[k], right[k], limits):
            level = 0
        pattern[k] += level * unit


@kernel
def compare_digits(words, columns, values, limits, unit, left, right, pattern):  # type: ignore[no-untyped-def]
    """Levels of :class:`~caselink.comparisons.SSN`: digits packed in two words, the first negative where missing.

    Limits, if any: how far numbers may be apart for the level of numbers near each other, and whether they never are;
    then the places among the columns, 0 for none, of: two sets, of the number itself and of others, for a level before
    *exact*; what marks shared numbers, for one after that of near numbers; what must be known for numbers to be near;
    what marks numbers that somebody else holds, for one after *differ*.
    """
    w = columns[0]
    near = 1 if len(limits) > 0 else 0
    sets, shared, told, held = 0, 0, 0, 0
    if near == 1:
        sets, shared, told, held = int(limits[2]), int(limits[3]), int(limits[4]), int(limits[5])
    others = sets > 0
    close = 2 + (1 if held > 0 else 0)  # the level of near numbers
    low = near + (1 if shared > 0 else 0) + (1 if held > 0 else 0)
    exact = 5 + low + (1 if others else 0)
    for k in range(len(left)):
        i, j = left[k], right[k]
        level = 0
        if words[i, w] >= 0 and words[j, w] >= 0:
            a, b = number_at(words, i, w), number_at(words, j, w)
            relation = digits_relation(a, b)
            level = exact if a == b else 1 + relation + (low if relation > 0 else 0)
            if near == 1 and a != b and apart(a, b) <= limits[0]:
                untold = told > 0 and (words[i, columns[told]] < 0 or words[j, columns[told]] < 0)
                level = 1 if limits[1] > 0 or untold else close
            if shared > 0 and a == b and (words[i, columns[shared]] >= 0 or words[j, columns[shared]] >= 0):
                level = close + 1
            if held > 0 and level == 1 and (words[i, columns[held]] >= 0 or words[j, columns[held]] >= 0):
                level = 2
        if (
            others
            and level < exact
            and not (shared > 0 and level == close + 1)
            and shares_other(words, values, columns[sets], columns[sets + 1], i, j)
        ):
            level = exact - 1
        pattern[k] += level * unit
