"""How alike two texts are, computed on one shared buffer of code units without making a Python string.

Every distinct value ``v`` of all text columns lies at ``text[start[v]:start[v + 1]]``, a run of UTF-16 code units;
a kernel is told the two runs. Jaro-Winkler and the edit distances give what jellyfish gives (which counts a letter
and its combining marks as one; here every code unit counts). Values of up to 64 units, which is nearly all, take
no memory at all; the edit distances up to 2 take none at any length.

A *signature* is made once per distinct value and tells cheaply that two values cannot be alike enough, so that most
pairs never reach the letters.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from caselink.compiled import kernel, step

TextUnits = npt.NDArray[np.uint16]

_ONE = np.uint64(1)
_TWO = np.uint64(2)
_FOUR = np.uint64(4)
_LETTERS = np.uint64(32)  # letter classes; the upper half of a signature counts second occurrences
_TOP = np.uint64(56)
_DIGIT_CLASS = (27, 28, 29, 30, 31, 0, 17, 24, 26, 10)  # classes of no letter A-Z, then of rare ones
_PAIRS = np.uint64(0x5555555555555555)
_QUADS = np.uint64(0x3333333333333333)
_NIBBLES = np.uint64(0x0F0F0F0F0F0F0F0F)
_BYTES = np.uint64(0x0101010101010101)
_DIGIT_MARKS = 0x0111111111111111  # the lowest bit of each of 15 packed digits
LONGEST_PREFIX = np.int64(4)  # what Winkler's bonus counts; a plain 4 would compile what takes it twice
_PLAIN, _SWAPS = np.bool_(False), np.bool_(True)  # plain False and True would compile the kernels once for each
_ROUNDING = 1e-9  # more than the rounding that could put a bound below the value it bounds


@kernel
def jaro_winkler(text: TextUnits, a0: int, a1: int, b0: int, b1: int) -> float:
    """Jaro-Winkler similarity in [0, 1] of two runs; 0 if either is empty."""
    length_a, length_b = a1 - a0, b1 - b0
    if length_a == 0 or length_b == 0:
        return 0.0
    if length_a <= 64 and length_b <= 64:  # the bits of a word
        common, moved = _common_units_short(text, a0, a1, b0, b1)
    else:
        common, moved = _common_units_long(text, a0, a1, b0, b1)
    if common == 0:
        return 0.0
    weight = (common / length_a + common / length_b + (common - moved // 2) / common) / 3.0
    return _with_prefix(weight, common_prefix(text, a0, a1, b0, b1))


@kernel
def jaro_winkler_bound(
    signature_a: np.uint64, signature_b: np.uint64, length_a: int, length_b: int, prefix: int
) -> float:
    """A number that the Jaro-Winkler similarity of two values never exceeds.

    ``prefix`` is :func:`common_prefix` of the two, or 4 where it is not known.
    """
    extra_a, extra_b = _surplus(signature_a, signature_b)
    common = min(length_a - extra_a, length_b - extra_b)
    if common <= 0:
        return 0.0
    return min(1.0, _with_prefix((common / length_a + common / length_b + 1.0) / 3.0, prefix) + _ROUNDING)


@kernel
def may_be_close(signature_a: np.uint64, signature_b: np.uint64, length_a: int, length_b: int) -> np.bool_:
    """Whether the Jaro-Winkler similarity of two values can be 0.92 and more, asked without a division.

    With Winkler's bonus at its largest, Jaro's own must be 13/15, so that the units in common are 8/5 of a whole.
    """
    extra_a, extra_b = _surplus(signature_a, signature_b)
    common = min(length_a - extra_a, length_b - extra_b)
    return 5 * common * (length_a + length_b) >= 8 * length_a * length_b


@kernel
def edit_bound(signature_a: np.uint64, signature_b: np.uint64, length_a: int, length_b: int) -> int:
    """A number of edits that the (Damerau-)Levenshtein distance of two values is never below."""
    extra_a, extra_b = _surplus(signature_a, signature_b)
    return int(max(extra_a, extra_b, abs(length_a - length_b)))


@kernel
def letter_signature(text: TextUnits, a0: int, a1: int) -> np.uint64:
    """Which of 32 letter classes a value holds once (lower half of the bits) and twice or more (upper half)."""
    signature = np.uint64(0)
    for place in range(a0, a1):
        unit = np.int64(text[place])
        letter = _DIGIT_CLASS[unit - 48] if 48 <= unit <= 57 else unit & 31  # the digits 0 to 9
        once = _ONE << np.uint64(letter)
        signature |= ((signature & once) << _LETTERS) | once
    return signature


@kernel
def common_prefix(text: TextUnits, a0: int, a1: int, b0: int, b1: int) -> int:
    """How many of their first four units two runs share: what Winkler's bonus counts."""
    longest = min(4, a1 - a0, b1 - b0)
    same = 0
    while same < longest and text[a0 + same] == text[b0 + same]:
        same += 1
    return same


