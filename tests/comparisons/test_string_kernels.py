"""The string kernels give what jellyfish gives, and their bounds are never broken."""

from __future__ import annotations

import jellyfish
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caselink.comparisons import string_kernels as kernels

FEW_LETTERS = st.text("AB", max_size=7) | st.text("ABC", max_size=9) | st.text("ABCDEFGH -'", max_size=14)
# letters that stand alone: jellyfish counts a letter and its combining marks as one, the kernels count units
MANY_SCRIPTS = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFFEF, categories=["Lu", "Ll", "Nd"]), max_size=12
)
LONG = st.text("AB", min_size=55, max_size=150) | st.text("ABCDEFGHIJ ", min_size=55, max_size=150)
TEXTS = FEW_LETTERS | MANY_SCRIPTS


def edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    """The text after some deletions, insertions, replacements and swaps of neighbors."""
    for kind, where, letter in edits:
        at = where % (len(text) + 1)
        before, after = text[:at], text[at:]
        text = (
            before + after[1:],
            before + letter + after,
            before + letter + after[1:],
            before + after[1:2] + after[:1] + after[2:],
        )[kind]
    return text


EDITS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 200), st.sampled_from("ABCX")), max_size=4)
ALIKE = st.builds(lambda text, edits: (text, edited(text, edits)), TEXTS | LONG, EDITS)
PAIRS = st.tuples(TEXTS, TEXTS) | ALIKE


def runs(a: str, b: str) -> tuple[np.ndarray, int, int, int, int]:
    """Both texts in one buffer between other letters, as the distinct values of a column lie."""
    before, between, after = "AB", "BA", "AB"
    whole = before + a + between + b + after
    text = np.frombuffer(whole.encode("utf-16-le"), np.uint16).copy()  # writable, as the encoder makes it
    b0 = len(before) + len(a) + len(between)
    return text, len(before), len(before) + len(a), b0, b0 + len(b)


def signature(value: str) -> np.uint64:
    """The kernel's signature of a text."""
    return np.uint64(kernels.letter_signature(*runs(value, "")[:3]))


def bound(a: str, b: str, prefix: int) -> float:
    """The kernel's bound for two texts."""
    return kernels.jaro_winkler_bound(signature(a), signature(b), len(a), len(b), prefix)


@settings(max_examples=600, deadline=None)
@given(pair=PAIRS | st.tuples(LONG, LONG))
def test_jaro_winkler_is_that_of_jellyfish_to_the_last_bit(pair):
    """The similarity is jellyfish's, in any script and at any length, whichever value comes first."""
    a, b = pair
    expected = jellyfish.jaro_winkler_similarity(a, b)
    assert kernels.jaro_winkler(*runs(a, b)) == expected
    assert kernels.jaro_winkler(*runs(b, a)) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        pytest.param("", "", id="both empty"),
        pytest.param("", "A", id="one empty"),
        pytest.param("A", "A", id="one letter"),
        pytest.param("MARTHA", "MARHTA", id="Winkler's example"),
        pytest.param("DWAYNE", "DUANE", id="Winkler's other example"),
        pytest.param("A" * 64, "A" * 64, id="as long as a word has bits"),
        pytest.param("A" * 64, "A" * 65, id="one unit longer"),
        pytest.param("AB" * 4000, "BA" * 4000, id="thousands of units"),
        pytest.param("ИВАНОВА", "ИВАНОВ", id="Cyrillic"),
        pytest.param("王小明", "王晓明", id="Chinese"),
    ],
)
def test_jaro_winkler_at_the_edges(a, b):
    """Empty, short, long and non-Latin values are as in jellyfish."""
    assert kernels.jaro_winkler(*runs(a, b)) == jellyfish.jaro_winkler_similarity(a, b)


def test_jaro_winkler_of_a_megabyte_comes_back():
    """Two fields of a million letters are compared in time that grows with their length."""
    a = "ABCDEFGHIJ" * 100_000
    assert kernels.jaro_winkler(*runs(a, a[:-5])) > 0.99


@settings(max_examples=600, deadline=None)
@given(pair=PAIRS | st.tuples(LONG, LONG))
def test_bounds_are_never_broken(pair):
    """What the signatures say is on the safe side of the true similarity and distances."""
    a, b = pair
    similarity = jellyfish.jaro_winkler_similarity(a, b)
    assert bound(a, b, kernels.common_prefix(*runs(a, b))) >= similarity
    assert bound(a, b, 4) >= similarity
    edits = kernels.edit_bound(signature(a), signature(b), len(a), len(b))
    assert edits <= jellyfish.damerau_levenshtein_distance(a, b) <= jellyfish.levenshtein_distance(a, b)


@settings(max_examples=600, deadline=None)
@given(pair=PAIRS | st.tuples(LONG, LONG))
def test_close_values_are_never_ruled_out(pair):
    """What is similar by 0.92 and more passes the quick test, whichever value comes first."""
    for a, b in (pair, pair[::-1]):
        if jellyfish.jaro_winkler_similarity(a, b) >= 0.92:
            assert kernels.may_be_close(signature(a), signature(b), len(a), len(b))


