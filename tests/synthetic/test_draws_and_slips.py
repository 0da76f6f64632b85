"""Streams, digits, and the three kinds of slips in a text."""

import jellyfish
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import SpecError
from caselink.synthetic.draws import Streams, digits, pick
from caselink.synthetic.keying.slips import misread, mistype, spell_by_ear

NAMES = st.lists(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ -", min_size=1, max_size=12), min_size=1, max_size=30)
SEEDS = st.integers(0, 2**32)


def texts_of(names):
    """Names as an array of objects, whatever their lengths."""
    return np.array(names, dtype=object)


@given(names=NAMES, seed=SEEDS)
def test_mistyping_is_one_edit(names, seed):
    """A mistyped name is one insertion, deletion, substitution or swap away, and never empty."""
    names = [name.strip(" ") or "A" for name in names]
    for before, after in zip(names, mistype(np.random.default_rng(seed), texts_of(names)), strict=True):
        only_a_mark = len(before) == 1 and not before.isalpha()
        assert jellyfish.damerau_levenshtein_distance(before, after) == (0 if only_a_mark else 1)
        assert after


@given(names=NAMES, seed=SEEDS)
def test_misreading_changes_one_letter_for_a_look_alike(names, seed):
    """A misread name keeps its length and differs in one place where it has any letter."""
    names = [name.strip(" ") or "A" for name in names]
    for before, after in zip(names, misread(np.random.default_rng(seed), texts_of(names)), strict=True):
        assert len(before) == len(after)
        changes = sum(a != b for a, b in zip(before, after, strict=True))
        assert changes == any(letter.isalpha() for letter in before)


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        pytest.param("PHU", {"FU"}, id="one rule"),
        pytest.param("KNOX", {"NOX", "KNOKS", "CNOX", "KNNOX"}, id="one of several"),
        pytest.param("DUDU", {"DUDU"}, id="none"),
    ],
)
def test_spelling_by_ear_applies_one_fitting_rule(name, heard):
    """A name is spelled as one of its rules says, each of them at some time."""
    assert set(spell_by_ear(np.random.default_rng(0), texts_of([name] * 200))) == heard


@given(st.lists(st.integers(0, 10**9 - 1), max_size=20))
def test_digits_are_zero_filled(numbers):
    """Numbers come out as Python's own zero-filling writes them."""
    assert digits(numbers, 9).tolist() == [str(number).zfill(9) for number in numbers]


def test_picks_follow_the_weights():
    """A position is drawn as often as its weight says, and never at weight 0."""
    counts = np.bincount(pick(np.random.default_rng(0), [1, 0, 3], 40_000), minlength=3)
    assert counts[1] == 0
    assert counts[2] / counts[0] == pytest.approx(3, rel=0.05)


def test_a_step_does_not_feel_other_steps():
    """A stream depends on seed, part and step alone, so a new step moves nothing."""
    before = Streams(5).within("iva").rng("typing").random(4).tolist()
    Streams(5).within("iva").rng("a new step").random(100)
    assert Streams(5).within("iva").rng("typing").random(4).tolist() == before
    assert Streams(5).within("ivd").rng("typing").random(4).tolist() != before


def test_a_negative_seed_is_refused():
    """A seed below 0 is an error that says so."""
    with pytest.raises(SpecError, match="seed must be 0 or more"):
        Streams(-1)
