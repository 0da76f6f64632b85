"""Numbers that programs give out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.synthetic.draws import Streams
from caselink.synthetic.numbering import scrambled


@given(start=st.integers(0, 99_000_000), width=st.sampled_from([8, 9]), seed=st.integers(0, 50))
def test_no_two_numbers_become_one(start, width, seed):
    """Different numbers get different texts of the asked width, the same under the same seed."""
    numbers = np.arange(start, start + 500)
    texts = scrambled(numbers, width, Streams(seed))
    assert len(set(texts)) == 500
    assert {len(text) for text in texts} == {width}
    assert texts.tolist() == scrambled(numbers, width, Streams(seed)).tolist()


def test_a_small_world_is_shuffled_whole():
    """All numbers of two digits come out once each."""
    assert sorted(scrambled(np.arange(100), 2, Streams(3))) == [f"{number:02}" for number in range(100)]


def test_numbers_tell_nothing_of_their_order():
    """Neighbors are far apart, and by no fixed step."""
    given_out = scrambled(np.arange(2_000), 9, Streams(1)).astype(np.int64)
    steps = np.diff(given_out)
    assert abs(np.corrcoef(np.arange(2_000), given_out)[0, 1]) < 0.1
    assert len(np.unique(np.diff(np.sort(given_out)))) > 1_500
    assert len(np.unique(steps)) > 1_900


def test_too_many_numbers_are_refused():
    """A number that does not fit is an error, not a second person's number."""
    with pytest.raises(OverflowError):
        scrambled([10**8], 8, Streams(0))