def test_the_quick_test_tells_different_names_apart():
    """It spares most pairs of names the look at their letters."""
    assert not kernels.may_be_close(signature("MARIA"), signature("LOPEZ"), 5, 5)


@settings(deadline=None)
@given(pair=PAIRS)
def test_bounds_do_not_depend_on_which_value_comes_first(pair):
    """Both bounds are symmetric."""
    a, b = pair
    assert bound(a, b, 2) == bound(b, a, 2)
    assert kernels.edit_bound(signature(a), signature(b), len(a), len(b)) == kernels.edit_bound(
        signature(b), signature(a), len(b), len(a)
    )


def test_bounds_tell_different_names_apart():
    """Names without a common letter are known to be unlike, and equal letters are not ruled out."""
    assert bound("SMITH", "BROWN", 0) == 0
    assert bound("SMITH", "SMYTHE", 2) < 0.9
    assert bound("MARTHA", "MARHTA", 3) == 1
    assert kernels.edit_bound(signature("SMITH"), signature("BROWN"), 5, 5) == 5


def naive_signature(value: str) -> int:
    """The signature by counting each letter class."""
    digits = dict(zip("0123456789", (27, 28, 29, 30, 31, 0, 17, 24, 26, 10), strict=True))
    letters = [digits.get(c, ord(c) % 32) for c in value]
    return sum(2**k for k in set(letters)) + sum(2 ** (32 + k) for k in set(letters) if letters.count(k) > 1)


@settings(deadline=None)
@given(value=TEXTS)
def test_signature_counts_each_letter_class_up_to_two(value):
    """The signature is what counting each class says."""
    assert int(signature(value)) == naive_signature(value)


@settings(max_examples=1000, deadline=None)
@given(pair=PAIRS, limit=st.integers(0, 5))
def test_distances_are_those_of_jellyfish_up_to_the_limit(pair, limit):
    """Levenshtein and unrestricted Damerau-Levenshtein agree with jellyfish; what is more is limit + 1."""
    for a, b in (pair, pair[::-1]):
        lev = jellyfish.levenshtein_distance(a, b)
        assert kernels.levenshtein_within(*runs(a, b), limit) == min(lev, limit + 1)
        damerau = jellyfish.damerau_levenshtein_distance(a, b)
        assert kernels.damerau_levenshtein_within(*runs(a, b), limit) == min(damerau, limit + 1)


def test_distances_of_all_short_texts():
    """Every pair of texts of up to four letters out of three has jellyfish's distances at limits 2 and 3."""
    texts = [""]
    for _ in range(4):
        texts += [t + c for t in texts for c in "ABC" if len(t) == len(texts[-1])]
    for a in texts[::3]:
        for b in texts:
            lev, damerau = jellyfish.levenshtein_distance(a, b), jellyfish.damerau_levenshtein_distance(a, b)
            for limit in (2, 3):
                assert kernels.levenshtein_within(*runs(a, b), limit) == min(lev, limit + 1)
                assert kernels.damerau_levenshtein_within(*runs(a, b), limit) == min(damerau, limit + 1)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param("CA", "ABC", 2, id="swapped around an inserted letter"),
        pytest.param("ABC", "CA", 2, id="swapped around a dropped letter"),
        pytest.param("123456789", "213456798", 2, id="swaps at both ends"),
        pytest.param("123456789", "213456780", 2, id="a swap and a wrong digit"),
        pytest.param("123456789", "132456789", 1, id="one swap"),
        pytest.param("123456789", "987654321", 3, id="more than the limit"),
    ],
)
def test_damerau_knows_swaps(a, b, expected):
    """Two swapped neighbors are one edit, also when another edit falls between them."""
    assert kernels.damerau_levenshtein_within(*runs(a, b), 2) == expected


def naive_relation(a: str, b: str) -> int:
    """The relation by looking at each digit."""
    if a == b:
        return 4
    wrong = [i for i in range(len(a)) if a[i] != b[i]]
    if len(wrong) == 1:
        return 2
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]:
        return 3
    return int(a[-4:] == b[-4:])


@settings(max_examples=1000, deadline=None)
@given(data=st.data(), width=st.integers(4, 15))
def test_digits_relation_is_what_looking_digit_by_digit_says(data, width):
    """Equal, neighbors swapped, one digit wrong, last four equal: the same as a comparison of each digit."""
    a = data.draw(st.text("0123456789", min_size=width, max_size=width))
    swap, wrong = st.integers(0, width - 2), st.tuples(st.integers(0, width - 1), st.sampled_from("0123456789"))
    b = data.draw(st.text("0123456789", min_size=width, max_size=width)) if data.draw(st.booleans()) else a
    for at in data.draw(st.lists(swap, max_size=2)):
        b = b[:at] + b[at + 1] + b[at] + b[at + 2 :]
    for at, digit in data.draw(st.lists(wrong, max_size=2)):
        b = b[:at] + digit + b[at + 1 :]
    if data.draw(st.booleans()):
        b = b[:-4] + a[-4:]
    assert kernels.digits_relation(int(a, 16), int(b, 16)) == naive_relation(a, b)