@kernel
def levenshtein_within(text: TextUnits, a0: int, a1: int, b0: int, b1: int, limit: int) -> int:
    """Levenshtein distance of two runs, or ``limit + 1`` where it is more than ``limit``."""
    return _distance_within(text, a0, a1, b0, b1, limit, _PLAIN)


@kernel
def damerau_levenshtein_within(text: TextUnits, a0: int, a1: int, b0: int, b1: int, limit: int) -> int:
    """Damerau-Levenshtein distance (swaps may be edited further) of two runs, or ``limit + 1`` where it is more."""
    return _distance_within(text, a0, a1, b0, b1, limit, _SWAPS)


@kernel
def digits_relation(a: int, b: int) -> int:
    """How two numbers of up to 15 digits, packed four bits a digit, differ.

    4 equal, 3 one swap of neighboring digits, 2 one digit wrong, 1 only the last four digits are equal, 0 else.
    """
    wrong = a ^ b
    if wrong == 0:
        return 4
    marks = (wrong | wrong >> 1 | wrong >> 2 | wrong >> 3) & _DIGIT_MARKS
    lowest = marks & -marks
    if marks == lowest:
        return 2
    if marks == lowest * 17:
        low_digit, high_digit = lowest * 15, lowest * 240
        if (a & high_digit) == (b & low_digit) << 4 and (b & high_digit) == (a & low_digit) << 4:
            return 3
    return 1 if wrong & 0xFFFF == 0 else 0


@step
def _with_prefix(weight: float, prefix: int) -> float:
    """Winkler's bonus for a shared beginning, given only above 0.7 as he and jellyfish do."""
    return weight + prefix * 0.1 * (1.0 - weight) if weight > 0.7 else weight


