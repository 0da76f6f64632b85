"""Numbers that could have been issued, and the slips in them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselink.errors import SpecError
from caselink.synthetic.people import ssn
from caselink.synthetic.people.ssn import MOST_PEOPLE, RUN, is_valid, number_people, swapped_digits, wrong_digit


def valid_by_text(number):
    """The structure test read off the nine digits."""
    text = f"{number:09d}"
    area, group, serial = text[:3], text[3:5], text[5:]
    filler = len(set(text)) == 1 or text in {"078051120", "219099999", "123456789"}
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000" and not filler


@given(st.lists(st.integers(0, 10**9 - 1) | st.sampled_from([78_051_120, 219_099_999, 123_456_789]), min_size=1))
def test_structure_test_is_that_of_the_digits(numbers):
    """The test on numbers says what the test on their digits says."""
    assert is_valid(np.array(numbers)).tolist() == [valid_by_text(number) for number in numbers]


def test_drawn_numbers_are_valid_unique_and_leave_room_for_twins():
    """No two runs overlap, each number of a run is valid, and old numbers come from areas then in use."""
    at_random = np.arange(20_000) % 2 == 0
    first = number_people(np.arange(20_000), seed=0, issued_at_random=at_random)
    runs = (first[:, None] + np.arange(RUN)).ravel()
    assert len(np.unique(runs)) == len(runs)
    assert is_valid(runs).all()
    old_areas = first[~at_random] // 1_000_000
    assert not (((old_areas >= 734) & (old_areas <= 749)) | (old_areas > 772)).any()
    assert (first[at_random] // 1_000_000 > 772).mean() == pytest.approx(127 / 898, abs=0.02)


@given(
    people=st.lists(st.integers(0, MOST_PEOPLE - 1), min_size=1, max_size=40, unique=True),
    seed=st.integers(0, 2**70),
    data=st.data(),
)
def test_a_number_is_a_persons_own_in_any_company(people, seed, data):
    """Whoever else is numbered, by age or not, a person's number is the same and nobody else's."""
    at_random = np.array(data.draw(st.lists(st.booleans(), min_size=len(people), max_size=len(people))))
    numbers = number_people(np.array(people), seed=seed, issued_at_random=at_random)
    assert is_valid(numbers + RUN - 1).all()
    assert len(np.unique(numbers // 10_000 * 10_000 + (numbers % 10_000 - 1) // RUN)) == len(people)
    for row in range(len(people)):
        alone = number_people(np.array(people[row : row + 1]), seed=seed, issued_at_random=at_random[row : row + 1])
        assert alone[0] == numbers[row]


def test_no_place_of_a_filler_is_a_persons_first():
    """Places rise with the number, and the last person's is below the first filler: nobody is moved on to another's."""
    first_filler = 78_051_120
    for at_random in (False, True):
        places = np.linspace(0, MOST_PEOPLE - 1, 100_000).astype(np.int64)
        numbers = ssn._number_at(places, at_random=at_random)
        assert (np.diff(numbers) > 0).all()
        assert numbers[-1] + RUN < first_filler


def test_more_people_than_numbers_are_refused():
    """A person beyond the last number is an error that says how many there are."""
    with pytest.raises(SpecError, match="10,000,000 people"):
        number_people(np.array([MOST_PEOPLE]), seed=0, issued_at_random=np.array([True]))


@given(st.lists(st.integers(1, 10**9 - 1), min_size=1), st.integers(0, 100))
def test_slips_are_one_digit_or_one_swap(numbers, seed):
    """One slip changes one digit, the other swaps two neighbors; swapping changes all but repeated digits."""
    ssn = np.array(numbers, dtype=np.int64)
    rng = np.random.default_rng(seed)
    for before, digit, swap in zip(ssn, wrong_digit(rng, ssn), swapped_digits(rng, ssn), strict=True):
        a, b, c = (f"{number:09d}" for number in (before, digit, swap))
        assert sum(x != y for x, y in zip(a, b, strict=True)) == 1
        places = [place for place in range(9) if a[place] != c[place]]
        if len(set(a)) == 1:
            assert places == []
        else:
            assert places == [places[0], places[0] + 1]
            assert a[places[0]] == c[places[1]]