@step
def _common_units_short(text: TextUnits, a0: int, a1: int, b0: int, b1: int) -> tuple[int, int]:
    """Units in common within Jaro's window, and how many of them stand in another order; both runs up to 64."""
    reach = max(max(a1 - a0, b1 - b0) // 2 - 1, 0)
    taken_a, taken_b = np.uint64(0), np.uint64(0)
    common = 0
    for i in range(a1 - a0):
        unit = text[a0 + i]
        for j in range(max(0, i - reach), min(b1 - b0, i + reach + 1)):
            bit = _ONE << np.uint64(j)
            if text[b0 + j] == unit and not taken_b & bit:
                taken_a |= _ONE << np.uint64(i)
                taken_b |= bit
                common += 1
                break
    moved = 0
    j = 0
    for i in range(a1 - a0):
        if (taken_a >> np.uint64(i)) & _ONE:
            while not (taken_b >> np.uint64(j)) & _ONE:
                j += 1
            moved += text[a0 + i] != text[b0 + j]
            j += 1
    return common, moved


@step
def _common_units_long(text: TextUnits, a0: int, a1: int, b0: int, b1: int) -> tuple[int, int]:
    """The same for runs of any length, in time that grows with the length and not with its square."""
    length_a, length_b = a1 - a0, b1 - b0
    reach = max(length_a, length_b) // 2 - 1
    lowest = highest = np.int64(text[b0])
    for j in range(b0 + 1, b1):
        lowest, highest = min(lowest, np.int64(text[j])), max(highest, np.int64(text[j]))
    first = np.full(highest - lowest + 1, length_b, np.int64)  # of each unit, its first place in b not passed yet
    following = np.empty(length_b, np.int64)
    for j in range(length_b - 1, -1, -1):
        following[j] = first[text[b0 + j] - lowest]
        first[text[b0 + j] - lowest] = j
    in_a = np.empty(min(length_a, length_b), np.uint16)
    common = 0
    for i in range(length_a):
        unit = np.int64(text[a0 + i])
        if unit < lowest or unit > highest:
            continue
        j = first[unit - lowest]
        while j < length_b and j < i - reach:
            j = following[j]
        if j < length_b and j <= i + reach:
            in_a[common] = unit
            common += 1
            first[unit - lowest] = following[j]
            following[j] = -1  # taken
        else:
            first[unit - lowest] = j
    moved = 0
    place = 0
    for j in range(length_b):
        if following[j] < 0:
            moved += in_a[place] != text[b0 + j]
            place += 1
    return common, moved


@step
def _surplus(signature_a: np.uint64, signature_b: np.uint64) -> tuple[int, int]:
    """At least how many units of either value have no partner in the other.

    A class counted "twice or more" in the other value may hold any number there, so it is never short: the counts
    are lower bounds whatever was left uncounted.
    """
    return _count_bits(signature_a & ~signature_b), _count_bits(signature_b & ~signature_a)


@step
def _count_bits(word: np.uint64) -> int:
    """Bits set in a word; the compiler knows this form as one machine instruction."""
    word -= (word >> _ONE) & _PAIRS
    word = (word & _QUADS) + ((word >> _TWO) & _QUADS)
    word = (word + (word >> _FOUR)) & _NIBBLES
    return np.int64((word * _BYTES) >> _TOP)  # type: ignore[return-value]


@step
def _distance_within(text: TextUnits, a0: int, a1: int, b0: int, b1: int, limit: int, swaps: np.bool_) -> int:
    """Edit distance up to ``limit``, after what the runs share at both ends is left out (which never changes it)."""
    while a0 < a1 and b0 < b1 and text[a0] == text[b0]:
        a0 += 1
        b0 += 1
    while a0 < a1 and b0 < b1 and text[a1 - 1] == text[b1 - 1]:
        a1 -= 1
        b1 -= 1
    if a1 - a0 < b1 - b0:
        a0, a1, b0, b1 = b0, b1, a0, a1
    if a1 - a0 - (b1 - b0) > limit:
        return limit + 1
    if b0 == b1:
        return a1 - a0
    if limit <= 2:  # what the closed forms reach
        return min(_distance_up_to_two(text, a0, a1, b0, b1, swaps), limit + 1)
    return _distance_in_band(text, a0, a1, b0, b1, limit, swaps)


@step
def _distance_up_to_two(text: TextUnits, a0: int, a1: int, b0: int, b1: int, swaps: np.bool_) -> int:
    """Distance of two runs that differ in their first and in their last unit, ``a`` not the shorter; 3 if above 2.

    Both ends need an edit, so one edit does only if it is the whole text, and two must be one at each end.
    """
    longer = a1 - a0 - (b1 - b0)
    if a1 - a0 == 1:
        return 1
    if swaps and longer == 0 and a1 - a0 == 2 and _swapped(text, a0, b0):
        return 1
    if longer == 2:  # leave out both ends of a
        return 2 if _same(text, a0 + 1, b0, b1 - b0) else 3
    if longer == 1:  # leave out one end and replace the other
        if _same(text, a0 + 1, b0 + 1, b1 - b0 - 1) or _same(text, a0 + 1, b0, b1 - b0 - 1):
            return 2
        return 2 if swaps and _swap_and_drop(text, a0, a1, b0, b1) else 3
    if _same(text, a0 + 1, b0 + 1, a1 - a0 - 2):  # replace both ends
        return 2
    if _same(text, a0 + 1, b0, a1 - a0 - 1) or _same(text, a0, b0 + 1, a1 - a0 - 1):  # shifted by one
        return 2
    return 2 if swaps and _swap_at_an_end(text, a0, a1, b0, b1) else 3


@step
def _same(text: TextUnits, a: int, b: int, length: int) -> bool:
    for i in range(length):
        if text[a + i] != text[b + i]:
            return False
    return True


@step
def _swapped(text: TextUnits, a: int, b: int) -> bool:
    """Whether the two units at ``a`` stand at ``b`` in the other order."""
    return bool(text[a] == text[b + 1] and text[a + 1] == text[b])


@step
def _swap_and_drop(text: TextUnits, a0: int, a1: int, b0: int, b1: int) -> bool:
    """Whether a swap at one end and leaving out a unit at the other, or between the swapped, turn ``a`` into ``b``."""
    short = b1 - b0
    if short < 2:  # nothing to swap
        return False
    if short == 2 and text[a0] == text[b0 + 1] and text[a0 + 2] == text[b0]:
        return True
    if _swapped(text, a0, b0) and _same(text, a0 + 2, b0 + 2, short - 2):
        return True
    return _swapped(text, a1 - 2, b1 - 2) and _same(text, a0 + 1, b0, short - 2)


@step
def _swap_at_an_end(text: TextUnits, a0: int, a1: int, b0: int, b1: int) -> bool:
    """Whether swaps at both ends, or a swap at one and a replaced unit at the other, turn ``a`` into ``b``."""
    length = a1 - a0
    if length < 3:  # one swap is the whole text
        return False
    first, last = _swapped(text, a0, b0), _swapped(text, a1 - 2, b1 - 2)
    if first and last and length > 3 and _same(text, a0 + 2, b0 + 2, length - 4):
        return True
    if first and _same(text, a0 + 2, b0 + 2, length - 3):
        return True
    return last and _same(text, a0 + 1, b0 + 1, length - 3)


@step
def _distance_in_band(text: TextUnits, a0: int, a1: int, b0: int, b1: int, limit: int, swaps: np.bool_) -> int:
    """The table of Lowrance and Wagner (1975), only where row and column are at most ``limit`` apart."""
    rows, columns, width = a1 - a0, b1 - b0, 2 * limit + 1
    table = np.full((rows + 1, width), limit + 1, np.int64)  # the cell of row i, column j stands at j - i + limit
    for place in range(limit, width):
        table[0, place] = place - limit
    row_of = np.zeros(columns + 1, np.int64)  # of each column's unit, its last row so far
    for i in range(1, rows + 1):
        column_of = 0  # the last column so far that holds this row's unit
        if i <= limit:
            table[i, limit - i] = i
        for j in range(max(1, i - limit), min(columns, i + limit) + 1):
            place = j - i + limit
            same = text[a0 + i - 1] == text[b0 + j - 1]
            best = table[i - 1, place] + (not same)
            if place > 0:
                best = min(best, table[i, place - 1] + 1)
            if place + 1 < width:
                best = min(best, table[i - 1, place + 1] + 1)
            k = row_of[j]
            if swaps and k > 0 and column_of > 0 and abs(column_of - k) <= limit:
                best = min(best, table[k - 1, column_of - k + limit] + (i - k) + (j - column_of) - 1)
            table[i, place] = min(best, limit + 1)
            if same:
                column_of = j
        for j in range(max(1, i - limit), min(columns, i + limit) + 1):
            if text[a0 + i - 1] == text[b0 + j - 1]:
                row_of[j] = i
    return np.int64(table[rows, columns - rows + limit])  # type: ignore[return-value]


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
